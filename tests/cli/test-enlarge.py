#!/usr/bin/env python3
"""test-enlarge.py PROGRAM: larger copies, in the library and with their story; what cannot be read is one line"""
import hashlib
import os
import pathlib
import shutil
import subprocess

from vig import Tests, Vignette, read_png_text, write_png

# The net is installed with the program, not with the models that numbers are recorded of.
os.environ['VIGNETTE_DATA'] = str(pathlib.Path(__file__).resolve().parents[2] / 'data')
t = Tests()
v = Vignette(t.folder / 'profile')
photo = t.folder / 'a disc.png'
write_png(photo, (200, 20, 30), side=40)
broken = t.folder / 'broken.png'
broken.write_bytes(b'\x89PNG\r\n\x1a\nnothing')
before = hashlib.sha256(photo.read_bytes()).hexdigest()

two = v.ask('enlarge', str(photo))['pictures'][0]
t.equal((two['width'], two['height'], two['input'], two['error']), (80, 80, str(photo), None), 'twice')
four = v.ask('enlarge', str(photo), '--times', '4')['pictures'][0]
t.equal((four['width'], four['height']), (160, 160), 'four times')
again = v.ask('enlarge', str(photo))['pictures'][0]
t.ok(again['path'] != two['path'], 'a second copy takes nothing of the first', again)
t.equal(hashlib.sha256(photo.read_bytes()).hexdigest(), before, 'the original is as it was')
xmp = read_png_text(two['path'])['XML:com.adobe.xmp'].decode()
t.ok('compositeWithTrainedAlgorithmicMedia' in xmp and 'EnlargerHash' in xmp, 'it says that a model had a hand in it', xmp)

made = v.ask('generate', 'a red apple', '--seed', '3')['pictures'][0]['path']
larger = v.ask('enlarge', made)['pictures'][0]['path']
texts, old = read_png_text(larger), read_png_text(made)
t.equal((texts['parameters'], texts['vignette']), (old['parameters'], old['vignette']), 'of a drawing: its recipe goes along')
t.ok('/trainedAlgorithmicMedia' in texts['XML:com.adobe.xmp'].decode(), 'and that a model drew it')
t.ok(any(result['path'] == larger for result in v.ask('search', 'apple')['results']), 'it is found by its words')
t.ok(v.ask('check')['ok'], 'the library is whole')

some = v.run('--json', 'enlarge', str(broken), str(photo))
t.ok(some.status == 3 and some.json['pictures'][0]['error'] and some.json['pictures'][1]['path'],
     'a broken file is one line, the rest is done', some)
t.equal(v.run('enlarge', str(broken)).status, 1, 'nothing could be done')
for words in ([], [str(photo), '--times', '3'], [str(photo), '--times', 'x']):
    t.equal(v.run('enlarge', *words).status, 2, f'wrong usage: {words}')

# Better than the bicubic, on a picture that it never saw: an icon of the program, at half its size and back.
if shutil.which('convert'):
    whole, half, plain = t.folder / 'whole.png', t.folder / 'half.png', t.folder / 'plain.png'
    subprocess.run(['convert', '-size', '256x256', 'xc:skyblue', '-fill', 'orange', '-stroke', 'black', '-strokewidth', '3',
                    '-draw', 'circle 128,128 128,40', '-draw', 'line 10,200 246,60', '-draw', 'roundrectangle 60,60 140,120 12,12',
                    '-depth', '8', f'PNG24:{whole}'], check=True)
    subprocess.run(['convert', whole, '-filter', 'Catrom', '-resize', '50%', f'PNG24:{half}'], check=True)
    subprocess.run(['convert', half, '-filter', 'Catrom', '-resize', '200%', f'PNG24:{plain}'], check=True)
    ours = v.ask('enlarge', str(half))['pictures'][0]['path']

    def decibels(path):
        result = subprocess.run(['compare', '-metric', 'PSNR', whole, path, 'null:'], stderr=subprocess.PIPE, text=True)
        return float(result.stderr.split()[0])

    t.ok(decibels(ours) > decibels(plain) + 1, 'at least a decibel better than the bicubic', (decibels(ours), decibels(plain)))
else:
    t.ok(True, 'beside the bicubic # SKIP ImageMagick is not here')
t.end()
