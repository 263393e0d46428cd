"""What the words are learned from: captions of scenes, everyday words, and the names of photographs."""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np

import words
from concepts import CONCEPTS, plural
from scenes import Painter, say

VOCAB = 2048
EVERYDAY = Path(__file__).resolve().parents[1] / "vocabularies" / "everyday.txt"


def texts(painters: list[Painter], cache: Path, count: int) -> list[str]:
    chance = random.Random(5)
    found = [say(painter.compose(chance), chance) for painter in painters for _ in range(count)]
    nouns = [name for concept in CONCEPTS.values() for name in concept.names]
    found += (nouns + [plural(noun) for noun in nouns]) * 6
    found += [line for line in EVERYDAY.read_text(encoding="utf-8").splitlines() if not line.startswith("#")] * 6
    if (cache / "photos.npz").exists():
        with np.load(cache / "photos.npz") as stored:
            found += [str(name).replace("|", " ") for name in stored["train_names"]] * 6
    return found


def learn_words(painters: list[Painter], cache: Path, count: int = 6000) -> None:
    merges = words.learn(texts(painters, cache, count), VOCAB)
    words.write(merges, cache / "words")
    tokenizer = words.Tokenizer(cache / "words")
    chance = random.Random(6)
    for painter in painters:
        lengths = [len(tokenizer.ids(say(painter.compose(chance), chance))) for _ in range(1000)]
        print(f"{painter.grammar.name}: {np.mean(lengths):.1f} tokens a caption, {max(lengths)} at most")


def seen_words(painter: Painter, count: int = 100000) -> list[str]:
    """What stands in the captions of @painter's scenes: the words that a model of them knows something by."""
    chance = random.Random(7)
    found = {"and"}  # of say_loosely(), whose strangers are what the model does not know
    for _ in range(count):
        found.update(re.findall(r"[^\W_]+", say(painter.compose(chance), chance).lower()))
    return sorted(found)
