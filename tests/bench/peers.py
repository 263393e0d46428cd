#!/usr/bin/env python3
"""peers.py [--program VIGNETTE] [--seconds S] [--rounds N] [--ggml PROGRAM]… [--json]: others, in the same minute

Runs “vignette bench --json --device host” and then PyTorch, onnxruntime and numpy (which is to say its BLAS)
on the same sizes, as far as they are installed for the Python that runs this; and all of it again, a few
rounds in turn, as other work on the computer may disturb any of them. Prints medians over the rounds, and how
the best compare. A tool, not a test.

Of ggml no package has its ops; PROGRAM is its test-backend-ops, which measures products of its own sizes on the
backends it was built with. What it says stands beside what Vignette reaches on the same device at its nearest sizes.
Which Vulkan driver both take is for VK_DRIVER_FILES to say.
"""
import argparse
import importlib
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time

arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument('--program', default='vignette')
arguments.add_argument('--profile', help='as “vignette --profile”')
arguments.add_argument('--seconds', type=float, default=0.1)
arguments.add_argument('--rounds', type=int, default=3)
arguments.add_argument('--ggml', action='append', default=[], metavar='PROGRAM', help='ggml’s test-backend-ops')
arguments.add_argument('--ggml-seconds', type=float, default=120, help='for each PROGRAM and backend')
arguments.add_argument('--part', action='append', choices=('ops', 'clip', 'search', 'ggml'), help='that alone')
arguments.add_argument('--json', action='store_true')
arguments = arguments.parse_args()
PARTS = arguments.part or ['ops', 'clip', 'search', 'ggml']
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
noise = numpy.random.default_rng(1).standard_normal(1 << 22, dtype=numpy.float32)


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
    return numpy.resize(noise, shape)


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


def run_vignette(part, device='host'):
    command = [arguments.program, 'bench', part, '--json', '--device', device, '--seconds', str(arguments.seconds)]
    command += ['--profile', arguments.profile] if arguments.profile else []
    result = subprocess.run(command, stdout=subprocess.PIPE)
    if not result.stdout:
        sys.exit(f'{" ".join(command)} ended with {result.returncode}')
    return json.loads(result.stdout)['measures']


# ---- ggml ----

# Its m, n and k are outputs, rows and inputs.
GGML_LINE = re.compile(r'MUL_MAT\(type_a=(f32|f16),type_b=f32,m=(\d+),n=(\d+),k=(\d+),.*?'
                       r'([\d.]+) +us/run.*? ([\d.]+) +([GT])FLOPS')
# One row, as a token is drawn; 16; and many.
GGML_WANTED = r'type_a=(f32|f16),type_b=f32,m=\d+,n=(1|8|512),k=\d+,bs=\[1,1\]'


def list_ggml_backends(program):
    """Their names, which are Vulkan0 and so on for Vulkan's."""
    text = subprocess.run([program, 'perf', '-o', 'NONE'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors='replace').stdout
    return re.findall(r'^Backend \d+/\d+: (\S+)', text, re.M)


def run_ggml(program, backend):
    """What one of its backends says within the time: {(weights, rows, in, out): GFLOP/s}"""
    usage = subprocess.run([program, '--help'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    # a line at a time: what it has said when the time is over is not to be lost
    command = ['stdbuf', '-oL', program, 'perf', '-o', 'MUL_MAT', '-b', backend] + (['-p', GGML_WANTED] if '[-p ' in usage else [])
    found, begun = {}, time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          errors='replace') as run:
        killer = threading.Timer(arguments.ggml_seconds, run.kill)
        killer.start()
        for line in run.stdout:
            line = re.sub(r'\x1b\[[\d;]*m', '', line)
            said = GGML_LINE.search(line)
            if said:
                weights, m, n, k = said[1], *map(int, said.group(2, 3, 4))
                found[weights, n, k, m] = float(said[6]) * (1000 if said[7] == 'T' else 1)
        killer.cancel()
    if time.monotonic() - begun >= arguments.ggml_seconds:
        print(f'{program}: {backend} took more than {arguments.ggml_seconds:.0f} s; what it had said is shown',
              file=sys.stderr)
    return found


def compare_ggml():
    """Each backend's figures, and Vignette's on the same device."""
    answers = []
    for program in arguments.ggml:
        for backend in list_ggml_backends(program):
            said = run_ggml(program, backend)
            device = 'gpu' if backend.startswith('Vulkan') else 'host'
            ours = [m for m in run_vignette('ops', device) if m['name'] == 'linear' and m['runs'] > 0]
            answers.append({'program': program, 'backend': backend, 'device': device,
                            'ggml': [{'weights': weights, 'shape': shape, 'gflops': gflops}
                                     for (weights, *shape), gflops in said.items()],
                            'vignette': [{key: m[key] for key in ('weights', 'shape', 'gflops')} for m in ours]})
    return answers


def show_ggml(answer):
    print(f'\n{answer["program"]}, {answer["backend"]}, beside Vignette on “{answer["device"]}”: GFLOP/s')
    for who in ('ggml', 'vignette'):
        if not answer[who]:
            print(f'  {who:8} nothing within the time')
        for m in answer[who]:
            rows, n_in, n_out = m['shape']
            print(f'  {who:8} linear {rows} × {n_in} → {n_out}, {m["weights"]}: {m["gflops"]:.1f}')


def show(seconds):
    return f'{seconds * 1e6:.0f} µs' if seconds < 1e-3 else f'{seconds * 1e3:.2f} ms'


# Of each measure, by who took it: (median, best) of each round.
taken = {}
for number in range(arguments.rounds):
    print(f'round {number + 1} of {arguments.rounds}', file=sys.stderr, flush=True)
    for part in [part for part in ('ops', 'clip', 'search') if part in PARTS]:
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
if 'ggml' in PARTS and not arguments.ggml:
    print('no --ggml was given; it is left out', file=sys.stderr)
beside = compare_ggml() if 'ggml' in PARTS else []
answers = []
for (name, shape, weights), rounds in taken.items():
    answers.append({'name': name, 'shape': shape, 'weights': weights,
                    'median': {who: statistics.median(median for median, _ in times) for who, times in rounds.items()},
                    'best': {who: min(best for _, best in times) for who, times in rounds.items()}})

if arguments.json:
    print(json.dumps({'threads': THREADS, 'versions': versions, 'measures': answers, 'ggml': beside}))
    sys.exit()
for a in answers:
    others = '  '.join(f'{who} {show(a["median"][who])} ({a["best"][who] / a["best"]["vignette"]:.2f} ×)'
                       for who in a['median'] if who != 'vignette')
    print(f'{a["name"]:8} {"×".join(map(str, a["shape"])):22} {a["weights"] or "f16":4} '
          f'{show(a["median"]["vignette"]):>10}   {others}')
if answers:
    print(f'\nMedians of {arguments.rounds} rounds; n × is how many times as long as Vignette a peer takes at best. '
          f'{THREADS} threads; ' + ', '.join(f'{name} {version}' for name, version in versions.items()))
for answer in beside:
    show_ggml(answer)
