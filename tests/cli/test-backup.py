#!/usr/bin/env python3
"""test-backup.py PROGRAM: the library saved in one file and brought back; a file that is none changes nothing"""
from vig import Tests, Vignette, write_png

t = Tests()
v = Vignette(t.folder / 'profile')
photos = t.folder / 'photos'
photos.mkdir()
write_png(photos / 'zebra.png', (200, 20, 30))
v.ask('index', str(photos))
saved = t.folder / 'saved.db'

t.equal(v.ask('backup', str(saved)), {'ok': True, 'problems': []}, 'a backup is made')
t.ok(saved.stat().st_size > 0 and not list(t.folder.glob('saved.db*.part*')), 'one whole file, nothing beside it')
daily = list((t.folder / 'profile' / 'backups').glob('daily *.db'))
t.equal(len(daily), 1, 'and one of the day was made by itself')

write_png(photos / 'yak.png', (20, 200, 30))
v.ask('index', str(photos))


def found(word):
    return [result['path'] for result in v.ask('search', word)['results'] if 'words' in result['why']]


t.equal(len(found('yak')), 1, 'a later picture is known')
answer = v.ask('restore', str(saved))
t.equal(answer, {'ok': True, 'problems': []}, 'restored')
t.equal((len(found('yak')), len(found('zebra'))), (0, 1), 'it is as it was')
t.equal(v.ask('search', 'zebra')['indexed'], 1.0, 'and nothing has to be looked at again')
t.ok(v.ask('check')['ok'], 'whole')

before = list((t.folder / 'profile' / 'backups').glob('before restore *.db'))
t.equal(len(before), 1, 'what was there is kept')
v.ask('restore', str(before[0]))
t.equal(len(found('yak')), 1, 'so that a restore is undone by another')

diary = t.folder / 'diary.txt'
diary.write_text('Dear diary, today it rained again. ' * 20)
for command, path in (('restore', diary), ('restore', t.folder / 'none.db'), ('backup', t.folder),
                      ('backup', t.folder / 'nowhere' / 'saved.db'), ('backup', t.folder / 'profile' / 'library.db')):
    answer = v.run(command, str(path))
    t.ok(answer.status == 1 and len(answer.err.strip().splitlines()) == 1 and 'vignette: ' in answer.err,
         f'{command} {path.name}: one sentence', answer)
t.equal(v.run('backup').status, 2, 'a file has to be named')
t.ok(v.ask('check')['ok'] and diary.read_text().startswith('Dear'), 'and nothing was changed')
t.end()
