"""Gets the art by package name, and draws every icon once into a cache.

The packages come from the npm registry; their pictures are drawn with librsvg's rsvg-convert. The result,
art.npz, holds an RGBA picture for every pair of set and key, cut to what is not transparent.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from concepts import CONCEPTS

SIDE = 112  # the longer side of a drawn icon; the largest in a scene is smaller
DRAWN = 224


@dataclass(frozen=True)
class Source:
    """A package of art."""

    package: str
    version: str
    licence: str
    credit: str


SOURCES = {
    "flat": Source("@iconify-json/fluent-emoji-flat", "1.2.6", "MIT", "Fluent Emoji (flat), Microsoft"),
    "noto": Source("@iconify-json/noto", "1.2.9", "Apache-2.0", "Noto Emoji, Google"),
    "blob": Source("@iconify-json/noto-v1", "1.2.5", "Apache-2.0", "Noto Emoji, first version, Google"),
    "twemoji": Source("@iconify-json/twemoji", "1.2.5", "CC-BY-4.0", "Twemoji, Twitter, Inc and other contributors"),
    "emojitwo": Source("@iconify-json/emojione", "1.2.3", "CC-BY-4.0", "EmojiOne 2, EmojiTwo, and contributors"),
    "gloss": Source("@iconify-json/fluent-emoji", "1.2.7", "MIT", "Fluent Emoji (gradients), Microsoft"),
    "3d": Source("@lobehub/fluent-emoji-3d", "1.1.0", "MIT", "Fluent Emoji (3D), Microsoft"),
}


def fetch(source: Source, folder: Path) -> Path:
    """The package's archive, from the registry unless it is in the folder already."""
    name = source.package.lstrip("@").replace("/", "-") + f"-{source.version}.tgz"
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", f"{source.package}@{source.version}"], cwd=folder,
                       check=True, stdout=subprocess.DEVNULL)
    return path


def read_member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        member = tar.extractfile(name)
        if member is None:
            raise FileNotFoundError(f"{archive}: no {name}")
        return member.read()


def draw_svg(svg: str) -> Image.Image | None:
    """The picture that librsvg makes of a square icon; nothing of the few icons that it refuses."""
    drawn = subprocess.run(["rsvg-convert", "-w", str(DRAWN), "-h", str(DRAWN), "--keep-aspect-ratio"],
                           input=svg.encode(), capture_output=True)
    return Image.open(io.BytesIO(drawn.stdout)).convert("RGBA") if drawn.returncode == 0 else None


def cut(picture: Image.Image | None) -> np.ndarray | None:
    """Cuts off transparent borders, and brings the longer side to SIDE."""
    if picture is None:
        return None
    box = picture.getchannel("A").point(lambda alpha: 255 if alpha > 16 else 0).getbbox()
    if box is None:
        return None
    return np.asarray(resize(picture.crop(box), SIDE))


def resize(picture: Image.Image, side: int) -> Image.Image:
    """Brings the longer side to @side, without the colour of transparent pixels bleeding in."""
    scale = side / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    if size == picture.size:
        return picture
    return picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")


def draw_iconify(archive: Path) -> dict[str, np.ndarray]:
    """Every concept that a set in Iconify's format has."""
    icons = json.loads(read_member(archive, "package/icons.json"))

    def draw(key: str) -> np.ndarray | None:
        name = icons.get("aliases", {}).get(key, {}).get("parent", key)
        icon = icons["icons"].get(name)
        if icon is None:
            return None
        width, height = (icon.get(edge, icons.get(edge, 16)) for edge in ("width", "height"))
        return cut(draw_svg(
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="{icon.get("left", 0)} {icon.get("top", 0)} {width} {height}" '
            f'width="{width}" height="{height}">{icon["body"]}</svg>'))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        drawn = dict(zip(CONCEPTS, pool.map(draw, CONCEPTS)))
    return {key: picture for key, picture in drawn.items() if picture is not None}


def read_pictures(archive: Path, names: dict[str, str]) -> dict[str, np.ndarray]:
    """The set of ready pictures, named by code points; @names tells the code points of a key."""
    found = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            code = Path(member.name).stem.replace("-fe0f", "")
            stream = tar.extractfile(member) if code in names and member.name.endswith(".webp") else None
            if stream is not None:
                picture = cut(Image.open(io.BytesIO(stream.read())).convert("RGBA"))
                if picture is not None:
                    found[names[code]] = picture
    return found


