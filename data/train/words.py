"""The tokenizer of both models: CLIP's byte-level byte-pair encoding, learned from what captions say.

The files are Hugging Face's vocab.json and merges.txt; the rules are those of openai/CLIP's simple_tokenizer.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

START, END = "<|startoftext|>", "<|endoftext|>"

# Letters, single digits, runs of other signs, and English contractions.
_WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\w\s]|_)+")


def _printable() -> dict[int, str]:
    """A printable character for every byte, as GPT-2 has it."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in plain]
    return {**{byte: chr(byte) for byte in plain}, **{byte: chr(256 + i) for i, byte in enumerate(rest)}}


PRINTABLE = _printable()


def split(text: str) -> list[str]:
    return _WORDS.findall(" ".join(text.lower().split()))


def symbols(word: str) -> tuple[str, ...]:
    letters = [PRINTABLE[byte] for byte in word.encode()]
    letters[-1] += "</w>"
    return tuple(letters)


def merge(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """The word with every occurrence of the pair made one symbol."""
    result: list[str] = []
    i = 0
    while i < len(word):
        if word[i:i + 2] == pair:
            result.append(word[i] + word[i + 1])
            i += 2
        else:
            result.append(word[i])
            i += 1
    return tuple(result)


def learn(texts: Iterable[str], vocab: int) -> list[tuple[str, str]]:
    """The merges, most frequent first; ties go to the lesser pair, so that the same texts give the same merges."""
    words = {symbols(word): count for word, count in Counter(word for text in texts for word in split(text)).items()}
    merges: list[tuple[str, str]] = []
    while len(merges) < vocab - 2 - 512:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = {merge(word, best) if best[0] in word else word: count for word, count in words.items()}
    return merges


class Tokenizer:
    """Text to ids, from the two files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.vocab: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]
        self.ranks = {tuple(line.split(" ")): rank for rank, line in enumerate(lines) if line}
        self.start, self.end = self.vocab[START], self.vocab[END]
        self.word = lru_cache(65536)(self._word)

    def __len__(self) -> int:
        return len(self.vocab)

    def _word(self, word: str) -> tuple[int, ...]:
        parts = symbols(word)
        while len(parts) > 1:
            pair = min(zip(parts, parts[1:]), key=lambda pair: self.ranks.get(pair, 1 << 30))
            if pair not in self.ranks:
                break
            parts = merge(parts, pair)
        return tuple(self.vocab[part] for part in parts)

    def ids(self, text: str) -> list[int]:
        return [i for word in split(text) for i in self.word(word)]

    def prompt(self, text: str, length: int) -> list[int]:
        """For the drawing model: no start, no end, padded with the end."""
        ids = self.ids(text)[:length]
        return ids + [self.end] * (length - len(ids))

    def caption(self, text: str, length: int) -> list[int]:
        """For CLIP: between start and end, padded with the end."""
        ids = [self.start, *self.ids(text)[:length - 2], self.end]
        return ids + [self.end] * (length - len(ids))


def write(merges: list[tuple[str, str]], folder: Path) -> None:
    """vocab.json and merges.txt: bytes, bytes that end a word, merges, start and end."""
    letters = list(PRINTABLE.values())
    entries = [*letters, *(letter + "</w>" for letter in letters), *(a + b for a, b in merges), START, END]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({entry: i for i, entry in enumerate(dict.fromkeys(entries))},
                                                  ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *(f"{a} {b}" for a, b in merges), ""]),
                                       encoding="utf-8")
