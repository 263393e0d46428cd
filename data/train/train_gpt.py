"""Trains the drawing model on captions and the tokens of their scenes."""

from __future__ import annotations

import random
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from codes import Codebook
from gpt import Gpt, GptSize
from concepts import CONCEPTS
from scenes import Painter, Scene, say, say_loosely
from slices import Average, Slice, autocast, load, save
from words import Tokenizer

DROPPED = .1  # of the captions, so that drawing without a prompt is learned too
TEXT_PART = .125  # how much the words' loss counts beside the tokens'


def some(painter: Painter, book: Codebook, count: int, chance: random.Random, split: str = "train",
         ) -> tuple[list[Scene], Tensor]:
    """New scenes, and the tokens of their pictures."""
    scenes = [painter.compose(chance, split) for _ in range(count)]
    return scenes, book.tokens(torch.from_numpy(np.stack([painter.paint(scene, chance) for scene in scenes])))


def losses_of(model: Gpt, words: Tensor, tokens: Tensor, pad: int) -> tuple[Tensor, Tensor]:
    """Nats a token of the picture, and nats a word up to the first pad."""
    text, image = model(words, tokens)
    picture = F.cross_entropy(image.float().flatten(0, 1), tokens.flatten())
    ends = (words == pad).int().cumsum(1)[:, 1:]
    text_loss = F.cross_entropy(text.float().flatten(0, 1), words[:, 1:].flatten(), reduction="none")
    known = (ends <= 1).flatten()
    return picture, text_loss[known].mean()


def train(painter: Painter, book: Codebook, words: Tokenizer, size: GptSize, path: Path, device: torch.device,
          minutes: float, planned: float, batch: int = 16, peak: float = 1e-3) -> dict[str, float]:
    state = load(path)
    part = Slice(device, minutes, planned, state["spent"] if state else 0.)
    torch.manual_seed(2)
    model = Gpt(size, book.codes)
    if state is not None:
        model.load_state_dict(state["model"])
    model.to(device)
    average = Average(model, state["average"] if state else None, .997)
    decayed = [p for p in model.parameters() if p.dim() > 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": .02},
                                   {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.}],
                                  lr=peak, betas=(.9, .95))
    if state is not None and "optimizer" in state:
        optimizer.load_state_dict(state["optimizer"])
    step = state["step"] if state else 0
    chance = random.Random(step + 1)
    running: list[tuple[float, float]] = []
    known = {key for key, _ in painter.grammar.things}
    strangers = tuple(concept.noun for key, concept in CONCEPTS.items() if key not in known)

    def keep() -> None:
        save(path, {"model": model.state_dict(), "average": average.weights, "step": step,
                                 "optimizer": optimizer.state_dict(), "spent": part.spent, "size": asdict(size)})

    model.train()
    while not part.over:
        scenes, image = some(painter, book, batch, chance)
        prompts = ["" if chance.random() < DROPPED else say_loosely(scene, chance, strangers) if chance.random() < .5
                   else say(scene) for scene in scenes]
        text = torch.tensor([words.prompt(prompt, size.words) for prompt in prompts]).to(device)
        image = image.to(device)
        for group in optimizer.param_groups:
            group["lr"] = part.rate(peak)
        with autocast(device):
            picture, caption = losses_of(model, text, image, words.end)
        optimizer.zero_grad(set_to_none=True)
        (picture + TEXT_PART * caption).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.)
        optimizer.step()
        average.follow(model)
        step += 1
        running.append((float(picture.detach()), float(caption.detach())))
        if part.time_to_tell():
            mean = np.mean(running[-300:], 0)
            print(f"gpt: {part.spent / 60:.1f} of {planned:g} min, step {step}, {mean[0]:.4f} nats a token, "
                  f"{mean[1]:.3f} a word, {step * batch} sequences", flush=True)
        if part.time_to_save():
            keep()
    keep()
    measured = {"minutes": part.spent / 60, "sequences": step * batch,
                **measure(load_model(path, device), book, painter, words, device)}
    print("gpt: done" if part.progress >= 1 else "gpt: slice over", measured, flush=True)
    return measured


@torch.no_grad()
def measure(model: Gpt, book: Codebook, painter: Painter, words: Tokenizer, device: torch.device,
            count: int = 256) -> dict[str, float]:
    """Nats a token on scenes of other seeds, of seen and of held-out combinations."""
    measured = {}
    for name, split in (("seen", "train"), ("held out", "test")):
        scenes, tokens = some(painter, book, count, random.Random(f"measure/{split}"), split)
        text = torch.tensor([words.prompt(say(scene), model.size.words) for scene in scenes])
        measured[name] = float(losses_of(model, text.to(device), tokens.to(device), words.end)[0])
    return measured


def load_model(path: Path, device: torch.device) -> Gpt:
    """The averaged weights, which are those that are exported."""
    state = load(path)
    if state is None:
        raise FileNotFoundError(f"{path}: train the drawing model first")
    model = Gpt(GptSize(**state["size"]))
    model.load_state_dict(state["average"])
    return model.to(device).eval()
