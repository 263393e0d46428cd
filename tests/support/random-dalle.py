#!/usr/bin/env python3
"""random-dalle.py mini|mega|kakao FOLDER: a published drawing model at full size with made-up weights.

DALL·E mini and mega as min-dalle's files lie: the tensors of all layers are views into one storage for each kind of
them, at an offset, the other way round. Kakao Brain's minDALL-E 1.3B as two checkpoints of f32. The same numbers every
time. Writes 1.1, 5.4 and 5.5 GB, and takes little memory. Then:

    vignette models add FOLDER && vignette bench dalle --model NAME --device host
"""
import json
import math
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'cli'))
import torchfile  # noqa: E402

SIZES = {
    'mini': dict(layers=12, width=1024, glu=2730, words=50264, tokens=16385),
    'mega': dict(layers=24, width=2048, glu=4096, words=50272, tokens=16416),
}
KAKAO = dict(layers=42, width=1536, words=16384, tokens=16384, text_places=64, places=256)
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


class Made(torchfile.Storage):
    """The same block over and over, written without ever being in memory."""

    def __init__(self, kind, count):
        super().__init__(kind, None)
        self.length = count

    def count(self):
        return self.length

    def write(self, file):
        block, size = KINDS[self.kind]
        left = self.length * size
        while left > 0:
            file.write(block[:left])
            left -= len(block)


def add(out, name, shape, kind='F16'):
    out[name] = torchfile.Tensor(Made(kind, math.prod(shape)), shape)


def add_stack(out, name, layers, shape):
    """All layers' tensors of one name: kernels lie as (in, out) and are seen as (out, in)."""
    count = shape[0] * (shape[1] if len(shape) == 2 else 1)
    storage = Made('F16', layers * count)
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


class Pictures:
    """A VQGAN f16-16384 by the names of taming-transformers."""

    def __init__(self, codes):
        self.out = torchfile.ORDERED()
        add(self.out, codes, (16384, 256), 'F32')

    def conv(self, name, outs, ins, side):
        add(self.out, f'{name}.weight', (outs, ins, side, side), 'F32')
        add(self.out, f'{name}.bias', (outs,), 'F32')

    def norm(self, name, channels):
        add(self.out, f'{name}.weight', (channels,), 'F32')
        add(self.out, f'{name}.bias', (channels,), 'F32')

    def block(self, name, ins, outs):
        self.norm(f'{name}.norm1', ins)
        self.conv(f'{name}.conv1', outs, ins, 3)
        self.norm(f'{name}.norm2', outs)
        self.conv(f'{name}.conv2', outs, outs, 3)
        if ins != outs:
            self.conv(f'{name}.nin_shortcut', outs, ins, 1)

    def gaze(self, name, channels):
        self.norm(f'{name}.norm', channels)
        for part in ('q', 'k', 'v', 'proj_out'):
            self.conv(f'{name}.{part}', channels, channels, 1)

    def middle(self, half):
        self.block(f'{half}.mid.block_1', 512, 512)
        self.gaze(f'{half}.mid.attn_1', 512)
        self.block(f'{half}.mid.block_2', 512, 512)

    def add_decoder(self):
        self.conv('post_quant_conv', 256, 256, 1)
        self.conv('decoder.conv_in', 512, 256, 3)
        self.middle('decoder')
        ins = 512
        for level, outs in ((4, 512), (3, 256), (2, 256), (1, 128), (0, 128)):
            for i in range(3):
                self.block(f'decoder.up.{level}.block.{i}', ins, outs)
                ins = outs
                if level == 4:
                    self.gaze(f'decoder.up.{level}.attn.{i}', outs)
            if level > 0:
                self.conv(f'decoder.up.{level}.upsample.conv', outs, outs, 3)
        self.norm('decoder.norm_out', 128)
        self.conv('decoder.conv_out', 3, 128, 3)

    def add_encoder(self):
        self.conv('encoder.conv_in', 128, 3, 3)
        ins = 128
        for level, outs in enumerate((128, 128, 256, 256, 512)):
            for i in range(2):
                self.block(f'encoder.down.{level}.block.{i}', ins, outs)
                ins = outs
                if level == 4:
                    self.gaze(f'encoder.down.{level}.attn.{i}', outs)
            if level < 4:
                self.conv(f'encoder.down.{level}.downsample.conv', outs, outs, 3)
        self.middle('encoder')
        self.norm('encoder.norm_out', 512)
        self.conv('encoder.conv_out', 256, 512, 3)
        self.conv('quant_conv', 256, 256, 1)

    def count(self):
        return sum(math.prod(tensor.size) for tensor in self.out.values())


