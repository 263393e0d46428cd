#!/usr/bin/env python3
"""test-usage.py PROGRAM: how it is called, exit statuses, one line of error, nothing else on standard output"""
import os
import stat
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
    *[['generate', 'a cat', '--temperature', value] for value in ('1e-300', '1e-50', 'nan', 'inf', '-1')],
    ['generate', 'a cat', '--top-p', '1.5'],
    *[['generate', 'a cat', '--top-p', value] for value in ('1e-300', 'nan', '0')],
    ['generate', 'a cat', '--top-k', '-1'],
    ['generate', 'a cat', '--guidance', 'nan'],
    ['generate', 'a cat', '--best-of', '0'],
    ['generate', 'a cat', '--keep', '0', '--start', str(photo)],
    ['generate', 'a cat', '--seed', '9007199254740992'],
    ['generate', 'a cat', '--seed', '9007199254740991', '--count', '2'],
    ['generate', 'a cat', '--seed', '9007199254740990', '--best-of', '3'],
    ['generate', 'a cat', '--output', ''],
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
    ['models', 'burn', 'x'],
    ['models', 'add'],
    ['models', 'remove'],
    ['models', 'list', 'x'],
    ['bench', 'everything'],
    ['nonsense'],
    ['search', ''],
    ['search', '  '],
    ['complete', ''],
    ['--profile', '', 'models'],
    ['models', '--json=5'],
    ['models', '--quiet=x'],
    ['tag', str(photo), '--write=yes'],
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
answer = v.run('help')
t.ok(answer.status == 0 and 'generate' in answer.out and answer.err == '', 'help as a word', answer)
answer = v.run('help', 'tag')
t.ok(answer.status == 0 and '--vocabulary' in answer.out, 'help as a word, of a command', answer)
answer = v.run('-n', '2', 'complete', 'a red', '--json')
t.ok(answer.status == 0 and len(answer.json['completions']) == 2, 'a short option before the command', answer)
answer = v.run('-o', str(t.folder / 'o.png'), 'generate', 'a cat')
t.ok(answer.status == 0 and (t.folder / 'o.png').is_file(), 'another', answer)
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

# A file may be called anything: nothing in a name commands the terminal.
evil = t.folder / 'evil'
evil.mkdir()
for name in ('\x1b[31mred.png', 'two\nlines.png'):
    write_png(evil / name, (220, 30, 30))
(evil / '\x1b[2Jbroken\n.png').write_text('no picture')
names = sorted(str(path) for path in evil.iterdir())
for words in (['tag', *names], ['index', str(evil)], ['search', 'red'], ['tag', '\x1b[5mnone']):
    answer = v.run(*words)
    t.ok('\x1b' not in answer.out + answer.err and 'vignette: lines' not in answer.err, f'no escapes: {words[0]}', answer)
answer = v.run('tag', *names)
t.ok('two\\nlines.png\n' in answer.out and '\\x1b[31mred.png' in answer.out, 'they are shown as text', answer)
t.equal(sorted(file['path'] for file in v.run('tag', '--json', *names).json['files']), names, 'and exact in JSON')

answer = v.run('--json', 'index', str(t.folder / 'none'))
t.ok(answer.status == 1 and answer.json['added'] == 0 and
     [fail['path'] for fail in answer.json['failed']] == [str(t.folder / 'none')], 'no folder: a document', answer)
answer = v.run('--json', 'index', str(t.folder / 'none'), str(evil))
t.ok(answer.status == 3 and answer.json['unchanged'] == 2 and
     str(t.folder / 'none') in [fail['path'] for fail in answer.json['failed']], 'one of two', answer)
answer = v.run('index', '')
t.ok(answer.status == 1 and ': :' not in answer.err, 'a folder without a name', answer)
broken = t.folder / 'half.png'
broken.write_bytes(photo.read_bytes()[:100])
answer = v.run('tag', 'half.png', cwd=t.folder)
t.ok(answer.status == 1 and answer.err.count('half.png') == 1, 'a name is told once', answer)
answer = v.run('--json', 'tag', str(photo), '--labels', 'Red,red,RED')
t.equal([tag['label'] for tag in answer.json['files'][0]['tags']], ['Red'], 'one label, however it is written')
pair = [t.folder / side / 'a' for side in ('left', 'right')]
for folder in pair:
    folder.parent.mkdir()
    folder.symlink_to(models() / 'first-light' / 'clip')
