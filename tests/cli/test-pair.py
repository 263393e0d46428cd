#!/usr/bin/env python3
"""test-pair.py PROGRAM: the pair that is installed with the program draws what it is asked for, and sees it"""
import json
import os
from pathlib import Path

from vig import Tests, Vignette, read_png_size

DATA = Path(__file__).resolve().parents[2] / 'data'
PROMPTS = ['a red heart', 'a blue circle', 'a penguin', 'a yellow star', 'three strawberries']

os.environ['VIGNETTE_DATA'] = str(DATA)
t = Tests()
v = Vignette(t.folder / 'profile')

listed = v.ask('models')['models']
t.equal(sorted(model['kind'] for model in listed), ['clip', 'dalle'], 'one pair, and no other, comes with the program')
t.ok(sum(model['bytes'] for model in listed) < 40_000_000, 'of less than 40 MB', listed)
folder = DATA / 'models' / listed[0]['name']
t.ok(all((folder / name).is_file() for name in ('CARD.md', 'CREDITS', 'card.json')), 'with its card and its credits')
t.ok(all(model['licence'] and model['source'] for model in listed), 'which are told')
t.ok(json.loads((folder / 'dalle' / 'config.json').read_text())['stage1']['resolution'] >= 128, 'pictures of 128 pixels')

drawn = []
for prompt in PROMPTS:
    answer = v.ask('generate', prompt, '--count', '1', '--best-of', '4', '--seed', '1', '--output',
                   str(t.folder / f'{prompt}.png'))
    drawn.append(answer['pictures'][0]['path'])
    t.equal(answer['model'], listed[0]['name'], f'{prompt}: by the pair')
t.ok(all(min(read_png_size(path)) >= 128 for path in drawn), 'the pictures are large')
tags = v.ask('tag', *drawn, '--labels', ','.join(PROMPTS), '--top', '1')['files']
right = [file['tags'][0]['label'] == prompt for file, prompt in zip(tags, PROMPTS)]
t.ok(sum(right) >= 4, 'CLIP finds in the pictures what was asked for', tags)
t.end()
