"""Read the settings and weights in a GGUF file, the format of llama.cpp, with NumPy.

The file is a table of settings, a table of tensors with their places, and then the tensors. It holds no code. Every
length and place is checked against the file before anything is made of it, so the time and memory that a damaged file
costs grow with its own size alone. The layout is that of the GGUF specification, version 3; blocks of quantised weights
are those of ggml.
"""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError

_MAGIC, _VERSION = b"GGUF", 3
_MOST_BYTES = 2**31  # of a file; the largest that the course reads has a hundred million
_MOST_TENSORS, _MOST_SETTINGS, _MOST_AXES = 10_000, 10_000, 8
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _LIST = 8, 9
_BLOCK = 32  # weights that share a scale

Setting = int | float | bool | str | list[Any]


@dataclass(frozen=True)
class GGUFFile:
    """What a GGUF file holds.

    Attributes:
        settings: numbers, texts and lists by name, such as the vocabulary.
        tensors: float32 arrays by name, with the slowest axis first.
    """

    settings: dict[str, Setting]
    tensors: dict[str, NDArray[np.float32]]


def read_gguf(path: Path) -> GGUFFile:
    """Read a whole file; quantised weights (Q8_0, Q4_1) come out as the float32 numbers that they stand for.

    Raises:
        CourseError: the file is not of this kind, is cut off, or holds something that is not understood.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"it is larger than {_MOST_BYTES:,} bytes")
        return _read(np.fromfile(path, np.uint8))
    except OSError as problem:
        raise CourseError(f"{path} can't be read ({problem.strerror}).") from problem
    except (ValueError, OverflowError) as problem:
        raise CourseError(
            f"{path} is not a GGUF file of weights that can be read ({problem}). Fetch it again from its publisher."
        ) from None


class _Reader:
    """Takes one value after the other from the bytes of a file."""

    def __init__(self, content: NDArray[np.uint8]) -> None:
        self.content, self.place = content, 0
        self._buffer = memoryview(content)  # type: ignore[arg-type]

    def skip(self, size: int) -> int:
        """Pass over ``size`` bytes; return where they begin."""
        start = self.place
        if not 0 <= size <= len(self.content) - start:
            raise ValueError("it ends too early")
        self.place += size
        return start

    def numbers(self, code: str, count: int) -> list[Any]:
        """Return numbers, by their code in ``struct``."""
        if count > len(self.content) - self.place:  # every number has at least one byte
            raise ValueError("it ends too early")
        layout = f"<{count}{code}"
        return list(struct.unpack_from(layout, self._buffer, self.skip(struct.calcsize(layout))))

    def number(self, code: str) -> Any:
        """Return a number, by its code in ``struct``."""
        return self.numbers(code, 1)[0]

    def text(self) -> str:
        """Return a text, which is stored after its length."""
        size = self.number("Q")
        start = self.skip(size)
        return bytes(self._buffer[start : start + size]).decode("utf-8")

    def value(self, kind: int) -> Setting:
        """Return a setting; a list is stored after the kind and number of its members."""
        if kind == _LIST:
            kind, count = self.number("I"), self.number("Q")
            return [self.text() for _ in range(count)] if kind == _TEXT else self.numbers(self._code(kind), count)
        if kind == _TEXT:
            return self.text()
        number: int | float | bool = self.number(self._code(kind))
        return number

    @staticmethod
    def _code(kind: int) -> str:
        if kind not in _NUMBERS:
            raise ValueError(f"a setting has the unknown kind {kind}")
        return _NUMBERS[kind]


def _read(content: NDArray[np.uint8]) -> GGUFFile:
    file = _Reader(content)
    if content[:4].tobytes() != _MAGIC:
        raise ValueError("it does not begin like such a file")
    file.skip(4)
    if (version := file.number("I")) != _VERSION:
        raise ValueError(f"its version is {version}, not {_VERSION}")
    tensor_count, setting_count = file.number("Q"), file.number("Q")
    if tensor_count > _MOST_TENSORS or setting_count > _MOST_SETTINGS:
        raise ValueError(f"it claims to hold {tensor_count:,} tensors and {setting_count:,} settings")
    settings: dict[str, Setting] = {}
    for _ in range(setting_count):
        name = file.text()
        if name in settings:
            raise ValueError(f"it holds {name[:80]!r} twice")
        settings[name] = file.value(file.number("I"))
    places = [_place(file) for _ in range(tensor_count)]
    alignment = settings.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment not in range(8, 4097, 8):
        raise ValueError("its tensors are aligned in an impossible way")
    start = -(-file.place // alignment) * alignment
    end = start
    tensors: dict[str, NDArray[np.float32]] = {}
    for name, shape, kind, offset in places:
        if name in tensors:
            raise ValueError(f"it holds {name[:80]!r} twice")
        place = -(-end // alignment) * alignment
        if start + offset != place:  # a small file could hold the same bytes thousands of times
            raise ValueError("its tensors do not lie one after the other")
        end = place + _size(shape, kind)
        if end > len(content):
            raise ValueError("it ends too early")
        tensors[name] = _KINDS[kind][2](content[place:end]).reshape(shape)
    if len(content) - end >= alignment:
        raise ValueError("there is more after its last tensor")
    return GGUFFile(settings, tensors)


def _place(file: _Reader) -> tuple[str, tuple[int, ...], int, int]:
    """Return a tensor's name, shape, kind and offset."""
    name, axes = file.text(), file.number("I")
    if not 1 <= axes <= _MOST_AXES:
        raise ValueError(f"a tensor has {axes} axes")
    fastest_first = [file.number("Q") for _ in range(axes)]
    return name, tuple(reversed(fastest_first)), file.number("I"), file.number("Q")


def _size(shape: tuple[int, ...], kind: int) -> int:
    """Return how many bytes a tensor takes."""
    if kind not in _KINDS:
        raise ValueError(f"a tensor has the unknown kind {kind}")
    bytes_of_group, group, _ = _KINDS[kind]
    if 0 in shape or shape[-1] % group:
        raise ValueError("a tensor has an impossible shape")
    return math.prod(shape) // group * bytes_of_group


def _q8_0(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Dequantise blocks of a float16 scale and 32 signed bytes."""
    blocks = raw.reshape(-1, 2 + _BLOCK)
    weights: NDArray[np.float32] = _floats(blocks[:, :2]) * blocks[:, 2:].view(np.int8)
    return weights


def _q4_1(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Dequantise blocks of a float16 scale, a float16 minimum and 32 half bytes; the low halves come first."""
    blocks = raw.reshape(-1, 4 + _BLOCK // 2)
    halves = np.concatenate([blocks[:, 4:] & 15, blocks[:, 4:] >> 4], axis=1)
    weights: NDArray[np.float32] = _floats(blocks[:, :2]) * halves + _floats(blocks[:, 2:4])
    return weights


def _floats(pairs: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.ascontiguousarray(pairs).view("<f2").astype(np.float32)


#: By the number of the kind: the bytes of a group of weights, the weights in it, and how to make floats of them.
_KINDS: dict[int, tuple[int, int, Callable[[NDArray[np.uint8]], NDArray[np.float32]]]] = {
    0: (4, 1, lambda raw: raw.view("<f4").astype(np.float32)),
    1: (2, 1, lambda raw: raw.view("<f2").astype(np.float32)),
    3: (4 + _BLOCK // 2, _BLOCK, _q4_1),
    8: (2 + _BLOCK, _BLOCK, _q8_0),
}
