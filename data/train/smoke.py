"""All of the recipe, very small: minutes on a processor, to see that every step works and fits the next.

Where the art cannot be had, plain shapes stand in for it; what is trained is good for nothing.
"""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import art
import codes
import corpus
import evaluate
import export
import scenes
import train_clip
import train_gpt
import train_see
import train_vq
from album import Album
from clip import ClipSize
from gpt import GptSize
from vqgan import VqganSize
from words import Tokenizer

VQGAN = VqganSize(channels=8, multiples=(1, 1, 2, 4, 8), latent=32, width=16, codes=96)
GPT = GptSize(width=64, layers=2, heads=4, image_vocab=96)
CLIP = ClipSize(width=64, layers=2, heads=2, text_width=64, text_layers=1, text_heads=2, joint=48)
MINUTES = .1


def small_art(cache: Path) -> dict[str, np.ndarray]:
    """The shapes; as icons of the flat set too, so that both grammars find something."""
    path = cache / "art.npz"
    if path.exists():
        return scenes.load_art(path)
    shapes = art.draw_shapes()
    names = [key for key, _ in scenes.drawing_grammar().things]
    pictures = list(shapes.values())
    drawn = {f"shape/{key}": picture for key, picture in shapes.items()}
    drawn |= {f"flat/{key}": pictures[i % len(pictures)] for i, key in enumerate(names)}
    return drawn


def small_photos(path: Path) -> None:
    """Four noisy squares of two classes."""
    numbers = np.random.default_rng(1)
    pictures = numbers.integers(0, 255, (4, 64, 64, 3), np.uint8)
    parts = {f"{split}_{name}": value for split in ("train", "test") for name, value in
             {"pictures": pictures, "labels": np.array([0, 1, 0, 1], np.int16),
              "names": np.array(["goldfish", "cat|house cat"]), "sources": np.array(["clothing", "clothing"])}.items()}
    np.savez(path, **parts)


def run(cache: Path, program: str) -> int:
    """Every step in a slice or two, and the program drawing with the result."""
    began = time.monotonic()
    cache.mkdir(parents=True, exist_ok=True)
    cpu = torch.device("cpu")
    drawn = small_art(cache)
    draws = scenes.Painter(drawn, scenes.drawing_grammar())
    sees = scenes.Painter(drawn, scenes.seeing_grammar(drawn))
    if not (cache / "photos.npz").exists():
        small_photos(cache / "photos.npz")
    corpus.learn_words([draws, sees], cache, 300)
    words = Tokenizer(cache / "words")
    book = codes.get(draws, cache / "codes.pt", VQGAN.codes, VQGAN.width)
    album = Album(cache / "photos.npz", "train")
    for minutes in (MINUTES / 2, MINUTES):  # a slice, and one that goes on from its checkpoint
        train_vq.train(draws, book, VQGAN, cache / "vq.pt", cpu, minutes, MINUTES, 4)
        train_gpt.train(draws, book, words, replace(GPT, text_vocab=len(words)), cache / "gpt.pt", cpu, minutes,
                        MINUTES, 8)
        train_see.train(album, Album(cache / "photos.npz", "test"), replace(CLIP, vocab=len(words)), cache / "see.pt",
                        cpu, minutes, MINUTES, 16)
        train_clip.train([sees, draws], album, words, replace(CLIP, vocab=len(words)), cache / "clip.pt", cpu, minutes,
                         MINUTES, 16)
    for name in ("vq", "gpt", "see", "clip"):
        state = torch.load(cache / f"{name}.pt", weights_only=True)
        assert state["spent"] >= MINUTES * 60, f"{name}: the second slice did not go on from the first"
    check_judge(draws)
    pair = cache / "pair"
    export.export(cache, pair, corpus.seen_words(draws, 1000))
    evaluate.evaluate(draws, sees, cache, pair, program, 1, groups=1, size=10, sheets=False, ranked=1)
    print(f"smoke: all well, {time.monotonic() - began:.0f} s")
    return 0


def check_judge(painter: scenes.Painter, count: int = 20) -> None:
    """The judge finds true of a true scene what is said of it, and false what is said of another."""
    from judge import Judge
    judge, chance = Judge(painter), random.Random(2)
    right, wrong = [], []
    for scene in evaluate.prompts(painter, "train", count, 5):
        picture = Image.fromarray(painter.paint(scene, chance))
        fact = evaluate.KINDS[scene.kind]
        right.append(judge.verdicts(picture, scene)[fact])
        for changed, other in scenes.change(scene, chance, painter.grammar.colours):
            if changed == fact:
                wrong.append(judge.verdicts(picture, other)[fact])
    print(f"judge: {np.mean(right):.2f} of true facts found, {np.mean(wrong):.2f} of false ones")
    assert np.mean(right) > .85 and np.mean(wrong) < .2
