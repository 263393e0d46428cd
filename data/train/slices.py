"""Training in slices: a budget of minutes, a checkpoint that is whole or not there, a schedule that goes on.

Time is processor time on a processor, so that a process that was stopped for a while has lost nothing of its
budget; on a GPU it is wall time. Progress, and with it the learning rate, is the time trained of the time planned.
"""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch


def pick_device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def autocast(device: torch.device) -> torch.autocast:
    return torch.autocast(device.type, torch.bfloat16)


class Slice:
    """One slice of training: counts its time, and tells when to stop, to save, and to say something."""

    def __init__(self, device: torch.device, minutes: float, planned: float, spent: float = 0.) -> None:
        self.free_threads = device.type == "cpu" and torch.get_num_threads() > 1
        self.most_threads = torch.get_num_threads()
        self.clock = time.process_time if device.type == "cpu" else time.monotonic
        self.began = self.clock()
        self.seconds = minutes * 60
        self.planned = planned * 60
        self.before = spent
        self.make_room()
        self.saved = self.told = 0.
        self.stopped = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(self, "stopped", True))

    @property
    def here(self) -> float:
        return self.clock() - self.began

    @property
    def spent(self) -> float:
        """Seconds trained in this and all slices before."""
        return self.before + self.here

    @property
    def progress(self) -> float:
        return min(1., self.spent / self.planned)

    @property
    def over(self) -> bool:
        return self.stopped or self.here >= self.seconds or self.spent >= self.planned

    def rate(self, peak: float) -> float:
        """The learning rate at this moment of what is planned."""
        return self.rate_at(peak, self.progress)

    def rate_at(self, peak: float, progress: float, warm: float = .02, least: float = .03) -> float:
        """A learning rate that rises for a little, then falls along a cosine."""
        if progress < warm:
            return peak * max(.05, progress / warm)
        along = (progress - warm) / (1 - warm)
        return peak * (least + (1 - least) * .5 * (1 + math.cos(math.pi * min(1., along))))

    def time_to_save(self, every: float = 120) -> bool:
        due = self.here - self.saved >= every
        if due:
            self.saved = self.here
        return due

    def time_to_tell(self, every: float = 30) -> bool:
        due = self.here - self.told >= every
        if due:
            self.told = self.here
            self.make_room()
        return due

    def make_room(self) -> None:
        """Several threads only while the machine has little else to do: training is in no hurry."""
        if self.free_threads:
            others = max(0, round(os.getloadavg()[0]) - torch.get_num_threads())
            torch.set_num_threads(max(1, self.most_threads - others))


def save(path: Path, state: dict[str, Any]) -> None:
    """Writes a checkpoint beside the old one and puts it in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    torch.save(state, fresh)
    os.replace(fresh, path)


def load(path: Path) -> dict[str, Any] | None:
    """The checkpoint, or nothing where training has not begun."""
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


class Average:
    """A slow copy of a model's weights, which draws better than the last step's."""

    def __init__(self, model: torch.nn.Module, stored: dict[str, torch.Tensor] | None, keep: float = .999) -> None:
        self.keep = keep
        self.steps = 0
        source = model.state_dict() if stored is None else stored
        device = next(model.parameters()).device
        self.weights = {name: value.detach().clone().float().to(device) for name, value in source.items()}

    @torch.no_grad()
    def follow(self, model: torch.nn.Module) -> None:
        self.steps += 1
        names = list(self.weights)
        current = model.state_dict()
        torch._foreach_lerp_([self.weights[name] for name in names], [current[name].float() for name in names],
                             1 - self.keep)


def batches(device: torch.device, dataset: torch.utils.data.IterableDataset, size: int, workers: int,
            collate: Any = None) -> Iterator[Any]:
    """Endless batches; made beside the training by @workers processes, or in between where there are none."""
    loader = torch.utils.data.DataLoader(dataset, batch_size=size, num_workers=workers, collate_fn=collate,
                                         pin_memory=device.type == "cuda")
    while True:
        yield from loader
