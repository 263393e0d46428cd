"""Measures a pair by the program itself: what it draws, by the judge; what its CLIP tells apart.

Nothing here was trained on: prompts and scenes come from other seeds than training's, and half of them hold
combinations that training never saw.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from concepts import article
from judge import Judge
from photosets import SETS
from scenes import PLAIN, Painter, Scene, change, say, unseen

FREE = ("a cat and a dog", "a house under a star", "a happy family", "a red heart", "night city", "a bowl of fruit",
        "three blue balloons in the sky", "a green car in a forest", "the sun over the sea", "an astronaut",
        "a black cat", "a birthday cake", "many stars", "a purple elephant", "a", "two red apples on a table")
KINDS = {"count": "count", "relation": "relation", "single": "colour"}


def prompts(painter: Painter, split: str, count: int, seed: int) -> list[Scene]:
    """@count scenes of every kind on plain grounds; of split test, each with the held-out combination of its kind."""
    chance = random.Random(f"evaluate/{seed}/{split}")
    wanted = dict.fromkeys(KINDS, count)
    found = []
    while any(wanted.values()):
        scene = painter.compose(chance, split)
        thing = scene.things[0]
        if not wanted[scene.kind] or scene.ground not in PLAIN or (scene.kind == "count" and thing.count > 3):
            continue
        if scene.kind == "single" and (thing.colour is None or not thing.said):
            continue
        if split == "test" and KINDS[scene.kind] not in unseen(scene):
            continue
        wanted[scene.kind] -= 1
        found.append(scene)
    return found


class Program:
    """The program, with the pair that is measured and a profile of its own."""

    def __init__(self, program: str, pair: Path, profile: Path) -> None:
        self.begin = [program, "--json", "--quiet", "--device", "host", "--profile", str(profile)]
        for name in ("dalle", "clip"):
            if (pair / name).exists():
                self.begin += ["--model", str(pair / name)]

    def run(self, *arguments: str) -> dict[str, Any]:
        done = subprocess.run([*self.begin, *arguments], capture_output=True, check=True, text=True)
        return json.loads(done.stdout)

    def draw(self, prompt: str, count: int, seed: int, folder: Path) -> list[tuple[Image.Image, int]]:
        """Pictures and their seeds, best first."""
        made = self.run("generate", "--count", str(count), "--seed", str(seed), "--output", str(folder), "--", prompt)
        return [(Image.open(picture["path"]).convert("RGB"), picture["seed"]) for picture in made["pictures"]]

    def embed(self, texts: list[str], files: list[Path]) -> tuple[np.ndarray, np.ndarray]:
        rows: dict[str, list[list[float]]] = {"text": [], "image": []}
        for begin in range(0, max(len(texts), len(files)), 400):
            arguments = [part for text in texts[begin:begin + 400] for part in ("--text", text)]
            made = self.run("embed", *arguments, "--", *map(str, files[begin:begin + 400]))
            for row in made["rows"]:
                rows[row["kind"]].append(row["vector"])
        return np.array(rows["text"]), np.array(rows["image"])


def rate(verdicts: list[bool]) -> dict[str, float]:
    return {"rate": round(float(np.mean(verdicts)), 3), "of": len(verdicts)}


def drawing(painter: Painter, program: Program, count: int, ranked: int, best_of: int = 8) -> dict[str, Any]:
    """Pass rates for the first picture drawn and for the best of eight, and the judge's own on true scenes.

    Of the @count prompts of a kind, the first @ranked are drawn eight times, the others once.
    """
    judge = Judge(painter)
    result: dict[str, Any] = {}
    for name, split in (("seen", "train"), ("held out", "test")):
        counted: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
        met: Counter[str] = Counter()
        for number, scene in enumerate(prompts(painter, split, count, 1)):
            chance = random.Random(number)
            met[scene.kind] += 1
            several = met[scene.kind] <= ranked
            with tempfile.TemporaryDirectory() as folder:
                drawn = program.draw(say(scene), best_of if several else 1, 1000 * number, Path(folder))
                pictures = {"best of 1": min(drawn, key=lambda picture: picture[1])[0],
                            **({f"best of {best_of}": drawn[0][0]} if several else {}),
                            "true scenes": Image.fromarray(painter.paint(scene, chance))}
                for which, picture in pictures.items():
                    for fact, holds in judge.verdicts(picture, scene).items():
                        if fact != "count" or scene.kind == "count":
                            counted[which][f"{fact} ({scene.kind})" if fact == "noun" else fact].append(holds)
        result[name] = {which: {fact: rate(verdicts) for fact, verdicts in facts.items()}
                        for which, facts in counted.items()}
    return result


def telling(painter: Painter, program: Program, groups: int = 4, size: int = 100) -> dict[str, Any]:
    """Which of a hundred captions is the picture's, and its caption against one with a single fact changed."""
    result: dict[str, Any] = {}
    for name, split in (("seen", "train"), ("held out", "test")):
        chance = random.Random(f"telling/{split}")
        scenes = [painter.compose(chance, split) for _ in range(groups * size)]
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{i}.png" for i in range(len(scenes))]
            for scene, file in zip(scenes, files):
                Image.fromarray(painter.paint(scene, chance)).save(file, compress_level=1)
            texts, rows = program.embed([say(scene) for scene in scenes], files)
        right = 0
        for begin in range(0, len(scenes), size):
            likeness = rows[begin:begin + size] @ texts[begin:begin + size].T
            # Two scenes may be said in the same words: then either is right.
            right += int((likeness.max(1) <= likeness.diagonal() + 1e-6).sum())
        facts: dict[str, list[bool]] = defaultdict(list)
        changed = [(i, fact, say(other)) for i, scene in enumerate(scenes)
                   for fact, other in change(scene, chance, painter.grammar.colours)
                   if split == "train" or fact in unseen(scene) or fact == "turn"]
        others, _ = program.embed([text for _, _, text in changed], [])
        for (i, fact, _), other in zip(changed, others):
            facts[fact].append(bool(rows[i] @ texts[i] > rows[i] @ other))
        result[name] = {"one of 100": rate([True] * right + [False] * (len(scenes) - right)),
                        **{fact: rate(verdicts) for fact, verdicts in facts.items()}}
    return result


