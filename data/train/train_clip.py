"""Trains CLIP on scenes in every style and on photographs.

Told apart in a batch are pictures and captions as always, and each picture's caption from captions with one
fact changed: without those, a model need not look at which is left, or how many there are. Besides, while it
trains, both towers' rows must tell plain facts through one shared set of heads (which things, colours, how
many, what stands where): that teaches them what to look for long before the contrast alone would.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from clip import Clip, ClipSize
from concepts import CONCEPTS, article
from scenes import COLOURS, Painter, Scene, change, say
from slices import Average, Slice, autocast, batches, load, save
from words import Tokenizer

WRONG = 2  # captions with one fact changed, for every picture
SIDES = {"left": (0, 1), "right": (1, 0), "above": (2, 3), "below": (3, 2)}  # where the first is, and the second
PHOTO_WORDS = ("a photo of {}", "a photo of {}", "{}", "a picture of {}", "a close-up of {}")


@dataclass
class Facts:
    """What is in a picture, in numbers: -1 where there is nothing to tell."""

    things: tuple[int, int]
    colours: tuple[int, int]
    count: int
    sides: tuple[int, int]


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

    def pick(self, chance: random.Random) -> tuple[np.ndarray, int]:
        """A photograph, shifted a little and mirrored half the time."""
        i = chance.randrange(len(self.pictures))
        picture = np.pad(self.pictures[i], ((6, 6), (6, 6), (0, 0)), mode="edge")
        y, x = chance.randint(0, 12), chance.randint(0, 12)
        picture = picture[y:y + 64, x:x + 64]
        return (picture[:, ::-1] if chance.random() < .5 else picture), int(self.labels[i])


class Numbers:
    """Numbers the things: concepts first, then classes of photographs."""

    def __init__(self, album: Album | None) -> None:
        names = {concept.noun: i for i, concept in enumerate(CONCEPTS.values())}
        self.classes = [names.get(name[0], len(names) + i) for i, name in enumerate(album.names if album else [])]
        self.things = len(names) + len(self.classes)
        self.number = names
        self.colours = {name: i for i, name in enumerate(COLOURS)}

    def of_scene(self, scene: Scene) -> Facts:
        things = [self.number[thing.noun] for thing in scene.things]
        colours = [self.colours[thing.colour] if thing.colour and thing.said else -1 for thing in scene.things]
        sides = SIDES[scene.relation] if scene.relation else (-1, -1)
        return Facts((things[0], things[-1]), (colours[0], colours[-1]),
                     scene.things[0].count - 1 if scene.kind != "relation" else -1, sides)

    def of_photo(self, label: int) -> Facts:
        return Facts((self.classes[label],) * 2, (-1, -1), -1, (-1, -1))


class Heads(nn.Module):
    """What both towers' rows must tell while they are trained; not exported."""

    def __init__(self, joint: int, things: int) -> None:
        super().__init__()
        self.things, self.colours = nn.Linear(joint, things), nn.Linear(joint, len(COLOURS))
        self.count, self.places = nn.Linear(joint, 5), nn.Linear(joint, things * 4)
        self.colour_places = nn.Linear(joint, len(COLOURS) * 4)

    def forward(self, rows: Tensor, facts: Tensor) -> Tensor:
        """The mean of the losses; columns of @facts: two things, two colours, count, two sides."""
        def tell(logits: Tensor, goals: Tensor) -> Tensor:
            logs = logits.float().log_softmax(1)
            known = goals >= 0
            loss = -logs.gather(1, goals.clamp(min=0)) * known
            return loss.sum() / known.sum().clamp(min=1)

        def place(what: Tensor, where: Tensor) -> Tensor:
            return torch.where((what >= 0) & (where >= 0), what * 4 + where, -1)

        things, colours, count, sides = facts[:, 0:2], facts[:, 2:4], facts[:, 4:5], facts[:, 5:7]
        return (tell(self.things(rows), things) + tell(self.colours(rows), colours) + tell(self.count(rows), count)
                + .5 * tell(self.places(rows), place(things, sides))
                + .5 * tell(self.colour_places(rows), place(colours, sides)))


class Pairs(torch.utils.data.IterableDataset):
    """Endless pictures with captions, wrong captions and facts. A painted scene is used about three times."""

    def __init__(self, painters: list[Painter], album: Album | None, numbers: Numbers, words: Tokenizer, context: int,
                 seed: int, photos: float) -> None:
        self.painters, self.album, self.numbers, self.words = painters, album, numbers, words
        self.context, self.seed, self.photos = context, seed, photos if album is not None else 0.

    def __iter__(self) -> Iterator[tuple[np.ndarray, list[list[int]], list[int]]]:
        worker = torch.utils.data.get_worker_info()
        chance = random.Random(f"{self.seed}/{worker.id if worker else 0}")
        kept: list[tuple[Painter, Scene, np.ndarray]] = []
        while True:
            if chance.random() < self.photos:
                picture, label = self.album.pick(chance)
                texts = [self.album.say(label, chance)]
                while len(texts) <= WRONG:
                    other = chance.randrange(len(self.album.names))
                    if other != label:
                        texts.append(self.album.say(other, chance))
                facts = self.numbers.of_photo(label)
            else:
                if len(kept) > 256 and chance.random() < .66:
                    painter, scene, picture = chance.choice(kept)
                else:
                    painter = chance.choice(self.painters)
                    scene = painter.compose(chance)
                    picture = shrink(painter.paint(scene, chance))
                    kept.append((painter, scene, picture))
                    if len(kept) > 12000:
                        kept[chance.randrange(len(kept) - 1)] = kept.pop()
                texts = [say(scene, chance), *wrong(painter, scene, chance)]
                facts = self.numbers.of_scene(scene)
            yield (picture, [self.words.caption(text, self.context) for text in texts],
                   [*facts.things, *facts.colours, facts.count, *facts.sides])


