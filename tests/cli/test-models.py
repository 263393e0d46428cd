#!/usr/bin/env python3
"""test-models.py PROGRAM: published models taken in, used by name, verified and taken away"""
import gzip
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import struct
import threading
import time

import torchfile
from vig import Tests, Vignette, models

t = Tests()
v = Vignette(t.folder / 'profile')
data = pathlib.Path(__file__).resolve().parent.parent / 'data'
golden = data / 'golden' / 'clip'
expected = json.loads((golden / 'expected.json').read_text())
pictures = [data / 'preprocess' / name for name in expected['images']]
texts = list(expected['texts'])
tensors = torchfile.read_safetensors(golden / 'model.safetensors')
own = v.profile / 'models'


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5


def check_vectors(name, what, want=expected):
    rows = v.ask('--model', name, 'embed', *[word for text in texts for word in ('--text', text)],
                 *[str(path) for path in pictures])['rows']
    wanted = [want['texts'][text] for text in texts] + [want['images'][path.name] for path in pictures]
    near = [cosine(row['vector'], vector) for row, vector in zip(rows, wanted)]
    # Pictures are looked at with bfloat16 products where the processor has them.
    t.ok(len(rows) == len(wanted) and min(near[:len(texts)]) > 0.99995 and min(near[len(texts):]) > 0.9995,
         f'{what}: the recorded vectors', near)


def fused(prefix=''):
    """The weights by the names of OpenAI and open_clip."""
    out = {}
    for name, (kind, shape, raw) in tensors.items():
        text = not name.startswith('vis')
        new = name
        for a, b in (('vision_model.embeddings.class_embedding', 'visual.class_embedding'),
                     ('vision_model.embeddings.patch_embedding.weight', 'visual.conv1.weight'),
                     ('vision_model.embeddings.position_embedding.weight', 'visual.positional_embedding'),
                     ('vision_model.pre_layrnorm', 'visual.ln_pre'), ('vision_model.post_layernorm', 'visual.ln_post'),
                     ('vision_model.encoder.layers', 'visual.transformer.resblocks'),
                     ('visual_projection.weight', 'visual.proj'),
                     ('text_model.embeddings.token_embedding.weight', 'token_embedding.weight'),
                     ('text_model.embeddings.position_embedding.weight', 'positional_embedding'),
                     ('text_model.final_layer_norm', 'ln_final'),
                     ('text_model.encoder.layers', 'transformer.resblocks'),
                     ('text_projection.weight', 'text_projection'),
                     ('layer_norm1', 'ln_1'), ('layer_norm2', 'ln_2'), ('self_attn.out_proj', 'attn.out_proj'),
                     ('mlp.fc1', 'mlp.c_fc'), ('mlp.fc2', 'mlp.c_proj')):
            new = new.replace(a, b)
        if text and new != 'logit_scale':
            new = prefix + new
        if new.endswith('proj') and len(shape) == 2 or new.endswith('text_projection'):
            rows, width = shape
            raw = b''.join(raw[4 * (r * width + c):4 * (r * width + c) + 4] for c in range(width) for r in range(rows))
            shape = [width, rows]
        if 'self_attn.' in new:
            block, end = new.rsplit('.self_attn.', 1)[0], new.rsplit('.', 1)[1]
            if '.q_proj.' not in new:
                continue
            parts = [tensors[name.replace('.q_proj.', f'.{part}_proj.')] for part in 'qkv']
            out[f'{block}.attn.in_proj_{end}'] = (kind, [3 * shape[0], *shape[1:]], b''.join(p[2] for p in parts))
        else:
            out[new] = (kind, shape, raw)
    return out


def halve(weights):
    """F16 where OpenAI's files have it: everything but norms and embeddings."""
    out = {}
    for name, (kind, shape, raw) in weights.items():
        if not any(part in name for part in ('ln_', 'embedding', 'logit')):
            floats = struct.unpack(f'<{len(raw) // 4}f', raw)
            kind, raw = 'F16', struct.pack(f'<{len(floats)}e', *floats)
        out[name] = (kind, shape, raw)
    return out


