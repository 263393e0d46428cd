"""Teaches CLIP's eye to name photographs, before it learns what captions say.

Names as classes teach an eye faster than captions do, and a picture of which only some patches are looked at is
read in a fraction of the time: both are for what costs most, which is photographs.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from album import Album
from clip import Clip, ClipSize
from muon import Muon, split_weights
from slices import Average, Slice, autocast, load, save


def vary(pictures: Tensor, chance: torch.Generator, least: float = .45) -> Tensor:
    """Pieces of photographs (bytes, channels last), of another size and shape, mirrored half the time, with other
    light: as floats between 0 and 255, channels last."""
    count, side = len(pictures), pictures.shape[1]
    draw = torch.rand(count, 8, generator=chance)
    area, ratio = least + (1 - least) * draw[:, 0], (draw[:, 1] * 2 - 1) * .3
    wide, high = ((area * ratio.exp()).sqrt().clamp(max=1), (area / ratio.exp()).sqrt().clamp(max=1))
    x, y = ((1 - wide) * (draw[:, 2] * 2 - 1), (1 - high) * (draw[:, 3] * 2 - 1))
    mirrored = torch.where(draw[:, 4] < .5, -1., 1.)
    zero = torch.zeros_like(x)
    to = torch.stack([torch.stack([wide * mirrored, zero, x], 1), torch.stack([zero, high, y], 1)], 1)
    grid = F.affine_grid(to, [count, 3, side, side], align_corners=False)
    taken = F.grid_sample(pictures.permute(0, 3, 1, 2).float(), grid, padding_mode="reflection", align_corners=False)
    light = (.7 + .6 * draw[:, 5])[:, None, None, None]
    tint = 1 + .2 * (torch.rand(count, 3, 1, 1, generator=chance) - .5)
    return (taken * light * tint).clamp(0, 255).permute(0, 2, 3, 1)


def kept(progress: float) -> int:
    """How many of 64 patches are looked at."""
    return 20 if progress < .5 else 28 if progress < .8 else 40


def train(album: Album, tests: Album, size: ClipSize, path: Path, device: torch.device, minutes: float,
          planned: float, batch: int = 256, peak: float = 1.5e-3) -> None:
    state = load(path)
    torch.manual_seed(3)
    model = Clip(size)
    heads = nn.Linear(size.joint, len(album.names))
    if state is not None:
        model.load_state_dict(state["model"])
        heads.load_state_dict(state["heads"])
    model.to(device)
    heads.to(device)
    eye = nn.ModuleDict({"vision": model.vision_model, "projection": model.visual_projection, "heads": heads})
    optimizer = Muon(*split_weights(eye))
    average = Average(model, state["average"] if state else None, .995)
    if state is not None:
        optimizer.load_state_dict(state["optimizer"])
    step = state["step"] if state else 0
    part = Slice(device, minutes, planned, state["spent"] if state else 0.)
    chance = torch.Generator().manual_seed(step)
    torch.manual_seed(step + 1)
    everything, labels = torch.from_numpy(album.pictures), torch.from_numpy(album.labels)
    running: list[float] = []

    def keep() -> None:
        save(path, {"model": model.state_dict(), "heads": heads.state_dict(), "average": average.weights,
                    "optimizer": optimizer.state_dict(), "step": step, "spent": part.spent, "size": asdict(size)})

    while not part.over:
        some = torch.randint(len(everything), (batch,), generator=chance)
        pictures = vary(everything[some], chance)
        with autocast(device):
            told = heads(model.see(pictures.to(device), kept(part.progress)))
        loss = F.cross_entropy(told.float(), labels[some].to(device), label_smoothing=.1)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(eye.parameters(), 1.)
        # Up for a little, then steady, then down to a third: what comes after goes on from there.
        optimizer.step(peak * min(1., max(.05, part.progress / .01), 1 - (part.progress - .6) / .6))
        average.follow(model)
        step += 1
        running.append(float(loss.detach()))
        if part.time_to_tell():
            print(f"see: {part.spent / 60:.1f} of {planned:g} min, step {step}, loss {np.mean(running[-50:]):.3f}, "
                  f"{step * batch} pictures ({time.strftime('%H:%M:%S')})", flush=True)
        if part.time_to_save(180):
            keep()
    keep()
    print("see: done" if part.progress >= 1 else "see: slice over",
          {"pictures": step * batch, "named rightly": round(measure(model, average, heads, tests, device), 3)},
          flush=True)


@torch.no_grad()
def measure(model: Clip, average: Average, heads: nn.Module, tests: Album, device: torch.device,
            most: int = 1000) -> float:
    """How many photographs of the test the averaged eye names rightly."""
    eye = Clip(model.size)
    eye.load_state_dict(average.weights)
    eye.to(device).eval()
    chosen = np.linspace(0, len(tests.labels) - 1, min(most, len(tests.labels))).round().astype(int)
    right = []
    for some in np.array_split(chosen, -(-len(chosen) // 250)):
        with autocast(device):
            guesses = heads(eye.see(torch.from_numpy(tests.pictures[some]).to(device))).argmax(1).cpu()
        right.append(guesses.numpy() == tests.labels[some])
    return float(np.concatenate(right).mean())
