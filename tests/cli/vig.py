"""vig.py: what the tests of the command line share: the program, TAP, pictures"""
import json
import math
import os
import pathlib
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import zlib

PROGRAM = os.path.abspath(sys.argv[1])


class Tests:
    """Counts what is asked, in TAP; a folder of its own goes when it is over."""

    def __init__(self):
        self.count = 0
        self.failed = 0
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='vignette-cli-'))

    def ok(self, fact, name, detail=None):
        self.count += 1
        print(f'{"ok" if fact else "not ok"} {self.count} {name}', flush=True)
        if not fact:
            self.failed += 1
            for line in str(detail).splitlines()[:12]:
                print(f'# {line[:600]}', flush=True)
        return bool(fact)

    def equal(self, got, want, name):
        return self.ok(got == want, name, f'got {got!r}\nwanted {want!r}')

    def end(self):
        print(f'1..{self.count}')
        shutil.rmtree(self.folder)
        sys.exit(self.failed > 0)


class Answer:
    """What one run of the program said."""

    def __init__(self, result):
        self.status = result.returncode
        self.out = result.stdout.decode(errors='replace')
        self.err = result.stderr.decode(errors='replace')

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f'status {self.status}\n{self.out[:600]}\n{self.err[:600]}'


class Vignette:
    """The program with a profile of its own."""

    def __init__(self, profile):
        self.profile = pathlib.Path(profile)

    def command(self, *arguments):
        return [PROGRAM, '--profile', str(self.profile), *arguments]

    def run(self, *arguments, timeout=300, **more):
        return Answer(subprocess.run(self.command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, timeout=timeout, **more))

    def start(self, *arguments):
        return subprocess.Popen(self.command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def ask(self, *arguments, **more):
        """The document of a run that must succeed."""
        answer = self.run('--json', *arguments, **more)
        if answer.status != 0:
            raise SystemExit(f'Bail out! {arguments}: {answer}')
        return answer.json

    def database(self):
        return sqlite3.connect(f'file:{self.profile}/library.db?mode=ro', uri=True, timeout=30)

    def pictures(self):
        """Every file that was made."""
        return sorted(path for path in (self.profile / 'Pictures').rglob('*') if path.is_file())


def write_png(path, colour, side=64, ground=(255, 255, 255), chunk=b'', texts=None, height=None):
    """A disc on a ground; chunk is its comment, texts are more of them by key."""
    rows = bytearray()
    height = height or side
    for y in range(height):
        rows.append(0)
        for x in range(side):
            inside = math.hypot(x - side / 2, y - height / 2) < side / 3
            rows += bytes(colour if inside else ground)

    def part(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))

    pathlib.Path(path).write_bytes(
        b'\x89PNG\r\n\x1a\n' + part(b'IHDR', struct.pack('>IIBBBBB', side, height, 8, 2, 0, 0, 0)) +
        (part(b'tEXt', b'Comment\0' + chunk) if chunk else b'') +
        b''.join(part(b'tEXt', key.encode() + b'\0' + text.encode()) for key, text in (texts or {}).items()) +
        part(b'IDAT', zlib.compress(bytes(rows))) + part(b'IEND', b''))
    return pathlib.Path(path)


def read_png_text(path):
    """The uncompressed texts inside a PNG, by key."""
    data = pathlib.Path(path).read_bytes()
    texts = {}
    at = 8
    while at < len(data):
        size, = struct.unpack('>I', data[at:at + 4])
        if data[at + 4:at + 8] in (b'tEXt', b'iTXt'):
            key, _, text = data[at + 8:at + 8 + size].partition(b'\0')
            texts[key.decode()] = text
        at += 12 + size
    return texts


def read_png_size(path):
    return struct.unpack('>II', pathlib.Path(path).read_bytes()[16:24])


def models():
    """The folder of models that come with the program."""
    return pathlib.Path(os.environ['VIGNETTE_DATA']) / 'models'
