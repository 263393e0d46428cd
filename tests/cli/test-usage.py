#!/usr/bin/env python3
"""test-usage.py PROGRAM: how it is called, exit statuses, one line of error, nothing else on standard output"""
import os
import subprocess

from vig import PROGRAM, Tests, Vignette, models, write_png

t = Tests()
v = Vignette(t.folder / 'profile')
photo = write_png(t.folder / 'photo.png', (220, 30, 30))

WRONG = [
    ['generate'],
    ['generate', 'a', 'b'],
    ['generate', 'a cat', '--count', '0'],
    ['generate', 'a cat', '--count', 'many'],
    ['generate', 'a cat', '--count', '4', '--best-of', '2'],
    ['generate', 'a cat', '--temperature', '0'],
    ['generate', 'a cat', '--top-p', '1.5'],
    ['generate', 'a cat', '--guidance', '-1'],
    ['generate', 'a cat', '--seed', '-1'],
    ['generate', 'a cat', '--seed', '1.5'],
    ['generate', 'a cat', '--start', str(photo)],
    ['generate', 'a cat', '--start', str(photo), '--keep', '16'],
    ['generate', 'a cat', '--colour'],
    ['complete'],
    ['complete', 'a', '--count', '-3'],
    ['tag'],
    ['tag', str(photo), '--labels', ' , ,'],
    ['tag', str(photo), '--labels', 'a', '--vocabulary', str(photo)],
    ['embed'],
    ['tokenize'],
    ['index'],
    ['search'],
    ['search', 'a', 'b'],
    ['search', 'a', '--kind', 'sculpture'],
    ['resume', 'now'],
    ['devices', 'all'],
    ['models', 'download', 'x'],
    ['models', 'list', 'x'],
    ['bench', 'everything'],
    ['enlarge', str(photo)],
    ['export', str(t.folder)],
    ['backup', 'x'],
    ['nonsense'],
    ['--nonsense'],
    ['generate', 'a cat', '--model', 'first-light', '--model', str(models() / 'first-light')],
]
for words in WRONG:
    answer = v.run(*words)
    shown = ' '.join(words).replace(str(t.folder), '…').replace(str(models()), '…')
    t.ok(answer.status == 2 and answer.out == '' and answer.err.startswith('vignette: ') and
         answer.err.count('\n') == 1, f'wrong usage: {shown}', answer)

FAILS = [
    ['generate', 'a cat', '--model', 'no-such-model'],
    ['generate', 'a cat', '--model', str(t.folder)],
    ['generate', 'a cat', '--device', 'gpu-none'],
    ['generate', 'a cat', '--output', str(t.folder / 'no' / 'such' / 'folder.png')],
    ['generate', 'a cat', '--start', str(t.folder / 'none.png'), '--keep', '4'],
    ['tag', str(photo), '--vocabulary', str(t.folder / 'none.txt')],
    ['tag', str(t.folder / 'none.png')],
    ['index', str(t.folder / 'none')],
    ['index', str(photo)],
]
for words in FAILS:
    answer = v.run(*words)
    shown = ' '.join(words).replace(str(t.folder), '…')
    t.ok(answer.status == 1 and answer.err.startswith('vignette: ') and 0 < answer.err.count('\n') <= 2 and
         'CRITICAL' not in answer.err, f'fails in one line: {shown}', answer)

answer = v.run('--help')
t.ok(answer.status == 0 and 'generate' in answer.out and 'search' in answer.out and answer.err == '', 'help', answer)
answer = v.run('generate', '--help')
t.ok(answer.status == 0 and '--best-of' in answer.out and '--profile' in answer.out, 'help of a command', answer)
answer = v.run('--help', 'tag')
t.ok(answer.status == 0 and '--vocabulary' in answer.out, 'help before the command', answer)
answer = v.run('--version')
t.ok(answer.status == 0 and answer.out.startswith('Vignette '), 'version', answer)

first = v.run('--json', 'tokenize', 'a cat')
t.ok(first.status == 0 and first.out.count('\n') == 1 and first.err == '', 'one document, nothing else', first)
t.equal(v.run('tokenize', 'a cat', '--json').out, first.out, 'options after the command')
t.equal(v.run('tokenize', '--json', '--device', 'host', '--', 'a cat').out, first.out, 'options before --')
answer = v.run('--json', 'tokenize', '--', '--json')
t.ok(answer.status == 0 and answer.json['ids'] != first.json['ids'], '-- ends the options', answer)

# UTF-8 whatever the locale, and progress only on a terminal.
plain = {**os.environ, 'LC_ALL': 'C', 'LANG': 'C'}
answer = v.run('search', 'größer', env=plain)
t.ok(answer.status == 0 and answer.err == '', 'a text in UTF-8 in the C locale', answer)
answer = v.run('generate', '“quoted” größer', '--seed', '1', '--json', env=plain)
t.ok(answer.status == 0 and answer.json['prompt'] == '“quoted” größer' and answer.err == '',
     'a prompt in UTF-8 in the C locale, and no bar', answer)
answer = v.run('nönsense', env=plain)
t.ok('nönsense' in answer.err, 'and an error', answer)
answer = v.run('--json', 'tokenize', os.fsdecode(b'caf\xe9'))
t.ok(answer.status == 0, 'a text that is no UTF-8', answer)

# Where there is nothing to show a window on.
bare = {key: value for key, value in os.environ.items() if key not in ('DISPLAY', 'WAYLAND_DISPLAY')}
answer = Vignette(t.folder / 'bare').run(env=bare)
t.ok(answer.status == 0 and answer.err.count('\n') == 1 and 'display' in answer.err, 'no display: says so', answer)
t.equal(len(Vignette(t.folder / 'bare').pictures()), 1, 'and draws a sample')
answer = v.run(str(photo), env=bare)
t.ok(answer.status == 1 and 'display' in answer.err, 'no display for a file', answer)

# The user's own folders are not touched.
home = t.folder / 'home'
home.mkdir()
answer = v.run('--json', 'generate', 'a cat', '--seed', '3', env={**os.environ, 'HOME': str(home)})
t.ok(answer.status == 0 and not list(home.rglob('library.db')) and not list(home.rglob('*.png')),
     'everything is in the profile', list(home.rglob('*')))

# An answer that cannot be written is a failure.
if os.path.exists('/dev/full'):
    with open('/dev/full', 'wb') as full:
        result = subprocess.run([PROGRAM, '--profile', str(v.profile), 'tokenize', 'a'], stdout=full,
                                stderr=subprocess.PIPE)
    t.ok(result.returncode == 1, 'standard output that is full', result)

t.end()
