#!/usr/bin/env python3
"""test-archive.py PROGRAM: exported, wiped and imported, the library is the same; into another one it is added"""
import contextlib
import json
import shutil
import sqlite3

from vig import Tests, Vignette, write_png

t = Tests()
home = t.folder / 'profile'
v = Vignette(home)
photos = t.folder / 'photos'
photos.mkdir()
write_png(photos / 'zebra.png', (200, 20, 30))
write_png(photos / 'yak.png', (20, 20, 230))
v.ask('index', str(photos))
made = v.ask('generate', 'a red apple on a white background', '--count', '2', '--best-of', '3', '--seed', '5')
v.ask('tag', str(photos / 'yak.png'), '--labels', 'blue disc,red disc', '--top', '1', '--write')


def contents(folder):
    """What a library knows, by names instead of numbers."""
    with contextlib.closing(sqlite3.connect(folder / 'library.db')) as base:
        def rows(sql):
            return sorted(base.execute(sql).fetchall(), key=repr)
        return {
            'pictures': rows('select kind, path, hash, width, height, time, rest, trashed from pictures '
                             'join contents on contents.id = content'),
            'made': rows('select path, made.prompt, seed, score, made.recipe, made.tokens, jobs.time, jobs.recipe from made '
                         'join pictures on pictures.id = picture left join jobs on jobs.id = job'),
            'sketches': rows('select jobs.recipe, idx, sketches.tokens, path from sketches join jobs on jobs.id = job '
                             'left join pictures on pictures.id = picture'),
            'tagged': rows('select hash, name, refused, source, tagged.time from tagged '
                           'join contents on contents.id = content join tags on tags.id = tag'),
            'favourites': rows('select hash, time from favourites join contents on contents.id = content'),
            'collections': rows('select name, hash from collections join collected on collection = collections.id '
                                'join contents on contents.id = content'),
            'searches': rows('select name, query, by_date from searches'),
            'folders': rows('select path from folders'),
            'words': rows("select prompt, tags, name from words"),
        }


# What the window would have put there.
with contextlib.closing(sqlite3.connect(home / 'library.db')) as base:
    content, = base.execute('select content from pictures where kind = 1 limit 1').fetchone()
    base.execute('insert into favourites values (?, 7)', (content,))
    base.execute("insert into collections (id, name, time) values (12, 'best', 8)")
    base.execute('insert into collected values (12, ?, 9)', (content,))
    base.execute("insert into searches (name, query, by_date, time) values ('mine', 'apple -pear', 1, 10)")
    base.commit()

archive = t.folder / 'archive'
answer = v.ask('export', str(archive))
t.equal(answer, {'pictures': 3, 'failed': []}, 'three drawings, one of them in the fold')
t.equal(sorted(path.name for path in archive.iterdir()), ['library.jsonl', 'pictures', 'pictures.json'], 'files and JSON')
listed = json.loads((archive / 'pictures.json').read_text())
drawn = [picture for picture in listed if picture['kind'] == 'made']
t.equal(sorted((archive / picture['file']).read_bytes()[:4] for picture in drawn), [b'\x89PNG'] * 3, 'they are where it says')
t.equal({picture['recipe']['seed'] for picture in drawn}, {5, 6, 7}, 'with their seeds')
yak, = [picture for picture in listed if picture['file'].endswith('yak.png')]
t.ok(yak['tags'], 'and tags', yak)

before = contents(home)
bytes_before = sorted(path.read_bytes() for path in (home / 'Pictures').rglob('*.png')) if (home / 'Pictures').exists() else \
    sorted(path.read_bytes() for path in home.rglob('*.png'))
shutil.rmtree(home)
t.equal(v.ask('import', str(archive)), {'pictures': 3, 'failed': []}, 'all come back')
t.equal(contents(home), before, 'and the library is the same')
t.equal(sorted(path.read_bytes() for path in home.rglob('*.png') if 'cache' not in path.parts), bytes_before, 'so are its files')
t.ok(v.ask('check')['ok'], 'whole')
t.equal(v.ask('import', str(archive)), {'pictures': 0, 'failed': []}, 'a second time nothing comes')
t.equal(contents(home), before, 'and nothing changes')
t.ok(v.ask('check')['ok'], 'whole still')

