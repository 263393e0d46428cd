"""Sets of photographs, as their makers publish them, for measuring: pairs of a picture and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

PICTURES = (".jpg", ".jpeg", ".png")
Pairs = list[tuple[Path, str]]


def spread(items: Sequence, count: int) -> list:
    """Evenly as many."""
    if len(items) <= count:
        return list(items)
    return [items[(2 * i + 1) * len(items) // (2 * count)] for i in range(count)]


def tiny_imagenet(folder: Path, count: int) -> Pairs:
    """tiny-imagenet-200, of which val/ and words.txt are read."""
    names = dict(line.rstrip("\n").split("\t") for line in open(folder / "words.txt", encoding="utf-8"))
    rows = [line.split("\t")[:2] for line in open(folder / "val" / "val_annotations.txt", encoding="utf-8")]
    rows.sort(key=lambda row: (row[1], row[0]))
    return [(folder / "val" / "images" / name, names[which]) for name, which in spread(rows, count)]


def cifar10(folder: Path, count: int) -> Pairs:
    """Ten folders of pictures, each with a class's name."""
    pairs = [(path, path.parent.name) for path in sorted(folder.glob("*/*")) if path.suffix.lower() in PICTURES]
    return spread(pairs, count)


def imagenet(folder: Path, count: int) -> Pairs:
    """One picture a class, called n01440764_tench.JPEG."""
    pairs = [(path, path.stem.partition("_")[2].replace("_", " ")) for path in sorted(folder.glob("n*_*.JPEG"))]
    return spread(pairs, count)


def stamps(folder: Path, count: int) -> Pairs:
    """Tux Paint's stamps: a caption beside each picture."""
    pairs = []
    for path in sorted(folder.rglob("*.png")):
        text = path.with_suffix(".txt")
        if text.exists():
            caption = text.read_text(encoding="utf-8", errors="replace").split("\n")[0].strip()
            if caption:
                pairs.append((path, caption))
    return spread(pairs, count)


SETS: dict[str, Callable[[Path, int], Pairs]] = {
    "tiny-imagenet": tiny_imagenet, "cifar10": cifar10, "imagenet": imagenet, "stamps": stamps}
