"""Write files in CTranslate2's layout, good and bad ones, without CTranslate2."""

import struct
from collections.abc import Iterable, Mapping

import numpy as np

KINDS = {"<f4": 0, "|i1": 1, "<i2": 2, "<i4": 3, "<f2": 4}


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def tensor(
    array: np.ndarray, *, kind: int | None = None, shape: Iterable[int] | None = None, size: int | None = None
) -> bytes:
    """Return a tensor's bytes; ``kind``, ``shape`` and ``size`` may claim something else than is there."""
    shape = tuple(array.shape if shape is None else shape)
    kind = KINDS[array.dtype.str] if kind is None else kind
    head = struct.pack(f"<B{len(shape)}IBI", len(shape), *shape, kind, array.nbytes if size is None else size)
    return head + array.tobytes()


def ctranslate2_file(
    tensors: Mapping[str, np.ndarray | bytes],
    aliases: Mapping[str, str] | None = None,
    *,
    version: int = 6,
    specification: str = "WhisperSpec",
    count: int | None = None,
) -> bytes:
    """Return the bytes of a ``model.bin``; tensors may be given as bytes, and ``count`` may lie about their number."""
    parts = [struct.pack("<I", version), text(specification), struct.pack("<I", 3)]
    parts.append(struct.pack("<I", len(tensors) if count is None else count))
    for name, value in tensors.items():
        parts += [text(name), value if isinstance(value, bytes) else tensor(value)]
    parts.append(struct.pack("<I", len(aliases or {})))
    for alias, name in (aliases or {}).items():
        parts += [text(alias), text(name)]
    return b"".join(parts)
