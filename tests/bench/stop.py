#!/usr/bin/env python3
"""stop.py PROGRAM [--model M] [-- MORE…]: how long a drawing takes to stop, in the middle of a token and while a picture is painted

Each time “generate” is interrupted by a signal, and the time until the program has ended counts: the tokens are written down
then. MORE goes to “generate”: --start IMAGE --keep ROWS has a large model paint soon. “bench ui” says how soon the window's stop acts. Prints a line each, in milliseconds.
"""
import argparse
import pathlib
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time


def look(profile, painting):
    """Whether some picture has its tokens in part, or all of them and is not there yet."""
    compared = '=' if painting else '<'
    try:
        with sqlite3.connect(f'file:{profile}/library.db?mode=ro', uri=True, timeout=5) as base:
            return base.execute('SELECT 1 FROM sketches JOIN jobs ON jobs.id = job WHERE picture IS NULL AND length(tokens) > 0 '
                                f"AND length(tokens) / 4 {compared} json_extract(recipe, '$.length')").fetchone() is not None
    except sqlite3.OperationalError:  # it is being made
        return False


def stop_once(arguments, painting):
    """Seconds from the signal to the end; None: it had come to its end before."""
    with tempfile.TemporaryDirectory() as profile:
        process = subprocess.Popen([arguments.program, '--profile', profile, '--device', arguments.device, '--quiet',
                                    *(['--model', arguments.model] if arguments.model else []), 'generate', 'a red apple',
                                    '--count', str(arguments.count), *arguments.more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            if look(profile, painting):
                break
            time.sleep(.002)
        time.sleep(random.random() * arguments.later)
        if process.poll() is not None:
            return None
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait()
        return time.monotonic() - began if process.returncode == 130 else None


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument('program', type=lambda path: str(pathlib.Path(path).resolve()))
parser.add_argument('--model')
parser.add_argument('--device', default='host')
parser.add_argument('--count', type=int, default=1, help='pictures at once')
parser.add_argument('--runs', type=int, default=10)
parser.add_argument('--later', type=float, default=.05, help='seconds after what was waited for, at most')
parser.add_argument('--only', choices=('tokens', 'painting'))
end = sys.argv.index('--') if '--' in sys.argv else len(sys.argv)
arguments = parser.parse_args(sys.argv[1:end])
arguments.more = sys.argv[end + 1:]

for name, painting in (('tokens', False), ('painting', True)):
    if arguments.only in (None, name):
        times = [t for t in (stop_once(arguments, painting) for _ in range(arguments.runs)) if t is not None]
        print(f'{name}: stopped after {1000 * statistics.median(times):.0f} ms, at most {1000 * max(times):.0f} ms, of '
              f'{len(times)}' if times else f'{name}: it was always over before')
