#!/usr/bin/env python3
"""peers.py [--program VIGNETTE] [--seconds S] [--rounds N] [--json]: the same sizes by others, in the same minute

Runs “vignette bench --json --device host” and then PyTorch, onnxruntime and numpy (which is to say its BLAS)
on the same sizes, as far as they are installed for the Python that runs this; and all of it again, a few
rounds in turn, as other work on the computer may disturb any of them. Prints medians over the rounds, and how
the best compare. A tool, not a test.
"""
import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import time

arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument('--program', default='vignette')
arguments.add_argument('--profile', help='as “vignette --profile”')
arguments.add_argument('--seconds', type=float, default=0.1)
arguments.add_argument('--rounds', type=int, default=3)
arguments.add_argument('--json', action='store_true')
arguments = arguments.parse_args()
THREADS = len(os.sched_getaffinity(0))


def find(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f'{name} is not installed for this Python; it is left out', file=sys.stderr)
        return None


numpy = find('numpy')
if numpy is None:
    sys.exit('numpy is needed for all of the peers')
torch = find('torch')
onnxruntime = find('onnxruntime')
onnx = find('onnx') if onnxruntime else None
if torch:
    torch.set_num_threads(THREADS)
    torch.set_grad_enabled(False)
noise = numpy.random.default_rng(1)


def measure(run, seconds=None):
    """Median and best of runs within the time, after one that does not count."""
    run()
    times = []
    while len(times) < 3 or sum(times) < (seconds or arguments.seconds):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return statistics.median(times), min(times)


def floats(*shape):
    return noise.standard_normal(shape, dtype=numpy.float32)


