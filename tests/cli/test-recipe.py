#!/usr/bin/env python3
"""test-recipe.py PROGRAM: the recipe of the models, run very small; the program draws with what comes out"""
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

from vig import Tests

absent = [name for name in ('torch', 'numpy', 'PIL') if importlib.util.find_spec(name) is None]
if absent:
    print(f'1..0 # SKIP not installed: {", ".join(absent)}')
    sys.exit(0)

t = Tests()
root = Path(__file__).resolve().parents[2]
cache = t.folder / 'cache'
done = subprocess.run([sys.executable, root / 'data' / 'train', '--smoke', '--cache', cache, '--program', sys.argv[1]],
                      capture_output=True, text=True, env={**os.environ, 'PYTHONDONTWRITEBYTECODE': '1'})
t.ok(done.returncode == 0 and 'smoke: all well' in done.stdout, 'all of the recipe runs', done.stderr[-1500:])
files = {str(path.relative_to(cache / 'pair')) for path in (cache / 'pair').rglob('*') if path.is_file()}
t.equal(files, {f'dalle/{name}' for name in ('config.json', 'merges.txt', 'stage1.safetensors', 'stage2.safetensors',
                                             'vocab.json')}
        | {f'clip/{name}' for name in ('config.json', 'merges.txt', 'model.safetensors', 'preprocessor_config.json',
                                       'vocab.json')}, 'a pair as it comes with the program')
measured = json.loads((cache / 'evaluation.json').read_text())
t.equal(sorted(measured), ['clip, all art', 'clip, photographs', 'clip, scenes as drawn', 'drawing'], 'and measured')
t.end()