def place(name, *, config='config.json', vocabulary=True):
    folder = t.folder / name
    folder.mkdir()
    if config:
        shutil.copy(golden / config, folder / 'config.json')
    if vocabulary:
        shutil.copy(golden / 'vocab.json', folder)
        shutil.copy(golden / 'merges.txt', folder)
    return folder


# ---- every form, one result ----

folder = place('hugging-face')
shutil.copy(golden / 'model.safetensors', folder)
shutil.copy(golden / 'preprocessor_config.json', folder)
(folder / 'README.md').write_text('---\nlicense: mit\n---\n# A test\n')
added = v.ask('models', 'add', str(folder))
t.equal([sorted(model) for model in added['models']], [['bytes', 'kind', 'licence', 'name', 'sha256', 'source']],
        'add tells of what it added alone')
model = added['models'][0]
t.equal((model['name'], model['kind'], model['licence'], model['source']), ('hugging-face', 'clip', 'mit', str(folder)),
        'its name, kind, licence and source')
t.equal(model['sha256'], hashlib.sha256((own / 'hugging-face' / 'model.safetensors').read_bytes()).hexdigest(),
        'the hash of its weights')
check_vectors('hugging-face', 'Hugging Face')

folder = place('shards')
names = sorted(tensors)
shards = {f'model-0000{i + 1}-of-00003.safetensors': names[i::3] for i in range(3)}
for file, part in shards.items():
    torchfile.write_safetensors(folder / file, {name: tensors[name] for name in part})
(folder / 'model.safetensors.index.json').write_text(json.dumps(
    {'metadata': {}, 'weight_map': {name: file for file, part in shards.items() for name in part}}))

folder = place('pytorch-bin')
position = ('I64', [1, 77], struct.pack('<77q', *range(77)))
torchfile.write_torch(folder / 'pytorch_model.bin',
                      torchfile.as_tensors({**tensors, 'text_model.embeddings.position_ids': position}))

folder = place('lightning')
torchfile.write_torch(folder / 'last.ckpt', torchfile.as_tensors(tensors),
                      lambda weights: {'epoch': 3, 'state_dict': weights, 'optimizer_states': [{'lr': 0.1}]})

folder = place('open-clip-custom-text')
torchfile.write_safetensors(folder / 'open_clip_model.safetensors', fused('text.'))

# What a mirror of open_clip's has: another program's config.json, and its own.
folder = place('open-clip', config=None)
torchfile.write_torch(folder / 'open_clip_pytorch_model.bin', torchfile.as_tensors(fused()),
                      lambda weights: {'state_dict': {f'module.{name}': value for name, value in weights.items()}})
(folder / 'config.json').write_text('{"architecture": "vit_base_patch32_clip_224"}')
(folder / 'open_clip_config.json').write_text(json.dumps({
    'model_cfg': {'embed_dim': 32, 'quick_gelu': True,
                  'vision_cfg': {'image_size': 64, 'layers': 2, 'width': 64, 'patch_size': 16, 'head_width': 16},
                  'text_cfg': {'context_length': 77, 'vocab_size': 898, 'width': 64, 'heads': 4, 'layers': 2}},
    'preprocess_cfg': {'mean': [0.48145466, 0.4578275, 0.40821073], 'std': [0.26862954, 0.26130258, 0.27577711],
                       'interpolation': 'bicubic', 'resize_mode': 'shortest'}}))

folder = place('openai', vocabulary=False)
torchfile.write_torch(folder / 'tiny.pt', torchfile.as_script(halve(fused())))
merges = (golden / 'merges.txt').read_text().splitlines()[1:]
(folder / 'bpe_simple_vocab_16e6.txt.gz').write_bytes(gzip.compress(
    '\n'.join(['"bpe_simple_vocab_16e6.txt#version: 0.2', *merges, 'z z</w>', 'q q</w>']).encode()))