def in_turn(make, size):
    """Weights for 240 MB, each taken after all the others: none is still in a cache."""
    copies = [make() for _ in range(max(1, min(64, 240_000_000 // size)))]
    turn = iter(())

    def following():
        nonlocal turn
        for one in turn:
            return one
        turn = iter(copies)
        return next(turn)
    return following


# ---- one op ----

def numpy_linear(rows, n_in, n_out):
    x, y = floats(rows, n_in), numpy.empty((rows, n_out), numpy.float32)
    weight = in_turn(lambda: floats(n_out, n_in), n_out * n_in * 4)
    return lambda: numpy.matmul(x, weight().T, out=y)


def torch_linear(dtype):
    def make(rows, n_in, n_out):
        x = torch.from_numpy(floats(rows, n_in)).to(dtype)
        weight = in_turn(lambda: torch.from_numpy(floats(n_out, n_in)).to(dtype), n_out * n_in * dtype.itemsize)
        return lambda: torch.nn.functional.linear(x, weight())
    return make


def torch_conv2d(dtype):
    def make(count, extent, n_in, n_out, side, stride):
        x = torch.from_numpy(floats(count, n_in, extent, extent)).to(dtype, memory_format=torch.channels_last)
        weight = torch.from_numpy(floats(n_out, n_in, side, side)).to(dtype, memory_format=torch.channels_last)
        return lambda: torch.nn.functional.conv2d(x, weight, stride=stride, padding=side // 2 if stride == 1 else 0)
    return make


def onnx_session(node, shape, weight):
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph([node], 'op', [helper.make_tensor_value_info('x', kind, shape)],
                              [helper.make_tensor_value_info('y', kind, None)],
                              [onnx.numpy_helper.from_array(weight, 'w')])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=['CPUExecutionProvider'])
    x = floats(*shape)
    return lambda: session.run(None, {'x': x})


def onnx_linear(rows, n_in, n_out):
    node = onnx.helper.make_node('MatMul', ['x', 'w'], ['y'])
    session = in_turn(lambda: onnx_session(node, [rows, n_in], floats(n_in, n_out)), n_in * n_out * 4)
    return lambda: session()()


def onnx_conv2d(count, extent, n_in, n_out, side, stride):
    pad = side // 2 if stride == 1 else 0
    node = onnx.helper.make_node('Conv', ['x', 'w'], ['y'], strides=[stride] * 2, pads=[pad] * 4)
    return onnx_session(node, [count, n_in, extent, extent], floats(n_out, n_in, side, side))


# ---- a CLIP of ViT-B/32's size, random weights ----

def torch_tower(width, layers, heads, causal, dtype):
    functional = torch.nn.functional

    def tensor(*shape):
        return torch.from_numpy(floats(*shape) * 0.02).to(dtype)
    blocks = [dict(qkv=tensor(3 * width, width), proj=tensor(width, width), up=tensor(4 * width, width),
                   down=tensor(width, 4 * width), bias=tensor(4 * width)) for _ in range(layers)]

    def run(x):
        count, rows, _ = x.shape
        for b in blocks:
            h = functional.layer_norm(x, (width,))
            q, k, v = (part.view(count, rows, heads, width // heads).transpose(1, 2)
                       for part in functional.linear(h, b['qkv'], b['bias'][:width].repeat(3)).chunk(3, -1))
            h = functional.scaled_dot_product_attention(q, k, v, is_causal=causal).transpose(1, 2)
            x = x + functional.linear(h.reshape(count, rows, width), b['proj'], b['bias'][:width])
            h = functional.linear(functional.layer_norm(x, (width,)), b['up'], b['bias'])
            x = x + functional.linear(h * torch.sigmoid(1.702 * h), b['down'], b['bias'][:width])
        return x
    return run


def torch_clip(name, count, size, dtype):
    if name == 'images':
        tower = torch_tower(768, 12, 12, False, dtype)
        pixels = torch.from_numpy(floats(count, 3, size, size)).to(dtype)
        patches = torch.from_numpy(floats(768, 3, 32, 32) * 0.02).to(dtype)
        start = torch.zeros(count, 1, 768, dtype=dtype)

        def run():
            x = torch.nn.functional.conv2d(pixels, patches, stride=32).flatten(2).transpose(1, 2)
            tower(torch.cat([start, x], 1))
        return run
    tower = torch_tower(512, 12, 8, True, dtype)
    x = torch.from_numpy(floats(count, size, 512)).to(dtype)
    return lambda: tower(x)


def numpy_scan(n, width):
    rows, vector = floats(n, width), floats(width)
    return lambda: rows @ vector


# ---- all of it ----

def peers_of(m):
    """Names and what they run, for what Vignette measured as m."""
    shape, weights = m['shape'], m['weights']
    made = {}
    if m['name'] in ('linear', 'product'):
        if weights == 'f32':
            made['numpy'] = lambda: numpy_linear(*shape)
            if onnx:
                made['onnxruntime'] = lambda: onnx_linear(*shape)
        if torch:
            made['torch' if weights == 'f32' else 'torch bf16'] = \
                lambda: torch_linear(torch.float32 if weights == 'f32' else torch.bfloat16)(*shape)
    elif m['name'] == 'conv2d' and weights == 'f32':
        if torch:
            made['torch'] = lambda: torch_conv2d(torch.float32)(*shape)
        if onnx:
            made['onnxruntime'] = lambda: onnx_conv2d(*shape)
    elif m['name'] in ('images', 'texts') and m['model'] == 'ViT-B/32' and torch:
        made['torch'] = lambda: torch_clip(m['name'], *shape, torch.float32)
        made['torch bf16'] = lambda: torch_clip(m['name'], *shape, torch.bfloat16)
    elif m['name'] == 'scan' and shape[0] <= 1_000_000:
        made['numpy f32'] = lambda: numpy_scan(*shape)
    return made


def run_vignette(part):
    command = [arguments.program, 'bench', part, '--json', '--device', 'host', '--seconds', str(arguments.seconds)]
    command += ['--profile', arguments.profile] if arguments.profile else []
    result = subprocess.run(command, stdout=subprocess.PIPE)
    if not result.stdout:
        sys.exit(f'{" ".join(command)} ended with {result.returncode}')
    return json.loads(result.stdout)['measures']


def show(seconds):
    return f'{seconds * 1e6:.0f} µs' if seconds < 1e-3 else f'{seconds * 1e3:.2f} ms'


# Of each measure, by who took it: (median, best) of each round.
taken = {}
for number in range(arguments.rounds):
    print(f'round {number + 1} of {arguments.rounds}', file=sys.stderr, flush=True)
    for part in ('ops', 'clip', 'search'):
        for m in run_vignette(part):
            if m['runs'] == 0 or (m['bench'] == 'limits' and part != 'ops'):
                continue
            makes = peers_of(m)
            if not makes:
                continue
            rounds = taken.setdefault((m['name'], tuple(m['shape']), m['weights']), {})
            rounds.setdefault('vignette', []).append((m['median'], m['best']))
            for name, make in makes.items():
                rounds.setdefault(name, []).append(measure(make()))

versions = {name: module.__version__ for name, module in
            (('numpy', numpy), ('torch', torch), ('onnxruntime', onnxruntime)) if module}
answers = []
for (name, shape, weights), rounds in taken.items():
    answers.append({'name': name, 'shape': shape, 'weights': weights,
                    'median': {who: statistics.median(median for median, _ in times) for who, times in rounds.items()},
                    'best': {who: min(best for _, best in times) for who, times in rounds.items()}})

if arguments.json:
    print(json.dumps({'threads': THREADS, 'versions': versions, 'measures': answers}))
    sys.exit()
for a in answers:
    others = '  '.join(f'{who} {show(a["median"][who])} ({a["best"][who] / a["best"]["vignette"]:.2f} ×)'
                       for who in a['median'] if who != 'vignette')
    print(f'{a["name"]:8} {"×".join(map(str, a["shape"])):22} {a["weights"] or "f16":4} '
          f'{show(a["median"]["vignette"]):>10}   {others}')
print(f'\nMedians of {arguments.rounds} rounds; n × is how many times as long as Vignette a peer takes at best. '
      f'{THREADS} threads; ' + ', '.join(f'{name} {version}' for name, version in versions.items()))
