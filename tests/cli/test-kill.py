#!/usr/bin/env python3
"""test-kill.py PROGRAM: killed at random moments, again and again, while it draws and while it indexes

VIGNETTE_KILLS says how often (50), VIGNETTE_KILL_SEED at which moments. A queue of drawings is killed too, a tenth as often;
VIGNETTE_KILL_QUEUE=N makes it one of N (4) and kills that as often, and the rest a tenth.
"""
import json
import os
import random
import signal
import sqlite3
import time

from vig import Tests, Vignette, write_png

ASKED = int(os.environ.get('VIGNETTE_KILLS', 50))
SEED = int(os.environ.get('VIGNETTE_KILL_SEED', time.time_ns() % 1000000))
QUEUE = int(os.environ.get('VIGNETTE_KILL_QUEUE', 4))
FEW = max(ASKED // 10, 4)
KILLS, QUEUE_KILLS = (FEW, ASKED) if 'VIGNETTE_KILL_QUEUE' in os.environ else (ASKED, FEW)
DRAW = ['generate', 'a red car on a white background', '--count', '2', '--best-of', '10', '--device', 'host', '--seed', '11']

random.seed(SEED)
print(f'# {KILLS} kills, and {QUEUE_KILLS} of a queue, VIGNETTE_KILL_SEED={SEED}')
t = Tests()
v = Vignette(t.folder / 'profile')
first = v

whole = Vignette(t.folder / 'whole')
begun = time.monotonic()
best = whole.ask(*DRAW)['pictures']
length = time.monotonic() - begun
with whole.database() as base:
    known = {seed: bytes(tokens) for seed, tokens in base.execute('SELECT seed, tokens FROM made')}


def integrity():
    with sqlite3.connect(f'{v.profile}/library.db', timeout=30) as base:
        return base.execute('PRAGMA integrity_check').fetchall()


def kill(longest, *arguments, ready=lambda: True):
    """Runs it and kills it somewhere once it is ready; whether it came to its end before."""
    process = v.start(*arguments)
    while process.poll() is None and not ready():
        time.sleep(0.005)
    time.sleep(random.random() * longest)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == 0


def state():
    with v.database() as base:
        return base.execute('SELECT (SELECT count(*) FROM made), '
                            '(SELECT count(*) FROM sketches WHERE length (tokens) > 0 AND picture IS NULL)').fetchone()


# While it draws, and while it goes on with what was interrupted.
unfinished = whole_files = partial = 0
for number in range(KILLS):
    if random.random() < 0.5 or number == 0:
        kill(length, *DRAW)
    else:
        kill(length, 'resume', '--device', 'host')
    if not (v.profile / 'library.db').exists():
        continue
    partial += state()[1] > 0
    if integrity() != [('ok',)]:
        t.ok(False, f'integrity after kill {number}', integrity())
        break
    answer = v.run('--json', 'check')
    if answer.status != 0 or not answer.json['ok']:
        t.ok(False, f'files and rows agree after kill {number}', answer)
        break
else:
    t.ok(True, f'{KILLS} kills while drawing: whole each time')
t.ok(partial > KILLS / 10, 'many of them in the midst of tokens', f'{partial} of {KILLS}')

answer = v.run('--json', 'resume', '--device', 'host', timeout=1800)
t.ok(answer.status == 0, 'resume ends them all', answer)
t.equal(v.ask('resume')['pictures'], [], 'nothing is left')
with v.database() as base:
    drawn = base.execute('SELECT seed, tokens FROM made').fetchall()
    jobs = base.execute('SELECT job, count(*) FROM made GROUP BY job').fetchall()
wrong = [seed for seed, tokens in drawn if bytes(tokens) != known[seed]]
t.equal(wrong, [], f'{len(drawn)} pictures have the tokens of an undisturbed run')
t.equal({count for _, count in jobs}, {10}, f'each of {len(jobs)} jobs has all of its pictures')
t.equal(len(v.pictures()), len(drawn), 'as many files as rows')
t.ok(v.ask('check')['ok'], 'the library is whole', v.run('check'))

# While many drawings wait: none of them may be lost, and all go on in the order that they had.
prompts = [f'a {colour} {thing}' for colour in ('red', 'blue', 'green', 'yellow') for thing in
           ('car', 'ball', 'tree', 'house', 'star')][:QUEUE]
LINES = ['generate', '\n'.join(prompts), '--count', '2', '--seed', '5', '--device', 'host']
calm = Vignette(t.folder / 'calm')
begun = time.monotonic()
calm.ask(*LINES, timeout=1800)
length = time.monotonic() - begun
with calm.database() as base:
    known = {tuple(row[:2]): bytes(row[2]) for row in base.execute('SELECT prompt, seed, tokens FROM made')}
t.equal(len(known), 2 * QUEUE, f'{QUEUE} prompts in a queue')

v = Vignette(t.folder / 'queue')


def queued():
    """Whether all of a queue is written down."""
    if not (v.profile / 'library.db').exists():
        return False
    try:
        with v.database() as base:
            return base.execute('SELECT count(*) FROM jobs WHERE state = 0').fetchone()[0] >= QUEUE
    except sqlite3.OperationalError:  # it is being made
        return False


begins = waited = partial = 0
for number in range(QUEUE_KILLS):
    # A new queue when the last one has come to its end; what was written down of it must come to the same.
    if not (v.profile / 'library.db').exists() or not v.database().execute('SELECT 1 FROM jobs WHERE state = 0').fetchone():
        begins += 1
        # Somewhere in all of it, and, so that few kills meet waiting drawings too, in the first quarter of a queue that stands.
        if begins % 2:
            kill(length / 4, *LINES, ready=queued)
        else:
            kill(length, *LINES)
    else:
        kill(length / 2, 'resume', '--device', 'host')
    if not (v.profile / 'library.db').exists():
        continue
    partial += state()[1] > 0
    with v.database() as base:
        order = [json.loads(row[0])['prompt'] for row in
                 base.execute('SELECT recipe FROM jobs WHERE state = 0 ORDER BY place, id')]
    waited += len(order) > 1
    if order != [prompt for prompt in prompts if prompt in order]:
        t.ok(False, f'the order after kill {number}', order)
        break
    # A kill between a file and its row is made good by whoever opens the library next.
    answer = v.run('--json', 'check')
    with v.database() as base:
        listed = [row[0] for row in base.execute('SELECT path FROM pictures')]
    if integrity() != [('ok',)] or answer.status != 0 or not answer.json['ok'] or len(v.pictures()) != len(listed):
        t.ok(False, f'whole after kill {number}', f'{len(v.pictures())} files, {len(listed)} rows: {answer}')
        break
else:
    t.ok(True, f'{QUEUE_KILLS} kills of a queue of {QUEUE}: whole each time, and in order')
t.ok(waited >= QUEUE_KILLS // 4, 'many of them with drawings that waited', f'{waited}, {partial} in the midst of tokens')

answer = v.run('--json', 'resume', '--device', 'host', timeout=1800)
t.ok(answer.status == 0, 'resume ends the queue', answer)
with v.database() as base:
    drawn = base.execute('SELECT prompt, seed, tokens FROM made').fetchall()
    open_jobs = base.execute('SELECT count(*) FROM jobs WHERE state = 0').fetchone()[0]
    written = base.execute("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'").fetchone()[0]
t.equal([row[:2] for row in drawn if bytes(row[2]) != known[row[:2]]], [],
        f'{len(drawn)} pictures of {begins} queues have the tokens of an undisturbed one ({partial} kills in the midst of some)')
t.equal((open_jobs, len(v.pictures())), (0, len(drawn)), 'as many files as rows, and nothing left')
t.equal(len(drawn), 2 * written, 'no drawing that was written down is lost')
t.ok(v.ask('check')['ok'], 'the library is whole', v.run('check'))

# While it indexes.
v = first
photos = t.folder / 'photos'
photos.mkdir()
for number in range(300):
    write_png(photos / f'{number}.png', (number % 256, 90, 30), side=24, chunk=b'%d' % number)
other = Vignette(t.folder / 'other')
begun = time.monotonic()
other.ask('index', str(photos))
length = time.monotonic() - begun

for number in range(KILLS):
    # Now and then something moves, so that there is always something to do.
    if number % 5 == 4:
        (photos / f'{number}.png').rename(photos / f'moved {number}.png')
        write_png(photos / f'new {number}.png', (1, number, 3), side=24, chunk=b'new %d' % number)
    kill(length, 'index', str(photos))
    if integrity() != [('ok',)]:
        t.ok(False, f'integrity after kill {number}', integrity())
        break
    answer = v.run('--json', 'check')
    if answer.status != 0 or not answer.json['ok']:
        t.ok(False, f'files and rows agree after kill {number}', answer)
        break
else:
    t.ok(True, f'{KILLS} kills while indexing: whole each time')

done = v.ask('index', str(photos))
count = len(list(photos.iterdir()))
with v.database() as base:
    rows = base.execute('SELECT count(*) FROM pictures WHERE kind = 0 AND state = 0').fetchone()[0]
    twice = base.execute('SELECT count(*) FROM vectors GROUP BY content, model HAVING count(*) > 1').fetchall()
t.equal((rows, done['missing'], done['failed']), (count, 0, []), 'indexing comes to its end')
t.equal(twice, [], 'no vector twice')
t.equal(v.ask('search', 'a circle', '--top', '0')['indexed'], 1.0, 'and every picture has one')

t.end()