def write_mini(folder, layers, width, glu, words, tokens):
    for half in PLACES:
        torchfile.write_torch(folder / f'{half}.pt', make_half(half, layers, width, glu, words, tokens))
    pictures = Pictures('embedding.weight')
    pictures.add_decoder()
    assert pictures.count() == 46_709_891
    torchfile.write_torch(folder / 'detoker.pt', pictures.out)
    known = ['<s>', '<pad>', '</s>', '<unk>'] + [chr(c) for c in range(33, 127)] + ['\u0120']
    write_words(folder, 'vocab.json', 'merges.txt', known, words, 'w o\nwo r\nwor d\n')


def write_kakao(folder, layers, width, words, tokens, text_places, places):
    out = torchfile.ORDERED()

    def linear(name, outs, ins):
        add(out, f'{name}.weight', (outs, ins), 'F32')
        add(out, f'{name}.bias', (outs,), 'F32')

    add(out, 'tok_emb_img.weight', (tokens, width), 'F32')
    add(out, 'tok_emb_txt.weight', (words, width), 'F32')
    add(out, 'pos_emb_img.weight', (places, width), 'F32')
    add(out, 'pos_emb_txt.weight', (text_places, width), 'F32')
    for layer in range(layers):
        at = f'blocks.{layer}'
        for norm in ('ln1', 'ln2'):
            add(out, f'{at}.{norm}.weight', (width,), 'F32')
            add(out, f'{at}.{norm}.bias', (width,), 'F32')
        for part in ('key', 'query', 'value', 'proj'):
            linear(f'{at}.attn.{part}', width, width)
        linear(f'{at}.mlp.0', 4 * width, width)
        linear(f'{at}.mlp.2', width, 4 * width)
    add(out, 'ln_f.weight', (width,), 'F32')
    add(out, 'ln_f.bias', (width,), 'F32')
    add(out, 'head_img.weight', (tokens, width), 'F32')
    add(out, 'head_txt.weight', (words, width), 'F32')
    assert sum(math.prod(tensor.size) for tensor in out.values()) == 1_291_081_728
    torchfile.write_torch(folder / 'stage2_last.ckpt', {'state_dict': out})

    pictures = Pictures('quantize.embedding.weight')
    pictures.add_encoder()
    pictures.add_decoder()
    assert pictures.count() == 76_073_859
    torchfile.write_torch(folder / 'stage1_last.ckpt', {'state_dict': pictures.out})

    (folder / 'tokenizer').mkdir()
    letters = [chr(c) for c in range(33, 127)]
    known = ['[PAD]', '[UNK]'] + letters + [letter + '</w>' for letter in letters]
    write_words(folder / 'tokenizer', 'bpe-16k-vocab.json', 'bpe-16k-merges.txt', known, words, 'w o\nwo r\nwor d</w>\n')


def write_words(folder, vocabulary, merges, known, count, pairs):
    words = known + [f'word{i}' for i in range(count - len(known))]
    (folder / vocabulary).write_text(json.dumps({word: i for i, word in enumerate(words)}))
    (folder / merges).write_text('#version: 0.2\n' + pairs)


def main():
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True)
    if sys.argv[1] == 'kakao':
        write_kakao(folder, **KAKAO)
    else:
        write_mini(folder, **SIZES[sys.argv[1]])


main()
