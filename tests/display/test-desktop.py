#!/usr/bin/env python3
"""test-desktop.py PROGRAM: the search of the desktop, asked over the bus as GNOME Shell asks"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

program = sys.argv[1]
folder = tempfile.TemporaryDirectory(prefix='vignette-desktop-')
home = pathlib.Path(folder.name)
for name in ('data', 'config', 'cache', 'pictures'):
    (home / name).mkdir()
(home / 'config/user-dirs.dirs').write_text(f'XDG_PICTURES_DIR="{home}/pictures"\n')
os.environ.update(HOME=str(home), XDG_DATA_HOME=str(home / 'data'), XDG_CONFIG_HOME=str(home / 'config'),
                  XDG_CACHE_HOME=str(home / 'cache'))
NAME = 'io.github.vignette.Vignette'
PATH = '/io/github/vignette/Vignette/SearchProvider'
count = 0
failed = 0


def ok(condition, words, got=None):
    global count, failed
    count += 1
    failed += not condition
    print(f'{"" if condition else "not "}ok {count} {words}', flush=True)
    if not condition:
        print(f'# {got}', flush=True)


def call(method, *arguments):
    done = subprocess.run(['gdbus', 'call', '--session', '--timeout', '200', '--dest', NAME, '--object-path', PATH,
                           '--method', f'org.gnome.Shell.SearchProvider2.{method}', *arguments],
                          capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else f'error: {done.stderr.strip()}'


subprocess.run([program, 'generate', 'a red apple on a white background', '--count', '2', '--device', 'host'], check=True,
               capture_output=True)
service = subprocess.Popen([program, '--gapplication-service'])
try:
    for _ in range(100):
        if 'true' in subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path',
                                     '/org/freedesktop/DBus', '--method', 'org.freedesktop.DBus.NameHasOwner', NAME],
                                    capture_output=True, text=True).stdout:
            break
        time.sleep(0.2)
    answer = call('GetInitialResultSet', "['apple']")
    ids = json.loads(answer[1:].split(',)')[0].split(')')[0].replace("'", '"')) if answer.startswith('([') else []
    ok(len(ids) == 2, 'words find what was drawn', answer)
    ok(call('GetInitialResultSet', "['']") in ('([],)', '(@as [],)'), 'nothing typed finds nothing')
    more = call('GetSubsearchResultSet', json.dumps(ids).replace('"', "'"), "['red', 'apple']")
    ok(all(i in more for i in ids), 'more words go on from there', more)
    metas = call('GetResultMetas', json.dumps(ids).replace('"', "'"))
    ok(metas.count("'id'") == 2 and 'a red apple on a white background' in metas, 'each has its words', metas)
    ok('.png' in metas and "'icon'" in metas, 'and its picture', metas)
    ok(call('GetResultMetas', "['999999']") in ('(@aa{sv} [],)', '([],)'), 'an unknown one has none')
    ok(call('ActivateResult', ids[0] if ids else 'none', "['apple']", '0') == '()', 'one can be opened')
    ok(call('LaunchSearch', "['apple']", '0') == '()', 'and all of them')
    time.sleep(1)
    ok(service.poll() is None, 'the program is still there', service.poll())
finally:
    service.terminate()
    service.wait()
print(f'1..{count}')
sys.exit(failed > 0)
