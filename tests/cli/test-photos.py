#!/usr/bin/env python3
"""test-photos.py PROGRAM: a folder of 2,000 files as people have them, indexed, indexed again, moved, searched."""
import hashlib
import json
import os
import pathlib
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import zlib

PROGRAM = sys.argv[1]
TOTAL = int(os.environ.get('VIGNETTE_PHOTOS', 2000))
random.seed(5)

if shutil.which('convert') is None:
    print('1..0 # SKIP ImageMagick is not installed')
    sys.exit(0)

work = pathlib.Path(tempfile.mkdtemp(prefix='vignette-photos-'))
photos = work / 'photos'
profile = work / 'profile'
photos.mkdir()

cases = 0


def check(fact, name, detail=''):
    global cases
    cases += 1
    print(f'{"ok" if fact else "not ok"} {cases} {name}', flush=True)
    if not fact:
        print(f'# {detail}', flush=True)
        check.failed = True


check.failed = False


def run(*arguments, status=(0,)):
    result = subprocess.run([PROGRAM, '--profile', profile, '--device', 'host', *arguments],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=900)
    if result.returncode not in status:
        check(False, f'{arguments[0]} ends with {status}',
              f'{result.returncode}: {result.stderr.decode(errors="replace")[-300:]}')
    return json.loads(result.stdout) if result.stdout else None


def draw(path, colour, background, shape):
    subprocess.run(['convert', '-size', '96x72', f'xc:{background}', '-fill', colour, '-draw', shape,
                    str(path)], check=True)


def turned(jpeg, orientation):
    """The JPEG with an EXIF segment that says how the camera was held."""
    entry = struct.pack('>HHIHH', 0x0112, 3, 1, orientation, 0)
    exif = b'Exif\0\0MM\0*' + struct.pack('>I', 8) + struct.pack('>H', 1) + entry + struct.pack('>I', 0)
    return jpeg[:2] + b'\xff\xe1' + struct.pack('>H', len(exif) + 2) + exif + jpeg[2:]


def commented(png, text):
    """The PNG with one more text chunk: other bytes, the same picture."""
    body = b'tEXtComment\0' + text
    chunk = struct.pack('>I', len(body) - 4) + body + struct.pack('>I', zlib.crc32(body))
    return png[:33] + chunk + png[33:]


COLOURS = ['red', 'green', 'blue', 'yellow', 'pink', 'black', 'white', 'orange']
SHAPES = ['circle 48,36 48,60', 'rectangle 20,20 70,50', 'polygon 48,10 80,60 16,60']

originals = []
for kind in ('jpg', 'png', 'gif', 'tif', 'webp', 'bmp'):
    for number in range(6):
        path = work / f'original-{number}.{kind}'
        draw(path, COLOURS[number], COLOURS[(number + 3) % 8], SHAPES[number % 3])
        originals.append(path)

ODD = ['Größe', '写真', 'صورة', 'a b  c', "quote'\"", 'new\nline', '-dash', 'émoji 🦊', 'percent%20', 'back\\slash']
unreadable = set()
for number in range(TOTAL):
    folder = photos / f'{number % 10}' / ODD[number % len(ODD)]
    folder.mkdir(parents=True, exist_ok=True)
    original = random.choice(originals)
    data = original.read_bytes()
    kind = original.suffix
    fate = number % 40
    if fate == 0:
        path, data = folder / f'broken {number}.jpg', b'\xff\xd8\xff\xe0' + random.randbytes(200)
        unreadable.add(path)
    elif fate == 1:
        path, data = folder / f'empty {number}{kind}', b''
        unreadable.add(path)
    elif fate == 2:
        path, data = folder / f'text {number}.png', b'this is no picture %d\n' % number
        unreadable.add(path)
    elif fate == 3:
        path, data = folder / f'cut {number}.png', commented((work / 'original-2.png').read_bytes(), b'%d' % number)[:90]
        unreadable.add(path)
    elif fate == 4:
        path, data = folder / f'notes {number}.txt', b'not meant to be a picture'
    else:
        if kind == '.jpg':
            data = turned(data, number % 8 + 1) + b'%d' % number
        elif kind == '.png':
            data = commented(data, b'%d' % number)
        else:
            data += b'\0%d' % number
        # Some carry the name of another kind.
        path = folder / f'{ODD[number % len(ODD)]} {number}{".png" if fate == 5 and kind == ".jpg" else kind}'
    path.write_bytes(data)

