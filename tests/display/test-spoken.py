#!/usr/bin/env python3
"""test-spoken.py PROGRAM: what a screen reader is told of the window, asked from outside"""
import os
import subprocess
import sys
import tempfile
import time

print('TAP version 13', flush=True)
try:
    import gi
    gi.require_version('Atspi', '2.0')
    from gi.repository import Atspi
except (ImportError, ValueError):
    print('1..0 # SKIP python3-gi or gir1.2-atspi-2.0 is not installed')
    sys.exit(0)

program = sys.argv[1]
folder = tempfile.TemporaryDirectory(prefix='vignette-spoken-')
subprocess.run([program, 'generate', 'a red apple on a white background', '--count', '2', '--device', 'host',
                '--profile', folder.name], check=True, capture_output=True)
os.environ.pop('GTK_A11Y', None)
window = subprocess.Popen([program, '--profile', folder.name, '--device', 'host'])
count = 0
failed = 0
# What can be reached and done something with: each of them must have a name.
CONTROLS = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.ENTRY, Atspi.Role.SPIN_BUTTON, Atspi.Role.TEXT,
            Atspi.Role.CHECK_BOX, Atspi.Role.COMBO_BOX, Atspi.Role.SLIDER, Atspi.Role.LINK, Atspi.Role.MENU_ITEM,
            Atspi.Role.IMAGE}


def ok(condition, words, got=None):
    global count, failed
    count += 1
    failed += not condition
    print(f'{"" if condition else "not "}ok {count} {words}', flush=True)
    if not condition:
        print(f'# {got}', flush=True)


def walk(node, depth=0):
    yield node
    if depth > 60:
        return
    for i in range(node.get_child_count()):
        child = node.get_child_at_index(i)
        if child is not None:
            yield from walk(child, depth + 1)


def find_program():
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(i)
        if application is not None and application.get_process_id() == window.pid:
            return application
    return None


def describe(node):
    chain = []
    while node is not None and len(chain) < 5:
        chain.append(f'{node.get_role_name()} “{node.get_name()}”')
        node = node.get_parent()
    return ' in '.join(chain)


try:
    Atspi.init()
    application = None
    nodes = []
    for _ in range(150):
        application = application or find_program()
        nodes = list(walk(application)) if application is not None else []
        if any(node.get_name() == 'a red apple on a white background' for node in nodes):
            break
        time.sleep(0.4)
    ok(application is not None, 'the program is on the bus of the screen reader')
    names = [node.get_name() for node in nodes]
    for wanted in ('Describe a picture', 'Find pictures', 'Main menu', 'Places', 'Details', 'Pictures', 'All Pictures',
                   'How many pictures', 'Start from a picture'):
        ok(wanted in names, f'there is “{wanted}”')
    ok(names.count('a red apple on a white background') >= 2, 'pictures are called by their prompt', names)
    nameless = [describe(node) for node in nodes
                if node.get_role() in CONTROLS and not node.get_name()
                and node.get_state_set().contains(Atspi.StateType.FOCUSABLE)
                and node.get_state_set().contains(Atspi.StateType.SHOWING)]
    # What is typed into lies within what has the name.
    nameless = [words for words in nameless if not any(part in words for part in (' in entry “', ' in spin button “',
                                                                                 ' in text “'))]
    ok(not nameless, 'every control has a name', '; '.join(nameless))
finally:
    window.terminate()
    window.wait()
print(f'1..{count}')
sys.exit(failed > 0)
