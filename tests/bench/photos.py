#!/usr/bin/env python3
"""photos.py PROGRAM SET=DIR…: how well a CLIP knows real photographs, asked through the program itself

  photos.py build/app/vignette --model ~/clip-vit-b32 tiny-imagenet=DIR cifar10=DIR imagenet=DIR stamps=DIR

Sets, each a folder as its makers publish it:
  tiny-imagenet  tiny-imagenet-200, of which val/ and words.txt are read
  cifar10        ten folders of pictures, each with a class's name
  imagenet       one picture a class, called n01440764_tench.JPEG
  stamps         Tux Paint's stamps (Debian: tuxpaint-stamps-default, usr/share/tuxpaint/stamps): a caption beside each

For pictures with classes: zero-shot accuracy (top 1 and 5) as “tag” ranks them, and of what “tag” calls probable (0.5 and
more) how much is right; then each class's name as a search: precision at 10, recall among as many as there are, and
precision of what the adaptive cut calls close. For captions: how often the picture itself is among the first 1, 5, 10.
Prints a Markdown table; --json FILE keeps the numbers.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'data' / 'train'))
from photosets import SETS, spread  # noqa: E402: lies beside the recipe, which measures with the same sets


class Program:
    def __init__(self, path, model, profile):
        self.command = [os.path.abspath(path), '--profile', str(profile), '--quiet', '--json']
        if model:
            self.command += ['--model', model]

    def ask(self, *arguments):
        result = subprocess.run([*self.command, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if result.returncode not in (0, 3):
            sys.exit(f'photos.py: {arguments[0]} ended with {result.returncode}')
        return json.loads(result.stdout)


def line_of(name):
    """A class as a line of a vocabulary: “goldfish, Carassius auratus” is two names of one."""
    first, *others = (part.strip().replace('/', ' ').replace('=', ' ').replace('#', ' ') for part in name.split(','))
    return first, first + (' = ' + ', '.join(others[:2]) if others else '')


def classify(program, pairs, folder):
    """Zero-shot, by tag."""
    classes = sorted({name for _, name in pairs})
    words = folder / 'classes.txt'
    words.write_text('\n'.join(line_of(name)[1] for name in classes) + '\n', encoding='utf-8')
    right = {str(path): line_of(name)[0] for path, name in pairs}
    first = five = probable = probable_right = 0
    paths = list(right)
    for at in range(0, len(paths), 500):
        some = program.ask('tag', '--vocabulary', str(words), '--top', '5', '--', *paths[at:at + 500])
        for file in some['files']:
            labels = [tag['label'] for tag in file['tags']]
            first += labels[:1] == [right[file['path']]]
            five += right[file['path']] in labels
            sure = [tag['label'] for tag in file['tags'] if tag['score'] >= 0.5]
            probable += len(sure)
            probable_right += right[file['path']] in sure
    n = len(paths)
    return {'pictures': n, 'classes': len(classes), 'top1': first / n, 'top5': five / n, 'chance': 1 / len(classes),
            'called_probable': probable, 'probable_right': probable_right / probable if probable else None}


def link(pairs, folder):
    """The pictures in a folder of their own, by number."""
    folder.mkdir()
    names = []
    for number, (path, _) in enumerate(pairs):
        name = folder / f'{number}{path.suffix.lower()}'
        name.write_bytes(path.read_bytes())
        names.append(name)
    return names


def retrieve(program, pairs, folder):
    """Each class's name as a search."""
    names = link(pairs, folder / 'pictures')
    program.ask('index', str(folder / 'pictures'))
    at_ten = recall = close = close_right = shown = 0
    classes = sorted({name for _, name in pairs})
    for which in classes:
        there = {str(name) for name, pair in zip(names, pairs) if pair[1] == which}
        found = program.ask('search', line_of(which)[0], '--top', str(max(10, len(there))))
        paths = [result['path'] for result in found['results']]
        at_ten += sum(path in there for path in paths[:10]) / min(10, len(there))
        recall += sum(path in there for path in paths[:len(there)]) / len(there)
        some = paths[:found['close']]
        shown += found['close'] > 0
        close += len(some)
        close_right += sum(path in there for path in some)
    n = len(classes)
    return {'queries': n, 'precision_at_10': at_ten / n, 'recall': recall / n, 'queries_with_close': shown,
            'close_right': close_right / close if close else None}


def caption(program, pairs, folder):
    """Each caption as a search for its picture, or for another of that caption."""
    names = link(pairs, folder / 'pictures')
    program.ask('index', str(folder / 'pictures'))
    hits = {1: 0, 5: 0, 10: 0}
    asked = spread(list(enumerate(pairs)), 300)
    for number, (_, words) in asked:
        there = {str(name) for name, pair in zip(names, pairs) if pair[1] == words}
        paths = [result['path'] for result in program.ask('search', '--top', '10', '--', words)['results']]
        for k in hits:
            hits[k] += any(path in there for path in paths[:k])
    return {'pictures': len(pairs), 'queries': len(asked), **{f'recall_at_{k}': hits[k] / len(asked) for k in hits}}


def percent(value):
    return '–' if value is None else f'{100 * value:.1f} %'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('sets', nargs='+', metavar='SET=DIR')
    parser.add_argument('--model', help='a CLIP, by name or folder; otherwise the one in use')
    parser.add_argument('--count', type=int, default=2000, help='pictures of a set at most (2000)')
    parser.add_argument('--json', type=pathlib.Path)
    arguments = parser.parse_args()
    numbers = {}

    for item in arguments.sets:
        kind, _, path = item.partition('=')
        if kind not in SETS or not os.path.isdir(path):
            parser.error(f'{item} is not a set and its folder')
        pairs = SETS[kind](pathlib.Path(path).resolve(), arguments.count)
        if not pairs:
            parser.error(f'there are no pictures in {path}')
        with tempfile.TemporaryDirectory(prefix='vignette-photos-') as temporary:
            folder = pathlib.Path(temporary)
            program = Program(arguments.program, arguments.model, folder / 'profile')
            if kind == 'stamps':
                numbers[kind] = caption(program, pairs, folder)
            else:
                numbers[kind] = classify(program, pairs, folder)
                if kind != 'imagenet':
                    numbers[kind] |= retrieve(program, pairs, folder)
        print(kind, numbers[kind], file=sys.stderr, flush=True)

    if arguments.json:
        arguments.json.write_text(json.dumps(numbers, indent=1) + '\n')
    print('| set | pictures, classes | top 1, top 5 (chance) | called probable: right | precision at 10 | recall | '
          'close: right |\n|---|---|---|---|---|---|---|')
    for kind, row in numbers.items():
        if kind == 'stamps':
            continue
        print(f'| {kind} | {row["pictures"]}, {row["classes"]} | {percent(row["top1"])}, {percent(row["top5"])} '
              f'({percent(row["chance"])}) | {row["called_probable"]}: {percent(row["probable_right"])} | '
              f'{percent(row.get("precision_at_10"))} | {percent(row.get("recall"))} | {percent(row.get("close_right"))} |')
    if 'stamps' in numbers:
        row = numbers['stamps']
        print(f'\nTux Paint: of {row["queries"]} captions, {percent(row["recall_at_1"])} find their picture first among '
              f'{row["pictures"]}, {percent(row["recall_at_5"])} among five, {percent(row["recall_at_10"])} among ten.')


if __name__ == '__main__':
    main()
