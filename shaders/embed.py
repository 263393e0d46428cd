#!/usr/bin/env python3
"""embed.py OUTPUT.c MODULE.spv...: the modules as C arrays, with a table to find them by name."""
import hashlib
import pathlib
import struct
import sys

# SPIR-V's own numbers [Khronos, SPIR-V specification, section 3].
OP_TYPE_POINTER, OP_VARIABLE, OP_DECORATE, OP_MEMBER_DECORATE = 32, 59, 71, 72
NON_WRITABLE, NON_READABLE, BINDING = 24, 25, 33
UNIFORM, STORAGE_BUFFER = 2, 12


def find_access(words):
    """The bindings of storage buffers that a module reads and those that it writes, as bits, and whether it has a
    uniform buffer."""
    pointers, variables, bindings, marks = {}, {}, {}, {}
    live = False
    at = 5
    while at < len(words):
        length, code = words[at] >> 16, words[at] & 0xffff
        operands = words[at + 1:at + length]
        at += length
        if code == OP_TYPE_POINTER:
            pointers[operands[0]] = operands[2]
        elif code == OP_VARIABLE and operands[2] == STORAGE_BUFFER:
            variables[operands[1]] = operands[0]
        elif code == OP_VARIABLE and operands[2] == UNIFORM:
            live = True
        elif code == OP_DECORATE and operands[1] == BINDING:
            bindings[operands[0]] = operands[2]
        elif code in (OP_DECORATE, OP_MEMBER_DECORATE):
            marks.setdefault(operands[0], set()).add(operands[1 if code == OP_DECORATE else 2])
    reads = writes = 0
    for variable, pointer in variables.items():
        marked = marks.get(variable, set()) | marks.get(pointers[pointer], set())
        reads |= (NON_READABLE not in marked) << bindings[variable]
        writes |= (NON_WRITABLE not in marked) << bindings[variable]
    return reads, writes, live


output, *modules = map(pathlib.Path, sys.argv[1:])
digest = hashlib.sha256()
table = []
lines = ['/* Made by embed.py from the compiled shaders. */', '#include "gpu/shaders.h"', '']
for module in modules:
    data = module.read_bytes()
    digest.update(data)
    words = struct.unpack(f'<{len(data) // 4}I', data)
    reads, writes, live = find_access(words)
    table.append(f'  {{ "{module.stem}", {module.stem}, sizeof {module.stem}, {reads:#x}, {writes:#x}, {live:d} }},')
    lines.append(f'static const uint32_t {module.stem}[] = {{')
    for start in range(0, len(words), 8):
        lines.append('  ' + ', '.join(f'0x{word:08x}' for word in words[start:start + 8]) + ',')
    lines += ['};', '']
lines.append('const VcShader vc_shaders[] = {')
lines += [*table, '};', '', 'const unsigned int vc_n_shaders = sizeof vc_shaders / sizeof vc_shaders[0];',
          f'const char vc_shaders_digest[] = "{digest.hexdigest()}";', '']
output.write_text('\n'.join(lines))
