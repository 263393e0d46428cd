#!/usr/bin/env python3
"""same-tokens.py VIGNETTE [PROMPTS] (with VIGNETTE_DATA=data from a build tree): whether devices draw the same tokens from the same prompts and seeds.

Draws each prompt on the host and on every Vulkan device that works, and prints a line a prompt with how
many of the tokens agree with the host's from the first one on. Takes minutes on Vulkan in software.
"""
import itertools
import json
import subprocess
import sys
import tempfile

vignette = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else 20
PROMPTS = [f'{colour} {thing} {place}' for (colour, thing), place in itertools.product(
    zip(['a red', 'two blue', 'a small yellow', 'a big green', 'a purple'],
        ['apple', 'fish', 'star', 'tree', 'heart']),
    ['on a table', 'in the snow', 'at night', 'on a white background'])][:count]


def ask(*arguments):
    done = subprocess.run([vignette, *arguments, '--json', '--quiet', '--profile', profile],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


with tempfile.TemporaryDirectory() as profile:
    devices = [d for d in ask('devices')['devices'] if d['ok']]
    others = [d for d in devices if d['kind'] == 'gpu']
    same = dict.fromkeys((d['id'] for d in others), 0)
    for seed, prompt in enumerate(PROMPTS):
        drawn = {d['id']: ask('generate', prompt, '--seed', str(seed), '--device', d['id'])['pictures'][0]['tokens']
                 for d in devices}
        words = [f'{prompt!r}']
        for device in others:
            pairs = list(zip(drawn['host'], drawn[device['id']]))
            agreeing = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))
            same[device['id']] += agreeing == len(pairs)
            words.append(f'{device["name"]}: {agreeing} of {len(pairs)}')
        print(' | '.join(words), flush=True)
    for device in others:
        print(f'{device["name"]}: the same tokens as the host for {same[device["id"]]} of {len(PROMPTS)} prompts')
