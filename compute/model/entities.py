#!/usr/bin/env python3
"""entities.py OUTPUT: writes the names of HTML's character references as a C table.

The names are those of Python's html.entities.html5, which are the standard's [WHATWG HTML, 13.5]. The
second table has the names that ftfy also knows in capitals: where a name in small letters, written in
capitals, is not a name itself nor begins with one, it means the character in capitals.
"""
import html
import html.entities
import pathlib
import sys


def quote(text):
    return '"' + ''.join(f'\\{byte:03o}' for byte in text.encode()) + '"'


def write_table(name, entries):
    rows = ''.join(f'  {{ "{key}", {quote(value)} }},\n'
                   for key, value in sorted(entries.items(), key=lambda entry: entry[0].encode()))
    return f'static const VcEntity {name}[] = {{\n{rows}}};\n'


names = html.entities.html5
capitals = {name.upper(): text.upper() for name, text in names.items()
            if name.endswith(';') and name == name.lower()
            and html.unescape('&' + name.upper()) == '&' + name.upper()}

pathlib.Path(sys.argv[1]).write_text(
    '/* entities.h: written by entities.py */\n'
    'typedef struct { const char *name, *text; } VcEntity;\n'
    f'#define VC_ENTITY_MAX {max(map(len, names))}\n'
    + write_table('vc_entities', names) + write_table('vc_capital_entities', capitals))
