"""Trains the picture tokenizer: the decoder first, then the encoder, against the codebook of codes.py."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from codes import GRID, Codebook
from scenes import CELL, Painter, Scene
from slices import Slice, autocast, batches, load, save
from vqgan import Vqgan, VqganSize

DECODER_PART = .85  # of the time planned; the encoder has the rest
QUARTERS_PART = .55  # so long from quarters of pictures, which make four times as many steps


class Crowd(torch.utils.data.IterableDataset):
    """Scenes of the grammar, and in between pictures crowded with more things, from which a net learns faster."""

    def __init__(self, painter: Painter, seed: int) -> None:
        self.painter = painter
        self.seed = seed

    def __iter__(self) -> Iterator[Tensor]:
        worker = torch.utils.data.get_worker_info()
        chance = random.Random(f"{self.seed}/{worker.id if worker else 0}")
        while True:
            scene = self.painter.compose(chance)
            crowded = chance.random() < .5
            yield torch.from_numpy(self.crowd(scene, chance) if crowded else self.painter.paint(scene, chance).copy())

    def crowd(self, scene: Scene, chance: random.Random) -> np.ndarray:
        """Four things, each in its corner, at the places where scenes have them."""
        self.painter.paint(replace(scene, kind="count", things=(replace(scene.things[0], count=2),)), chance)
        canvas = self.painter.grounds[scene.ground].copy()
        for x, y in ((0, 0), (5, 0), (0, 5), (5, 5)):
            x, y = ((chance.choice((x, x, 2, 3)), y) if chance.random() < .5 else (x, chance.choice((y, y, 2, 3))))
            sprite = self.painter.sprite(self.painter.thing(chance), 3 * CELL - 4)
            canvas.paste(sprite, (x * CELL + (3 * CELL - sprite.width) // 2, y * CELL + (3 * CELL - sprite.height) // 2),
                         sprite)
        return np.asarray(canvas).copy()


def to_net(pictures: Tensor, device: torch.device) -> Tensor:
    """Bytes, channels last, to [-1, 1], channels first."""
    return pictures.to(device).permute(0, 3, 1, 2).float().div(127.5).sub(1)


def quarter(pictures: Tensor) -> Tensor:
    """Every picture's (or map of codes') four quarters."""
    half = pictures.shape[2] // 2
    return torch.cat([pictures[:, :, y:y + half, x:x + half] for y in (0, half) for x in (0, half)])


def loss_of(made: Tensor, true: Tensor) -> Tensor:
    """Absolute and squared errors, of the pixels, of their differences, and at half the size: flat stays flat."""
    error = made - true
    across, down = error.diff(dim=3), error.diff(dim=2)
    half = F.avg_pool2d(error, 2)
    return (error.abs().mean() + error.square().mean() + .5 * (across.abs().mean() + down.abs().mean())
            + .5 * half.abs().mean())


@torch.no_grad()
def measure(model: Vqgan, book: Codebook, painter: Painter, device: torch.device, count: int = 64) -> dict[str, float]:
    """Decibels over fixed scenes (255 is the peak, the error is pooled) from the true tokens and from the encoder's;
    and how many tokens the encoder tells rightly."""
    chance = random.Random(1234)
    pictures = torch.from_numpy(np.stack([painter.paint(painter.compose(chance), chance) for _ in range(count)]))
    true, tokens = to_net(pictures, device), book.tokens(pictures).to(device)
    told = torch.cat([model.encode(part) for part in true.split(16)])
    result = {"encoder right": float((told == tokens).float().mean())}
    for name, chosen in (("psnr", tokens), ("psnr, encoded", told)):
        made = torch.cat([model.decode(part) for part in chosen.split(16)]).clamp(-1, 1)
        result[name] = float(-10 * ((made - true).square().mean() / 4).log10())
    return result


def train(painter: Painter, book: Codebook, size: VqganSize, path: Path, device: torch.device, minutes: float,
          planned: float, batch: int = 8, workers: int = 0, peak: float = 2e-3) -> dict[str, float]:
    state = load(path)
    torch.manual_seed(1)
    model = Vqgan(size)
    model.codebook.copy_(book.codes)
    if state is not None:
        model.load_state_dict(state["model"])
    model.to(device)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=peak, betas=(.9, .97),
                                  weight_decay=1e-4)
    if state is not None and "optimizer" in state:
        optimizer.load_state_dict(state["optimizer"])
    step = state["step"] if state else 0
    part = Slice(device, minutes, planned, state["spent"] if state else 0.)
    feed = batches(device, Crowd(painter, step + 1), batch, workers)
    losses: list[float] = []

    def keep() -> None:
        save(path, {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step,
                    "spent": part.spent, "size": asdict(size)})

    while not part.over:
        pictures = next(feed)
        decoding = part.progress < DECODER_PART
        along = part.progress / DECODER_PART if decoding else (part.progress - DECODER_PART) / (1 - DECODER_PART)
        for group in optimizer.param_groups:
            group["lr"] = part.rate_at(peak, along)
        if decoding:
            true = to_net(pictures, device)
            codes = F.embedding(book.tokens(pictures).to(device), model.codebook)
            codes = codes.view(len(pictures), GRID, GRID, -1).permute(0, 3, 1, 2)
            if part.progress < QUARTERS_PART:
                true, codes = quarter(true[:batch // 2]), quarter(codes[:batch // 2])
            with autocast(device):
                made = model.decoder(model.post_quant_conv(codes))
            loss = loss_of(made.float(), true)
        else:
            goal = book.latents(pictures).to(device).view(len(pictures), GRID, GRID, -1).permute(0, 3, 1, 2)
            with autocast(device):
                told = model.latents(to_net(pictures, device))
            loss = F.mse_loss(told.float(), goal)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.)
        optimizer.step()
        step += 1
        losses.append(float(loss.detach()))
        if part.time_to_tell():
            print(f"vq: {part.spent / 60:.1f} of {planned:g} min, step {step}, {'decoder' if decoding else 'encoder'} "
                  f"{np.mean(losses[-100:]):.4f}", flush=True)
        if part.time_to_save():
            keep()
    keep()
    measured = {"minutes": part.spent / 60, "steps": step, **measure(model.eval(), book, painter, device)}
    print("vq: done" if part.progress >= 1 else "vq: slice over", measured, flush=True)
    return measured


def load_model(path: Path, device: torch.device) -> Vqgan:
    state = load(path)
    if state is None:
        raise FileNotFoundError(f"{path}: train the picture tokenizer first")
    model = Vqgan(VqganSize(**{name: tuple(value) if isinstance(value, list) else value
                               for name, value in state["size"].items()}))
    model.load_state_dict(state["model"])
    return model.to(device).eval()


@torch.no_grad()
def show(model: Vqgan, book: Codebook, painter: Painter, path: Path, device: torch.device, columns: int = 16) -> None:
    """Scenes over what the decoder makes of their tokens."""
    chance = random.Random(99)
    true = np.stack([painter.paint(painter.compose(chance), chance) for _ in range(2 * columns)])
    made = model.decode(book.tokens(torch.from_numpy(true)).to(device))
    painted = ((made.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    rows = [np.concatenate(list(row), 1) for begin in (0, columns) for row in
            (true[begin:begin + columns], painted[begin:begin + columns])]
    Image.fromarray(np.concatenate(rows, 0)).save(path)
