#!/usr/bin/env python3
"""test-origin.py PROGRAM: pictures of other programs are found by the words that they were drawn from"""
import json
import shutil
import subprocess

from vig import Tests, Vignette, write_png

t = Tests()
v = Vignette(t.folder / 'profile')
photos = t.folder / 'photos'
photos.mkdir()


def nodes(words, loader='CheckpointLoaderSimple', key='ckpt_name'):
    return json.dumps({
        '3': {'class_type': 'KSampler', 'inputs': {'seed': 5, 'positive': ['6', 0], 'negative': ['7', 0]}},
        '4': {'class_type': loader, 'inputs': {key: 'some.safetensors'}},
        '6': {'class_type': 'CLIPTextEncode', 'inputs': {'text': words}},
        '7': {'class_type': 'CLIPTextEncode', 'inputs': {'text': 'unwanted'}}})


def settings(more):
    return f'Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, {more}'


# One for each way that the programs have written it over the years; each with a word of its own.
FILES = {
    'abacus': {'parameters': f'an abacus\n{settings("Model: a")}'},
    'bassoon': {'parameters': f'a bassoon\nNegative prompt: rust\n{settings("Model hash: 1, Model: b")}'},
    'catapult': {'parameters': f'a catapult\nof oak\nNegative prompt: rust\nmoss\n{settings("Version: v1.9.4")}'},
    'dulcimer': {'parameters': f'a dulcimer, (gold:1.2) <lora:x:1>\n{settings("Lora hashes: ""x: 1""")}'},
    'espalier': {'parameters': json.dumps({'sui_image_params': {'prompt': 'an espalier', 'seed': 3, 'model': 'm'}})},
    'flugelhorn': {'parameters': json.dumps({'sui_image_params': {'prompt': 'a flugelhorn', 'negativeprompt': 'x'},
                                             'sui_extra_data': {'date': '2024'}}, indent=2)},
    'gargoyle': {'invokeai_metadata': json.dumps({'positive_prompt': 'a gargoyle', 'seed': 1, 'model': {'name': 'm'}})},
    'hourglass': {'invokeai_metadata': json.dumps({'positive_prompt': 'an hourglass', 'negative_prompt': 'x',
                                                   'model': {'model_name': 'm'}})},
    'icosahedron': {'sd-metadata': json.dumps({'model_weights': 'm', 'image': {
        'prompt': [{'prompt': 'an icosahedron', 'weight': 1.0}], 'seed': 1}})},
    'jalopy': {'sd-metadata': json.dumps({'image': {'prompt': 'a jalopy', 'seed': 1}})},
    'kaleidoscope': {'prompt': nodes('a kaleidoscope'), 'workflow': '{}'},
    'lorgnette': {'prompt': nodes('a lorgnette', 'UNETLoader', 'unet_name')},
    'metronome': {'prompt': nodes(['8', 0]).replace('"7":', '"8": {"class_type": "String", "inputs": '
                                                    '{"string": "a metronome"}}, "7":')},
    'nautilus': {'Comment': json.dumps({'prompt': 'a nautilus', 'uc': 'x', 'seed': 1}), 'Software': 'NovelAI'},
    'obelisk': {'parameters': json.dumps({'prompt': 'an obelisk', 'base_model': 'm', 'seed': '1'}),
                'fooocus_scheme': 'fooocus'},
    'pagoda': {'prompt': 'a pagoda', 'seed': '1', 'use_stable_diffusion_model': 'm', 'negative_prompt': 'x'},
    'quern': {'vignette': json.dumps({'prompt': 'a quern', 'seed': 1, 'model': 'm', 'tokens': [1, 2]})},
    'rickshaw': {'parameters': 'a rickshaw\nSeed: 1, Model: m, Version: Vignette 0.9'},
    'sextant': {'parameters': f'a sextant\r\n{settings("Model: a")}'},
    'theremin': {'parameters': f'a theremin\n\n\n{settings("Model: a")}', 'postprocessing': 'x'},
}
for i, (word, texts) in enumerate(FILES.items()):
    write_png(photos / f'{i}.png', (i * 12, 250 - i * 12, 90), texts=texts)
odd = photos / 'odd.png'
write_png(odd, (1, 2, 3), texts={'parameters': '{"' * 2000, 'prompt': '[' * 5000, 'Comment': 'nothing'})

answer = v.ask('index', str(photos))
t.equal((answer['added'], answer['failed']), (21, []), 'all are taken in')


def by_words(word):
    return [result['path'] for result in v.ask('search', word)['results'] if 'words' in result['why']]


for i, word in enumerate(FILES):
    t.equal(by_words(word), [str(photos / f'{i}.png')], f'found by its prompt: {word}')
t.equal(by_words('unwanted'), [], 'but not by what was not wanted')

if shutil.which('exiftool'):
    jpeg = photos / 'zither.jpg'
    subprocess.run(['convert', '-size', '32x32', 'xc:teal', jpeg], check=True)
    subprocess.run(['exiftool', '-q', '-overwrite_original', f'-UserComment=a zamboni\n{settings("Model: z")}', jpeg], check=True)
    v.ask('index', str(photos))
    t.equal(by_words('zamboni'), [str(jpeg)], 'and by the comment of a photo file')
else:
    t.ok(True, 'the comment of a photo file # SKIP exiftool is not here')
t.end()
