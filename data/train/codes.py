"""What a token is: the picture's patch, by its nearest code.

A code is the mean of patches that look alike, told in the few directions in which patches differ most. A token
so depends on its own patch alone, and an icon that begins on a cell has the same tokens wherever it is, beside
whatever: that is what lets a small drawing model learn it quickly. (A codebook learned together with the
encoder was tried: 1,600 steps in, it told no colours yet, and its tokens changed with what stood around.)
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from scenes import CELL, SIDE, Painter
from slices import load, save

GRID = SIDE // CELL


def patches(pictures: Tensor) -> Tensor:
    """Pictures as bytes, channels last, to rows of patches in [-1, 1]."""
    count = len(pictures)
    cut = pictures.view(count, GRID, CELL, GRID, CELL, 3).transpose(2, 3).reshape(count * GRID * GRID, -1)
    return cut.float() / 127.5 - 1


@dataclass
class Codebook:
    mean: Tensor  # of a patch
    basis: Tensor  # pixels × width
    codes: Tensor  # codes × width

    def latents(self, pictures: Tensor) -> Tensor:
        """What the encoder shall say of every patch: pictures × patches × width."""
        return ((patches(pictures) - self.mean) @ self.basis).view(len(pictures), GRID * GRID, -1)

    def tokens(self, pictures: Tensor) -> Tensor:
        rows = self.latents(pictures)
        return (self.codes.square().sum(1) - 2 * rows @ self.codes.T).argmin(2)


def learn(painter: Painter, count: int, width: int, scenes: int = 6000) -> Codebook:
    """The directions by their variance, the codes by their means; a patch counts by the root of how often it is."""
    chance = random.Random(8)
    seen: dict[bytes, int] = {}
    for _ in range(scenes):
        picture = torch.from_numpy(painter.paint(painter.compose(chance), chance).copy())[None]
        cut = picture.view(GRID, CELL, GRID, CELL, 3).transpose(1, 2).reshape(GRID * GRID, -1).numpy()
        for row in cut:
            key = row.tobytes()
            seen[key] = seen.get(key, 0) + 1
    rows = torch.from_numpy(np.frombuffer(b"".join(seen), np.uint8).reshape(len(seen), -1).copy()).float() / 127.5 - 1
    weights = torch.tensor(list(seen.values())).float().sqrt()
    mean = (rows * weights[:, None]).sum(0) / weights.sum()
    centred = rows - mean
    variance = (centred * weights[:, None]).T @ centred / weights.sum()
    values, vectors = torch.linalg.eigh(variance)
    basis = vectors[:, -width:]
    scale = float(values[-width:].sum() / width) ** -.5
    basis = basis * scale
    points = centred @ basis
    codes = spread(points, weights, count)
    near = (codes.square().sum(1) - 2 * points @ codes.T).argmin(1)
    lost = ((points - codes[near]).square().sum(1) * weights).sum() / (points.square().sum(1) * weights).sum()
    print(f"codes: {len(seen)} different patches, {float(values[-width:].sum() / values.sum()):.3f} of their variance "
          f"in {width} directions, of which {count} codes lose {float(lost):.4f}", flush=True)
    return Codebook(mean, basis, codes)


def spread(points: Tensor, weights: Tensor, count: int, rounds: int = 12) -> Tensor:
    """Weighted means: each begun where those before leave the largest error, then evened out."""
    torch.manual_seed(8)
    codes = torch.empty(count, points.shape[1])
    distance = torch.full((len(points),), 1e6)
    for i in range(count):
        codes[i] = points[int(torch.multinomial(distance * weights, 1))]
        distance = torch.minimum(distance, (points - codes[i]).square().sum(1))
    for _ in range(rounds):
        near = (codes.square().sum(1) - 2 * points @ codes.T).argmin(1)
        mass = torch.zeros(count).index_add_(0, near, weights)
        sums = torch.zeros_like(codes).index_add_(0, near, points * weights[:, None])
        codes = torch.where(mass[:, None] > 0, sums / mass[:, None].clamp(min=1e-6), codes)
    return codes


def get(painter: Painter, path: Path, count: int, width: int) -> Codebook:
    """The stored codebook, or a new one."""
    state = load(path)
    if state is None:
        book = learn(painter, count, width)
        save(path, vars(book))
        return book
    return Codebook(**state)
