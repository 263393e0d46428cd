#!/usr/bin/env python3
"""check-stems.py ROOT: an op is six files; names the ones that a stem lacks."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
stems = re.findall(r'STEM \([A-Z0-9_]+, (\w+)\)', (ROOT / 'compute/ops/stems.h').read_text())
FILES = ['compute/ops/{}.c', 'compute/host/{}.c', 'shaders/{}.comp', 'shaders/interface/{}.h',
         'tests/ref/{}.c', 'tests/ops/test-{}.c']

missing = [file.format(stem) for stem in stems for file in FILES
           if not (ROOT / file.format(stem)).exists()]
for shader in ROOT.glob('shaders/*.comp'):
    if shader.stem.removesuffix('_tiles').removesuffix('_matrix') not in stems:
        missing.append(f'the word “{shader.stem}” in compute/ops/stems.h')
for name in missing:
    print(f'missing: {name}')
sys.exit(bool(missing) or not stems)
