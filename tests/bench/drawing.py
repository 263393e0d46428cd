#!/usr/bin/env python3
"""drawing.py PROGRAM --art ART.npz: what choosing and completing are worth, for the pair that comes with the program

  drawing.py build/app/vignette --art train-cache/art.npz [--pair DIR] [--prompts 200] [--pictures 50] [--json FILE]

Choosing: of each prompt eight pictures are drawn. How often the first one shows all that the prompt says, and how often the one
that CLIP puts first does, by the judge of data/train, in which nothing is learned. Half of the prompts hold combinations that
training never saw.

Completing: the upper half of a painted scene is gone on with by its own prompt and by another scene's, from the same seed. How
often CLIP finds the scene's prompt more like the first of the two.

Needs numpy and Pillow; the art is what “python3 data/train art” makes. Prints a Markdown table.
"""
import argparse
import json
import math
import pathlib
import random
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'data' / 'train'))

from PIL import Image  # noqa: E402

from evaluate import Program, prompts  # noqa: E402
from judge import Judge  # noqa: E402
from scenes import Painter, drawing_grammar, load_art, say  # noqa: E402

AT_ONCE = 40  # prompts in a queue


def interval(passed, count):
    """Half of the interval that holds the rate with 95 %, by the normal approximation."""
    rate = passed / count
    return 1.96 * math.sqrt(rate * (1 - rate) / count)


def choosing(painter, program, count, best_of):
    """[(first one passes, chosen one passes)] of each prompt."""
    judge = Judge(painter)
    # More than are needed: two scenes may be said in the same words. By turns of each kind and split.
    kinds = [[scene for scene in prompts(painter, split, count, 3) if scene.kind == kind]
             for split in ('train', 'test') for kind in ('single', 'count', 'relation')]
    chosen = {}
    for scenes in zip(*kinds):
        for scene in scenes:
            if len(chosen) < count:
                chosen.setdefault(say(scene), scene)
    found = []
    texts = list(chosen)
    for begin in range(0, len(texts), AT_ONCE):
        with tempfile.TemporaryDirectory() as folder:
            made = program.run('generate', '--count', str(best_of), '--seed', '1000', '--output', folder, '--',
                               '\n'.join(texts[begin:begin + AT_ONCE]))['pictures']
            for text in texts[begin:begin + AT_ONCE]:
                own = [picture for picture in made if picture['prompt'] == text]
                assert len(own) == best_of, text
                passes = []
                for picture in (min(own, key=lambda one: one['seed']), own[0]):
                    verdicts = judge.verdicts(Image.open(picture['path']).convert('RGB'), chosen[text])
                    passes.append(all(holds for fact, holds in verdicts.items()
                                      if fact != 'count' or chosen[text].kind == 'count'))
                found.append(tuple(passes))
    return found


def completing(painter, program, count):
    """Whether CLIP prefers the right completion, of each picture."""
    chance = random.Random('completing')
    scenes = prompts(painter, 'train', -(-count // 3), 4)[:count]
    preferred = []
    if count == 0:
        return preferred
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        files = []
        for number, scene in enumerate(scenes):
            start = folder / f'start-{number}.png'
            Image.fromarray(painter.paint(scene, chance)).save(start)
            wrong = chance.choice([other for other in scenes if other.things[0].key != scene.things[0].key])
            for which, told in (('right', scene), ('wrong', wrong)):
                files.append(folder / f'{which}-{number}.png')
                program.run('generate', '--start', str(start), '--keep', '4', '--seed', str(number),
                            '--output', str(files[-1]), '--', say(told))
        texts, rows = program.embed([say(scene) for scene in scenes], files)
        for number, text in enumerate(texts):
            preferred.append(bool(rows[2 * number] @ text > rows[2 * number + 1] @ text))
    return preferred


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('--art', required=True, type=pathlib.Path)
    parser.add_argument('--pair', type=pathlib.Path, default=ROOT / 'data' / 'models' / 'daybreak')
    parser.add_argument('--prompts', type=int, default=200)
    parser.add_argument('--pictures', type=int, default=50)
    parser.add_argument('--best-of', type=int, default=8)
    parser.add_argument('--json', type=pathlib.Path)
    arguments = parser.parse_args()

    painter = Painter(load_art(arguments.art), drawing_grammar())
    with tempfile.TemporaryDirectory() as profile:
        program = Program(str(pathlib.Path(arguments.program).resolve()), arguments.pair.resolve(), pathlib.Path(profile))
        chosen = choosing(painter, program, arguments.prompts, arguments.best_of)
        completed = completing(painter, program, arguments.pictures)

    rows = {
        'the first picture shows all of its prompt': [first for first, _ in chosen],
        f'the best of {arguments.best_of} by CLIP does': [best for _, best in chosen],
        'CLIP prefers the completion with the right prompt': completed,
    }
    print('| | of | rate |\n|---|---|---|')
    for name, facts in rows.items():
        if facts:
            print(f'| {name} | {len(facts)} | {100 * sum(facts) / len(facts):.1f} % '
                  f'± {100 * interval(sum(facts), len(facts)):.1f} |')
    better = sum(best and not first for first, best in chosen)
    worse = sum(first and not best for first, best in chosen)
    print(f'\nBy choosing, {better} prompts more were shown, and {worse} less.')
    if arguments.json:
        arguments.json.write_text(json.dumps({name: [sum(facts), len(facts)] for name, facts in rows.items()}, indent=1))


main()
