"""seeds.py FOLDER: beginnings for the fuzzers, a folder each, from tests/data"""
import io
import json
import pathlib
import pickle
import struct
import sys
import zipfile

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
SMALL = 1 << 16


def tensors(names):
    header, at = {}, 0
    for name, shape in names.items():
        n = 1
        for extent in shape:
            n *= extent
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + 4 * n]}
        at += 4 * n
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(at)


class Call:
    """Pickled as a call of a function that need not exist here."""

    def __init__(self, module, name, arguments):
        self.module, self.name, self.arguments = module, name, arguments


class Pickler(pickle._Pickler):
    def save(self, thing, save_persistent_id=True):
        if isinstance(thing, Call):
            self.write(b"c" + thing.module.encode() + b"\n" + thing.name.encode() + b"\n")
            self.save(thing.arguments)
            self.write(b"R")
        elif isinstance(thing, Storage):
            self.save(("storage", Name("torch", thing.kind), "0", "cpu", thing.n))
            self.write(b"Q")
        elif isinstance(thing, Name):
            self.write(b"c" + thing.module.encode() + b"\n" + thing.name.encode() + b"\n")
        else:
            super().save(thing, save_persistent_id)


class Name:
    def __init__(self, module, name):
        self.module, self.name = module, name


class Storage:
    def __init__(self, kind, n):
        self.kind, self.n = kind, n


def weights(protocol):
    def tensor(kind, n, offset, shape, stride):
        return Call("torch._utils", "_rebuild_tensor_v2", (Storage(kind, n), offset, shape, stride, False,
                                                           Call("collections", "OrderedDict", ())))

    out = io.BytesIO()
    Pickler(out, protocol).dump({"a": tensor("FloatStorage", 16, 0, (2, 3), (3, 1)),
                                 "b": tensor("HalfStorage", 32, 4, (2, 2), (1, 2)), "epoch": 3, "name": "x" * 300})
    return out.getvalue()


def archive(data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("it/data.pkl", data)
        file.writestr("it/data/0", bytes(64))
        file.writestr("it/version", "3")
    return out.getvalue()


def main():
    vocabulary = DATA / "tokenizer"
    merges = (vocabulary / "merges.txt").read_bytes()
    symbols = list(json.loads((vocabulary / "vocab.json").read_text()))
    pairs = [line.split(" ") for line in merges.decode().splitlines()[1:] if line]
    rest = "}, \"merges\": " + json.dumps(pairs) + "}}"
    plain = "}, \"merges\": " + json.dumps([" ".join(pair) for pair in pairs]) + "}}"
    seeds = {
        "json": [path.read_bytes() for path in DATA.glob("**/*.json") if path.stat().st_size < SMALL],
        "text": [line.encode() for line in (vocabulary / "goldens.tsv").read_text().splitlines()[::7]],
        "tokenizer": [b"\0" + merges, b", \"zz\": %d\0" % len(symbols) + merges],
        "torch": [weights(0), weights(2), weights(4), archive(weights(2))],
        "sidecar": [path.read_bytes() for path in (DATA / "xmp").iterdir()],
        "vocabulary": [b"J" + rest.encode(), b"J" + plain.encode(),
                       b"Y" + (vocabulary / "yttm" / "bpe.model").read_bytes(),
                       b"B" + (vocabulary / "bart" / "merges.txt").read_bytes(),
                       b"C" + (vocabulary / "char" / "merges.txt").read_bytes(), b"M" + merges,
                       *(b"K" + path.read_bytes() for path in DATA.glob("**/config*.json"))],
        "weights": [tensors({"a": [2], "b": [2, 3], "c": [3, 2], "k": [2, 1, 2, 2], "s": []}),
                    tensors({"p.b": [2, 3], "p.c": [2, 3]}), tensors({})],
    }
    for name, files in seeds.items():
        folder = pathlib.Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        for i, data in enumerate(files):
            (folder / str(i)).write_bytes(data)


main()
