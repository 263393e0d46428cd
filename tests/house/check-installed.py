#!/usr/bin/env python3
"""check-installed.py BUILD: nothing is installed where users keep their own models, vocabularies and library

With ~/.local as its prefix, share/vignette is the user's own folder as well.
"""
import json
import re
import subprocess
import sys

BUILD = sys.argv[1]
OWN = re.compile(r'/share/vignette(/(?!included(/|$)).*)?$')

installed = json.loads(subprocess.run(['meson', 'introspect', '--installed', BUILD], check=True, stdout=subprocess.PIPE).stdout)
faults = sorted(place for place in installed.values() if OWN.search(place))
for place in faults:
    print(f'{place} would be among the user\'s own files')
if not any('/share/vignette/included/' in place for place in installed.values()):
    print('nothing is installed into share/vignette/included')
    faults.append('')
sys.exit(bool(faults))
