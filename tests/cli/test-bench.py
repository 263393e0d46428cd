#!/usr/bin/env python3
"""test-bench.py PROGRAM: what is measured and how it is told; how fast it is, is no matter here"""
import os

from vig import Tests, Vignette, models

tests = Tests()
vignette = Vignette(tests.folder / 'profile')
KEYS = {'device', 'bench', 'name', 'model', 'weights', 'way', 'shape', 'runs', 'median', 'best', 'limit', 'count', 'unit',
        'per_second', 'gflops', 'gbytes', 'peak_bytes', 'p95', 'worst', 'left_out', 'error'}


def measure(*arguments):
    return vignette.ask('bench', *arguments, '--device', 'host', '--seconds', '0.001', timeout=600)


def check(document, name):
    ids = {device['id'] for device in document['devices']}
    measures = document['measures']
    tests.equal(sorted(document), ['devices', 'measures', 'version', 'window'], f'{name}: one document')
    tests.ok(measures and all(set(m) == KEYS for m in measures), f'{name}: every measure has every key',
             [set(m) ^ KEYS for m in measures])
    tests.ok(all(m['device'] in ids for m in measures), f'{name}: of a device that is told', ids)
    tests.ok(all(m['error'] is None for m in measures), f'{name}: nothing failed', [m['error'] for m in measures])
    timed = [m for m in measures if m['runs'] > 0]
    tests.ok(all(0 < m['best'] <= m['median'] for m in timed), f'{name}: no median below the best', timed)
    tests.ok(all((m['left_out'] is None) == (m['runs'] > 0) for m in measures), f'{name}: or why it was left out',
             measures)
    tests.ok(all(abs(m['per_second'] * m['median'] / m['count'] - 1) < 1e-6 for m in timed if m['unit']),
             f'{name}: rates are by the median', timed)
    return {(m['bench'], m['name']): m for m in timed}, measures


ops, measures = check(measure('ops'), 'ops')
tests.equal({key for key in ops}, {('limits', 'copy'), ('limits', 'read'), ('limits', 'product'), ('ops', 'linear'),
                                   ('ops', 'conv2d'), ('ops', 'attention'), ('ops', 'layernorm'),
                                   ('ops', 'groupnorm')}, 'limits and ops')
for wanted in ([50, 768, 768], [50, 768, 3072], [400, 768, 3072], [256, 768, 768], [1, 4096, 1024], [16, 1536, 6144]):
    found = [m for m in measures if m['name'] == 'linear' and m['shape'] == wanted]
    tests.equal([m['weights'] for m in found], ['f32', 'f16'], f'linear {wanted} by both kinds of weights')
    tests.ok(all(abs(m['gflops'] * m['median'] * 1e9 / (2 * wanted[0] * wanted[1] * wanted[2]) - 1) < 1e-6
                 for m in found), 'its operations are counted', found)
tests.ok(all(m['limit'] > 0 for m in measures if m['bench'] == 'ops'), 'each beside what is possible')

clip, _ = check(measure('clip', 'dalle', '--model', str(models() / 'first-light')), 'models')
tests.equal({name for _, name in clip},
            {'copy', 'read', 'product', 'load', 'images', 'texts', 'draw', 'paint'}, 'models: what they do')
full = vignette.ask('bench', 'clip', '--device', 'host', '--seconds', '0.001', timeout=600)['measures']
full = [m for m in full if m['model'] == 'ViT-B/32' and m['name'] == 'texts'][0]
tests.equal(full['shape'], [8, 77], 'texts of the full length')
tests.ok(full['peak_bytes'] is None or full['peak_bytes'] < 1.4 * 303e6 + 300e6,
         'the full size takes at most 1.4 times its file and 300 MB', full)
tests.equal(list((vignette.profile / 'cache').glob('bench-*')), [], 'and leaves nothing behind')

search, measures = check(measure('search'), 'search')
tests.equal([m['shape'] for m in measures if m['name'] == 'scan'], [[100000, 512], [1000000, 512]], 'search: both sizes')
library = {m['name']: m for m in measures if m['name'] != 'scan'}
tests.equal(sorted(library), ['begun', 'both', 'changed', 'date', 'everything', 'favourite', 'folder', 'kind', 'list',
                             'list tag', 'meaning', 'minus', 'named', 'picture', 'pictures', 'rescan', 'sorted', 'tag',
                             'tagged', 'tags', 'words'],
            'and a library, asked in every way')
tests.ok(all(m['best'] <= m['median'] <= m['p95'] <= m['worst'] for m in library.values()), 'with its worst', library)

people = vignette.run('bench', 'dalle', '--device', 'host', '--seconds', '0.001')
tests.ok(people.status == 0 and 'GFLOP/s' in people.out and 'tokens/s' in people.out, 'a table for people', people)

for arguments in (['ops', 'nothing'], ['--seconds', '0'], ['--seconds', 'nan'], ['--seconds', 'x']):
    answer = vignette.run('bench', *arguments)
    tests.ok(answer.status == 2 and answer.err.count('\n') == 1 and not answer.out, f'{arguments} is wrong usage', answer)

empty = {**os.environ, 'VIGNETTE_DATA': str(tests.folder)}
answer = vignette.run('bench', 'dalle', '--json', '--device', 'host', '--seconds', '0.001', env=empty)
tests.ok(answer.status == 3 and [m['bench'] for m in answer.json['measures'] if m['error']] == ['dalle'],
         'without a model the rest is measured', answer)

tests.end()
