"""Messages between the scorer's side and the sandbox: JSON with bytes beside it, never a pickle, never unbounded.

A frame is the two lengths (4 bytes each, big-endian), a JSON object, and bytes such as an npz file's.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

MAX_HEADER = 8_000_000  # bytes of JSON
MAX_PAYLOAD = 64_000_000  # bytes beside it
_LENGTHS = struct.Struct("!II")


class BrokenFrameError(ValueError):
    """What arrived is not a frame, or is larger than one may be."""


class Frame(NamedTuple):
    """One message."""

    header: dict[str, Any]
    payload: bytes


def packed(header: Mapping[str, Any], payload: bytes = b"") -> bytes:
    """Return a message as the bytes of a frame.

    Raises:
        BrokenFrameError: it is larger than a frame may be.
    """
    text = json.dumps(header).encode()
    _require_small(len(text), len(payload))
    return _LENGTHS.pack(len(text), len(payload)) + text + payload


class FrameReader:
    """Puts frames together from bytes as they arrive; holds at most one frame that is not complete."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, arrived: bytes) -> Iterator[Frame]:
        """Add bytes and yield each frame that they complete.

        Raises:
            BrokenFrameError: they can't be a frame's.
        """
        self._held += arrived
        while len(self._held) >= _LENGTHS.size:
            header, payload = _LENGTHS.unpack_from(self._held)
            _require_small(header, payload)
            middle = _LENGTHS.size + header
            if len(self._held) < middle + payload:
                return
            frame = Frame(
                _object(bytes(self._held[_LENGTHS.size : middle])), bytes(self._held[middle : middle + payload])
            )
            del self._held[: middle + payload]
            yield frame


def _require_small(header: int, payload: int) -> None:
    if header > MAX_HEADER or payload > MAX_PAYLOAD:
        raise BrokenFrameError(f"a message of {header} and {payload} bytes is larger than one may be")


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenFrameError(f"a message is not JSON ({type(error).__name__})") from None
    if not isinstance(found, dict):
        raise BrokenFrameError("a message is not a JSON object")
    return found
