#!/usr/bin/env python3
"""check-po.py ROOT: names the file that speaks to people and is not in po/POTFILES.in, and the one that is gone."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
SPEAKS = re.compile(r'\b(_|N_) ?\("|\bngettext \(|translatable="yes"')

listed = (ROOT / 'po/POTFILES.in').read_text().split()
faults = 0

for path in sorted([*ROOT.glob('app/**/*.c'), *ROOT.glob('app/**/*.ui')]):
    name = path.relative_to(ROOT).as_posix()
    if SPEAKS.search(path.read_text()) and name not in listed:
        print(f'{name} speaks to people: po/POTFILES.in must list it')
        faults += 1

for name in listed:
    if not (ROOT / name).exists():
        print(f'po/POTFILES.in lists {name}, which is not there')
        faults += 1

if listed != sorted(listed):
    print('po/POTFILES.in is not sorted')
    faults += 1

sys.exit(faults > 0)
