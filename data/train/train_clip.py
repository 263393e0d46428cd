"""Trains CLIP on scenes in every style and on photographs.

Told apart in a batch are pictures and captions as always, photographs from the names of all their classes, and
each scene's caption from captions with one fact changed: without those, a model need not look at which is left, or
how many there are. Besides, while it trains, both towers' rows must tell plain facts through one shared set of
heads (which things, colours, how many, what stands where), and every patch of a scene what it is a patch of: that
teaches them what to look for long before the contrast alone would.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from album import Album
from clip import Clip, ClipSize
from concepts import CONCEPTS
from muon import Muon, split_weights
from scenes import COLOURS, SIDE, Painter, Scene, Thing, change, say, unseen
from slices import Average, Slice, autocast, batches, load, save
from train_see import vary
from words import Tokenizer

PATCHES = 8  # in a row
WRONG = 2  # captions with one fact changed, for every picture
SIDES = {"left": (0, 1), "right": (1, 0), "above": (2, 3), "below": (3, 2)}  # where the first is, and the second


@dataclass
class Facts:
    """What is in a picture, in numbers: -1 where there is nothing to tell."""

    things: tuple[int, int]
    colours: tuple[int, int]
    count: int
    sides: tuple[int, int]


class Numbers:
    """Numbers the things: concepts first, then classes of photographs."""

    def __init__(self, album: Album | None) -> None:
        self.number = {concept.noun: i for i, concept in enumerate(CONCEPTS.values())}
        self.classes = [self.number.setdefault(name[0], len(self.number)) for name in (album.names if album else [])]
        self.things = len(self.number)
        self.colours = {name: i for i, name in enumerate(COLOURS)}

    def of_scene(self, scene: Scene) -> Facts:
        things = [self.number[thing.noun] for thing in scene.things]
        colours = [self.colours[thing.colour] if thing.colour and thing.said else -1 for thing in scene.things]
        sides = SIDES[scene.relation] if scene.relation else (-1, -1)
        return Facts((things[0], things[-1]), (colours[0], colours[-1]),
                     scene.things[0].count - 1 if scene.kind != "relation" else -1, sides)

    def of_patches(self, boxes: list[tuple[Thing, int, int, int]]) -> np.ndarray:
        """For each patch of a scene, what its middle shows: a thing and a colour, or -1."""
        found = np.full((2, PATCHES, PATCHES), -1)
        for thing, left, top, side in boxes:
            # Icons rarely fill the corners of their boxes.
            down, across = (np.abs((np.arange(PATCHES) + .5) * SIDE / PATCHES - begin - side / 2) < .45 * side
                            for begin in (top, left))
            inside = down[:, None] & across[None]
            found[0][inside] = self.number[thing.noun]
            if thing.colour:
                found[1][inside] = self.colours[thing.colour]
        return found.reshape(2, -1)


class Heads(nn.Module):
    """What both towers' rows must tell while they are trained; not exported."""

    def __init__(self, joint: int, width: int, things: int) -> None:
        super().__init__()
        self.things, self.colours = nn.Linear(joint, things), nn.Linear(joint, len(COLOURS))
        self.count, self.places = nn.Linear(joint, 5), nn.Linear(joint, things * 4)
        self.colour_places = nn.Linear(joint, len(COLOURS) * 4)
        self.patch_things, self.patch_colours = nn.Linear(width, things), nn.Linear(width, len(COLOURS))

    def forward(self, rows: Tensor, facts: Tensor) -> Tensor:
        """The mean of the losses; columns of @facts: two things, two colours, count, two sides."""
        def place(what: Tensor, where: Tensor) -> Tensor:
            return torch.where((what >= 0) & (where >= 0), what * 4 + where, -1)

        things, colours, count, sides = facts[:, 0:2], facts[:, 2:4], facts[:, 4:5], facts[:, 5:7]
        return (tell(self.things(rows), things) + tell(self.colours(rows), colours) + tell(self.count(rows), count)
                + .5 * tell(self.places(rows), place(things, sides))
                + .5 * tell(self.colour_places(rows), place(colours, sides)))

    def patches(self, rows: Tensor, goals: Tensor) -> Tensor:
        """The loss of what every patch is a patch of; @goals: pictures × things and colours × patches."""
        known = goals[:, 0].flatten() >= 0
        rows, goals = rows.flatten(0, 1)[known], goals.transpose(1, 2).flatten(0, 1)[known]
        return tell(self.patch_things(rows), goals[:, :1]) + tell(self.patch_colours(rows), goals[:, 1:])