# Into a library with pictures, tags and numbers of its own; one drawing has the name of another.
w = Vignette(t.folder / 'other')
other = w.ask('generate', 'a red apple on a white background', '--seed', '5', '--temperature', '2')
w.ask('generate', 'a blue star', '--seed', '9')
own = contents(t.folder / 'other')
t.equal(w.ask('import', str(archive))['failed'], [], 'into another library')
both = contents(t.folder / 'other')
t.ok(all(row in both['made'] for row in own['made']) and len(both['made']) == len(own['made']) + 3,
     'what was there is there, and the rest too', [len(own['made']), len(both['made'])])
t.equal({row[2] for row in both['pictures']}, {row[2] for row in own['pictures'] + before['pictures']}, 'every content')
t.ok(w.ask('check')['ok'], 'whole')
t.ok(any(result['path'].endswith('zebra.png') for result in w.ask('search', 'zebra')['results']), 'found by its words')

# A drawing that is missing from the archive is named, the rest comes.
broken = t.folder / 'broken'
shutil.copytree(archive, broken)
victim = next((broken / 'pictures').iterdir())
victim.write_bytes(b'something else')
x = Vignette(t.folder / 'third')
answer = x.run('import', str(broken), '--json')
t.ok(answer.status == 3 and answer.json['pictures'] == 2 and answer.json['failed'][0]['path'].endswith(victim.name),
     'a drawing that is damaged is named, the rest comes', answer)
t.ok(x.ask('check')['ok'], 'whole')

# Nothing but an archive is one.
lines = (archive / 'library.jsonl').read_text().splitlines()
ROW = next(i for i, line in enumerate(lines) if '"table":"pictures"' in line)
BAD = {
    'empty': '',
    'no head': '\n'.join(lines[1:]),
    'newer': '\n'.join([json.dumps({'program': 'x', 'format': 1, 'version': 9999})] + lines[1:]),
    'cut off': '\n'.join(lines)[:-200],
    'odd table': '\n'.join(lines + ['{"table":"sqlite_schema","row":{"a":1}}']),
    'odd column': '\n'.join(lines + ['{"table":"folders","row":{"path\\" FROM x; --":1}}']),
    'odd value': '\n'.join(lines + ['{"table":"folders","row":{"path":{"blob":7}}}']),
    'wrong kind': '\n'.join(lines + ['{"table":"folders","row":{"path":7}}']),
    'orphan': '\n'.join(lines + ['{"table":"favourites","row":{"content":4711,"time":1}}']),
    'outside': '\n'.join(line.replace('"path":{"blob":"', '"path":{"blob":"../../') if '"kind":1' in line else line
                         for line in lines),
}
for name, text in BAD.items():
    bad = t.folder / name
    shutil.copytree(archive, bad)
    (bad / 'library.jsonl').write_text(text + '\n')
    y = Vignette(t.folder / 'fourth')
    answer = y.run('import', str(bad))
    if name == 'outside':
        t.ok(answer.status == 3 and not list(t.folder.glob('*.png')), 'no file lands outside of its folder', answer)
        continue
    t.ok(answer.status == 1 and len(answer.err.strip().splitlines()) == 1, f'{name}: one sentence', answer)
    t.equal(contents(t.folder / 'fourth')['pictures'], [], 'and nothing is changed')

for command, path in (('export', photos), ('import', photos), ('import', t.folder / 'nowhere')):
    answer = v.run(command, str(path))
    t.ok(answer.status == 1 and len(answer.err.strip().splitlines()) == 1, f'{command} {path.name}: one sentence', answer)
t.equal(v.run('export').status, 2, 'a folder has to be named')
t.end()
