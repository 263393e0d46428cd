#!/usr/bin/env python3
"""embed.py OUTPUT.c MODULE.spv...: the modules as C arrays, with a table to find them by name."""
import hashlib
import pathlib
import struct
import sys

output, *modules = map(pathlib.Path, sys.argv[1:])
digest = hashlib.sha256()
lines = ['/* Made by embed.py from the compiled shaders. */', '#include "gpu/shaders.h"', '']
for module in modules:
    data = module.read_bytes()
    digest.update(data)
    words = struct.unpack(f'<{len(data) // 4}I', data)
    lines.append(f'static const uint32_t {module.stem}[] = {{')
    for start in range(0, len(words), 8):
        lines.append('  ' + ', '.join(f'0x{word:08x}' for word in words[start:start + 8]) + ',')
    lines += ['};', '']
lines.append('const VcShader vc_shaders[] = {')
lines += [f'  {{ "{module.stem}", {module.stem}, sizeof {module.stem} }},' for module in modules]
lines += ['};', '', 'const unsigned int vc_n_shaders = sizeof vc_shaders / sizeof vc_shaders[0];',
          f'const char vc_shaders_digest[] = "{digest.hexdigest()}";', '']
output.write_text('\n'.join(lines))
