#!/usr/bin/env python3
"""test-two.py PROGRAM: two processes on one library do not disturb each other"""
import json

from vig import Tests, Vignette, write_png

t = Tests()
v = Vignette(t.folder / 'profile')
photos = t.folder / 'photos'
photos.mkdir()
for number in range(60):
    write_png(photos / f'{number}.png', (number * 4, 90, 30), side=32, chunk=b'%d' % number)

alone = [Vignette(t.folder / 'alone').ask('generate', 'a red car', '--count', '2', '--best-of', '8', '--seed', seed)
         ['pictures'] for seed in ('1', '100')]

both = [v.start('--json', 'generate', 'a red car', '--count', '2', '--best-of', '8', '--seed', '1'),
        v.start('--json', 'generate', 'a red car', '--count', '2', '--best-of', '8', '--seed', '100'),
        v.start('--json', 'index', str(photos)),
        v.start('--json', 'resume')]
answers = [process.communicate(timeout=300) for process in both]
t.equal([process.returncode for process in both], [0, 0, 0, 0], 'all of them end well')
if all(process.returncode == 0 for process in both):
    documents = [json.loads(out) for out, _ in answers]
    for got, want in zip(documents, alone):
        t.equal([(p['seed'], p['tokens']) for p in got['pictures']], [(p['seed'], p['tokens']) for p in want],
                'each draws what it draws alone')
    t.equal(documents[2]['added'], 60, 'index adds its pictures')
    t.equal(documents[3]['pictures'], [], 'resume takes nothing that another draws')
else:
    for _, err in answers:
        print('#', err.decode(errors='replace')[:300])

t.equal(len(v.pictures()), 16, 'all pictures are there')
t.equal(v.ask('search', 'car', '--top', '0')['indexed'], 1.0, 'and indexed')
t.ok(v.ask('check')['ok'], 'the library is whole', v.run('check'))

t.end()