def tell(logits: Tensor, goals: Tensor) -> Tensor:
    """The mean loss of those goals (rows × how many of them each row has) that are known."""
    logs = logits.float().log_softmax(1)
    known = goals >= 0
    loss = -logs.gather(1, goals.clamp(min=0)) * known
    return loss.sum() / known.sum().clamp(min=1)


class Pairs(torch.utils.data.IterableDataset):
    """Endless scenes with captions, wrong captions, facts, and what their patches show."""

    def __init__(self, painters: list[Painter], numbers: Numbers, words: Tokenizer, context: int, seed: int) -> None:
        self.painters, self.numbers, self.words = painters, numbers, words
        self.context, self.seed = context, seed

    def __iter__(self) -> Iterator[tuple[np.ndarray, list[list[int]], list[int], np.ndarray]]:
        worker = torch.utils.data.get_worker_info()
        chance = random.Random(f"{self.seed}/{worker.id if worker else 0}")
        while True:
            painter = chance.choice(self.painters)
            scene = painter.compose(chance)
            picture, boxes = painter.place(scene, chance)
            texts = [say(scene, chance), *wrong(painter, scene, chance)]
            facts = self.numbers.of_scene(scene)
            yield (shrink(picture), [self.words.caption(text, self.context) for text in texts],
                   [*facts.things, *facts.colours, facts.count, *facts.sides], self.numbers.of_patches(boxes))


def shrink(picture: np.ndarray, side: int = 64) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC))


def wrong(painter: Painter, scene: Scene, chance: random.Random) -> list[str]:
    """Captions of the scene with one fact changed; another thing, where no other fact can be.

    A held-out combination is none of them: what is only ever met as a wrong answer is learned to be one.
    """
    changed = [other for _, other in change(scene, chance, painter.grammar.colours) if not unseen(other)]
    chance.shuffle(changed)
    while len(changed) < WRONG:
        i = chance.randrange(len(scene.things))
        key = chance.choice(painter.grammar.things)[0]
        if CONCEPTS[key].noun not in [thing.noun for thing in scene.things]:
            changed.append(replace(scene, things=tuple(replace(thing, key=key) if i == j else thing
                                                       for j, thing in enumerate(scene.things))))
    return [say(other, chance) for other in changed[:WRONG]]


def collate(samples: list[tuple[np.ndarray, list[list[int]], list[int], np.ndarray]]) -> tuple[Tensor, ...]:
    pictures, captions, facts, patches = zip(*samples)
    return (torch.from_numpy(np.stack(pictures)), cut(torch.tensor(captions)), torch.tensor(facts),
            torch.from_numpy(np.stack(patches)))


def cut(ids: Tensor) -> Tensor:
    """Captions, as long as the longest of them."""
    return ids[..., :int((ids == ids.max()).int().argmax(-1).max()) + 1]


def kept(progress: float, few: int) -> int:
    """How many of a picture's 64 patches are looked at: few for most of the time, all of them in the end."""
    return few if progress < .8 else 0


