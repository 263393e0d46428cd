"""Photographs for CLIP, from folders of well-known sets, as one array of small pictures with names.

Tiny-ImageNet's pictures are under research terms; the clothes (CC0) and the groceries (MIT) are free.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 64
SKIPPED = {"others", "not sure", "skip"}


def small(path: Path) -> np.ndarray:
    """A picture's middle square, SIDE pixels wide, by the rule with which CLIP looks at pictures."""
    picture = Image.open(path)
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))
    picture = picture.convert("RGB")
    scale = SIDE / min(picture.size)
    picture = picture.resize((max(SIDE, round(picture.width * scale)), max(SIDE, round(picture.height * scale))),
                             Image.Resampling.BICUBIC)
    left, top = (picture.width - SIDE) // 2, (picture.height - SIDE) // 2
    return np.asarray(picture.crop((left, top, left + SIDE, top + SIDE)))


def tiny_imagenet_names(folder: Path) -> dict[str, str]:
    """The names of its 200 classes, by WordNet's ids; several are parted by |."""
    words = dict(line.split("\t") for line in (folder / "words.txt").read_text().splitlines())
    ids = (folder / "wnids.txt").read_text().split()
    return {i: "|".join(name.strip().lower() for name in words[i].split(",")[:2]) for i in ids}


def tiny_imagenet(folder: Path, split: str) -> dict[str, list[Path]]:
    names = tiny_imagenet_names(folder)
    if split == "train":
        return {name: sorted((folder / "train" / i / "images").glob("*.JPEG")) for i, name in names.items()}
    found: dict[str, list[Path]] = {name: [] for name in names.values()}
    for line in (folder / "val" / "val_annotations.txt").read_text().splitlines():
        picture, i = line.split("\t")[:2]
        found[names[i]].append(folder / "val" / "images" / picture)
    return found


def clothing(folder: Path, split: str) -> dict[str, list[Path]]:
    rename = {"longsleeve": "long-sleeved shirt", "outwear": "jacket|coat", "pants": "pair of trousers|pair of pants",
              "shoes": "shoe|pair of shoes", "shorts": "pair of shorts", "t-shirt": "t-shirt"}
    part = folder / ("train" if split == "train" else "validation")
    return {rename.get(kind.name, kind.name): sorted(kind.glob("*.jpg"))
            for kind in sorted(part.iterdir()) if kind.name not in SKIPPED}


def groceries(folder: Path, split: str) -> dict[str, list[Path]]:
    """Fruit and vegetables only: packages carry brands."""
    found: dict[str, list[Path]] = {}
    root = folder / "dataset" / ("train" if split == "train" else "val")
    for picture in sorted(root.glob("*/*/**/*.jpg")):
        group, kind = picture.relative_to(root).parts[:2]
        if group != "Packages":
            found.setdefault(kind.replace("-", " ").lower(), []).append(picture)
    return found


SETS = {"tiny-imagenet": tiny_imagenet, "clothing": clothing, "groceries": groceries}
TERMS = {"tiny-imagenet": "research terms", "clothing": "CC0", "groceries": "MIT"}


def gather(folders: dict[str, Path], output: Path, each: int, seed: int = 1) -> dict[str, int]:
    """Writes at most @each pictures of every class, and the names of the classes, for training and for testing."""
    stored: dict[str, np.ndarray] = {}
    counts = {}
    for split in ("train", "test"):
        pictures, labels, names, sources = [], [], [], []
        for source, folder in folders.items():
            chance = random.Random(seed)
            for name, paths in SETS[source](folder, split).items():
                chosen = chance.sample(paths, min(len(paths), each if split == "train" else 50))
                pictures += [small(path) for path in chosen]
                labels += [len(names)] * len(chosen)
                names.append(name)
                sources.append(source)
        stored[f"{split}_pictures"] = np.stack(pictures)
        stored[f"{split}_labels"] = np.array(labels, np.int16)
        stored[f"{split}_names"] = np.array(names)
        stored[f"{split}_sources"] = np.array(sources)
        counts[split] = len(pictures)
    with open(output.with_suffix(".new"), "wb") as stream:
        np.savez(stream, **stored)
    os.replace(output.with_suffix(".new"), output)
    return counts