def photographs(program: Program, path: Path, each: int = 10) -> dict[str, Any]:
    """Zero-shot names of photographs that training never saw, set by set."""
    from album import Album
    album = Album(path, "test")
    result = {}
    for source in dict.fromkeys(album.sources):
        classes = [i for i, name in enumerate(album.sources) if name == source]
        chosen = [i for label in classes for i in np.flatnonzero(album.labels == label)[:each]]
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{i}.png" for i in chosen]
            for i, file in zip(chosen, files):
                Image.fromarray(album.pictures[i]).save(file, compress_level=1)
            texts, rows = program.embed([album.say(label, None) for label in classes], files)
        order = (-rows @ texts.T).argsort(1)
        true = np.array([classes.index(album.labels[i]) for i in chosen])[:, None]
        result[source] = {"classes": len(classes), "top 1": rate(list((order[:, :1] == true).any(1))),
                          "top 5": rate(list((order[:, :5] == true).any(1)))}
    return result


def strangers(program: Program, name: str, folder: Path, count: int) -> dict[str, Any]:
    """Zero-shot names of a published set's photographs."""
    pairs = SETS[name](folder, count)
    if not pairs:
        raise ValueError(f"there are no pictures of {name} in {folder}")
    classes = sorted({called for _, called in pairs})
    words = [called.split(",")[0] for called in classes]
    texts, rows = program.embed([f"a photo of {article(word)} {word}" for word in words], [path for path, _ in pairs])
    order = (-rows @ texts.T).argsort(1)
    true = np.array([classes.index(called) for _, called in pairs])[:, None]
    return {"classes": len(classes), "top 1": rate(list((order[:, :1] == true).any(1))),
            "top 5": rate(list((order[:, :5] == true).any(1)))}


def nets(draws: Painter, cache: Path) -> dict[str, Any]:
    """What the checkpoints measure of themselves: decibels of the decoder, nats a token of the GPT."""
    import codes
    import torch
    import train_gpt
    import train_vq
    from words import Tokenizer
    cpu = torch.device("cpu")
    vqgan = train_vq.load_model(cache / "vq.pt", cpu)
    book = codes.get(draws, cache / "codes.pt", vqgan.size.codes, vqgan.size.width)
    gpt = train_gpt.load_model(cache / "gpt.pt", cpu)
    return {"vq": train_vq.measure(vqgan, book, draws, cpu),
            "gpt, nats a token": train_gpt.measure(gpt, book, draws, Tokenizer(cache / "words"), cpu)}


def sheet(painter: Painter, program: Program, path: Path, seed: int = 7) -> None:
    """Sixty-four prompts for human eyes, the best of four each: 16 single, 16 counts, 16 relations, 16 free."""
    chance = random.Random(seed)
    told: list[str] = []
    for kind in ("single", "count", "relation"):
        while len(told) < 16 * (1 + ["single", "count", "relation"].index(kind)):
            scene = painter.compose(chance)
            if scene.kind == kind:
                told.append(say(scene))
    told += FREE
    canvas = Image.new("RGB", (8 * 140, 8 * 166), "white")
    pen = ImageDraw.Draw(canvas)
    for i, prompt in enumerate(told):
        with tempfile.TemporaryDirectory() as folder:
            picture = program.draw(prompt, 4, 100 * i, Path(folder))[0][0].resize((128, 128))
        x, y = i % 8 * 140 + 6, i // 8 * 166 + 4
        canvas.paste(picture, (x, y))
        pen.rectangle([x - 1, y - 1, x + 128, y + 128], outline="grey")
        words, line = prompt.split(), ""
        for row in range(2):
            while words and len(line + words[0]) < 23:
                line += words.pop(0) + " "
            pen.text((x, y + 131 + 12 * row), line, fill="black")
            line = ""
    canvas.save(path)


def evaluate(draws: Painter, sees: Painter, cache: Path, pair: Path, path: str, count: int, groups: int = 4,
             size: int = 100, sheets: bool = True, ranked: int = 60,
             sets: dict[str, Path] | None = None) -> dict[str, Any]:
    """Measures what there is of a pair; what was measured so far is in the file after every part."""
    result: dict[str, Any] = {}

    def put(name: str, measured: dict[str, Any]) -> None:
        result[name] = measured
        (cache / "evaluation.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")

    with tempfile.TemporaryDirectory() as profile:
        program = Program(path, pair, Path(profile))
        if (pair / "clip").exists():
            put("clip, scenes as drawn", telling(draws, program, groups, size))
            put("clip, all art", telling(sees, program, groups, size))
            if (cache / "photos.npz").exists():
                put("clip, photographs", photographs(program, cache / "photos.npz"))
            if sets:
                put("clip, other photographs", {name: strangers(program, name, folder, 2000)
                                                for name, folder in sets.items()})
        if (pair / "dalle").exists():
            if (cache / "vq.pt").exists() and (cache / "gpt.pt").exists():
                put("nets", nets(draws, cache))
            if sheets:
                sheet(draws, program, cache / "sheet.png")
            if count:
                put("drawing", drawing(draws, program, count, ranked))
    print(json.dumps(result, indent=1))
    return result
