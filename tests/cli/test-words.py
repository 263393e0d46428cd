#!/usr/bin/env python3
"""test-words.py PROGRAM: prompts ended, texts as tokens, devices and models told"""
import os

from vig import Tests, Vignette, models

t = Tests()
v = Vignette(t.folder / 'profile')

ends = v.ask('complete', 'a red', '--count', '5', '--seed', '3')
t.equal(sorted(ends), ['completions'], 'the document of complete')
t.ok(len(ends['completions']) == 5 and all(text.startswith('a red') for text in ends['completions']),
     'every ending begins as the prompt does', ends)
t.ok(any(len(text) > len('a red') for text in ends['completions']), 'and goes on', ends)
t.equal(v.ask('complete', 'a red', '--count', '5', '--seed', '3'), ends, 'the same seed ends it the same way')
t.equal(v.ask('complete', 'a red', '--count', '1', '--seed', '5')['completions'][0], ends['completions'][2],
        'ending i has the seed + i')
t.equal(v.run('complete', 'a red', '--count', '5', '--seed', '3').out.splitlines(), ends['completions'], 'as lines')

START, END = 2046, 2047
TEXTS = ['a cat', 'A  CAT', '', '   ', 'naïve café', '日本語のテキスト', '🦊 fox', 'a\nb\tc', "it's", '"quotes" – dashes…', '&amp; ﬁne',
         'x' * 500, 'a cat ' * 100]
ids = v.ask('tokenize', '--', *TEXTS)['ids']
t.equal(len(ids), len(TEXTS), 'a list for each text')
t.ok(all(one[0] == START and one[-1] == END for one in ids), 'with start and end')
t.ok(all(len(one) <= 32 and all(0 <= token <= END for token in one) for one in ids), 'cut to the context')
t.equal(ids[0], ids[1], 'case and white space do not matter')
t.equal(ids[2], [START, END], 'an empty text')
t.equal(ids[3], [START, END], 'a blank text')
t.equal(len(ids[-1]), 32, 'a long text fills the context')
t.ok(END not in ids[0][:-1], 'without padding', ids[0])
t.equal(v.ask('tokenize', os.fsdecode(b'caf\xe9'))['ids'][0][-1], END, 'a text that is no UTF-8')
t.equal(v.run('tokenize', 'a cat').out.split(), [str(token) for token in ids[0]], 'as a line')

pair = models() / 'first-light'
t.equal(v.ask('tokenize', '--model', str(pair / 'clip'), 'a cat')['ids'], [ids[0]], 'by a model named by its folder')
t.equal(v.ask('tokenize', '--model', 'first-light', 'a cat')['ids'], [ids[0]], 'of a pair, the CLIP')
t.equal(v.ask('tokenize', '--model', str(pair / 'dalle'), 'a cat')['ids'], [ids[0][1:-1]],
        'the drawing model reads the same words without the ends')

devices = v.ask('devices')['devices']
t.equal({tuple(sorted(device)) for device in devices},
        {('default', 'driver', 'id', 'kind', 'memory', 'name', 'ok', 'reason', 'type')}, 'the document of devices')
t.ok(devices[0]['id'] == 'host' and devices[0]['ok'] and devices[0]['memory'] > 0, 'the host is there', devices[0])
chosen = [device for device in devices if device['default']]
t.ok(len(chosen) == 1 and chosen[0]['type'] != 'software', 'one is the default, never software Vulkan', devices)
t.equal(v.ask('devices'), {'devices': devices}, 'ids are the same each time')

listed = v.ask('models')['models']
t.equal({tuple(sorted(model)) for model in listed}, {('bytes', 'kind', 'licence', 'name', 'sha256', 'source')},
        'the document of models')
t.equal(sorted((model['name'], model['kind']) for model in listed), [('first-light', 'clip'), ('first-light', 'dalle')],
        'the pair that comes with the program')
t.equal([model['bytes'] for model in listed if model['kind'] == 'clip'],
        [sum(path.stat().st_size for path in (pair / 'clip').iterdir())], 'with the bytes of its files')
t.ok(all(len(model['sha256']) == 64 for model in listed), 'and a hash')
t.equal(v.ask('models', 'list')['models'], listed, 'models list is the same')

# A model of the user's own comes first.
own = v.profile / 'models' / 'mine'
own.mkdir(parents=True)
for path in (pair / 'clip').iterdir():
    (own / path.name).symlink_to(path)
t.equal(v.ask('embed', '--text', 'a cat')['model'], 'mine', "the user's own model is the default")
t.equal(v.ask('embed', '--text', 'a cat', '--model', 'first-light')['model'], 'first-light', 'unless another is named')
(own / 'model.safetensors').unlink()
answer = v.run('embed', '--text', 'a cat')
t.ok(answer.status == 1 and 'model.safetensors' in answer.err, 'a model that lacks a file says which', answer)
(own / 'config.json').unlink()
(own / 'config.json').write_text('{"model_type": "t5"}')
answer = v.run('embed', '--text', 'a cat', '--model', str(own))
t.ok(answer.status == 1 and 't5' in answer.err, 'a kind that cannot be run is named', answer)

t.end()
