#!/usr/bin/env python3
"""test-generate.py PROGRAM: pictures of a prompt, best first, on disk, with their recipe, and the same ones again"""
import hashlib
import json
import math

from vig import Tests, Vignette, models, read_png_size, read_png_text, write_png

PROMPT = 'two red apples on a table'

t = Tests()
v = Vignette(t.folder / 'profile')

drawn = v.ask('generate', PROMPT, '--count', '4', '--best-of', '8', '--seed', '7')
pictures = drawn['pictures']
t.equal(sorted(drawn), ['model', 'pictures', 'prompt', 'seconds'], 'the document')
t.equal((drawn['model'], drawn['prompt']), ('first-light', PROMPT), 'model and prompt')
t.ok(drawn['seconds'] > 0, 'seconds')
t.equal(len(pictures), 4, 'four pictures')
t.ok(all(sorted(p) == ['path', 'score', 'seed', 'tokens'] for p in pictures), 'each with path, score, seed, tokens')
t.ok(all(a['score'] >= b['score'] for a, b in zip(pictures, pictures[1:])), 'best first',
     [p['score'] for p in pictures])
t.ok(all(-1 <= p['score'] <= 1 and not math.isnan(p['score']) for p in pictures), 'scores are cosines')
t.ok(len({p['seed'] for p in pictures}) == 4 and all(7 <= p['seed'] < 15 for p in pictures), 'of eight seeds')
t.ok(all(len(p['tokens']) == 256 and all(0 <= token < 384 for token in p['tokens']) for p in pictures),
     'all tokens of each')
t.ok(all(read_png_size(p['path']) == (64, 64) for p in pictures), 'the files are pictures')
t.equal(len(v.pictures()), 8, 'all eight are on the disk')

recipes = [json.loads(read_png_text(p['path'])['vignette'].lstrip(b'\0')) for p in pictures]
t.ok(all(r['prompt'] == PROMPT and r['seed'] == p['seed'] for r, p in zip(recipes, pictures)),
     'the recipe is in the file', recipes[0])
t.ok(all(read_png_text(p['path'])['parameters'].decode().startswith(PROMPT) for p in pictures), 'as plain text too')
for model in v.ask('models')['models']:
    folder = models() / model['name'] / model['kind']
    t.equal(sorted(model), ['bytes', 'kind', 'licence', 'name', 'sha256', 'source'], f'{model["kind"]}: the document')
    t.equal(model['bytes'], sum(path.stat().st_size for path in folder.iterdir()), 'with the size of its files')
    t.ok('MIT' in model['licence'] and 'CARD.md' in model['source'], 'its licence and where it comes from', model)
    if model['kind'] == 'clip':
        weights = hashlib.sha256((folder / 'model.safetensors').read_bytes()).hexdigest()
        t.equal(model['sha256'], weights, 'and the hash of its weights')
hashes = {model['kind']: model['sha256'] for model in v.ask('models')['models']}
t.equal({r['model_hash'] for r in recipes}, {hashes['dalle']}, 'with the hash that “models” tells')

again = v.ask('generate', PROMPT, '--count', '4', '--best-of', '8', '--seed', '7')['pictures']
t.equal([p['tokens'] for p in again], [p['tokens'] for p in pictures], 'the same seed draws the same tokens')
t.ok(not {p['path'] for p in again} & {p['path'] for p in pictures}, 'into files of their own')
for p in pictures:
    one = v.ask('generate', PROMPT, '--count', '1', '--seed', str(p['seed']))['pictures'][0]
    t.equal(one['tokens'], p['tokens'], f'the seed {p["seed"]} draws its picture alone')
other = v.ask('generate', PROMPT, '--seed', '8000')['pictures'][0]
t.ok(other['tokens'] not in [p['tokens'] for p in pictures], 'another seed draws another')

a, b = (v.ask('generate', PROMPT)['pictures'][0] for _ in range(2))
t.ok(a['seed'] != b['seed'] and 0 <= a['seed'] < 2 ** 32, 'without a seed it is a random one', (a['seed'], b['seed']))

greedy = [v.ask('generate', PROMPT, '--top-k', '1', '--seed', seed)['pictures'][0]['tokens'] for seed in '12']
t.equal(greedy[0], greedy[1], 'the likeliest tokens do not depend on the seed')
t.ok(v.ask('generate', PROMPT, '--seed', '7', '--temperature', '3', '--top-k', '0', '--top-p', '0.9', '--guidance', '1')
     ['pictures'][0]['tokens'] != pictures[0]['tokens'], 'the knobs turn something')

# More than one drawing holds.
many = v.ask('generate', PROMPT, '--count', '2', '--best-of', '11', '--seed', '7')['pictures']
known = {p['seed']: p['tokens'] for p in pictures}
t.ok(all(p['tokens'] == known.get(p['seed'], p['tokens']) for p in many), 'eleven in two batches: the same tokens')
fourth = {p['seed'] for p in many}
t.ok(len(fourth) == 2 and max(p['score'] for p in many) >= pictures[0]['score'] - 1e-6, 'the best of more is no worse')

