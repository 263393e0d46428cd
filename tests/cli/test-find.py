#!/usr/bin/env python3
"""test-find.py PROGRAM: folders indexed, and found again by meaning, by words, by picture"""
import os
import shutil

from vig import Tests, Vignette, write_png

t = Tests()
v = Vignette(t.folder / 'profile')
photos = t.folder / 'photos'
(photos / 'deep').mkdir(parents=True)
COLOURS = {'red': (220, 20, 30), 'green': (30, 170, 50), 'blue': (20, 60, 220), 'yellow': (240, 210, 40)}
for name, colour in COLOURS.items():
    write_png(photos / 'deep' / f'{name} thing.png', colour)
write_png(photos / 'zeppelin.png', (128, 128, 128))
(photos / 'broken.png').write_bytes(b'\x89PNG\r\n\x1a\nnothing')
(photos / 'notes.txt').write_text('not a picture')

first = v.run('--json', 'index', str(photos))
t.ok(first.status == 0, 'a broken picture does not stop it', first)
t.equal(sorted(first.json), ['added', 'failed', 'missing', 'moved', 'seconds', 'unchanged', 'updated'], 'the document')
t.equal(first.json['added'], 5, 'five pictures')
t.equal([failure['path'] for failure in first.json['failed']], [str(photos / 'broken.png')], 'the broken one is named')
t.ok(first.json['failed'][0]['reason'], 'with a reason')

second = v.ask('index', str(photos))
t.equal((second['added'], second['updated'], second['moved'], second['unchanged'], second['missing']), (0, 0, 0, 5, 0),
        'a second time nothing is new')
t.equal(len(second['failed']), 1, 'and the broken one is named again')

found = v.ask('search', 'a red circle')
t.equal(sorted(found), ['close', 'indexed', 'results', 'seconds'], 'the document of search')
t.ok(all(sorted(result) == ['kind', 'path', 'score', 'why'] for result in found['results']), 'each with four fields')
t.equal(found['indexed'], 1.0, 'all of it is indexed')
t.equal(found['results'][0]['path'], str(photos / 'deep' / 'red thing.png'), 'by meaning: the red one first')
t.ok(0 <= found['close'] <= len(found['results']), 'some of them are close')
named = v.ask('search', 'zeppelin')['results'][0]
t.ok(named['path'].endswith('zeppelin.png') and 'words' in named['why'], 'by words: a file name', named)
named = v.ask('search', 'zeppelin.png')['results'][0]
t.ok(named['path'].endswith('zeppelin.png') and 'words' in named['why'], 'with its end, too', named)
t.equal([result['why'] for result in v.ask('search', 'png')['results'] if 'words' in result['why']], [],
        'the end alone is in no name')
one = Vignette(t.folder / 'one')
one.ask('index', str(photos / 'deep'))
itself = one.ask('search', str(photos / 'deep' / 'red thing.png'))
t.ok(itself['close'] >= 1 and 0.98 < itself['results'][0]['score'] <= 1, 'a picture is close to itself', itself)
alike = v.ask('search', str(photos / 'deep' / 'blue thing.png'), '--top', '2')['results']
t.ok(len(alike) == 2 and alike[0]['path'].endswith('blue thing.png') and alike[0]['score'] > 0.99, 'by picture', alike)
without = [result['path'] for result in v.ask('search', 'a circle', '--not', 'red')['results']]
with_all = [result['path'] for result in v.ask('search', 'a circle')['results']]
red = str(photos / 'deep' / 'red thing.png')
t.ok(red not in without or without.index(red) >= with_all.index(red), 'what is not wanted goes back', (without, with_all))

made = v.ask('generate', 'a yellow star', '--seed', '1')['pictures'][0]['path']
t.equal([result['kind'] for result in v.ask('search', 'star', '--kind', 'made')['results']], ['made'], 'only made ones')
t.ok(all(result['kind'] == 'photo' for result in v.ask('search', 'star', '--kind', 'photo')['results']), 'only photos')
t.equal(v.ask('search', 'yellow star')['results'][0]['path'], made, 'a made picture by its prompt')
t.equal(v.ask('search', 'star')['indexed'], 1.0, 'it was indexed as it was judged')
answer = v.run('search', str(photos / 'broken.png'))
t.ok(answer.status == 1 and answer.out == '', 'a broken picture finds nothing', answer)

