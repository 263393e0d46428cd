#!/usr/bin/env python3
"""test-switch.py PROGRAM: another CLIP comes, and the search goes on finding until it has looked at everything"""
import pathlib
import shutil
import sqlite3

from vig import Tests, Vignette, write_png

t = Tests()
v = Vignette(t.folder / 'profile')
golden = pathlib.Path(__file__).resolve().parent.parent / 'data' / 'golden' / 'clip'
photos = t.folder / 'photos'
photos.mkdir()
for name, colour in {'one': (220, 20, 30), 'two': (30, 170, 50), 'three': (20, 60, 220)}.items():
    write_png(photos / f'{name}.png', colour)
v.ask('index', str(photos))
old = v.ask('search', 'a red circle')
t.ok(old['indexed'] == 1 and len(old['results']) == 3, 'the first model has looked at all', old)

folder = t.folder / 'another'
folder.mkdir()
for name in ('config.json', 'model.safetensors', 'vocab.json', 'merges.txt'):
    shutil.copy(golden / name, folder)
new = v.ask('models', 'add', str(folder))['models'][0]['sha256']


def rows(model):
    with v.database() as database:
        return database.execute('SELECT count(*) FROM vectors JOIN models ON models.id = model WHERE hash = ?',
                                (model,)).fetchone()[0]


def found():
    answer = v.run('--json', 'search', 'a red circle')
    assert answer.status == 0, answer
    document = answer.json
    return [(r['path'], round(r['score'], 5)) for r in document['results']], document['indexed'], answer.err


was = [(r['path'], round(r['score'], 5)) for r in old['results']]
results, indexed, remark = found()
t.equal((results, indexed), (was, 1.0), 'a new model that has seen nothing: the same results')
t.ok('Found by “first-light”, until “another”' in remark, 'and why', remark)

write_png(photos / 'four.png', (240, 210, 40))
v.ask('index', str(photos))
t.equal((rows(new), rows(new) > 3), (4, True), 'indexing looks with the new one, at the old pictures, too')
results, indexed, remark = found()
t.ok(len(results) == 4 and indexed == 1 and remark == '' and results != was, 'which finds from then on', (results, remark))

with sqlite3.connect(v.profile / 'library.db') as database:
    database.execute('DELETE FROM vectors WHERE id IN (SELECT vectors.id FROM vectors JOIN models ON models.id = model '
                     'WHERE hash = ? LIMIT 2)', (new,))
results, indexed, remark = found()
t.ok('Found by “first-light”' in remark and indexed == 0.75, 'one that has seen fewer leaves it to the other', remark)
v.ask('index', str(photos))
t.equal(found()[2], '', 'until it has seen as many')

v.ask('models', 'remove', 'another')
results, indexed, remark = found()
t.equal((len(results), indexed, remark), (3, 0.75, ''), 'the model gone, the first finds what it has seen, without a word')
answer = v.ask('search', 'a red circle', '--model', 'first-light')
t.equal(len(answer['results']), 3, 'and by name')
t.equal(rows(new), 4, 'its rows stay for when it comes back')
v.ask('models', 'add', str(folder))
t.equal((found()[1], found()[2]), (1.0, ''), 'as it does, with nothing to look at')

t.end()
