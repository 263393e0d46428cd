"""Trains the net that doubles the side of a picture: python3 data/train/enlarge.py --cache DIR; README.md tells the rest.

Residual blocks without normalisation over the small picture, then nearest doubling and two convolutions, added to
Pillow's bicubic [Lim et al. 2017, EDSR baseline, smaller; Odena et al. 2016 on doubling]. Learned from scenes of all
the art and, where they are given, from free photographs; measured on scenes and photographs it never saw.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parent))

import scenes  # noqa: E402
from export import write_json, write_safetensors  # noqa: E402
from slices import Slice, autocast, load, save  # noqa: E402

PATCH = 32  # of the small picture; the large one has twice as much
HELD_OUT = 10  # every tenth photograph is only measured on


class Block(nn.Module):
    """x + conv2 (silu (conv1 (x)))"""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.silu(self.conv1(x)))


class Enlarger(nn.Module):
    """What is to be added to the bicubic enlargement; colours in [0, 1]."""

    def __init__(self, width: int = 32, blocks: int = 5) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.ModuleList(Block(width) for _ in range(blocks))
        self.conv_up = nn.Conv2d(width, width, 3, padding=1)
        self.conv_out = nn.Conv2d(width, 3, 3, padding=1)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_in(x)
        for block in self.blocks:
            x = block(x)
        x = F.interpolate(x, scale_factor=2., mode="nearest")
        return self.conv_out(F.silu(self.conv_up(x)))


def halve(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BICUBIC)


def double(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)


def to_net(picture: Image.Image) -> Tensor:
    return torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1).float().div(255)


class Pictures:
    """Large pictures to learn from: painted scenes, and photographs at half their size, where their grain is gone."""

    def __init__(self, cache: Path, folders: list[Path]) -> None:
        art = scenes.load_art(cache / "art.npz")
        self.painters = [scenes.Painter(art, scenes.seeing_grammar(art)), scenes.Painter(art, scenes.drawing_grammar())]
        self.photos = sorted(path for folder in folders for path in folder.rglob("*.jpg"))
        random.Random(5).shuffle(self.photos)

    def scene(self, chance: random.Random, split: str) -> Image.Image:
        painter = chance.choice(self.painters)
        return Image.fromarray(painter.paint(painter.compose(chance, split), chance))

    def photo(self, path: Path) -> Image.Image:
        with Image.open(path) as picture:
            return halve(picture.convert("RGB"))

    def patches(self, chance: random.Random) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Small, its bicubic double, and what that should be."""
        taught = [path for i, path in enumerate(self.photos) if i % HELD_OUT]
        while True:
            photo = taught and chance.random() < .3
            large = self.photo(chance.choice(taught)) if photo else self.scene(chance, "train")
            for _ in range(4 if photo else 1):
                left = chance.randrange(0, large.width - 2 * PATCH + 1)
                top = chance.randrange(0, large.height - 2 * PATCH + 1)
                piece = large.crop((left, top, left + 2 * PATCH, top + 2 * PATCH))
                if chance.random() < .5:
                    piece = piece.transpose(chance.choice(list(Image.Transpose)))
                small = halve(piece)
                yield to_net(small), to_net(double(small)), to_net(piece)


def decibels(error: Tensor) -> float:
    return float(-10 * error.square().mean().log10())


@torch.no_grad()
def measure(model: Enlarger, pictures: Pictures, count: int = 48) -> dict[str, float]:
    """Mean decibels of pictures that were never trained on, beside the bicubic's; twice, and four times by going twice."""
    chance = random.Random(77)
    sets = {"scenes": [pictures.scene(chance, "test") for _ in range(count)]}
    photos = [pictures.photo(path) for path in pictures.photos[::HELD_OUT][:count]]
    if photos:
        sets["photographs"] = [photo.crop((0, 0, photo.width // 4 * 4, photo.height // 4 * 4)) for photo in photos]

    def enlarge(picture: Image.Image) -> Image.Image:
        made = (to_net(double(picture)) + model(to_net(picture)[None])[0]).clamp(0, 1)
        return Image.fromarray((made * 255).round().byte().permute(1, 2, 0).numpy())

    result = {}
    for name, large in sets.items():
        for times, shrink, ours in ((2, halve, enlarge), (4, lambda p: halve(halve(p)), lambda p: enlarge(enlarge(p)))):
            scores = []
            for picture in large:
                small = shrink(picture)
                plain = small.resize(picture.size, Image.Resampling.BICUBIC)
                scores.append([decibels(to_net(made) - to_net(picture)) for made in (ours(small), plain)])
            best, plain = np.mean(scores, 0)
            result |= {f"{name} × {times}": round(float(best), 2), f"{name} × {times}, bicubic": round(float(plain), 2)}
    return result


def train(pictures: Pictures, path: Path, minutes: float, planned: float, batch: int = 16, peak: float = 1.5e-3) -> None:
    state = load(path)
    torch.manual_seed(1)
    model = Enlarger()
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, betas=(.9, .99), weight_decay=0)
    if state is not None:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
    step = state["step"] if state else 0
    device = torch.device("cpu")
    part = Slice(device, minutes, planned, state["spent"] if state else 0.)
    feed = pictures.patches(random.Random(step))
    losses: list[float] = []
    while not part.over:
        small, base, large = (torch.stack(list(many)) for many in zip(*(next(feed) for _ in range(batch))))
        for group in optimizer.param_groups:
            group["lr"] = part.rate(peak)
        with autocast(device):
            added = model(small)
        loss = (base + added.float() - large).abs().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.)
        optimizer.step()
        step += 1
        losses.append(float(loss.detach()) * 255)
        if part.time_to_tell():
            print(f"enlarge: {part.spent / 60:.1f} of {planned:g} min, step {step}, off by {np.mean(losses[-200:]):.3f} of 255",
                  flush=True)
    save(path, {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "spent": part.spent})
    print("enlarge:", json.dumps(measure(model.eval(), pictures), ensure_ascii=False), flush=True)


def export(path: Path, output: Path) -> None:
    state = load(path)
    if state is None:
        raise FileNotFoundError(f"{path}: train first")
    output.mkdir(parents=True, exist_ok=True)
    weights = state["model"]
    blocks = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("blocks."))
    write_safetensors(weights, output / "model.safetensors")
    write_json({"model_type": "enlarger", "width": len(weights["conv_in.bias"]), "blocks": blocks, "times": 2},
               output / "config.json")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 data/train/enlarge.py", description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("train-cache"), help="the art, and the checkpoint")
    parser.add_argument("--photos", type=Path, action="append", default=[], metavar="DIR", help="free photographs")
    parser.add_argument("--minutes", type=float, default=10., help="of processor time in this slice")
    parser.add_argument("--planned", type=float, default=10., help="minutes that all slices shall have")
    parser.add_argument("--output", type=Path, help="where to write the weights as the program reads them")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    begun = time.monotonic()
    train(Pictures(arguments.cache, arguments.photos), arguments.cache / "enlarge.pt", arguments.minutes, arguments.planned)
    if arguments.output:
        export(arguments.cache / "enlarge.pt", arguments.output)
    print(f"enlarge: {(time.monotonic() - begun) / 60:.1f} minutes", flush=True)


if __name__ == "__main__":
    main()
