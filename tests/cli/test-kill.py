#!/usr/bin/env python3
"""test-kill.py PROGRAM: killed at random moments, again and again, while it draws and while it indexes

VIGNETTE_KILLS says how often (50), VIGNETTE_KILL_SEED at which moments.
"""
import os
import random
import signal
import sqlite3
import time

from vig import Tests, Vignette, write_png

KILLS = int(os.environ.get('VIGNETTE_KILLS', 50))
SEED = int(os.environ.get('VIGNETTE_KILL_SEED', time.time_ns() % 1000000))
DRAW = ['generate', 'a red car on a white background', '--count', '2', '--best-of', '10', '--device', 'host', '--seed', '11']

random.seed(SEED)
print(f'# {KILLS} kills, VIGNETTE_KILL_SEED={SEED}')
t = Tests()
v = Vignette(t.folder / 'profile')

whole = Vignette(t.folder / 'whole')
begun = time.monotonic()
best = whole.ask(*DRAW)['pictures']
length = time.monotonic() - begun
with whole.database() as base:
    known = {seed: bytes(tokens) for seed, tokens in base.execute('SELECT seed, tokens FROM made')}


def integrity():
    with sqlite3.connect(f'{v.profile}/library.db', timeout=30) as base:
        return base.execute('PRAGMA integrity_check').fetchall()


def kill(longest, *arguments):
    """Runs it and kills it somewhere; whether it came to its end before."""
    process = v.start(*arguments)
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

# While it indexes.
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
