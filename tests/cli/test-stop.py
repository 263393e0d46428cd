#!/usr/bin/env python3
"""test-stop.py PROGRAM: a signal stops it soon and cleanly; what was drawn goes on later, to the same tokens"""
import signal
import time

from vig import Tests, Vignette, write_png

DRAW = ['generate', 'a red car', '--count', '2', '--best-of', '24', '--seed', '5']

t = Tests()
v = Vignette(t.folder / 'profile')
whole = Vignette(t.folder / 'whole').ask(*DRAW)['pictures']


def last_job(program):
    with program.database() as base:
        return base.execute('SELECT coalesce (max (id), 0) FROM jobs').fetchone()[0]


def wait_for_tokens(program, process, after):
    """Until the first tokens of a job later than @after are written down."""
    for _ in range(600):
        if process.poll() is not None:
            return False
        if (program.profile / 'library.db').exists():
            try:
                with program.database() as base:
                    if base.execute('SELECT count(*) FROM sketches WHERE length (tokens) > 0 AND job > ?',
                                    (after,)).fetchone()[0] > 0:
                        return True
            except Exception:
                pass  # not made yet
        time.sleep(0.02)
    return False


for number in (signal.SIGINT, signal.SIGTERM):
    after = last_job(v) if v.profile.exists() else 0
    process = v.start(*DRAW)
    began = wait_for_tokens(v, process, after)
    before = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    took = time.monotonic() - before
    t.ok(began and process.returncode == 130, f'{number.name}: 130', (began, process.returncode, err))
    t.ok(took < 2, 'soon', took)
    t.ok(out == b'' and err.count(b'\n') == 1 and b'resume' in err, 'says how it goes on', (out, err))
    t.ok(v.ask('check')['ok'], 'the library is whole', v.run('check'))

process = v.start('devices')
time.sleep(0.05)
process.terminate()
process.communicate(timeout=30)
t.ok(process.returncode in (130, -signal.SIGTERM), 'what cannot be stopped half way ends', process.returncode)

answer = v.ask('search', 'car')
t.ok(v.ask('resume')['pictures'], 'nothing but resume goes on with it')
t.equal(v.ask('resume')['pictures'], [], 'once')
with v.database() as base:
    drawn = base.execute('SELECT made.seed, made.tokens FROM made').fetchall()
t.equal(len(drawn), 48, 'both jobs came to their end')
known = {p['seed']: p['tokens'] for p in whole}
t.ok(all(list(memoryview(tokens).cast('I')) == known[seed] for seed, tokens in drawn if seed in known),
     'with the tokens of one that was not disturbed')

after = last_job(v)
process = v.start(*DRAW, '--json')
wait_for_tokens(v, process, after)
process.send_signal(signal.SIGINT)
process.communicate(timeout=30)
answer = v.ask('resume')
t.equal([(p['seed'], p['tokens']) for p in answer['pictures']], [(p['seed'], p['tokens']) for p in whole],
        'what resume answers is what generate would have')
t.equal(answer['prompt'], 'a red car', 'with its prompt')

photos = t.folder / 'photos'
photos.mkdir()
for number in range(400):
    write_png(photos / f'{number}.png', (number % 256, 90, 30), side=24, chunk=b'%d' % number)
process = v.start('index', str(photos))
time.sleep(0.4)
process.send_signal(signal.SIGINT)
out, err = process.communicate(timeout=30)
t.ok(process.returncode in (130, 0), 'index stops', (process.returncode, err))
done = v.ask('index', str(photos))
t.equal(done['added'] + done['unchanged'] + done['moved'], 400, 'and goes on')
t.equal(v.ask('search', 'a circle')['indexed'], 1.0, 'to its end')
t.ok(v.ask('check')['ok'], 'the library is whole', v.run('check'))

t.end()