# To start from a picture.
best = pictures[0]
begun = v.ask('generate', PROMPT, '--seed', str(best['seed']), '--start', best['path'], '--keep', '8')['pictures'][0]
ground = v.ask('generate', PROMPT, '--seed', '1', '--start', best['path'], '--keep', '8', '--count', '2')['pictures']
t.ok(ground[0]['tokens'][:128] == ground[1]['tokens'][:128] == begun['tokens'][:128], 'kept rows are the same in all')
t.ok(ground[0]['tokens'][128:] != ground[1]['tokens'][128:], 'and the rest is drawn')
t.equal(begun['tokens'], best['tokens'], 'they are what was drawn: by its own seed it is the same picture')
recipe = json.loads(read_png_text(ground[0]['path'])['vignette'].lstrip(b'\0'))
t.ok(any(value == 128 for value in recipe.values()), 'the recipe says how many', list(recipe))
photo = write_png(t.folder / 'photo.png', (30, 60, 220), side=200)
t.equal(len(v.ask('generate', 'a blue ball', '--start', str(photo), '--keep', '15')['pictures'][0]['tokens']), 256,
        'a photo to start from')

# Copies where the user wants them.
file = t.folder / 'out.png'
copied = v.ask('generate', PROMPT, '--seed', '7', '--output', str(file))['pictures'][0]
t.ok(copied['path'] == str(file) and read_png_size(file) == (64, 64), 'one picture to a file', copied['path'])
v.ask('generate', PROMPT, '--seed', '8', '--output', str(file))
t.equal(json.loads(read_png_text(file)['vignette'].lstrip(b'\0'))['seed'], 8, 'a file that was named is written over')
folder = t.folder / 'out' / 'deep'
for _ in range(2):
    copied = v.ask('generate', PROMPT, '--seed', '7', '--count', '3', '--output', str(folder))['pictures']
    t.ok(all(p['path'].startswith(str(folder)) and read_png_size(p['path']) == (64, 64) for p in copied),
         'several to a folder')
t.equal(len(list(folder.iterdir())), 6, 'where nothing is written over')
answer = v.run('generate', PROMPT, '--seed', '7', '--output', 'here.png', '--json', cwd=t.folder)
t.equal(answer.json['pictures'][0]['path'], str(t.folder / 'here.png'), 'paths are absolute')

answer = v.run('generate', PROMPT, '--seed', '7')
t.ok(answer.status == 0 and answer.out.count('\n') == 1 and '.png' in answer.out, 'for people: a line a picture', answer)

# Several prompts typed as one.
several = v.ask('generate', 'a {red,blue} ball\n\\{a cat, a dog}', '--seed', '3', '--output', str(t.folder / 'several'))
t.equal((several['prompt'], [p['prompt'] for p in several['pictures']], {p['seed'] for p in several['pictures']}),
        (None, ['a red ball', 'a blue ball', '{a cat, a dog}'], {3}), 'each prompt of a set is drawn, from the same seed')
t.equal(len(list((t.folder / 'several').iterdir())), 3, 'and copied')
plain = v.ask('generate', 'a red ball', '--seed', '3')
t.equal((plain['prompt'], plain['pictures'][0]['tokens']), ('a red ball', several['pictures'][0]['tokens']),
        'as it would be alone')
t.equal(v.ask('generate', 'a  {ball', '--seed', '3')['prompt'], 'a {ball', 'a brace alone is a brace')
answer = v.run('generate', ''.join(f'{{{n},x}}' for n in range(9)))
t.ok(answer.status == 2 and answer.err.count('\n') == 1, 'too many are refused in one sentence', answer)
answer = v.run('generate', 'a {red,blue} ball', '--start', str(t.folder / 'none.png'), '--keep', '2')
t.ok(answer.status == 1 and answer.err.count('\n') == 2 and 'blue ball' in answer.err, 'what fails is told by its prompt',
     answer)

# Words that the model has never seen are told, and nothing else is different.
answer = v.run('generate', 'a red zxqj beside {a vjkw,a zxqj}', '--seed', '3')
t.ok(answer.status == 0 and answer.err.count('\n') == 1 and '“zxqj”, “vjkw”' in answer.err, 'unknown words are told', answer)
quiet = v.run('generate', 'a red zxqj', '--seed', '3', '--quiet')
t.ok(quiet.status == 0 and quiet.err == '', 'but not when nothing is to be told', quiet)
answer = v.run('generate', 'a red zxqj', '--seed', '3', '--json')
t.ok(answer.status == 0 and answer.err == '', 'and not to programs', answer)

nothing = v.ask('resume')
t.equal((nothing['pictures'], nothing['model'], nothing['prompt']), ([], None, None), 'nothing to resume')
t.ok(v.ask('check')['ok'], 'the library is whole', v.run('check'))

t.end()
