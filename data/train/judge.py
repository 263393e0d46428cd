"""Says what a picture on a plain ground shows, with nothing learned in it: how many, which colour, what is where."""

from __future__ import annotations

import colorsys
from dataclasses import replace

import numpy as np
from PIL import Image

from scenes import COLOURS, PLAIN, SIDE, USUAL, Painter, Scene, Thing

SCALE = 96
FAR = 26  # from the ground, in one of the three colours: then a pixel is part of something
_HUES = {name: colorsys.rgb_to_hsv(*(c / 255 for c in COLOURS[name]))[0] * 255
         for name in ("red", "orange", "yellow", "green", "blue", "purple", "pink")}


class Part:
    """Pixels that hang together."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels
        self.top, self.left = pixels.min(0)
        self.bottom, self.right = pixels.max(0) + 1

    def touches(self, other: Part, gap: int = 1) -> bool:
        return (self.top < other.bottom + gap and other.top < self.bottom + gap
                and self.left < other.right + gap and other.left < self.right + gap)


def parts_of(picture: Image.Image) -> tuple[list[Part], np.ndarray]:
    """The things in a picture, largest first, and the picture as it was looked at."""
    pixels = np.asarray(picture.convert("RGB").resize((SCALE, SCALE), Image.Resampling.BOX)).astype(int)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    open_ = np.abs(pixels - np.median(edge, 0)).max(2) > FAR
    found = []
    for start in map(tuple, np.argwhere(open_)):
        if not open_[start]:
            continue
        open_[start] = False
        queue, inside = [start], []
        while queue:
            y, x = queue.pop()
            inside.append((y, x))
            for near in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
                if 0 <= near[0] < SCALE and 0 <= near[1] < SCALE and open_[near]:
                    open_[near] = False
                    queue.append(near)
        if len(inside) >= 12:
            found.append(Part(np.array(inside)))
    found.sort(key=lambda part: -len(part.pixels))
    whole: list[Part] = []
    for part in found:
        near = next((other for other in whole if part.touches(other)), None)
        if near is None:
            whole.append(part)
        else:
            whole[whole.index(near)] = Part(np.concatenate([near.pixels, part.pixels]))
    whole.sort(key=lambda part: -len(part.pixels))
    return [part for part in whole if len(part.pixels) >= .3 * len(whole[0].pixels)], pixels


def colour_of(part: Part, pixels: np.ndarray) -> str:
    """The colour that most of its pixels have, by hue, or by light where there is none."""
    inside = pixels[part.pixels[:, 0], part.pixels[:, 1]].astype(np.uint8)
    hue, saturation, value = np.asarray(Image.fromarray(inside[None]).convert("HSV"))[0].astype(int).T
    votes = dict.fromkeys([*_HUES, "black", "white", "grey"], 0)
    names = list(_HUES)
    distance = np.abs((hue[:, None] - np.array([_HUES[name] for name in names]) + 128) % 256 - 128)
    vivid = (saturation > 70) & (value > 60)
    for name, count in zip(names, np.bincount(distance[vivid].argmin(1), minlength=len(names))):
        votes[name] = int(count)
    pale = ~vivid
    votes["black"] = int((pale & (value < 75)).sum())
    votes["white"] = int((pale & (value > 205)).sum())
    votes["grey"] = int((pale & (value >= 75) & (value <= 205)).sum())
    return max(votes, key=votes.__getitem__)


class Judge:
    def __init__(self, painter: Painter) -> None:
        self.painter = painter
        self.known: dict[tuple[Thing, int, str], np.ndarray] = {}

    def crop(self, part: Part, pixels: np.ndarray) -> np.ndarray:
        box = pixels[part.top:part.bottom, part.left:part.right].astype(np.uint8)
        return np.asarray(Image.fromarray(box).resize((16, 16), Image.Resampling.BILINEAR)).astype(float)

    def looks(self, thing: Thing, side: int, ground: str) -> np.ndarray:
        """What the thing looks like by itself."""
        key = (thing, side, ground)
        if key not in self.known:
            canvas = Image.new("RGB", (SIDE, SIDE), PLAIN[ground])
            sprite = self.painter.sprite(thing, side)
            canvas.paste(sprite, ((SIDE - sprite.width) // 2, (SIDE - sprite.height) // 2), sprite)
            parts, pixels = parts_of(canvas)
            self.known[key] = self.crop(parts[0], pixels)
        return self.known[key]

    def nearest(self, crop: np.ndarray, thing: Thing, side: int, ground: str) -> str:
        """The thing of the grammar that the crop looks most like, in the colour of @thing where it can have it."""
        best, least = "", np.inf
        for key, sets in self.painter.grammar.things:
            colour = (thing.colour or USUAL[key]) if key in USUAL else None
            distance = float(np.square(crop - self.looks(Thing(key, sets[0], colour), side, ground)).mean())
            if distance < least:
                best, least = key, distance
        return best

    def verdicts(self, picture: Image.Image, scene: Scene) -> dict[str, bool]:
        """Which of the things said of the scene are true of the picture."""
        parts, pixels = parts_of(picture)
        if scene.kind == "relation":
            return self.relation(parts, pixels, scene)
        thing = replace(scene.things[0], count=1, said=True)
        wanted = scene.things[0].count
        found = {"count": len(parts) == wanted}
        if parts:
            crop = self.crop(parts[0], pixels)
            found["noun"] = self.nearest(crop, thing, 44 if wanted > 1 else 92, scene.ground) == thing.key
        if scene.kind == "single" and thing.colour is not None:
            found["colour"] = bool(parts) and colour_of(parts[0], pixels) == thing.colour
        return found

    def relation(self, parts: list[Part], pixels: np.ndarray, scene: Scene) -> dict[str, bool]:
        if len(parts) < 2:
            return {"relation": False, "noun": False}
        first, second = (replace(thing, said=True) for thing in scene.things)
        crops = [self.crop(part, pixels) for part in parts[:2]]
        looks = [self.looks(thing, 44, scene.ground) for thing in (first, second)]
        straight = sum(np.square(crop - look).mean() for crop, look in zip(crops, looks))
        crossed = sum(np.square(crop - look).mean() for crop, look in zip(crops[::-1], looks))
        a, b = (0, 1) if straight <= crossed else (1, 0)
        y, x = parts[a].pixels.mean(0) - parts[b].pixels.mean(0)
        shown = ("left" if x < 0 else "right") if abs(x) > abs(y) else ("above" if y < 0 else "below")
        nouns = [self.nearest(crops[i], thing, 44, scene.ground) == thing.key for i, thing in ((a, first), (b, second))]
        return {"relation": shown == scene.relation, "noun": all(nouns)}