for name in ('shards', 'pytorch-bin', 'lightning', 'open-clip-custom-text', 'open-clip'):
    other = v.ask('models', 'add', str(t.folder / name))['models'][0]
    t.equal((other['name'], other['sha256']), (name, model['sha256']), f'{name}: the same model')
other = v.ask('models', 'add', str(folder / 'tiny.pt'), '--name', 'OpenAI’s')['models'][0]
t.equal((other['name'], other['sha256']), ('OpenAI’s', model['sha256']), 'TorchScript: the same model, with a given name')
t.equal(json.loads((own / 'OpenAI’s' / 'vocab.json').read_text()), json.loads((golden / 'vocab.json').read_text()),
        'and the vocabulary out of its merges')
for name in ('open-clip', 'OpenAI’s'):
    check_vectors(name, name)

folder = place('exact', config='config.gelu.json')
shutil.copy(golden / 'model.safetensors', folder)
exact = v.ask('models', 'add', str(folder))['models'][0]
t.ok(exact['sha256'] != model['sha256'], 'another activation is another model')

# ---- as the reference programs wrote them ----

recorded = pathlib.Path(os.environ.get('VIGNETTE_SHARED', pathlib.Path(__file__).resolve().parents[3] / 'shared')) / 'goldens'
FORMS = {'clip_tiny/model.safetensors': 'config.json', 'clip_tiny/open_clip_model.fp16.safetensors': 'config.json',
         'clip_tiny/openai_jit.pt': 'config.json', 'clip_e2e/model': None}
for number, (path, config) in enumerate(FORMS.items()):
    source = recorded / path
    if not source.exists():
        print(f'# {path} is not here (goldens in VIGNETTE_SHARED): skipped')
        continue
    if config:
        folder = place(f'recorded {number}', vocabulary=number != 2)
        shutil.copy(source, folder)
        if number == 2:
            shutil.copy(recorded / 'tokenizer' / 'synthetic_clip' / 'bpe_synthetic.txt.gz',
                        folder / 'bpe_simple_vocab_16e6.txt.gz')
        source = folder / source.name
    name = f'recorded {number}'
    same = v.ask('models', 'add', str(source), '--name', name)['models'][0]['sha256']
    t.equal(same, model['sha256'], f'{path}: the same model')
    check_vectors(name, path)

# ---- drawing ----

pair = models() / 'first-light'
answer = v.run('models', 'add', str(pair / 'dalle'))
t.ok(answer.status == 1 and '--name' in answer.err, 'the name of what comes with the program is not given again', answer)
drawing = v.ask('models', 'add', str(pair / 'dalle'), '--name', 'copy')['models'][0]
t.equal((drawing['name'], drawing['kind']), ('copy', 'dalle'), 'a drawing model in our layout')
listed = {(m['name'], m['kind']): m for m in v.ask('models')['models']}
t.equal(drawing['sha256'], listed['first-light', 'dalle']['sha256'], 'byte for byte')

# ---- what cannot be ----


def refused(path, words, name):
    before = sorted(own.iterdir())
    answer = v.run('models', 'add', str(path))
    t.ok(answer.status == 1 and answer.out == '' and answer.err.count('\n') == 1 and words in answer.err, name, answer)
    t.equal(sorted(own.iterdir()), before, f'{name}: nothing is left')


class Run:
    def __reduce__(self):
        return os.system, (f'touch {t.folder}/ran',)


folder = place('evil')
torchfile.write_torch(folder / 'evil.pt', {'state_dict': Run()})
refused(folder, 'system”, which weights have no need of', 'a pickle that would run something')
t.ok(not (t.folder / 'ran').exists(), 'and nothing was run')