# Names that are no UTF-8, and real icons of this system.
with open(os.fsencode(photos) + b'/caf\xe9 \xff.jpg', 'wb') as file:
    file.write((work / 'original-1.jpg').read_bytes() + b'latin')
found = sorted(pathlib.Path('/usr/share/icons').rglob('*.png'))[:40]
(photos / 'from packages').mkdir()
for number, path in enumerate(found):
    shutil.copy(path, photos / 'from packages' / f'{number}.png')

pictures = sum(1 for path in photos.rglob('*') if path.is_file() and path.suffix != '.txt')
contents = len({hashlib.sha256(path.read_bytes()).digest() for path in photos.rglob('*')
                if path.is_file() and path.suffix != '.txt' and path not in unreadable})


def vectors():
    """Every row of every table that keeps vectors, and which they are."""
    with sqlite3.connect(f'file:{profile}/library.db?mode=ro', uri=True) as base:
        tables = [name for name, in base.execute("select name from sqlite_master where type = 'table'")
                  if name.startswith('vector') or name.startswith('embedding')]
        return sorted(repr(row) for name in tables for row in base.execute(f'select rowid, * from "{name}"'))


first = run('--json', 'index', str(photos), status=(0, 3))
named = {failure['path'] for failure in first['failed']}
check(first['added'] + len(named) >= pictures - 1 and first['added'] <= pictures, 'every picture was looked at',
      {**first, 'failed': len(named), 'pictures': pictures})
check({str(path) for path in unreadable} <= named, 'what could not be read is named',
      sorted({str(path) for path in unreadable} - named)[:3])
check(len(named) == len(unreadable), 'and nothing else is', sorted(named - {str(p) for p in unreadable})[:3])
check(all(failure['reason'] for failure in first['failed']), 'each with a reason')
before = vectors()
check(len(before) == contents, 'each content has one vector', f'{len(before)} of {contents}')

second = run('--json', 'index', str(photos), status=(0, 3))
check(second['added'] == second['updated'] == second['moved'] == 0, 'the second run adds nothing',
      {**second, 'failed': len(second['failed'])})
check(vectors() == before, 'and computes nothing')

tagged = next(path for path in sorted((photos / '1').rglob('*.png')) if path not in unreadable)
tags = run('--json', 'tag', str(tagged), '--labels', 'zeppelin,xylophone', '--top', '2', '--write')
written = tagged.with_name(tagged.name + '.xmp')
given = [label for label in ('zeppelin', 'xylophone')
         if written.exists() and label in written.read_text(errors='replace')]
check(len(given) == 2, 'a picture is tagged, and its sidecar says so', tags)

half = [path for path in photos.iterdir() if path.name in '01234']
elsewhere = photos / 'moved to'
elsewhere.mkdir()
for path in half:
    path.rename(elsewhere / f'was {path.name}')
third = run('--json', 'index', str(photos), status=(0, 3))
check(third['moved'] > TOTAL * 0.35 and third['added'] == 0 and third['missing'] == 0, 'half of them moved: found again',
      {**third, 'failed': len(third['failed'])})
check(vectors() == before, 'and nothing was computed')
now = elsewhere / tagged.relative_to(photos).parent.with_name(f'was {tagged.relative_to(photos).parts[0]}') \
    if len(tagged.relative_to(photos).parts) == 2 else \
    elsewhere / f'was {tagged.relative_to(photos).parts[0]}' / pathlib.Path(*tagged.relative_to(photos).parts[1:])
for label in given:
    hits = run('--json', 'search', label)['results']
    check(any(hit['path'] == str(now) and 'words' in hit['why'] for hit in hits), f'the tag {label} is still there',
          hits[:2])

meaning = run('--json', 'search', 'a red star', '--top', '5')
check(len(meaning['results']) == 5 and meaning['indexed'] == 1.0, 'search answers by meaning', meaning)
words = run('--json', 'search', 'Größe', '--top', '20')
check(any('words' in hit['why'] and 'Größe' in hit['path'] for hit in words['results']), 'and by words',
      words['results'][:2])
like = run('--json', 'search', str(now), '--top', '3')
check(like['results'] and like['results'][0]['score'] > 0.99, 'and by picture', like)

print(f'1..{cases}')
shutil.rmtree(work)
sys.exit(check.failed)
