"""torchfile.py: files as torch writes them, by Python's own pickle: no torch is needed to try its reader"""
import collections
import io
import json
import pickle
import struct
import sys
import types
import zipfile

ORDERED = collections.OrderedDict


def module(name):
    if name not in sys.modules:
        if '.' in name:
            module(name.rpartition('.')[0])
        sys.modules[name] = types.ModuleType(name)
    return sys.modules[name]


def name_in(place, name, thing):
    thing.__module__, thing.__qualname__, thing.__name__ = place, name, name
    setattr(module(place), name, thing)
    return thing


def stub(*_):
    raise AssertionError('only its name is written')


rebuild = name_in('torch._utils', '_rebuild_tensor_v2', types.FunctionType(stub.__code__, {}))
STORAGES = {kind: name_in('torch', name, type(name, (), {}))
            for kind, name in (('F32', 'FloatStorage'), ('F16', 'HalfStorage'), ('I64', 'LongStorage'))}
SIZES = {'F32': 4, 'F16': 2, 'I64': 8}


class Storage:
    def __init__(self, kind, data):
        self.kind, self.data, self.key = kind, data, None

    def count(self):
        return len(self.data) // SIZES[self.kind]

    def write(self, file):
        file.write(self.data)


class Tensor:
    """A view of a storage; a dense one of all of it unless strides are given."""

    def __init__(self, storage, size, stride=None, offset=0):
        if stride is None:
            stride, step = [], 1
            for extent in reversed(size):
                stride.insert(0, step)
                step *= extent
        self.storage, self.size, self.stride, self.offset = storage, tuple(size), tuple(stride), offset

    def __reduce__(self):
        return rebuild, (self.storage, self.offset, self.size, self.stride, False, ORDERED())


def read_safetensors(path):
    """{name: (kind, shape, bytes)}"""
    data = path.read_bytes()
    length, = struct.unpack('<Q', data[:8])
    header = json.loads(data[8:8 + length])
    header.pop('__metadata__', None)
    return {name: (about['dtype'], about['shape'],
                   data[8 + length + about['data_offsets'][0]:8 + length + about['data_offsets'][1]])
            for name, about in header.items()}


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name, (kind, shape, data) in tensors.items():
        header[name] = {'dtype': kind, 'shape': shape, 'data_offsets': [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack('<Q', len(text)) + text + b''.join(data for _, _, data in tensors.values()))


def as_tensors(tensors):
    """Matrices of two axes lie the other way round in their storages, everything else as it is."""
    out = ORDERED()
    for name, (kind, shape, data) in tensors.items():
        if len(shape) == 2:
            rows, width = shape
            size = SIZES[kind]
            turned = b''.join(data[(r * width + c) * size:(r * width + c + 1) * size]
                              for c in range(width) for r in range(rows))
            out[name] = Tensor(Storage(kind, b'\0' * 4 * size + turned), shape, (1, rows), 4)
        else:
            out[name] = Tensor(Storage(kind, data), shape)
    return out


def as_script(tensors):
    """The same as objects within objects, as TorchScript has modules."""
    root = {}
    for name, tensor in as_tensors(tensors).items():
        *way, last = name.split('.')
        at = root
        for part in way:
            at = at.setdefault(part, {})
        at[last] = tensor

    def build(tree, depth=0):
        place, name = '__torch__.clip.model', f'Module{depth}'
        kind = getattr(module(place), name, None) or name_in(place, name, type(name, (), {}))
        thing = kind()
        for key, value in tree.items():
            thing.__dict__[key] = build(value, depth + 1) if isinstance(value, dict) else value
        thing.__dict__['training'] = False
        return thing

    return build(root)


def write_torch(path, thing, wrap=None):
    """torch.save (thing, path)"""
    storages = []

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if not isinstance(value, Storage):
                return None
            if value.key is None:
                value.key = str(len(storages))
                storages.append(value)
            return ('storage', STORAGES[value.kind], value.key, 'cpu', value.count())

    text = io.BytesIO()
    Pickler(text, 2).dump(thing if wrap is None else wrap(thing))
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr('archive/data.pkl', text.getvalue())
        for storage in storages:
            entry = zipfile.ZipInfo(f'archive/data/{storage.key}')
            entry.file_size = storage.count() * SIZES[storage.kind]
            with archive.open(entry, 'w') as file:
                storage.write(file)
        archive.writestr('archive/version', '3\n')