folder = place('no-words', vocabulary=False)
shutil.copy(golden / 'model.safetensors', folder)
refused(folder, 'https://github.com/openai/CLIP', 'without a vocabulary, which files and whose')
folder = place('no-config', config=None)
shutil.copy(golden / 'model.safetensors', folder)
refused(folder, 'config.json of “model.safetensors” is missing', 'without a configuration')
folder = place('unknown-activation', config=None)
torchfile.write_safetensors(folder / 'weights.safetensors', fused())
refused(folder, 'QuickGELU: put the open_clip_config.json', 'without the activation')
folder = place('beside')
torchfile.write_safetensors(folder / 'model.safetensors', {**tensors, 'vision_model.head.probe': ('F32', [1], b'\0' * 4)})
refused(folder, 'is a SigLIP', 'a SigLIP')
folder = place('more')
torchfile.write_safetensors(folder / 'model.safetensors', {**tensors, 'extra.gamma': ('F32', [1], b'\0' * 4)})
refused(folder, '“extra.gamma” beside', 'one with a tensor more')
folder = place('less')
torchfile.write_safetensors(folder / 'model.safetensors', {n: x for n, x in tensors.items() if n != 'logit_scale'})
refused(folder, 'have no “logit_scale”', 'one with a tensor less')
folder = place('resnet', config=None)
torchfile.write_safetensors(folder / 'RN50.safetensors', {'visual.layer1.0.conv1.weight': ('F32', [1], b'\0' * 4)})
refused(folder, 'a ResNet', 'a ResNet')
folder = place('other', config=None)
torchfile.write_safetensors(folder / 'x.safetensors', {'blocks.0.weight': ('F32', [1], b'\0' * 4)})
refused(folder, 'it has 1 tensors, such as “blocks.0.weight”', 'something else, and what it is')
folder = place('nan')
bad = dict(tensors)
bad['logit_scale'] = ('F32', [], struct.pack('<f', float('nan')))
torchfile.write_safetensors(folder / 'model.safetensors', bad)
refused(folder, 'not finite', 'numbers that are none')
refused(t.folder / 'nowhere', 'There is no file or folder', 'what is not there')
refused(t.folder / 'hugging-face', 'There is a model “hugging-face” already', 'a name that is taken')
(place('cut') / 'model.safetensors').write_bytes((golden / 'model.safetensors').read_bytes()[:-100])
refused(t.folder / 'cut', 'data_offsets', 'a file that was cut short')

# ---- killed half way ----

