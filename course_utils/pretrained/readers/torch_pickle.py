"""Read the weights in a legacy PyTorch file (before version 1.6) without PyTorch, and without running what is in it.

Such a file is five pickles (a magic number, a version, the writer's system, the tensors, the storages' keys), followed
by the raw numbers of each storage. A pickle can call any function, so this reader allows exactly what a dictionary of
tensors needs and refuses everything else. The layout is that of ``torch.serialization._legacy_save``.
"""

import collections
import io
import pickle
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError

_MAGIC, _VERSION = 0x1950A86A20F9469CFC6C, 1001
_DTYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "DoubleStorage": np.dtype("<f8"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
}
_MOST_BYTES = 2**31  # of a file; the largest that the course reads has a few hundred million
_MOST_TENSORS = 10_000


def read_torch_weights(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors of a legacy PyTorch file, by name.

    Returns:
        Arrays that own their numbers, in the file's dtypes and shapes.

    Raises:
        CourseError: the file is not of this kind, is damaged, or holds something other than a dictionary of tensors.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"it is larger than {_MOST_BYTES:,} bytes")
        return _read(io.BytesIO(path.read_bytes()))
    except OSError as problem:
        raise CourseError(f"{path} can't be read ({problem.strerror}).") from problem
    except Exception as problem:  # an unpickler raises whatever a broken stream leads it to
        reason = str(problem).partition("\n")[0] or type(problem).__name__
        raise CourseError(
            f"{path} is not a file of weights that can be read safely ({reason}). Nothing in it was executed; "
            "fetch it again from its publisher."
        ) from None


@dataclass
class _Storage:
    """The numbers that tensors are cut from; in the file they follow the pickles."""

    dtype: np.dtype[Any]
    count: int
    numbers: NDArray[Any] = field(default_factory=lambda: np.empty(0))


@dataclass
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self) -> NDArray[Any]:
        """Return the tensor's numbers; refuse a tensor that reaches outside its storage."""
        if len(self.shape) != len(self.strides) or min((self.offset, *self.shape, *self.strides)) < 0:
            raise ValueError("a tensor has an impossible shape")
        if 0 in self.shape:
            return np.empty(self.shape, self.storage.dtype)
        last = self.offset + sum((n - 1) * stride for n, stride in zip(self.shape, self.strides, strict=True))
        if last >= self.storage.count or int(np.prod(self.shape)) > self.storage.count:
            raise ValueError("a tensor reaches outside its storage")
        step = self.storage.dtype.itemsize
        start = self.storage.numbers[self.offset :]
        return np.array(np.lib.stride_tricks.as_strided(start, self.shape, [stride * step for stride in self.strides]))


class _Unpickler(pickle.Unpickler):
    """Knows the names that a dictionary of tensors needs, and no others."""

    def __init__(self, file: io.BytesIO, storages: dict[str, _Storage]) -> None:
        super().__init__(file)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _DTYPES:
            return name
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key, _device, count, *_view = pid
        if kind != "storage" or dtype not in _DTYPES or not isinstance(key, str) or not isinstance(count, int):
            raise pickle.UnpicklingError("a storage is described in an unknown way")
        if not 0 <= count <= _MOST_BYTES:
            raise pickle.UnpicklingError("a storage has an impossible size")
        return self._storages.setdefault(key, _Storage(_DTYPES[dtype], count))


def _tensor(storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any) -> _Tensor:
    """Stand in for ``torch._utils._rebuild_tensor_v2``, which the file names."""
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


def _read(file: io.BytesIO) -> dict[str, NDArray[Any]]:
    storages: dict[str, _Storage] = {}

    def load() -> Any:
        return _Unpickler(file, storages).load()

    if load() != _MAGIC or load() != _VERSION:
        raise ValueError("it does not begin like such a file")
    load()  # the writer's system
    tensors, keys = load(), load()
    if not isinstance(tensors, dict) or len(tensors) > _MOST_TENSORS:
        raise ValueError("it does not hold a dictionary of tensors")
    if not isinstance(keys, list) or set(keys) != storages.keys() or len(keys) != len(storages):
        raise ValueError("its storages are not those of its tensors")
    for key in keys:
        _fill(storages[key], file)
    if file.read(1):
        raise ValueError("there is more after the last storage")
    for name, tensor in tensors.items():
        if not isinstance(name, str) or not isinstance(tensor, _Tensor):
            raise ValueError(f"{str(name)[:40]!r} is not a tensor")
    return {name: tensor.array() for name, tensor in tensors.items()}


def _fill(storage: _Storage, file: io.BytesIO) -> None:
    (count,) = struct.unpack("<q", file.read(8))
    content = file.read(storage.count * storage.dtype.itemsize)
    if count != storage.count or len(content) != storage.count * storage.dtype.itemsize:
        raise ValueError("it ends too early")
    storage.numbers = np.frombuffer(content, storage.dtype)
