"""Read the weights in a ``model.bin`` of CTranslate2, the format of many speech and translation networks, with NumPy.

The file is a list of named tensors, each with its shape, type and length, and then of aliases, second names of some of
them. It holds no code. Every length is checked against what is left of the file before anything is made of it, so a
damaged file costs no more time or memory than its own size. The layout is that of CTranslate2's ``ModelSpec.save``.
"""

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError

_VERSION = 6  # of the layout
_DTYPES: dict[int, np.dtype[Any]] = {
    0: np.dtype("<f4"),
    1: np.dtype("i1"),
    2: np.dtype("<i2"),
    3: np.dtype("<i4"),
    4: np.dtype("<f2"),
}  # 5 is bfloat16, which NumPy lacks
_MOST_BYTES = 2**31  # of a file; the largest that the course reads has a few ten million
_MOST_TENSORS, _MOST_AXES = 10_000, 8


def read_ctranslate2_weights(path: Path, specification: str) -> dict[str, NDArray[Any]]:
    """Return the tensors of a CTranslate2 ``model.bin`` by name; an alias names the tensor that it stands for.

    Args:
        path: the file.
        specification: what kind of network it must hold, such as ``"WhisperSpec"``.

    Returns:
        Read-only arrays in the file's dtypes and shapes; settings, such as a number of heads, are arrays of shape ().

    Raises:
        CourseError: the file is not of this kind, is cut off, or holds something that is not understood.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"it is larger than {_MOST_BYTES:,} bytes")
        return _read(_Cursor(path.read_bytes()), specification)
    except OSError as problem:
        raise CourseError(f"{path} can't be read ({problem.strerror}).") from problem
    except ValueError as problem:
        raise CourseError(
            f"{path} is not a CTranslate2 file of weights that can be read ({problem}). Fetch it again from its "
            "publisher."
        ) from None


class _Cursor:
    """Takes one value after the other from the bytes of a file."""

    def __init__(self, content: bytes) -> None:
        self._content, self._place = content, 0

    def skip(self, size: int) -> int:
        """Pass over ``size`` bytes; return where they begin."""
        start = self._place
        if size > len(self._content) - start:
            raise ValueError("it ends too early")
        self._place += size
        return start

    def number(self, code: str) -> int:
        """Return an unsigned number: ``B``, ``H`` or ``I``, of 1, 2 or 4 bytes."""
        (value,) = struct.unpack_from(f"<{code}", self._content, self.skip(struct.calcsize(code)))
        return int(value)

    def count(self) -> int:
        """Return how many tensors or aliases follow."""
        if (count := self.number("I")) > _MOST_TENSORS:
            raise ValueError(f"it claims to hold {count:,} tensors")
        return count

    def text(self) -> str:
        """Return a text, which is stored with its length and a zero byte at its end."""
        size = self.number("H")
        start = self.skip(size)
        text, end, rest = self._content[start : start + size].partition(b"\0")
        if not end or rest or not text.isascii():
            raise ValueError("a name in it is damaged")
        return text.decode("ascii")

    def tensor(self) -> NDArray[Any]:
        """Return a tensor, after comparing its length with its shape and type."""
        axes = self.number("B")
        if axes > _MOST_AXES:
            raise ValueError(f"a tensor has {axes} axes")
        shape = [self.number("I") for _ in range(axes)]
        kind, size = self.number("B"), self.number("I")
        if kind not in _DTYPES:
            raise ValueError(f"a tensor has the unknown type {kind}")
        count = math.prod(shape)
        if count == 0 or size != count * _DTYPES[kind].itemsize:
            raise ValueError("the length of a tensor does not fit its shape")
        return np.frombuffer(self._content, _DTYPES[kind], count, self.skip(size)).reshape(shape)

    def is_at_end(self) -> bool:
        return self._place == len(self._content)


def _read(file: _Cursor, specification: str) -> dict[str, NDArray[Any]]:
    if (version := file.number("I")) != _VERSION:
        raise ValueError(f"its version is {version}, not {_VERSION}")
    if (found := file.text()) != specification:
        raise ValueError(f"it holds {found[:40]!r}, not {specification!r}")
    file.number("I")  # revision of that specification
    tensors: dict[str, NDArray[Any]] = {}
    for _ in range(file.count()):
        name = file.text()
        if name in tensors:
            raise ValueError(f"it holds {name[:80]!r} twice")
        tensors[name] = file.tensor()
    for _ in range(file.count()):
        alias, name = file.text(), file.text()
        if alias in tensors or name not in tensors:
            raise ValueError(f"its alias {alias[:80]!r} stands for nothing, or for two things")
        tensors[alias] = tensors[name]
    if not file.is_at_end():
        raise ValueError("there is more after its last alias")
    return tensors