def train(painters: list[Painter], album: Album | None, words: Tokenizer, size: ClipSize, path: Path,
          device: torch.device, minutes: float, planned: float, batch: int = 96, workers: int = 0,
          photos: float = 1.33, peak: float = 1.2e-3, reader: Path | None = None) -> None:
    """@photos: how many photographs come with each scene; @reader: an earlier CLIP whose text tower goes on here."""
    state = load(path)
    numbers = Numbers(album)
    torch.manual_seed(3)
    model, heads = Clip(size), Heads(size.joint, size.width, numbers.things)
    if state is not None:
        model.load_state_dict(state["model"])
        heads.load_state_dict(state["heads"])
    else:
        begin(model, load(path.with_name("see.pt")), load(reader) if reader else None)
    model.to(device)
    heads.to(device)
    average = Average(model, state["average"] if state else None, .99)
    both = nn.ModuleList([model, heads])
    optimizer = Muon(*split_weights(both))
    if state is not None:
        optimizer.load_state_dict(state["optimizer"])
    step = state["step"] if state else 0
    part = Slice(device, minutes, planned, state["spent"] if state else 0.)
    feed = batches(device, Pairs(painters, numbers, words, size.context, step + 1), batch, workers, collate)
    chance, draws = random.Random(step + 1), torch.Generator().manual_seed(step + 1)
    torch.manual_seed(step + 1)
    shots = round(batch * photos) if album is not None else 0
    if shots:
        everything, labels = torch.from_numpy(album.pictures), torch.from_numpy(album.labels)
        classes = torch.tensor(numbers.classes, device=device)
    running: list[list[float]] = []

    def keep() -> None:
        save(path, {"model": model.state_dict(), "heads": heads.state_dict(), "average": average.weights,
                    "optimizer": optimizer.state_dict(), "step": step, "spent": part.spent, "size": asdict(size)})

    while not part.over:
        pictures, ids, facts, patches = (value.to(device) for value in next(feed))
        count = len(pictures)
        with autocast(device):
            seen, parts, places = model.see_all(pictures, kept(part.progress, 44))
            read = model.read(ids.flatten(0, 1))
            told = heads(seen, facts)
            told_by_text = heads(read.view(count, 1 + WRONG, -1)[:, 0], facts)
            told_by_patches = heads.patches(parts, patches.gather(2, places[:, None].expand(-1, 2, -1)))
            if shots:
                some = torch.randint(len(everything), (shots,), generator=draws)
                shown = model.see(vary(everything[some], draws).to(device), kept(part.progress, 28))
                names = cut(torch.tensor([words.caption(album.say(label, chance), size.context)
                                          for label in range(len(album.names))], device=device))
                named = model.read(names)
        scale = model.logit_scale.clamp(max=4.6).exp()
        rows = F.normalize(seen.float(), dim=1)
        texts = F.normalize(read.float(), dim=1).view(count, 1 + WRONG, -1)
        right = texts[:, 0]
        # Where captions are the same, neither is wrong for the other.
        same = (ids[:, 0][:, None] == ids[:, 0][None]).all(2) & ~torch.eye(count, dtype=torch.bool, device=device)
        logits = (scale * rows @ right.T).masked_fill(same, -1e4)
        across, back, photo = logits, logits.T, logits.new_zeros(())
        if shots:
            shown, named = F.normalize(shown.float(), dim=1), F.normalize(named.float(), dim=1)
            goals = labels[some].to(device)
            # A thing that is in a scene and in a photograph: either's caption may be said of the other.
            shared = (facts[:, :2, None] == classes).any(1)
            alike = classes[goals][:, None] == classes[None]
            alike[torch.arange(shots), goals] = False
            among_names = (scale * shown @ named.T).masked_fill(alike, -1e4)
            among_scenes = (scale * shown @ right.T).masked_fill(shared[:, goals].T, -1e4)
            photo = F.cross_entropy(torch.cat([among_names, among_scenes], 1), goals)
            across = torch.cat([across, (scale * rows @ named.T).masked_fill(shared, -1e4)], 1)
            back = torch.cat([back, among_scenes.T], 1)
        goal = torch.arange(count, device=device)
        contrast = (F.cross_entropy(across, goal) + F.cross_entropy(back, goal)) / 2
        near = F.cross_entropy(scale * torch.einsum("bj,bkj->bk", rows, texts), torch.zeros_like(goal))
        optimizer.zero_grad()
        (contrast + near + photo + .5 * told + .2 * told_by_text + .5 * told_by_patches).backward()
        nn.utils.clip_grad_norm_(both.parameters(), 2.)
        optimizer.step(part.rate(peak))
        average.follow(model)
        step += 1
        losses = (contrast, near, photo, told, told_by_text, told_by_patches)
        running.append([float(value.detach()) for value in losses])
        if part.time_to_tell():
            mean = np.mean(running[-50:], 0)
            print(f"clip: {part.spent / 60:.1f} of {planned:g} min, step {step}, contrast {mean[0]:.3f}, "
                  f"changed {mean[1]:.3f}, photographs {mean[2]:.3f}, facts {mean[3]:.2f}, {mean[4]:.2f} and "
                  f"{mean[5]:.2f}, scale {float(scale.detach()):.1f}, {step * batch} scenes "
                  f"({time.strftime('%H:%M:%S')})", flush=True)
        if part.time_to_save():
            keep()
    keep()
    print("clip: done" if part.progress >= 1 else "clip: slice over", {"scenes": step * batch}, flush=True)


def begin(model: Clip, eye: dict[str, Any] | None, reader: dict[str, Any] | None) -> None:
    """Goes on from an eye that knows photographs by name, and from an earlier CLIP's text tower, if there are any."""
    for state, parts in ((eye, ("vision_model", "visual_projection")), (reader, ("text_model", "text_projection"))):
        if state is not None:
            model.load_state_dict({name: weight for name, weight in state["model"].items()
                                   if name.split(".")[0] in parts}, strict=False)


def load_model(path: Path, device: torch.device) -> Clip:
    """The averaged weights, which are those that are exported."""
    state = load(path)
    if state is None:
        raise FileNotFoundError(f"{path}: train CLIP first")
    model = Clip(ClipSize(**state["size"]))
    model.load_state_dict(state["average"])
    return model.to(device).eval()
