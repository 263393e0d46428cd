"""Makes up scenes, says what is in them, and paints them.

A scene is drawn from a grammar: one thing, several of a kind, or two things in a relation, on a ground.
The same scene can be said in many ways. Some combinations (a noun with a colour, a noun with a number, A
left of B), chosen by a fixed hash, are never trained on: how the models do there tells whether they compose.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from art import resize
from concepts import CONCEPTS, NUMBERS, article, plural

SIDE = 128
CELL = 16  # the tokens of the drawing model: sprites that begin on a cell look the same to it

COLOURS = {
    "red": (222, 44, 48), "orange": (250, 140, 32), "yellow": (250, 208, 48), "green": (58, 168, 72),
    "blue": (44, 112, 226), "purple": (140, 76, 196), "pink": (246, 132, 184), "brown": (128, 82, 52),
    "black": (44, 44, 50), "white": (246, 246, 246), "grey": (150, 152, 156),
}
PLAIN = {
    "white": (255, 255, 255), "black": (16, 16, 20), "blue": (120, 184, 248), "yellow": (255, 232, 128),
    "green": (136, 212, 136), "pink": (255, 192, 216), "grey": (176, 178, 182), "orange": (248, 170, 96),
    "red": (226, 84, 80), "purple": (176, 140, 220),
}
PLACES = {
    "meadow": ("in a meadow", "on green grass", "in a green field"),
    "beach": ("on a beach", "at the beach", "on the sand by the sea"),
    "night": ("in the night sky", "at night under the stars", "under a starry sky"),
    "snow": ("in the snow", "on a snowy field"),
    "room": ("in a room", "on a wooden floor"),
}
STYLES = {
    "flat": ("flat illustration", "flat design"),
    "cartoon": ("cartoon", "cartoon drawing"),
    "3d": ("3D render", "glossy 3D icon"),
}
STYLE_OF = {"flat": "flat", "twemoji": "flat", "shape": "flat", "noto": "cartoon", "blob": "cartoon",
            "emojitwo": "cartoon", "gloss": "3d", "3d": "3d"}
RELATIONS = {
    "left": ("to the left of", "left of", "on the left of"),
    "right": ("to the right of", "right of", "on the right of"),
    "above": ("above", "over"),
    "below": ("below", "under"),
}
INVERSE = {"left": "right", "right": "left", "above": "below", "below": "above"}


@dataclass(frozen=True)
class Thing:
    """Something in a scene: which icon, in which colour (None: as it is), how many, and what is said of it."""

    key: str
    art: str
    colour: str | None = None
    said: bool = True  # whether the colour is named
    count: int = 1

    @property
    def noun(self) -> str:
        return CONCEPTS[self.key].noun


@dataclass(frozen=True)
class Scene:
    """One thing (or several of a kind), or two in a relation; on a ground."""

    kind: str  # single, count, relation
    things: tuple[Thing, ...]
    ground: str
    relation: str = ""

    @property
    def style(self) -> str:
        return STYLE_OF[self.things[0].art]


@dataclass(frozen=True)
class Grammar:
    """What scenes are drawn from."""

    name: str
    things: tuple[tuple[str, tuple[str, ...]], ...]  # a key, and the sets that it is taken from
    colours: tuple[str, ...]
    grounds: dict[str, float]
    kinds: dict[str, float] = field(default_factory=lambda: {"single": .4, "count": .25, "relation": .35})
    counts: tuple[int, ...] = (2, 3)
    on_grid: bool = True
    coloured: float = .7  # how often a thing that can be recoloured is


# The things that the drawing model sees in every colour, each with the colour that it has when none is named:
# so “a car” and “a red car” can be the same picture.
USUAL = {"fish": "blue", "bird": "red", "butterfly": "orange", "red-apple": "red", "mushroom": "red",
         "automobile": "red", "tulip": "pink", "umbrella": "purple", "balloon": "red",
         "teapot": "red", "star": "yellow", "heart": "red", "circle": "red", "square": "blue", "triangle": "green"}


def drawing_grammar() -> Grammar:
    """The first step of the drawing model: few things, few colours, mostly on white."""
    flat = ("cat dog fish bird pig penguin butterfly turtle owl lady-beetle red-apple banana strawberry mushroom "
            "doughnut pizza automobile bus rocket sailboat house deciduous-tree tulip sunflower cactus umbrella "
            "balloon wrapped-gift teapot star crescent-moon sun").split()
    shapes = "heart circle square triangle".split()
    return Grammar("drawing", tuple([(key, ("flat",)) for key in flat] + [(key, ("shape",)) for key in shapes]),
                   ("red", "orange", "yellow", "green", "blue", "purple"),
                   {"white": .66, "black": .06, "blue": .06, "yellow": .04, "pink": .04, "green": .04,
                    "meadow": .06, "night": .04},
                   # Which of two things is left is learned last: relations have the most turns.
                   {"single": .24, "count": .16, "relation": .6}, counts=(2, 2, 3, 3, 4))


def seeing_grammar(art: dict[str, np.ndarray]) -> Grammar:
    """All there is, in every style: what CLIP learns from."""
    sets: dict[str, list[str]] = {}
    for name in art:
        where, key = name.split("/", 1)
        sets.setdefault(key, []).append(where)
    return Grammar("seeing", tuple((key, tuple(found)) for key, found in sorted(sets.items())), tuple(COLOURS),
                   {**{name: 1. for name in PLAIN}, "white": 6., **{name: 1. for name in PLACES}},
                   counts=(2, 2, 3, 3, 4, 5), on_grid=False, coloured=.5)


def held_out(kind: str, *parts: str) -> bool:
    """Whether a combination is kept from training: one in twelve, and one relation in eight."""
    digest = hashlib.md5("|".join((kind, *parts)).encode()).hexdigest()
    return int(digest[:8], 16) % (8 if kind == "relation" else 12) == 0


def unseen(scene: Scene) -> list[str]:
    """Which kinds of held-out combinations are in a scene."""
    found = []
    for thing in scene.things:
        if thing.colour is not None and held_out("colour", thing.noun, thing.colour):
            found.append("colour")
        if thing.count > 1 and held_out("count", thing.noun, str(thing.count)):
            found.append("count")
    if scene.relation and held_out("relation", scene.things[0].noun, scene.relation, scene.things[1].noun):
        found.append("relation")
    return found


def recolour(picture: np.ndarray, colour: str) -> np.ndarray | None:
    """Gives the main part of an icon a colour, keeping its light and shade; None where there is no main part."""
    solid = picture[..., 3] > 32
    hue, saturation, value = np.moveaxis(np.asarray(Image.fromarray(picture[..., :3]).convert("HSV")).astype(int), 2, 0)
    vivid = solid & (saturation > 60) & (value > 50)
    if vivid.sum() > .25 * solid.sum():
        weights = np.bincount(hue[vivid] // 8, weights=saturation[vivid] * value[vivid], minlength=32)
        main = int((weights + np.roll(weights, 1) + np.roll(weights, -1)).argmax()) * 8 + 4
        chosen = vivid & (np.abs((hue - main + 128) % 256 - 128) < 24)
    else:
        chosen = solid & (saturation <= 60) & (value > 70)
    if chosen.sum() < .2 * solid.sum():
        return None
    light = picture[..., :3].astype(float) @ [.3, .59, .11]
    shade = np.clip(light / np.median(light[chosen]), .55, 1.3)[..., None]
    goal = np.array(COLOURS[colour], float)
    painted = np.where(shade <= 1, goal * shade, goal + (255 - goal) * (shade - 1) * 1.5)
    result = picture.copy()
    result[..., :3] = np.where(chosen[..., None], painted.clip(0, 255), picture[..., :3])
    return result


def paint_ground(name: str, jitter: random.Random | None) -> Image.Image:
    """A plain ground, or a simple place; the same every time without @jitter."""
    def vary(colour: tuple[int, int, int], by: int = 10) -> tuple[int, ...]:
        return colour if jitter is None else tuple(max(0, min(255, c + jitter.randint(-by, by))) for c in colour)

    if name in PLAIN:
        return Image.new("RGB", (SIDE, SIDE), vary(PLAIN[name], 4 if name == "white" else 12))
    horizon = 80 if jitter is None else jitter.randint(56, 88)
    above, below = {"meadow": ((160, 216, 255), (120, 196, 88)), "beach": ((150, 214, 250), (244, 220, 160)),
                    "night": ((20, 24, 64), (20, 24, 64)), "snow": ((176, 208, 236), (246, 249, 253)),
                    "room": ((236, 224, 204), (188, 134, 86))}[name]
    ground = Image.new("RGB", (SIDE, SIDE), vary(above))
    pen = ImageDraw.Draw(ground)
    if name == "night":
        for i in range(24):
            x, y = ((i * 37 + 5) % SIDE, (i * 53 + 11) % SIDE) if jitter is None else \
                   (jitter.randrange(SIDE), jitter.randrange(SIDE))
            pen.rectangle([x, y, x + 1, y + 1], fill=(255, 248, 210))
        return ground
    pen.rectangle([0, horizon, SIDE, SIDE], fill=vary(below))
    if name == "beach":
        pen.rectangle([0, horizon - 16, SIDE, horizon - 1], fill=vary((44, 144, 204)))
    if name == "snow" and jitter is not None:
        for _ in range(30):
            x, y = jitter.randrange(SIDE), jitter.randrange(SIDE)
            pen.ellipse([x, y, x + 2, y + 2], fill=(255, 255, 255))
    return ground


class Painter:
    """Draws scenes from a grammar, and paints them with the art."""

    def __init__(self, art: dict[str, np.ndarray], grammar: Grammar) -> None:
        self.art = art
        self.grammar = grammar
        self.sprites: dict[tuple, Image.Image | None] = {}
        self.grounds: dict[str, Image.Image] = {}

    def sprite(self, thing: Thing, side: int) -> Image.Image | None:
        """The icon in its colour, @side pixels long; None where it cannot have that colour."""
        key = (thing.art, thing.key, thing.colour, side)
        if key not in self.sprites:
            if len(self.sprites) > 20000:
                self.sprites.clear()
            picture = self.art[f"{thing.art}/{thing.key}"]
            coloured = picture if thing.colour is None else recolour(picture, thing.colour)
            self.sprites[key] = None if coloured is None else resize(Image.fromarray(coloured), side)
        return self.sprites[key]

    # What is in the scene

    def compose(self, chance: random.Random, split: str = "train") -> Scene:
        """A scene without held-out combinations (train), or with at least one (test)."""
        while True:
            scene = self.make_up(chance)
            if bool(unseen(scene)) == (split == "test"):
                return scene

    def thing(self, chance: random.Random, style: str | None = None) -> Thing:
        while True:
            key, sets = chance.choice(self.grammar.things)
            art = chance.choice(sets)
            if style is not None and STYLE_OF[art] != style and art != "shape":
                continue
            thing = Thing(key, art)
            if self.grammar.on_grid and key in USUAL:
                said = chance.random() < self.grammar.coloured
                thing = replace(thing, colour=chance.choice(self.grammar.colours) if said else USUAL[key], said=said)
            elif not self.grammar.on_grid and CONCEPTS[key].recolours and chance.random() < self.grammar.coloured:
                thing = replace(thing, colour=chance.choice(self.grammar.colours))
                if self.sprite(thing, 44) is None:
                    continue
            return thing

    def make_up(self, chance: random.Random) -> Scene:
        kind = chance.choices(list(self.grammar.kinds), list(self.grammar.kinds.values()))[0]
        first = self.thing(chance)
        things, relation = (first,), ""
        if kind == "count":
            things = (replace(first, count=chance.choice(self.grammar.counts)),)
        elif kind == "relation":
            second = self.thing(chance, STYLE_OF[first.art])
            while second.noun == first.noun:
                second = self.thing(chance, STYLE_OF[first.art])
            things, relation = (first, second), chance.choice(list(RELATIONS))
        ground = chance.choices(list(self.grammar.grounds), list(self.grammar.grounds.values()))[0]
        if any(thing.colour == ground for thing in things):
            ground = "white" if all(thing.colour != "white" for thing in things) else "blue"
        return Scene(kind, things, ground, relation)

    # Where it is

    def lay_out(self, scene: Scene, chance: random.Random) -> list[tuple[Thing, int, int, int]]:
        """For every thing of the scene, a box: its left, its top and its side in pixels."""
        if self.grammar.on_grid:
            return [(thing, x * CELL, y * CELL, side * CELL) for thing, x, y, side in self.lay_on_grid(scene, chance)]
        boxes = []
        many = len(scene.things) > 1 or scene.things[0].count > 1
        # In steps: an icon is kept in every size that it was needed in.
        sides = [chance.randrange(34, 53, 3) if many else chance.randrange(56, 113, 7) for _ in scene.things]
        if scene.kind != "relation":
            thing, side = scene.things[0], sides[0]
            while True:
                places = [(chance.randint(2, SIDE - 2 - side), chance.randint(2, SIDE - 2 - side))
                          for _ in range(thing.count)]
                if all(max(abs(a[0] - b[0]), abs(a[1] - b[1])) > side + 2
                       for i, a in enumerate(places) for b in places[:i]):
                    return [(thing, x, y, side) for x, y in places]
                side = max(28, side - 1)
        across = scene.relation in ("left", "right")
        middle = chance.randint(54, 74)
        for thing, side, low in zip(scene.things, sides, (scene.relation in ("left", "above"),
                                                          scene.relation in ("right", "below"))):
            along = chance.randint(2, max(2, middle - side - 1)) if low else chance.randint(middle, SIDE - side - 1)
            beside = chance.randint(24, 100 - side)
            boxes.append((thing, *((along, beside) if across else (beside, along)), side))
        return boxes

    def lay_on_grid(self, scene: Scene, chance: random.Random) -> list[tuple[Thing, int, int, int]]:
        thing = scene.things[0]
        centre = chance.choice((2, 3))
        pairs = {"left": ((0, centre), (5, centre)), "above": ((centre, 0), (centre, 5))}
        if scene.kind == "single":
            x, y = (1, 1) if chance.random() < .6 else (chance.randint(0, 2), chance.randint(0, 2))
            return [(thing, x, y, 6)]
        if scene.kind == "relation":
            places = pairs[scene.relation] if scene.relation in pairs else pairs[INVERSE[scene.relation]][::-1]
            return [(thing, x, y, 3) for thing, (x, y) in zip(scene.things, places)]
        if thing.count == 2:
            places = chance.choice((*pairs.values(), ((0, 0), (5, 5)), ((5, 0), (0, 5))))
        elif thing.count == 3:
            places = chance.choice((((centre, 0), (0, 5), (5, 5)), ((0, 0), (5, 0), (centre, 5))))
        else:
            places = ((0, 0), (5, 0), (0, 5), (5, 5))
        return [(thing, x, y, 3) for x, y in places]

    def paint(self, scene: Scene, chance: random.Random) -> np.ndarray:
        """The picture of a scene: SIDE × SIDE × 3 bytes."""
        return self.place(scene, chance)[0]

    def place(self, scene: Scene, chance: random.Random) -> tuple[np.ndarray, list[tuple[Thing, int, int, int]]]:
        """The picture of a scene, and what is where on it."""
        if self.grammar.on_grid:
            if scene.ground not in self.grounds:
                self.grounds[scene.ground] = paint_ground(scene.ground, None)
            canvas = self.grounds[scene.ground].copy()
        else:
            canvas = paint_ground(scene.ground, chance)
        turned = not self.grammar.on_grid and chance.random() < .3
        boxes = self.lay_out(scene, chance)
        for thing, x, y, side in boxes:
            sprite = self.sprite(thing, side - 4)
            assert sprite is not None
            if turned:
                sprite = ImageOps.mirror(sprite)
            canvas.paste(sprite, (x + (side - sprite.width) // 2, y + (side - sprite.height) // 2), sprite)
        return np.asarray(canvas), boxes


# What is said of it

def say_thing(thing: Thing, chance: random.Random | None) -> str:
    """“a red car”, “two dogs”; in other words too when there is @chance."""
    names = CONCEPTS[thing.key].names
    noun = names[0] if chance is None else chance.choice(names)
    colour = f"{thing.colour} " if thing.colour is not None and thing.said else ""
    if thing.count == 1:
        words = colour + noun
        determiner = article(words) if chance is None or chance.random() < .85 else chance.choice(("one", "the"))
        return f"{determiner} {words}"
    number = NUMBERS[thing.count]
    if chance is not None and chance.random() < .2:
        number = str(thing.count)
    return f"{number} {colour}{plural(noun)}"


def say(scene: Scene, chance: random.Random | None = None) -> str:
    """A caption: the plain one, or one of many with @chance."""
    words = [say_thing(thing, chance) for thing in scene.things]
    text = words[0]
    if scene.relation:
        relation, order = scene.relation, words
        if chance is not None and chance.random() < .3:
            relation, order = INVERSE[relation], words[::-1]
        said = RELATIONS[relation]
        text = f"{order[0]} {said[0] if chance is None else chance.choice(said)} {order[1]}"
    if scene.ground in PLACES:
        places = PLACES[scene.ground]
        text += " " + (places[0] if chance is None else chance.choice(places))
    elif scene.ground != "white" or (chance is not None and chance.random() < .3):
        text += f" on {article(scene.ground)} {scene.ground} background"
    if chance is not None:
        draw = chance.random()
        if draw < .12:
            text = f"{chance.choice(('a picture of', 'a drawing of', 'an image of'))} {text}"
        elif draw < .3:
            text += ", " + chance.choice(STYLES[scene.style])
    return text


def say_loosely(scene: Scene, chance: random.Random, strangers: tuple[str, ...]) -> str:
    """A caption as people may put it: a pair without saying where, a thing that is none of the grammar's.

    For what is not known the drawing model so learns to draw something, in the colour and number that were asked.
    """
    text = say(scene, chance)
    draw = chance.random()
    if scene.relation and draw < .12:
        first, second = (say_thing(thing, chance) for thing in chance.sample(scene.things, 2))
        ground = f" on {article(scene.ground)} {scene.ground} background" if scene.ground in PLAIN else \
            " " + chance.choice(PLACES[scene.ground])
        return f"{first} and {second}" + ("" if scene.ground == "white" else ground)
    if draw > .94:
        thing = chance.choice(scene.things)
        stranger = chance.choice(strangers)
        for noun in CONCEPTS[thing.key].names:
            if thing.count > 1:
                text = text.replace(plural(noun), plural(stranger))
            text = re.sub(rf" {noun}\b", f" {stranger}", text)
    return text


def change(scene: Scene, chance: random.Random, colours: tuple[str, ...]) -> Iterator[tuple[str, Scene]]:
    """The scene with one fact changed: colour, count, relation. What a picture must be told apart from."""
    things = scene.things
    said = [i for i, thing in enumerate(things) if thing.colour is not None and thing.said]
    if len(things) == 2 and len(said) == 2 and things[0].colour != things[1].colour:
        yield "colour", replace(scene, things=(replace(things[0], colour=things[1].colour),
                                               replace(things[1], colour=things[0].colour)))
    elif said:
        i = chance.choice(said)
        other = chance.choice([colour for colour in colours if colour not in (things[i].colour, scene.ground)])
        yield "colour", replace(scene, things=tuple(replace(thing, colour=other) if i == j else thing
                                                    for j, thing in enumerate(things)))
    if scene.kind != "relation":
        count = things[0].count
        other = chance.choice([n for n in (count - 1, count + 1) if 1 <= n <= 5])
        yield "count", replace(scene, things=(replace(things[0], count=other),))
    else:
        yield "relation", replace(scene, relation=INVERSE[scene.relation])
        turned = {"left": "above", "above": "left", "right": "below", "below": "right"}[scene.relation]
        yield "turn", replace(scene, relation=turned)


def load_art(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


def preview(painter: Painter, path: Path, rows: int = 8, columns: int = 12, seed: int = 1) -> list[str]:
    """A sheet of scenes for human eyes; tells their captions."""
    chance = random.Random(seed)
    sheet = Image.new("RGB", (columns * (SIDE + 4), rows * (SIDE + 4)), "grey")
    captions = []
    for i in range(rows * columns):
        scene = painter.compose(chance)
        sheet.paste(Image.fromarray(painter.paint(scene, chance)),
                    (i % columns * (SIDE + 4), i // columns * (SIDE + 4)))
        captions.append(say(scene, chance))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)
    return captions