answer = v.run('tag', str(photo), '--model', str(pair[0]), '--model', str(pair[1]))
t.ok(answer.status == 2 and all(str(folder) in answer.err for folder in pair), 'two of one name are told apart', answer)
t.ok(all(model['licence'] and model['source'] and model['sha256'] and model['bytes'] > 0
         for model in v.run('--json', 'models').json['models']), 'a model says where it is from', v.run('models', '--json'))

# Where there is no CLIP that could look, that is said.
only = t.folder / 'only'
(only / 'models').mkdir(parents=True)
(only / 'models' / 'none').mkdir()
answer = Vignette(t.folder / 'blind').run('index', str(evil), env={**os.environ, 'VIGNETTE_DATA': str(only)})
t.ok(answer.status == 0 and answer.err.count('\n') == 1 and 'CLIP' in answer.err, 'no CLIP: said in a line', answer)

# The user's own folders are not touched.
home = t.folder / 'home'
home.mkdir()
answer = v.run('--json', 'generate', 'a cat', '--seed', '3', env={**os.environ, 'HOME': str(home)})
t.ok(answer.status == 0 and not list(home.rglob('library.db')) and not list(home.rglob('*.png')),
     'everything is in the profile', list(home.rglob('*')))

# An answer that cannot be written is a failure.
if os.path.exists('/dev/full'):
    for words in (['tokenize', 'a'], ['generate', 'q', '--json'], ['models', '--json'], ['devices'], ['--help']):
        with open('/dev/full', 'wb') as full:
            result = subprocess.run([PROGRAM, '--profile', str(v.profile), *words], stdout=full,
                                    stderr=subprocess.PIPE)
        t.ok(result.returncode == 1 and result.stderr.count(b'\n') == 1, f'standard output that is full: {words}', result)
result = subprocess.run(['sh', '-c', 'exec "$@" >&-', 'sh', PROGRAM, '--profile', str(v.profile), '--json', 'generate', 'q'],
                        stderr=subprocess.PIPE)
t.ok(result.returncode == 1 and result.stderr.count(b'\n') == 1, 'standard output that is closed', result)

# What is no file is neither read for ever nor replaced.
pipe = t.folder / 'pipe.png'
os.mkfifo(pipe)
for odd in (str(pipe), '/dev/zero'):
    answer = v.run('--json', 'tag', odd, str(photo), '--top', '1', timeout=60)
    t.ok(answer.status == 3 and [bool(file['error']) for file in answer.json['files']] == [True, False],
         f'tag {odd} is one failure', answer)
    answer = v.run('tag', '--vocabulary', odd, str(photo), timeout=60)
    t.ok(answer.status == 1 and answer.err.count('\n') == 1, f'no vocabulary: {odd}', answer)
answer = v.run('tag', '--vocabulary', str(photo), str(photo))
t.ok(answer.status == 1 and 'text' in answer.err, 'a picture is no vocabulary', answer)
large = t.folder / 'large.txt'
with open(large, 'wb') as file:
    file.truncate(1 << 32)
answer = v.run('tag', '--vocabulary', str(large), str(photo), timeout=60)
t.ok(answer.status == 1 and 'large' in answer.err, 'nor is a file without end', answer)

drawn = len(v.pictures())
for odd in (str(pipe), '/dev/full', '/proc/x.png', str(t.folder / ('a' * 300 + '.png')), str(photo / 'x.png')):
    answer = v.run('generate', 'a cat', '--output', odd, timeout=60)
    t.ok(answer.status == 1 and answer.err.count('\n') == 1 and 'XXXXXX' not in answer.err and
         '.vignette-' not in answer.err, f'no place for a picture: {odd[:40]}', answer)
t.ok(stat.S_ISFIFO(os.lstat(pipe).st_mode), 'the pipe is still there')
t.equal(len(v.pictures()), drawn, 'it was said before anything was drawn')
link, target = t.folder / 'link.png', t.folder / 'target.png'
link.symlink_to(target.name)
for _ in range(2):
    answer = v.run('--json', 'generate', 'a cat', '--output', str(link))
    t.ok(answer.status == 0 and link.is_symlink() and target.is_file() and
         answer.json['pictures'][0]['path'] == str(link), 'a link is followed', answer)
t.equal([path.name for path in t.folder.glob('.vignette-*')], [], 'and no rest is left')

t.end()