folder = place('slow')
shutil.copy(golden / 'model.safetensors', folder)
for moment in range(4):
    process = v.start('models', 'add', str(folder), '--name', f'killed {moment}')
    time.sleep(0.02 * moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()
t.ok(all(m == [] for m in (x['problems'] for x in v.ask('models', 'verify')['models'])), 'after kill -9 what is listed is whole')
v.ask('models', 'add', str(folder), '--name', 'after')
t.equal([path.name for path in own.iterdir() if path.name.startswith('.')], [], 'and what was left half is cleared away')

# ---- verified and removed ----

answer = v.run('models', 'verify', 'shards')
t.ok(answer.status == 0 and 'is whole' in answer.out, 'a model is whole', answer)
with open(own / 'shards' / 'model.safetensors', 'r+b') as file:
    file.seek(5000)
    byte = file.read(1)
    file.seek(5000)
    file.write(bytes([byte[0] ^ 1]))
(own / 'shards' / 'merges.txt').unlink()
answer = v.run('--json', 'models', 'verify', 'shards')
t.ok(answer.status == 1, 'one that was changed is not', answer)
t.equal([sorted(problem.split('”')[0] for problem in m['problems']) for m in answer.json['models']],
        [['“merges.txt', '“model.safetensors']], 'and which files')
t.equal(v.run('models', 'verify').status, 3, 'some of several')

answer = v.run('models', 'remove', 'first-light')
t.ok(answer.status == 1 and 'comes with the program' in answer.err, 'the installed pair stays', answer)
answer = v.run('models', 'remove', 'nothing')
t.ok(answer.status == 1 and 'no model “nothing”' in answer.err, 'what is not there cannot go', answer)
answer = v.run('models', 'remove', '..')
t.ok(answer.status == 1 and own.exists(), 'nor a folder around', answer)
t.equal(v.run('models', 'remove', 'shards').status, 0, 'one goes')
t.ok(not (own / 'shards').exists() and 'shards' not in {m['name'] for m in v.ask('models')['models']}, 'and is gone')

# ---- fetched, from a server on this computer ----

offers = v.ask('models', 'download')['models']
t.ok(len(offers) >= 4 and all(offer['licence'] and offer['bytes'] and offer['source'].startswith('https://')
                              for offer in offers), 'download tells of what there is', offers)
NAME = offers[0]['name']
published = {'config.json': None, 'pytorch_model.bin': None, 'vocab.json': None, 'merges.txt': None}
for name in published:
    source = t.folder / 'pytorch-bin' / name if name.startswith('py') else golden / name
    published[name] = source.read_bytes()
asked = []
slow = threading.Event()


class Hub(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        name = self.path.rsplit('/', 1)[1]
        asked.append((self.path, self.headers.get('Range')))
        if name not in published:
            self.send_response(404)
            self.send_header('Content-Length', '0')
            self.end_headers()
            return
        whole = published[name]
        if '/resolve/main/' in self.path:
            self.send_response(302)
            self.send_header('X-Linked-ETag', f'"{hashlib.sha256(whole).hexdigest()}"')
            self.send_header('X-Linked-Size', str(len(whole)))
            self.send_header('Location', f'/cdn/{name}')
            self.send_header('Content-Length', '0')
            self.end_headers()
            return
        first = int((self.headers.get('Range') or 'bytes=0-')[6:].rstrip('-'))
        self.send_response(206 if first else 200)
        self.send_header('ETag', '"it"')
        self.send_header('Content-Length', str(len(whole) - first))
        if first:
            self.send_header('Content-Range', f'bytes {first}-{len(whole) - 1}/{len(whole)}')
        self.end_headers()
        if name.startswith('py') and slow.is_set():
            self.wfile.write(whole[first:first + 400000])
            self.wfile.flush()
            time.sleep(20)
        else:
            self.wfile.write(whole[first:])

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Hub)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ['VIGNETTE_HUB'] = f'http://127.0.0.1:{server.server_port}'

slow.set()
process = v.start('models', 'download', NAME)
part = own / f'.fetched-{NAME}' / 'pytorch_model.bin.part'
for _ in range(600):
    if part.exists() and part.stat().st_size >= 400000:
        break
    time.sleep(0.05)
other = v.run('models', 'download', NAME)
t.ok(other.status == 1 and 'being fetched already' in other.err, 'one program at a time fetches a model', other)
process.send_signal(signal.SIGINT)
process.communicate(timeout=60)
t.equal(process.returncode, 130, 'it can be interrupted')
kept = part.stat().st_size if part.exists() else 0
t.ok(kept >= 400000 and NAME not in {m['name'] for m in v.ask('models')['models']}, 'what has come is kept, and is no model', kept)
slow.clear()
asked.clear()
fetched = v.ask('models', 'download', NAME)['models'][0]
t.ok(('/cdn/pytorch_model.bin', f'bytes={kept}-') in asked, 'the next time goes on from there', asked)
t.ok(not any('config.json' in path and 'cdn' in path for path, _ in asked), 'what was whole is not asked for')
t.equal((fetched['name'], fetched['sha256'], fetched['licence'], fetched['source']),
        (NAME, model['sha256'], offers[0]['licence'], offers[0]['source']), 'the model, its licence and where it is from')
t.equal([path.name for path in own.iterdir() if path.name.startswith('.')], [], 'what was fetched is cleared away')
check_vectors(NAME, 'fetched')
asked.clear()
answer = v.run('models', 'download', NAME)
t.ok(answer.status == 1 and 'already' in answer.err and asked == [], 'a second time nothing is asked for', answer)
answer = v.run('models', 'download', 'nothing')
t.ok(answer.status == 1 and asked == [] and '“vignette models download” lists' in answer.err, 'what is not listed', answer)
os.environ['VIGNETTE_HUB'] = 'http://example.org'
answer = v.run('models', 'download', offers[1]['name'])
t.ok(answer.status != 0 and 'no address to fetch from' in answer.err, 'no mirror but on this computer', answer)

t.end()
