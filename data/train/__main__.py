"""The recipe of the models that come with the program: python3 data/train COMMAND; README.md tells the rest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

COMMANDS = {
    "art": "get the icons from the npm registry and draw them into a cache",
    "photos": "make one file of the folders of photographs that are given",
    "scenes": "paint a sheet of scenes, and say what is on them",
    "tokenizer": "learn the words that captions are made of",
    "vq": "train the picture tokenizer for a slice",
    "gpt": "train the drawing model for a slice",
    "see": "teach CLIP's eye the names of photographs for a slice",
    "clip": "train CLIP for a slice",
    "export": "write the trained weights as the program reads them",
    "evaluate": "measure what is exported, by the program itself",
}
PLANNED = {"vq": 30., "gpt": 60., "see": 20., "clip": 40.}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 data/train", description=__doc__)
    parser.add_argument("command", nargs="?", choices=list(COMMANDS), metavar="COMMAND",
                        help="; ".join(f"{name}: {what}" for name, what in COMMANDS.items()))
    parser.add_argument("--smoke", action="store_true", help="run all of it, very small, to see that it works")
    parser.add_argument("--cache", type=Path, default=Path("train-cache"), help="art, checkpoints and logs")
    parser.add_argument("--output", type=Path, help="where export writes, and evaluate reads, a pair")
    parser.add_argument("--program", default="vignette", help="the program that evaluate runs")
    parser.add_argument("--minutes", type=float, default=5., help="of one slice: of processor time, or on a GPU")
    parser.add_argument("--planned", type=float, help="minutes that all slices shall have")
    parser.add_argument("--threads", type=int, default=2, help="at most; fewer while the machine is busy")
    parser.add_argument("--workers", type=int, default=0, help="processes that paint scenes beside the training")
    parser.add_argument("--batch", type=int, help="how many scenes make one step")
    parser.add_argument("--prompts", type=int, default=200, help="that evaluate draws of each kind and split")
    parser.add_argument("--ranked", type=int, default=60, help="of these prompts, how many are drawn eight times")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--reader", type=Path, metavar="FILE",
                        help="an earlier clip.pt whose text tower clip begins with")
    parser.add_argument("--free-only", action="store_true", help="leave Tiny-ImageNet's photographs out")
    for name in ("tiny-imagenet", "clothing", "groceries"):
        parser.add_argument(f"--{name}", type=Path, metavar="DIR", help=f"photographs: {name}")
    for name in ("cifar10", "imagenet"):
        parser.add_argument(f"--{name}", type=Path, metavar="DIR", help=f"photographs that only evaluate sees: {name}")
    arguments = parser.parse_args()
    if arguments.command is None and not arguments.smoke:
        parser.error("a COMMAND or --smoke is wanted")
    return arguments


def main() -> int:
    arguments = parse()
    cache: Path = arguments.cache
    output: Path = arguments.output or cache / "pair"
    if arguments.smoke:
        import smoke
        return smoke.run(cache, arguments.program)

    if arguments.command == "art":
        import art
        print(art.draw_all(cache / "downloads", cache / "art.npz"))
        return 0
    if arguments.command == "photos":
        import photos
        folders = {name: getattr(arguments, name.replace("-", "_")) for name in photos.SETS}
        print(photos.gather({name: folder for name, folder in folders.items() if folder}, cache / "photos.npz", 500))
        return 0

    import scenes
    art_drawn = scenes.load_art(cache / "art.npz")
    drawing = scenes.Painter(art_drawn, scenes.drawing_grammar())
    seeing = scenes.Painter(art_drawn, scenes.seeing_grammar(art_drawn))
    if arguments.command == "scenes":
        for painter in (drawing, seeing):
            name = painter.grammar.name
            captions = scenes.preview(painter, cache / f"{name}.png")
            (cache / f"{name}.txt").write_text("\n".join(captions) + "\n", encoding="utf-8")
        return 0
    if arguments.command == "tokenizer":
        import corpus
        corpus.learn_words([drawing, seeing], cache)
        return 0

    import torch
    import slices
    torch.set_num_threads(arguments.threads)
    device = slices.pick_device(arguments.device)
    planned = arguments.planned or PLANNED.get(arguments.command, 0.)
    if arguments.command in ("vq", "gpt"):
        import codes
        from gpt import GptSize
        from vqgan import VqganSize
        book = codes.get(drawing, cache / "codes.pt", VqganSize().codes, VqganSize().width)
    if arguments.command == "vq":
        import train_vq
        train_vq.train(drawing, book, VqganSize(), cache / "vq.pt", device, arguments.minutes, planned,
                       arguments.batch or 8, arguments.workers)
        train_vq.show(train_vq.load_model(cache / "vq.pt", device), book, drawing, cache / "vq.png", device)
    elif arguments.command == "gpt":
        import train_gpt
        from words import Tokenizer
        train_gpt.train(drawing, book, Tokenizer(cache / "words"), GptSize(), cache / "gpt.pt", device,
                        arguments.minutes, planned, arguments.batch or 16)
    elif arguments.command == "see":
        import train_see
        from album import Album
        from clip import ClipSize
        album = cache / "photos.npz"
        train_see.train(Album(album, "train", arguments.free_only), Album(album, "test"),
                        ClipSize(), cache / "see.pt", device, arguments.minutes, planned, arguments.batch or 256)
    elif arguments.command == "clip":
        import train_clip
        from album import Album
        from clip import ClipSize
        from words import Tokenizer
        album = cache / "photos.npz"
        train_clip.train([seeing, seeing, drawing],
                         Album(album, "train", arguments.free_only) if album.exists() else None,
                         Tokenizer(cache / "words"), ClipSize(), cache / "clip.pt", device, arguments.minutes, planned,
                         arguments.batch or 96, arguments.workers, reader=arguments.reader)
    elif arguments.command == "export":
        import corpus
        import export
        export.export(cache, output, corpus.seen_words(drawing))
    else:
        import evaluate
        evaluate.evaluate(drawing, seeing, cache, output, arguments.program, arguments.prompts,
                          ranked=arguments.ranked, sets={name: folder for name in ("cifar10", "imagenet")
                                                         if (folder := getattr(arguments, name))})
    return 0


if __name__ == "__main__":
    sys.exit(main())
