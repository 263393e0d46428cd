#!/usr/bin/env python3
"""check-rooms.py ROOT: a few words, and the only rooms in which each may be spoken."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])

# (what is said, where it may be said): everywhere else in app and compute it is an error.
RULES = [
    (r'\b(vk[A-Z]\w*|Vk[A-Z]\w*|VK_\w+)|vulkan/vulkan', ['compute/gpu']),
    (r'\bcblas_\w+|\bopenblas_\w+|cblas\.h', ['compute/host']),
    (r'\bjson_\w+ \(|jansson\.h', ['compute/tensor/json.c', 'app']),
    (r'\bsoup_\w+|\bSoup[A-Z]\w*|libsoup/', ['app/studio/download.c']),
    (r'\bgz\w+ \(|<zlib\.h>', ['compute/convert/vocabulary.c']),
    (r'\bzip_\w+ \(|<zip\.h>', ['compute/convert/zip.c']),
    (r'\bsqlite3\w*', ['app/library/database.c']),
    (r'\bvc_\w+|\bVc[A-Z]\w+|"vc\.h"|<vc\.h>', ['compute', 'app/studio']),
    (r'\b(gtk|gdk|gsk|adw)_\w+ \(|<gtk/|<adwaita', ['app/ui', 'app/application.c', 'app/main.c']),
    (r'\bgdk_pixbuf_\w+|<gdk-pixbuf', ['app/decoder', 'app/library', 'app/ui']),
    (r'\bgdk_pixbuf_(new_from_(file|stream|inline|resource)|loader_)\w+', ['app/decoder']),
    (r'\b(gio/|G_TYPE_OBJECT|g_object_new)|<gio/', ['app']),
    (r'\b(Vig[A-Z]\w+|vig_\w+)', ['app']),
    (r'\bgoto\b', []),
]

faults = 0
for path in sorted([*ROOT.glob('app/**/*.[ch]'), *ROOT.glob('compute/**/*.[ch]')]):
    name = path.relative_to(ROOT).as_posix()
    code = re.sub(r'/\*.*?\*/', lambda m: '\n' * m[0].count('\n'), path.read_text(), flags=re.S)
    for number, line in enumerate(code.splitlines(), 1):
        for pattern, rooms in RULES:
            said = re.search(pattern, line)
            if said and not any(name == room or name.startswith(room + '/') for room in rooms):
                if pattern.startswith(r'\b(gtk') and 'gdk_pixbuf' in said[0]:
                    continue
                print(f'{name}:{number}: “{said[0]}” is not spoken here, only in {rooms or "no room"}')
                faults += 1
    if not path.read_text().startswith('/* ' + path.name + ': '):
        print(f'{name}:1: opens without “/* {path.name}: …”')
        faults += 1

sys.exit(faults > 0)
