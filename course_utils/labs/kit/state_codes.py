"""A lab's whole state as one short string, to copy, to share and to restore.

``thermometer.1.WyJwbGFpbiIsMC4wMDFd.6f1e02ab``: the lab, the version of the format, the state's fields in order as
JSON in URL-safe base64, and a checksum of everything before it.
"""

import base64
import json
import re
import zlib
from dataclasses import astuple
from typing import Any, TypeVar

from course_utils.errors import CourseError

VERSION = 1
LONGEST = 300
_SHAPE = re.compile(r"[a-z-]+\.\d{1,4}\.[A-Za-z0-9_-]+\.[0-9a-f]{8}")

S = TypeVar("S")


def encode(lab: str, state: Any) -> str:
    """Return the string of a state, a frozen dataclass of numbers, names and None."""
    fields = json.dumps(astuple(state), separators=(",", ":")).encode()
    body = f"{lab}.{VERSION}.{base64.urlsafe_b64encode(fields).decode().rstrip('=')}"
    return f"{body}.{_checksum(body)}"


def decode(lab: str, kind: type[S], text: str) -> S:
    """Return the state that ``encode`` turned into the string.

    Raises:
        CourseError: the string is empty, too long, damaged, or of another lab or version, or ``kind`` refuses its
            state.
    """
    text = text.strip()
    if not text:
        raise CourseError("There is no state to restore: paste one into the field first.")
    if len(text) > LONGEST:
        raise CourseError(
            f"This is not a lab's state: it has {len(text)} characters, and a state has at most {LONGEST}. "
            "Copy one from a lab's State field."
        )
    body, _, checksum = text.rpartition(".")
    if not _SHAPE.fullmatch(text) or checksum != _checksum(body):
        raise CourseError("This state is damaged: characters are missing or changed. Copy all of it again.")
    other, version, fields = body.split(".")
    if other != lab:
        raise CourseError(f"This state belongs to the lab {other!r}, but this lab is {lab!r}. Paste it there.")
    if int(version) != VERSION:
        raise CourseError(
            f"This state has version {version}, but this lab reads version {VERSION}. "
            "Set the controls by hand and copy the new state."
        )
    try:
        return kind(*json.loads(base64.urlsafe_b64decode(fields + "=" * (-len(fields) % 4))))
    except CourseError:
        raise
    except (TypeError, ValueError) as problem:  # a valid checksum over something that no lab wrote
        raise CourseError(
            "This state does not hold settings of this lab. Copy one from the lab's State field."
        ) from problem


def one_of(name: str, value: Any, allowed: Any) -> None:
    """Refuse a value of a state's field that is not allowed.

    Raises:
        CourseError: the value is not allowed.
    """
    if isinstance(value, bool | int | float | str | None) and value in allowed:
        return
    raise CourseError(f"This lab has no {name} {value!r}. Choose one from its controls.")


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
