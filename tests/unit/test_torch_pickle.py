"""The reader of legacy PyTorch files: exact on good ones, and no file makes it run anything."""

import io
import os
import pickle
import struct
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.errors import CourseError
from course_utils.pretrained.readers.torch_pickle import read_torch_weights

MAGIC = 0x1950A86A20F9469CFC6C


class Named:
    """Pickles as a name in a module, as classes and functions do."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __reduce__(self):
        raise AssertionError("written by the pickler below")


class Storage:
    def __init__(self, key: str, numbers: np.ndarray, kind: str = "FloatStorage") -> None:
        self.key, self.numbers, self.kind = key, numbers, kind


class Tensor:
    def __init__(self, storage: Storage, offset: int, shape: tuple, strides: tuple) -> None:
        self.arguments = (storage, offset, shape, strides, False, OrderedDict())

    def __reduce_ex__(self, protocol):
        return rebuild, self.arguments


def rebuild(*arguments):
    raise AssertionError("only its name is written")


class Writer(pickle._Pickler):
    """Writes the names that PyTorch would, without PyTorch."""

    def persistent_id(self, value):
        if isinstance(value, Storage):
            return ("storage", Named("torch", value.kind), value.key, "cpu", len(value.numbers), None)
        return None

    def save(self, value, save_persistent_id=True):
        if value is rebuild:
            return self.write(b"ctorch._utils\n_rebuild_tensor_v2\n")
        if isinstance(value, Named):
            return self.write(f"c{value.module}\n{value.name}\n".encode())
        return super().save(value, save_persistent_id)


def legacy(tensors: object, storages: list[Storage], *, magic: int = MAGIC, behind: bytes = b"") -> bytes:
    file = io.BytesIO()
    for part in (magic, 1001, {"little_endian": True}, tensors, [storage.key for storage in storages]):
        Writer(file, 2).dump(part)
    for storage in storages:
        file.write(struct.pack("<q", len(storage.numbers)) + storage.numbers.tobytes())
    return file.getvalue() + behind


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    return path


@given(st.lists(st.lists(st.integers(1, 4), min_size=0, max_size=4), min_size=1, max_size=4), st.randoms())
def test_tensors_come_out_as_they_went_in(tmp_path_factory, shapes, random) -> None:
    rng = np.random.default_rng(random.randrange(2**32))
    arrays = {f"layer{i}.weight": rng.normal(size=shape).astype("<f4") for i, shape in enumerate(shapes)}
    storages = [Storage(str(i), array.ravel()) for i, array in enumerate(arrays.values())]
    tensors = OrderedDict(
        (name, Tensor(storage, 0, array.shape, tuple(s // 4 for s in array.strides)))
        for (name, array), storage in zip(arrays.items(), storages, strict=True)
    )
    read = read_torch_weights(written(tmp_path_factory.mktemp("w"), legacy(tensors, storages)))
    assert list(read) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)


def test_tensors_may_share_a_storage_and_be_transposed(tmp_path: Path) -> None:
    storage = Storage("0", np.arange(7, dtype="<i8"), "LongStorage")
    tensors = {"a": Tensor(storage, 1, (2, 3), (3, 1)), "b": Tensor(storage, 1, (3, 2), (1, 3))}
    read = read_torch_weights(written(tmp_path, legacy(tensors, [storage])))
    np.testing.assert_array_equal(read["b"], read["a"].T)


class Shell:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


ONE = Storage("0", np.arange(4, dtype="<f4"))
FINE = {"w": Tensor(ONE, 0, (4,), (1,))}


def test_a_pickle_that_calls_something_is_refused_and_nothing_is_called(tmp_path: Path) -> None:
    marker = tmp_path / "it-ran"
    hostile = [
        pickle.dumps(Shell(f"touch {marker}"), 2),
        legacy({"w": Shell(f"touch {marker}")}, []),
        legacy({**FINE, "more": Named("builtins", "eval")}, [ONE]),
        b"cposix\nsystem\n(S'touch " + str(marker).encode() + b"'\ntR.",
    ]
    for content in hostile:
        with pytest.raises(CourseError, match="Nothing in it was executed"):
            read_torch_weights(written(tmp_path, content))
    assert not marker.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Ran out of input"),
        (legacy(FINE, [ONE], magic=1), "does not begin like such a file"),
        (legacy(FINE, [ONE])[:-3], "ends too early"),
        (legacy(FINE, [ONE], behind=b"x"), "more after the last storage"),
        (legacy([1, 2], []), "not hold a dictionary"),
        (legacy({"w": 3}, []), "'w' is not a tensor"),
        (legacy({"w": Tensor(ONE, 1, (4,), (1,))}, [ONE]), "outside its storage"),
        (legacy({"w": Tensor(ONE, 0, (4,), (-1,))}, [ONE]), "impossible shape"),
        (legacy({"w": Tensor(ONE, 0, (10**9, 10**9), (0, 0))}, [ONE]), "outside its storage"),
        (legacy({"w": Tensor(Storage("0", ONE.numbers, "ByteStorage"), 0, (4,), (1,))}, [ONE]), "ByteStorage"),
        (legacy(FINE, []), "not those of its tensors"),
        (b"PK\x03\x04 a zip file", ""),
    ],
)
def test_what_is_no_such_file_is_one_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(CourseError) as caught:
        read_torch_weights(path)
    message = str(caught.value)
    assert str(path) in message
    assert reason in message
    assert "\n" not in message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"none\.pth can't be read"):
        read_torch_weights(tmp_path / "none.pth")


@given(st.binary(max_size=300))
def test_no_bytes_lead_to_anything_but_a_refusal(tmp_path_factory, content) -> None:
    with pytest.raises(CourseError):
        read_torch_weights(written(tmp_path_factory.mktemp("w"), content))
