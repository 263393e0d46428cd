#!/usr/bin/env python3
"""check-flatpak.py ROOT: what the Flatpak manifests promise: our name, no network, no home, sources that cannot change"""
import json
import pathlib
import sys

ROOT = pathlib.Path(sys.argv[1])
NAME = 'io.github.vignette.Vignette'
ALLOWED = {'--share=ipc', '--socket=wayland', '--socket=fallback-x11', '--device=dri',
           '--filesystem=xdg-pictures/Vignette:create', '--share=network'}
faults = []

for path in sorted(ROOT.glob('flatpak/*.json')):
    manifest = json.loads(path.read_text())
    devel = path.stem.endswith('.Devel')
    if manifest.get('id', manifest.get('app-id')) != NAME:
        faults.append(f'{path.name} is for {manifest.get("id")}')
    if manifest.get('command') != 'vignette':
        faults.append(f'{path.name} starts {manifest.get("command")}')
    for asked in manifest['finish-args']:
        if asked not in ALLOWED:
            faults.append(f'{path.name} asks for {asked}')
    names = [module['name'] for module in manifest['modules']]
    if names[-1] != 'vignette' or len(set(names)) != len(names):
        faults.append(f'{path.name} builds {names}')
    for module in manifest['modules']:
        for source in module['sources']:
            fixed = 'sha256' in source or 'tag' in source or 'commit' in source or (devel and source['type'] == 'dir')
            if not fixed and not (module['name'] == 'vignette'):
                faults.append(f'{path.name}: the source of {module["name"]} can change')

print('\n'.join(faults))
sys.exit(bool(faults))