def draw_shapes() -> dict[str, np.ndarray]:
    """Plain shapes, which no icon set has in the plain form."""
    side = 4 * SIDE
    turns = np.linspace(0, 2 * np.pi, 240, endpoint=False)

    def polygon(points: list[tuple[float, float]]) -> Image.Image:
        picture = Image.new("RGBA", (side, side))
        ImageDraw.Draw(picture).polygon([(x * side, y * side) for x, y in points], fill=(210, 50, 50, 255))
        return picture

    def regular(corners: int) -> Image.Image:
        angles = [2 * np.pi * i / corners - np.pi / 2 for i in range(corners)]
        return polygon([(.5 + .49 * np.cos(a), .5 + .49 * np.sin(a)) for a in angles])

    def shade(mask: np.ndarray, light: np.ndarray) -> Image.Image:
        colour = np.array([210, 50, 50]) * np.clip(light, 0, 1.2)[..., None]
        colour += 170 * np.clip(light - 1.2, 0, 1)[..., None]
        return Image.fromarray(np.concatenate([colour.clip(0, 255), 255. * mask[..., None]], 2).astype(np.uint8), "RGBA")

    y, x = (np.mgrid[0:side, 0:side] + .5) / side * 2 - 1
    rest = 1 - (x / .98) ** 2 - (y / .98) ** 2
    z = np.sqrt(np.clip(rest, 0, 1))
    lit = np.clip(-.45 * x - .55 * y + .7 * z, 0, 1)
    ring = regular(180)
    ImageDraw.Draw(ring).ellipse([side * .24, side * .24, side * .76, side * .76], fill=(0, 0, 0, 0))
    cube = polygon([(.5, .03), (.93, .25), (.93, .74), (.5, .97), (.07, .74), (.07, .25)])
    pen = ImageDraw.Draw(cube)
    for colour, corners in (((235, 95, 95), [(.5, .03), (.93, .25), (.5, .48), (.07, .25)]),
                            ((160, 35, 35), [(.93, .25), (.93, .74), (.5, .97), (.5, .48)])):
        pen.polygon([(a * side, b * side) for a, b in corners], fill=(*colour, 255))
    height = np.clip((y + .95) / 1.75, 0, 1)
    wide = height * .85
    in_cone = ((np.abs(x) <= wide) & (y > -.95) & (y <= .8)) | ((x / .85) ** 2 + ((y - .8) / .16) ** 2 <= 1)
    across = np.clip(x / np.maximum(wide, 1e-3), -1, 1)
    shapes = {
        "circle": regular(180), "triangle": regular(3), "pentagon": regular(5), "hexagon": regular(6),
        "square": polygon([(.04, .04), (.96, .04), (.96, .96), (.04, .96)]),
        "cross-shape": polygon([(.34, .04), (.66, .04), (.66, .34), (.96, .34), (.96, .66), (.66, .66), (.66, .96),
                                (.34, .96), (.34, .66), (.04, .66), (.04, .34), (.34, .34)]),
        "heart": polygon([(.5 + .0305 * 16 * np.sin(t) ** 3,
                           .47 - .0305 * (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)))
                          for t in turns]),
        "ring-shape": ring, "cube": cube,
        "sphere": shade(rest >= 0, .4 + .8 * lit + .6 * lit ** 30),
        "cone": shade(in_cone, .5 + .7 * np.clip(-.5 * across + .8 * np.sqrt(1 - across ** 2), 0, 1)),
    }
    return {key: picture for key, shape in shapes.items() if (picture := cut(shape)) is not None}


def draw_all(downloads: Path, output: Path, sets: tuple[str, ...] = tuple(SOURCES)) -> dict[str, int]:
    """Draws the sets into @output, and tells how many icons each has."""
    art: dict[str, np.ndarray] = {}
    counts = {}
    names: dict[str, str] = {}
    if "3d" in sets:
        characters = json.loads(read_member(fetch(SOURCES["noto"], downloads), "package/chars.json"))
        names = {code.replace("-fe0f", ""): key for code, key in characters.items() if key in CONCEPTS}
    for name in sets:
        archive = fetch(SOURCES[name], downloads)
        drawn = read_pictures(archive, names) if name == "3d" else draw_iconify(archive)
        counts[name] = len(drawn)
        art.update({f"{name}/{key}": picture for key, picture in drawn.items()})
    shapes = draw_shapes()
    counts["shape"] = len(shapes)
    art.update({f"shape/{key}": picture for key, picture in shapes.items()})

    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=output.parent, suffix=".npz", delete=False) as stream:
        np.savez_compressed(stream, **art)
    os.replace(stream.name, output)
    return counts
