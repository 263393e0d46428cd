#!/usr/bin/env python3
"""test-resume.py PROGRAM: what was interrupted goes on: several at once, by two at once, beside one that cannot"""
import json
import signal
import sqlite3
import time

from vig import Tests, Vignette

t = Tests()
v = Vignette(t.folder / 'profile')


def interrupt(prompt, number, *more):
    """A drawing that a signal stops once it has some tokens; what it said."""
    process = v.start('generate', prompt, '--count', '2', '--best-of', '24', '--seed', str(number), *more)
    while process.poll() is None:
        time.sleep(0.02)
        if not (v.profile / 'library.db').exists():
            continue
        try:
            with v.database() as base:
                begun = base.execute('SELECT count(DISTINCT job) FROM sketches WHERE length(tokens) > 0').fetchone()[0]
        except sqlite3.OperationalError:  # it is being made
            continue
        if begun == number:
            process.send_signal(signal.SIGINT)
            break
    _, err = process.communicate(timeout=120)
    t.equal(process.returncode, 130, f'“{prompt}” is interrupted')
    return err.decode()


interrupt('a red car', 1)
said = interrupt('a blue ball', 2, '--output', str(t.folder / 'out'))
t.ok('--output' in said and said.count('\n') == 1, 'it is said that nothing will be copied', said)

# Numbers that no picture can be drawn with, as an older version wrote them down.
interrupt('a green tree', 3)
with sqlite3.connect(v.profile / 'library.db') as base:
    recipe = json.loads(base.execute('SELECT recipe FROM jobs ORDER BY id DESC').fetchone()[0])
    recipe['temperature'] = 1e-300
    base.execute('UPDATE jobs SET recipe = ? WHERE id = (SELECT max(id) FROM jobs)', [json.dumps(recipe)])

answer = v.run('--json', 'resume')
t.ok(answer.status == 3 and answer.err.count('\n') == 1, 'a job that cannot go on is one failure', answer)
document = answer.json
t.equal(sorted(document), ['model', 'pictures', 'prompt', 'seconds'], 'the document')
t.equal((document['model'], document['prompt']), ('first-light', None), 'of several prompts')
pictures = document['pictures']
t.equal([picture.get('prompt') for picture in pictures], ['a red car'] * 2 + ['a blue ball'] * 2,
        'each picture has its own')
t.ok(all(a['score'] >= b['score'] for a, b in (pictures[:2], pictures[2:])), 'best first within its job', pictures)
t.ok(v.ask('check')['ok'], 'the library is whole', v.run('check'))

# Two at once: one of them does it, and the other has nothing to complain of.
with sqlite3.connect(v.profile / 'library.db') as base:
    recipe['temperature'] = 1
    base.execute('UPDATE jobs SET recipe = ? WHERE state = 0', [json.dumps(recipe)])
both = [v.start('--json', 'resume') for _ in range(2)]
answers = [process.communicate(timeout=300) for process in both]
t.equal([process.returncode for process in both], [0, 0], 'two at once end well')
t.equal([err for _, err in answers], [b'', b''], 'without a word')
documents = sorted((json.loads(out) for out, _ in answers), key=lambda document: len(document['pictures']))
t.equal([len(document['pictures']) for document in documents], [0, 2], 'one of them has drawn')
t.equal((documents[1]['prompt'], sorted(documents[1]['pictures'][0])),
        ('a green tree', ['path', 'score', 'seed', 'tokens']), 'one job is as “generate” has it')
answer = v.run('resume')
t.ok(answer.status == 0 and 'Nothing' in answer.out, 'nothing is left', answer)

t.end()
