#!/usr/bin/env python3
"""test-kakao.py PROGRAM: minDALL-E as Kakao Brain publishes it is added, and draws what its numbers say

The weights are those that tests/golden/test-dalle.c compares with recordings; the vocabulary is made up.
"""
import json
import os
import pathlib
import shutil
import struct

import torchfile
from vig import Tests, Vignette, read_png_size

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'data' / 'golden' / 'dalle'
PROMPT = 'a red car'

t = Tests()
v = Vignette(t.folder / 'profile')


def halve(weights):
    """As the program keeps them: then both ways give the same numbers."""
    return {name: ('F16', shape, struct.pack(f'<{len(raw) // 4}e', *struct.unpack(f'<{len(raw) // 4}f', raw)))
            if kind == 'F32' else (kind, shape, raw) for name, (kind, shape, raw) in weights.items()}


letters = 'abcdefghijklmnopqrstuvwxyz'
symbols = ['[UNK]', *letters, *(letter + '</w>' for letter in letters), 'ca', 'car</w>']
vocabulary = json.dumps({symbol: i for i, symbol in enumerate(symbols)})
merges = '#version: 0.2\nc a\nca r</w>\n'

published = t.folder / 'minDALL-E'
(published / 'tokenizer').mkdir(parents=True)
plain = t.folder / 'plain'
plain.mkdir()
for number in (1, 2):
    weights = halve(torchfile.read_safetensors(GOLDEN / f'stage{number}.safetensors'))
    torchfile.write_torch(published / f'stage{number}_last.ckpt', torchfile.as_tensors(weights),
                          lambda tensors: {'epoch': 3, 'state_dict': tensors})
    torchfile.write_safetensors(plain / f'stage{number}.safetensors', weights)
(published / 'tokenizer' / 'bpe-16k-vocab.json').write_text(vocabulary)
(published / 'tokenizer' / 'bpe-16k-merges.txt').write_text(merges)
(published / 'config.json').write_text('{ "n_heads": 4 }')

# The same in the program's own layout, written by hand.
config = json.loads((GOLDEN / 'config.json').read_text())
config['tokenizer'] = {'type': 'char_bpe', 'pad_id': len(symbols), 'length': 12}
config['sampling_defaults'] = {'temperature': 1, 'top_k': 256}
(plain / 'config.json').write_text(json.dumps(config))
(plain / 'vocab.json').write_text(vocabulary)
(plain / 'merges.txt').write_text(merges)

added = v.ask('models', 'add', str(published))['models']
t.equal([(model['kind'], model['name']) for model in added], [('dalle', 'minDALL-E')], 'it is added under its name')
folder = v.profile / 'models' / 'minDALL-E'
t.ok(not list(folder.rglob('*.ckpt')) and len(list(folder.rglob('*.safetensors'))) == 2, 'converted once',
     list(folder.rglob('*')))
t.equal(v.run('models', 'verify', 'minDALL-E').status, 0, 'and whole')

drawn = [v.ask('generate', PROMPT, '--count', '4', '--seed', '7', '--model', model)['pictures']
         for model in ('minDALL-E', str(plain))]
t.equal(*[sorted((p['seed'], p['tokens']) for p in pictures) for pictures in drawn],
        'it draws what the same weights draw in the program\'s own layout')
t.ok(len({tuple(p['tokens']) for p in drawn[0]}) > 1 and len(drawn[0][0]['tokens']) == 16, 'sixteen tokens each', drawn[0])
t.equal(read_png_size(drawn[0][0]['path']), (16, 16), 'as a picture')
same = v.ask('tokenize', PROMPT, '--model', 'minDALL-E')['ids']
t.equal(same, [[symbols.index('a</w>'), symbols.index('r'), symbols.index('e'), symbols.index('d</w>'),
                symbols.index('car</w>')]], 'words are spelt by its own vocabulary')

own = drawn[0][0]
begun = v.ask('generate', 'a cat', '--seed', '9', '--model', 'minDALL-E', '--start', own['path'], '--keep', '2')['pictures'][0]
t.equal(begun['tokens'][:8], own['tokens'][:8], 'it goes on with a picture')
t.equal(len(v.ask('complete', 'a', '--count', '2', '--model', 'minDALL-E')['completions']), 2, 'and ends a prompt')

# What is missing is said.
for name, missing in (('stage1_last.ckpt', 'stage1_last.ckpt'), ('tokenizer/bpe-16k-vocab.json', 'bpe-16k-vocab.json')):
    copy = shutil.copytree(published, t.folder / f'without-{missing}')
    os.remove(copy / name)
    answer = v.run('models', 'add', str(copy))
    t.ok(answer.status == 1 and answer.err.count('\n') == 1 and missing in answer.err, f'without {missing}', answer)

t.end()
