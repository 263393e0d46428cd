"""Photographs with their names, from the file that photos.py makes."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from concepts import article

PHOTO_WORDS = ("a photo of {}", "a photo of {}", "{}", "a picture of {}", "a close-up of {}")


class Album:
    """The photographs of one split, and what they are called."""

    def __init__(self, path: Path, split: str, free_only: bool = False) -> None:
        with np.load(path) as stored:
            self.pictures, self.labels = stored[f"{split}_pictures"], stored[f"{split}_labels"].astype(int)
            self.names = [tuple(str(name).split("|")) for name in stored[f"{split}_names"]]
            self.sources = [str(source) for source in stored[f"{split}_sources"]]
        if free_only:
            free = np.array([self.sources[label] != "tiny-imagenet" for label in self.labels])
            self.pictures, self.labels = self.pictures[free], self.labels[free]

    def say(self, label: int, chance: random.Random | None) -> str:
        names = self.names[label]
        name = names[0] if chance is None else chance.choice(names)
        return (PHOTO_WORDS[0] if chance is None else chance.choice(PHOTO_WORDS)).format(f"{article(name)} {name}")
