#!/usr/bin/env python3
"""test-damaged.py PROGRAM: five hundred damaged pictures of every format, and bombs: the index ends and names them"""
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import threading
import time
import zlib

from vig import Tests, Vignette, write_png

FORMATS = ['png', 'jpg', 'gif', 'bmp', 'tiff', 'webp', 'heic', 'avif']
A_FORMAT = 60
LIMIT = 1 << 30

t = Tests()
v = Vignette(t.folder / 'profile')
photos = t.folder / 'photos'
photos.mkdir()
good = {}

write_png(t.folder / 'good.png', (200, 30, 40), side=96)
for kind in FORMATS:
    path = t.folder / f'good.{kind}'
    if kind != 'png' and shutil.which('convert'):
        subprocess.run(['convert', str(t.folder / 'good.png'), str(path)], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
    if path.exists() and path.stat().st_size > 0:
        good[kind] = path.read_bytes()
    else:
        print(f'# no good {kind} to damage: ImageMagick writes none here')

surely = set()  # names that cannot be pictures any more


def put(name, data, hopeless=False):
    (photos / name).write_bytes(data)
    if hopeless:
        surely.add(name)


def damage(data, chance):
    """One of the ways in which files break."""
    way = chance.randrange(5)
    broken = bytearray(data)
    if way == 0:
        return bytes(broken[:chance.randrange(1, len(broken))])
    if way == 1:
        for _ in range(chance.randrange(1, 40)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
    elif way == 2:
        start = chance.randrange(len(broken))
        broken[start:start + chance.randrange(1, 200)] = bytes(chance.randrange(1, 200))
    elif way == 3:
        start, end = sorted(chance.randrange(len(broken)) for _ in range(2))
        broken[start:start] = broken[start:end]
    else:
        for _ in range(4):  # where the sizes are
            broken[chance.randrange(min(64, len(broken)))] = chance.choice([0, 1, 0x7f, 0x80, 0xff])
    return bytes(broken)


for kind, data in good.items():
    for number in range(A_FORMAT):
        put(f'{kind}-{number:03}.{kind}', damage(data, random.Random(f'{kind} {number}')))
    put(f'head.{kind}', data[:12], True)
    put(f'nothing.{kind}', b'', True)
    put(f'noise.{kind}', random.Random(kind).randbytes(3000), True)


def chunk(name, data):
    return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))


def png(width, height, bits, colour, rows):
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, bits, colour, 0, 0, 0)) +
            chunk(b'IDAT', rows) + chunk(b'IEND', b''))


def endless_rows(size, count):
    """Rows of nothing, packed."""
    packer = zlib.compressobj(9)
    row = bytes(size + 1)
    packed = b''.join(packer.compress(row) for _ in range(count))
    return packed + packer.flush()


# Whole pictures, every byte of them right, that unfold to gigabytes; and headers that promise as much.
put('bomb-grey.png', png(22000, 22000, 1, 0, endless_rows(2750, 22000)), True)
put('bomb-wide.png', png(500000, 1000, 1, 0, endless_rows(62500, 1000)), True)
put('bomb-large.png', png(13000, 13000, 1, 0, endless_rows(1625, 13000)), True)
put('bomb-header.png', png(0x7fffffff, 0x7fffffff, 16, 6, b''), True)
put('bomb.gif', b'GIF89a' + struct.pack('<HHBBB', 65535, 65535, 0xf7, 0, 0) + bytes(768) +
    b',' + struct.pack('<HHHHB', 0, 0, 65535, 65535, 0) + b'\x08\x02\x00\x01\x00;', True)
put('bomb.bmp', b'BM' + struct.pack('<IIIIiiHHIIiiII', 54, 0, 54, 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0), True)
put('bomb.tiff', b'II*\0' + struct.pack('<IH', 8, 6) +
    b''.join(struct.pack('<HHII', tag, 4, 1, value) for tag, value in
             [(256, 60000), (257, 60000), (258, 8), (262, 1), (273, 8), (279, 100)]) + bytes(4), True)
if 'jpg' in good:
    start = good['jpg'].index(b'\xff\xc0')
    put('bomb.jpg', good['jpg'][:start + 5] + struct.pack('>HH', 65500, 65500) + good['jpg'][start + 9:], True)
put('text.jpg', b'I am no picture.', True)
put('script.png', b'#!/bin/sh\necho hello\n', True)
put('archive.webp', b'PK\3\4' + bytes(200), True)

names = sorted(os.listdir(photos))
t.ok(len(names) >= 500 or len(good) < len(FORMATS), f'{len(names)} files of {len(good)} formats', names)
write_png(photos / 'whole.png', (20, 60, 220))
# Much, but no more than a picture may take.
(photos / 'whole-large.png').write_bytes(png(8000, 8000, 1, 0, endless_rows(1000, 8000)))


def measure(pid):
    """Bytes that a process and those it has started hold in memory, what they share counted once."""
    total = 0
    for process in [pid] + [int(child) for task in pathlib.Path(f'/proc/{pid}/task').glob('*')
                            for child in (task / 'children').read_text().split()]:
        for line in pathlib.Path(f'/proc/{process}/smaps_rollup').read_text().splitlines():
            if line.startswith('Pss:'):
                total += int(line.split()[1]) * 1024
    return total


class Watch(threading.Thread):
    def __init__(self, process):
        super().__init__(daemon=True)
        self.process = process
        self.peak = 0

    def run(self):
        while self.process.poll() is None:
            try:
                self.peak = max(self.peak, measure(self.process.pid))
            except (OSError, ValueError):
                pass  # one of them has just ended
            time.sleep(0.02)


process = v.start('--json', 'index', str(photos))
watch = Watch(process)
watch.start()
out, err = process.communicate(timeout=1500)
watch.join()
t.equal(process.returncode, 0, 'the index ends as if nothing had been')

index = json.loads(out)
failed = {os.path.basename(failure['path']): failure['reason'] for failure in index['failed']}
t.equal(index['added'] + len(failed), len(names) + 2, 'each file is a picture or a line in the list')
t.equal(sorted(surely - set(failed)), [], 'what cannot be a picture is in the list')
t.ok(all(reason.endswith('.') and '\n' not in reason for reason in failed.values()), 'each with one sentence', failed)
t.ok(not {'whole.png', 'whole-large.png'} & set(failed), 'the good ones among them are not', failed)
t.ok(watch.peak < LIMIT, f'it took {watch.peak >> 20} MB at most', watch.peak)
print(f'# {len(failed)} of {len(names)} cannot be read; {watch.peak >> 20} MB; '
      f'{index["seconds"]:.1f} s')

again = v.ask('index', str(photos))
t.equal((again['added'], len(again['failed'])), (0, len(failed)), 'a second time the same are named')
t.equal(v.run('check').status, 0, 'the library is well')
found = v.ask('search', 'a blue circle', '--top', '3')
t.ok(found['indexed'] == 1, 'all that can be looked at has been', found['indexed'])
t.end()