# What only its decoding shows to be broken is failed, and never added; its copies are, too.
torn = t.folder / 'torn'
torn.mkdir()
for name, colour in COLOURS.items():
    write_png(torn / f'{name}.png', colour)
whole = (torn / 'red.png').read_bytes()
for name in ('cut.png', 'copy of cut.png', 'copy of copy.png'):
    (torn / name).write_bytes(whole[:len(whole) * 2 // 3])
fresh = Vignette(t.folder / 'fresh')
for number, key in enumerate(('added', 'unchanged', 'unchanged')):
    scan = fresh.ask('index', str(torn))
    t.equal((scan[key], scan['added'] + scan['updated'] + scan['moved'] + scan['unchanged'], len(scan['failed'])), (4, 4, 3),
            f'run {number + 1} counts four pictures and three failures')

(photos / 'deep').rename(photos / 'elsewhere')
(photos / 'zeppelin.png').unlink()
write_png(photos / 'new.png', (0, 0, 0))
third = v.ask('index', str(photos))
t.equal((third['added'], third['moved'], third['missing']), (1, 4, 1), 'moved, gone and new ones')
t.equal(v.ask('search', 'a red circle')['results'][0]['path'], str(photos / 'elsewhere' / 'red thing.png'),
        'found where it is now')
t.ok(not any('zeppelin' in result['path'] for result in v.ask('search', 'zeppelin')['results']), 'what is gone is not found')

mixed = v.run('--json', 'index', str(photos), str(t.folder / 'none'))
t.ok(mixed.status == 3 and mixed.json['unchanged'] == 5, 'a folder that is not there, beside one that is', mixed)

# Without a CLIP: by words alone.
bare = Vignette(t.folder / 'bare')
data = t.folder / 'data'
shutil.copytree(photos, t.folder / 'more')
data.mkdir()
env = {**os.environ, 'VIGNETTE_DATA': str(data)}
answer = bare.run('--json', 'index', str(t.folder / 'more'), env=env)
t.ok(answer.status == 0 and answer.json['added'] == 5, 'indexed without a model', answer)
answer = bare.run('--json', 'search', 'yellow thing', env=env)
t.ok(answer.status == 0 and [result['why'] for result in answer.json['results']] == ['words'], 'found by words', answer)
answer = bare.run('search', str(photos / 'new.png'), env=env)
t.ok(answer.status == 1, 'by a picture it cannot be', answer)
answer = bare.run('--json', 'search', 'yellow thing')
t.ok(answer.json['indexed'] < 1, 'with a model it says what is not indexed yet', answer)
t.ok(bare.ask('index', str(t.folder / 'more'))['unchanged'] == 5 and
     bare.ask('search', 'yellow thing')['indexed'] == 1.0, 'and indexing goes on')

# Made pictures that were renamed and emptied behind our back.
again = v.ask('generate', 'a green moon', '--seed', '2')['pictures'][0]['path']
renamed = os.path.join(os.path.dirname(made), 'another name.png')
os.rename(made, renamed)
os.truncate(again, 0)
t.ok(not v.run('check').out.startswith('The library is whole'), 'check sees it')
fourth = v.run('--json', 'index', str(photos))
t.ok(fourth.json['moved'] == 1 and [failure['path'] for failure in fourth.json['failed'] if failure['path'] == again],
     'index finds what was renamed, and names what was emptied', fourth)
hits = [result['path'] for result in v.ask('search', 'yellow star', '--kind', 'made')['results']]
t.equal(hits, [renamed], 'search knows of both')
t.ok(v.ask('check')['ok'], 'the library is whole', v.run('check'))

t.end()
