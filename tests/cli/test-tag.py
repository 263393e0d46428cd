#!/usr/bin/env python3
"""test-tag.py PROGRAM: words for pictures, and their unit vectors"""
import math
import os

from vig import Tests, Vignette, write_png

t = Tests()
v = Vignette(t.folder / 'profile')
red = write_png(t.folder / 'red.png', (220, 20, 30))
blue = write_png(t.folder / 'blue.png', (20, 60, 220))
broken = t.folder / 'broken.png'
broken.write_bytes(red.read_bytes()[:100])
text = t.folder / 'text.jpg'
text.write_text('no picture')
odd = t.folder / os.fsdecode(b'caf\xe9 \xff.png')
odd.write_bytes(red.read_bytes())

tagged = v.ask('tag', str(red), str(blue), '--labels', 'red ball,blue ball,a dog')
t.equal(sorted(tagged), ['files'], 'the document of tag')
t.ok(all(sorted(file) == ['error', 'path', 'tags'] for file in tagged['files']), 'each with path, tags, error')
t.equal([file['path'] for file in tagged['files']], [str(red), str(blue)], 'in the order of the arguments')
best = [file['tags'][0]['label'] for file in tagged['files']]
t.equal(best, ['red ball', 'blue ball'], 'the right label first')
for file in tagged['files']:
    scores = [tag['score'] for tag in file['tags']]
    t.ok(scores == sorted(scores, reverse=True) and all(0 <= score <= 1 for score in scores) and sum(scores) <= 1 + 1e-9,
         'probabilities, likeliest first, room left for none of these', scores)
nothing = v.ask('tag', str(red), '--labels', 'a zebra,a violin')['files'][0]['tags']
t.ok(all(tag['score'] < 0.5 for tag in nothing), 'what fits none of the labels is sure of none', nothing)

everyday = v.ask('tag', str(red), '--top', '3')['files'][0]['tags']
t.equal(len(everyday), 3, 'the vocabulary that comes with the program')
t.equal(v.ask('tag', str(red), '--top', '3')['files'][0]['tags'], everyday, 'the same from the cache')
words = t.folder / 'words.txt'
words.write_text('# mine\nred ball  # a comment\n\nblue ball\nred ball\n')
own = v.ask('tag', str(red), '--vocabulary', str(words))['files'][0]['tags']
t.equal(sorted(tag['label'] for tag in own), ['blue ball', 'red ball'], 'a vocabulary of the user')

mixed = v.run('--json', 'tag', str(red), str(broken), str(text), str(t.folder / 'none.png'), str(blue), '--top', '1')
files = mixed.json['files']
t.equal(mixed.status, 3, 'some of several failed')
t.equal([bool(file['error']) for file in files], [False, True, True, True, False], 'each broken one has its reason')
t.equal([len(file['tags']) for file in files], [1, 0, 0, 0, 1], 'the others go on')
t.equal(mixed.err.count('\n'), 3, 'a line for each on standard error')
t.equal(v.run('tag', str(broken)).status, 1, 'all failed')
t.ok(v.ask('tag', str(odd), '--top', '1')['files'][0]['tags'], 'a name that is no UTF-8')

before = blue.read_bytes()
written = v.ask('tag', str(blue), '--labels', 'blue sphere,a dog', '--write')['files'][0]
sidecar = t.folder / 'blue.png.xmp'
t.ok(written['tags'][0]['score'] >= 0.5 and sidecar.exists(), 'a sure tag is written', written)
if sidecar.exists():
    xmp = sidecar.read_text()
    t.ok('blue sphere' in xmp and 'a dog' not in xmp, 'and no other', xmp)
t.equal(blue.read_bytes(), before, 'the picture is left alone')
v.ask('tag', str(red), '--write')
t.ok(not (t.folder / 'red.png.xmp').exists(), 'of our own words nothing unsure is written')
v.ask('tag', str(red), '--labels', 'a zebra,a violin', '--write')
xmp = (t.folder / 'red.png.xmp').read_text()
t.ok(('a zebra' in xmp) != ('a violin' in xmp), 'of words that were named, the likeliest', xmp)
v.ask('tag', str(red), '--labels', 'a zebra,a violin', '--top', '2', '--write')
xmp = (t.folder / 'red.png.xmp').read_text()
t.ok('a zebra' in xmp and 'a violin' in xmp, 'as many as were asked for', xmp)

# One that could not be written is told, and written by the next index.
sidecar.write_text('no XMP')
t.equal(v.run('tag', str(blue), '--labels', 'a violin', '--write').status, 1, 'it cannot be understood')
t.equal(sidecar.read_text(), 'no XMP', 'so it is left alone')
t.ok(any('blue.png' in problem for problem in v.run('--json', 'check').json['problems']), 'and told')
sidecar.unlink()
v.ask('index', str(t.folder))
t.ok('a violin' in sidecar.read_text(), 'index tries again')

rows = v.ask('embed', '--text', 'a red ball', '--text', 'größer', str(red), str(blue))
t.equal(sorted(rows), ['model', 'rows', 'width'], 'the document of embed')
t.ok(all(sorted(row) == ['error', 'input', 'kind', 'vector'] for row in rows['rows']), 'each with four fields')
t.equal([(row['kind'], row['input']) for row in rows['rows']],
        [('text', 'a red ball'), ('text', 'größer'), ('image', str(red)), ('image', str(blue))], 'in order')
vectors = [row['vector'] for row in rows['rows']]
t.ok(all(len(vector) == rows['width'] for vector in vectors), 'as wide as it says')
t.ok(all(abs(math.fsum(x * x for x in vector) - 1) < 1e-5 for vector in vectors), 'of unit length')
dot = [math.fsum(x * y for x, y in zip(vectors[0], vectors[i])) for i in (2, 3)]
t.ok(dot[0] > dot[1], 'the words are nearer to their picture', dot)
same = v.ask('embed', str(odd))['rows'][0]['vector']
t.ok(math.fsum(x * y for x, y in zip(same, vectors[2])) > 0.99999, 'the same bytes, the same vector')
mixed = v.run('--json', 'embed', str(broken), str(red))
t.ok(mixed.status == 3 and mixed.json['rows'][0]['vector'] is None and mixed.json['rows'][0]['error'] and
     mixed.json['rows'][1]['vector'], 'a broken file is one row', mixed)
t.equal(v.run('embed', str(broken)).status, 1, 'all failed')

t.end()