def shrink(picture: np.ndarray, side: int = 64) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC))


def wrong(painter: Painter, scene: Scene, chance: random.Random) -> list[str]:
    """Captions of the scene with one fact changed; another thing, where no other fact can be."""
    changed = [other for _, other in change(scene, chance, painter.grammar.colours)]
    chance.shuffle(changed)
    while len(changed) < WRONG:
        i = chance.randrange(len(scene.things))
        key = chance.choice(painter.grammar.things)[0]
        if CONCEPTS[key].noun not in [thing.noun for thing in scene.things]:
            changed.append(replace(scene, things=tuple(replace(thing, key=key) if i == j else thing
                                                       for j, thing in enumerate(scene.things))))
    return [say(other, chance) for other in changed[:WRONG]]


def collate(samples: list[tuple[np.ndarray, list[list[int]], list[int]]]) -> tuple[Tensor, Tensor, Tensor]:
    pictures, captions, facts = zip(*samples)
    ids = torch.tensor(captions)
    longest = int((ids == ids.max()).int().argmax(2).max()) + 1
    return torch.from_numpy(np.stack(pictures)), ids[:, :, :longest], torch.tensor(facts)


def train(painters: list[Painter], album: Album | None, words: Tokenizer, size: ClipSize, path: Path,
          device: torch.device, minutes: float, planned: float, batch: int = 96, workers: int = 0,
          photos: float = .3, peak: float = 1e-3) -> None:
    state = load(path)
    numbers = Numbers(album)
    torch.manual_seed(3)
    model, heads = Clip(size), Heads(size.joint, numbers.things)
    if state is not None:
        model.load_state_dict(state["model"])
        heads.load_state_dict(state["heads"])
    model.to(device)
    heads.to(device)
    average = Average(model, state["average"] if state else None, .99)
    both = [*model.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(both, lr=peak, betas=(.9, .98), weight_decay=.05)
    if state is not None and "optimizer" in state:
        optimizer.load_state_dict(state["optimizer"])
    step = state["step"] if state else 0
    part = Slice(device, minutes, planned, state["spent"] if state else 0.)
    feed = batches(device, Pairs(painters, album, numbers, words, size.context, step + 1, photos), batch, workers,
                   collate)
    running: list[list[float]] = []

    def keep() -> None:
        save(path, {"model": model.state_dict(), "heads": heads.state_dict(), "average": average.weights,
                    "optimizer": optimizer.state_dict(), "step": step, "spent": part.spent, "size": asdict(size)})

    while not part.over:
        pictures, ids, facts = (value.to(device) for value in next(feed))
        count = len(pictures)
        for group in optimizer.param_groups:
            group["lr"] = part.rate(peak)
        with autocast(device):
            seen = model.see(pictures)
            read = model.read(ids.flatten(0, 1))
            told = heads(seen, facts)
            told_by_text = heads(read.view(count, 1 + WRONG, -1)[:, 0], facts)
        scale = model.logit_scale.clamp(max=4.6).exp()
        rows = F.normalize(seen.float(), dim=1)
        texts = F.normalize(read.float(), dim=1).view(count, 1 + WRONG, -1)
        logits = scale * rows @ texts[:, 0].T
        # Two photographs of a kind may well have the same caption: neither is wrong for the other.
        same = (ids[:, 0][:, None] == ids[:, 0][None]).all(2) & ~torch.eye(count, dtype=torch.bool, device=device)
        logits = logits.masked_fill(same, -1e4)
        goal = torch.arange(count, device=device)
        contrast = (F.cross_entropy(logits, goal) + F.cross_entropy(logits.T, goal)) / 2
        near = F.cross_entropy(scale * torch.einsum("bj,bkj->bk", rows, texts), torch.zeros_like(goal))
        optimizer.zero_grad(set_to_none=True)
        (contrast + near + .5 * told + .2 * told_by_text).backward()
        torch.nn.utils.clip_grad_norm_(both, 1.)
        optimizer.step()
        average.follow(model)
        step += 1
        running.append([float(value.detach()) for value in (contrast, near, told, told_by_text)])
        if part.time_to_tell():
            mean = np.mean(running[-50:], 0)
            print(f"clip: {part.spent / 60:.1f} of {planned:g} min, step {step}, contrast {mean[0]:.3f}, "
                  f"changed {mean[1]:.3f}, facts {mean[2]:.2f} and {mean[3]:.2f}, {step * batch} pairs", flush=True)
        if part.time_to_save():
            keep()
    keep()
    print("clip: done" if part.progress >= 1 else "clip: slice over", {"pairs": step * batch}, flush=True)


def load_model(path: Path, device: torch.device) -> Clip:
    """The averaged weights, which are those that are exported."""
    state = load(path)
    if state is None:
        raise FileNotFoundError(f"{path}: train CLIP first")
    model = Clip(ClipSize(**state["size"]))
    model.load_state_dict(state["average"])
    return model.to(device).eval()
