#!/usr/bin/env python3
"""random-dalle.py mini|mega FOLDER: DALL·E mini or mega at full size with made-up weights, as min-dalle's files lie.

The tensors of all layers are views into one storage for each kind of them, at an offset, the other way round. The
same numbers every time. Takes memory for one file: half a gigabyte for mini, three for mega. Then:

    vignette models add FOLDER && vignette bench dalle --model NAME --device host
"""
import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'cli'))
import torchfile  # noqa: E402

SIZES = {
    'mini': dict(layers=12, width=1024, glu=2730, words=50264, tokens=16385),
    'mega': dict(layers=24, width=2048, glu=4096, words=50272, tokens=16416),
}
PLACES = {'encoder': 64, 'decoder': 256}

# A prime number of values, so that what is repeated falls on other rows each time.
BLOCK = 2097143
bits = random.Random(7).randbytes(4 * BLOCK)
# f16: any sign, 2^-7 to 2^-4
halves = bytearray(bits[:2 * BLOCK])
halves[1::2] = halves[1::2].translate(bytes(0x80 * (i & 1) + 0x20 + i // 2 % 12 for i in range(256)))
# f32: any sign, 2^-7 to 2^-6
floats = bytearray(bits)
floats[3::4] = floats[3::4].translate(bytes(0x80 * (i & 1) + 0x3c for i in range(256)))
floats[2::4] = floats[2::4].translate(bytes(i & 0x7f for i in range(256)))
KINDS = {'F16': (bytes(halves), 2), 'F32': (bytes(floats), 4)}


def make(kind, count):
    block, size = KINDS[kind]
    return (block * (count * size // len(block) + 1))[:count * size]


def add(out, name, shape, kind='F16'):
    count = 1
    for extent in shape:
        count *= extent
    out[name] = torchfile.Tensor(torchfile.Storage(kind, make(kind, count)), shape)


def add_stack(out, name, layers, shape):
    """All layers' tensors of one name: kernels lie as (in, out) and are seen as (out, in)."""
    count = shape[0] * (shape[1] if len(shape) == 2 else 1)
    storage = torchfile.Storage('F16', make('F16', layers * count))
    for layer in range(layers):
        stride = (1, shape[0]) if len(shape) == 2 else (1,)
        out[f'layers.{layer}.{name}'] = torchfile.Tensor(storage, shape, stride, layer * count)


def make_half(half, layers, width, glu, words, tokens):
    vocab = words if half == 'encoder' else tokens
    out = torchfile.ORDERED()
    add(out, 'embed_tokens.weight', (vocab, width))
    add(out, 'embed_positions.weight', (PLACES[half], width))
    add(out, 'layernorm_embedding.weight', (width,))
    add(out, 'layernorm_embedding.bias', (width,))
    add(out, 'final_ln.bias', (width,))
    for name in ['self_attn'] + ['encoder_attn'] * (half == 'decoder'):
        before = 'pre_self_attn_layer_norm' if name == 'self_attn' else 'pre_encoder_attn_layer_norm'
        add_stack(out, f'{before}.bias', layers, (width,))
        for part in 'qkv':
            add_stack(out, f'{name}.{part}_proj.weight', layers, (width, width))
        add_stack(out, f'{name}.out_proj.weight', layers, (width, width))
        add_stack(out, f'{name}_layer_norm.weight', layers, (width,))
        add_stack(out, f'{name}_layer_norm.bias', layers, (width,))
    add_stack(out, 'glu.ln0.bias', layers, (width,))
    add_stack(out, 'glu.ln1.bias', layers, (glu,))
    add_stack(out, 'glu.fc0.weight', layers, (glu, width))
    add_stack(out, 'glu.fc1.weight', layers, (glu, width))
    add_stack(out, 'glu.fc2.weight', layers, (width, glu))
    if half == 'decoder':
        add(out, 'lm_head.weight', (vocab, width))
    return out


def make_detoker():
    out = torchfile.ORDERED()

    def conv(name, outs, ins, side):
        add(out, f'{name}.weight', (outs, ins, side, side), 'F32')
        add(out, f'{name}.bias', (outs,), 'F32')

    def norm(name, channels):
        add(out, f'{name}.weight', (channels,), 'F32')
        add(out, f'{name}.bias', (channels,), 'F32')

    def block(name, ins, outs):
        norm(f'{name}.norm1', ins)
        conv(f'{name}.conv1', outs, ins, 3)
        norm(f'{name}.norm2', outs)
        conv(f'{name}.conv2', outs, outs, 3)
        if ins != outs:
            conv(f'{name}.nin_shortcut', outs, ins, 1)

    def gaze(name, channels):
        norm(f'{name}.norm', channels)
        for part in ('q', 'k', 'v', 'proj_out'):
            conv(f'{name}.{part}', channels, channels, 1)

    add(out, 'embedding.weight', (16384, 256), 'F32')
    conv('post_quant_conv', 256, 256, 1)
    conv('decoder.conv_in', 512, 256, 3)
    block('decoder.mid.block_1', 512, 512)
    gaze('decoder.mid.attn_1', 512)
    block('decoder.mid.block_2', 512, 512)
    ins = 512
    for level, outs in ((4, 512), (3, 256), (2, 256), (1, 128), (0, 128)):
        for i in range(3):
            block(f'decoder.up.{level}.block.{i}', ins, outs)
            ins = outs
            if level == 4:
                gaze(f'decoder.up.{level}.attn.{i}', outs)
        if level > 0:
            conv(f'decoder.up.{level}.upsample.conv', outs, outs, 3)
    norm('decoder.norm_out', 128)
    conv('decoder.conv_out', 3, 128, 3)
    return out


def main():
    sizes = SIZES[sys.argv[1]]
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True)
    for half in PLACES:
        torchfile.write_torch(folder / f'{half}.pt', make_half(half, **sizes))
    torchfile.write_torch(folder / 'detoker.pt', make_detoker())
    known = ['<s>', '<pad>', '</s>', '<unk>'] + [chr(c) for c in range(33, 127)] + ['\u0120']
    words = known + [f'word{i}' for i in range(sizes['words'] - len(known))]
    (folder / 'vocab.json').write_text(json.dumps({word: i for i, word in enumerate(words)}))
    (folder / 'merges.txt').write_text('#version: 0.2\nw o\nwo r\nwor d\n')


main()
