#!/usr/bin/env python3
"""emoji.py OUTPUT.h INPUT.txt: every emoji and its name as python-emoji 2.2 spells it, without colons; sorted."""
import itertools
import sys

TONES = {'1F3FB': 'light skin tone', '1F3FC': 'medium-light skin tone', '1F3FD': 'medium skin tone',
         '1F3FE': 'medium-dark skin tone', '1F3FF': 'dark skin tone'}
HAIR = {'red hair', 'curly hair', 'white hair', 'blond hair', 'bald', 'beard'}


def tone_name(name, tones):
    """“man: beard” with a tone is “man: dark skin tone, beard”, “kiss: man, man” has it at the end."""
    words = tones[:1] if len(set(tones)) == 1 else tones
    if not words:
        return name
    head, colon, tail = name.partition(': ')
    if not colon:
        return name + ': ' + ', '.join(words)
    return head + ': ' + ', '.join(words + [tail] if tail in HAIR else [tail] + words)


def expand(points, name):
    starred = [point.endswith('*') for point in points]
    for tones in itertools.product(TONES, repeat=sum(starred)):
        left = iter(tones)
        sequence = []
        for point, star in zip(points, starred):
            sequence += [point.rstrip('*')] + ([next(left)] if star else [])
        spelt = tone_name(name, [TONES[tone] for tone in tones])
        places = [i for i, point in enumerate(sequence) if point == 'FE0F']
        for n in range(len(places) + 1):
            for dropped in itertools.combinations(places, n):
                kept = [point for i, point in enumerate(sequence) if i not in dropped]
                yield n, ''.join(chr(int(point, 16)) for point in kept), spelt


def spell(name):
    plain = name.removeprefix('flag: ').replace(':', '').replace(',', '').replace(' ', '_')
    return plain.lower().encode('ascii', 'ignore').decode()


table = {}
for line in open(sys.argv[2], encoding='utf-8'):
    if not line.startswith('#'):
        points, name = line.rstrip('\n').split('\t')
        for n_dropped, sequence, spelt in expand(points.split(), name):
            if n_dropped == 0 or sequence not in table:
                table[sequence] = spell(spelt)

with open(sys.argv[1], 'w', encoding='ascii') as out:
    out.write('/* Made by emoji.py from emoji.txt. */\n')
    for sequence, name in sorted(table.items(), key=lambda item: item[0].encode()):
        escaped = ''.join(f'\\{byte:03o}' for byte in sequence.encode())
        quoted = name.replace('\\', '\\\\').replace('"', '\\"')
        out.write(f'  {{ "{escaped}", "{quoted}" }},\n')
