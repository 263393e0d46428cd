#!/usr/bin/env python3
"""test-start.py PROGRAM: a picture is gone on with from its top rows, by models of 8, 16 and 32 rows"""
import json
import shutil
import signal
import sqlite3
import struct
import time

from vig import Tests, Vignette, models, read_png_size, read_png_text, write_png

PROMPT = 'a red car on a white background'
OTHER = 'a blue ball'

t = Tests()
v = Vignette(t.folder / 'profile')


def make_model(rows):
    """The pair's drawing model for another number of rows: its places are those that lie nearest."""
    folder = shutil.copytree(models() / 'first-light' / 'dalle', t.folder / f'model-{rows}')
    config = json.loads((folder / 'config.json').read_text())
    config['stage1'] |= {'resolution': 4 * rows, 'token_grid': [rows, rows]}
    config['stage2']['ctx_len_img'] = rows * rows
    (folder / 'config.json').write_text(json.dumps(config))

    data = (folder / 'stage2.safetensors').read_bytes()
    size, = struct.unpack('<Q', data[:8])
    header, weights = json.loads(data[8:8 + size]), data[8 + size:]
    parts, offset = [], 0
    for name, tensor in header.items():
        if name == '__metadata__':
            continue
        begin, end = tensor['data_offsets']
        part = weights[begin:end]
        if name == 'pos_emb_img.weight':
            width = 2 * tensor['shape'][1]
            place = [(y * 16 // rows) * 16 + x * 16 // rows for y in range(rows) for x in range(rows)]
            part = b''.join(part[k * width:(k + 1) * width] for k in place)
            tensor['shape'][0] = rows * rows
        tensor['data_offsets'] = [offset, offset + len(part)]
        parts.append(part)
        offset += len(part)
    text = json.dumps(header).encode()
    (folder / 'stage2.safetensors').write_bytes(struct.pack('<Q', len(text)) + text + b''.join(parts))
    return folder


def draw(prompt, seed, model, *more):
    return v.ask('generate', prompt, '--seed', str(seed), '--model', str(model), *more)['pictures'][0]


for rows, (side, height) in {8: (37, 37), 16: (300, 90), 32: (70, 211)}.items():
    model = make_model(rows)
    own = draw(PROMPT, 4, model)
    t.equal(len(own['tokens']), rows * rows, f'a model of {rows} rows')
    for keep in (1, rows - 1):
        begun = draw(OTHER, 9, model, '--start', own['path'], '--keep', str(keep))
        t.equal(begun['tokens'][:keep * rows], own['tokens'][:keep * rows], f'its first {keep} rows are kept exactly')
        t.ok(keep > 1 or begun['tokens'] != own['tokens'], 'and the rest is drawn', begun)
    again = draw(PROMPT, 4, model, '--start', own['path'], '--keep', str(rows // 2))
    t.equal(again['tokens'], own['tokens'], 'by its own prompt and seed it is itself again')
    answer = v.run('generate', PROMPT, '--model', str(model), '--start', own['path'], '--keep', str(rows))
    t.ok(answer.status in (1, 2) and answer.err.count('\n') == 1, 'all of its rows are no beginning', answer)

    # Somebody has painted over it: what it says of itself does not count.
    texts = {'vignette': read_png_text(own['path'])['vignette'].lstrip(b'\0').decode()}
    changed = write_png(t.folder / f'changed-{rows}.png', (30, 60, 220), side=read_png_size(own['path'])[0], texts=texts)
    plain = write_png(t.folder / f'plain-{rows}.png', (30, 60, 220), side=read_png_size(own['path'])[0])
    seen = [draw(OTHER, 9, model, '--start', str(path), '--keep', str(rows // 2))['tokens'][:rows * rows // 2]
            for path in (changed, plain)]
    t.ok(seen[0] == seen[1] != own['tokens'][:rows * rows // 2], 'a picture that was changed is looked at')

    photo = write_png(t.folder / 'photo.png', (30, 160, 20), side=side, height=height)
    two = [draw(OTHER, seed, model, '--start', str(photo), '--keep', str(rows // 2))['tokens'] for seed in (1, 2)]
    t.ok(two[0][:rows * rows // 2] == two[1][:rows * rows // 2] and two[0] != two[1],
         f'what is seen of {side} × {height} pixels is kept', two)

# What was begun goes on with the model that it was begun with, whichever is in use.
added = v.ask('models', 'add', str(t.folder / 'model-8'))['models'][0]['name']
process = v.start('generate', PROMPT, '--best-of', '64', '--seed', '2', '--model', added)
while process.poll() is None:
    time.sleep(0.01)
    try:
        with v.database() as base:
            begun = base.execute('SELECT count(*) FROM sketches WHERE length(tokens) > 0').fetchone()[0]
    except sqlite3.OperationalError:  # it is being written
        continue
    if begun > 0:
        process.send_signal(signal.SIGINT)
        break
process.communicate(timeout=120)
t.equal(process.returncode, 130, 'it is interrupted')
resumed = v.ask('resume', '--model', 'first-light')
t.equal((resumed['model'], len(resumed['pictures']), len(resumed['pictures'][0]['tokens'])), (added, 1, 64),
        'and ended by its own model')
t.ok(v.ask('check')['ok'], 'the library is whole', v.run('check'))

t.end()
