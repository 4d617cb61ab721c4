"""Evidence: what running a learner's answer produced, as plain data that another process can judge.

An exercise declares its fields as a mapping from a name to a kind: ``"float"``, ``"int"``, ``"bool"`` or ``"str"`` for
a single value, ``"float[3]"`` or ``"str[*]"`` for an array (``*`` is any length), and ``"float[...]"`` for an array of
any shape. Evidence travels as JSON (status, code, parameters, single values, texts) and npz (arrays of numbers).
Nothing in it is ever unpickled, and nothing larger than declared is read.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from course_utils.errors import CourseError

#: Items of a field of open length: more than any check needs, and few enough to read from an untrusted source.
MAX_ITEMS = 100_000
MAX_TEXT = 500  # characters per text
MAX_AXES = 5
_NPY_HEADER = 4_096  # bytes that an array's file may have besides its numbers

Status = Literal["answered", "unattempted", "unusable", "raised", "timed out"]
Parameter = str | int | float
Data = dict[str, Any]

_KIND = re.compile(r"(float|int|bool|str)(?:\[(.+)])?")
_DTYPES = {"float": "f", "int": "iu", "bool": "b", "str": "U"}


class Evidence(BaseModel):
    """The envelope: how the probe of an answer ended, and what it found.

    Attributes:
        status: ``answered`` has data; ``unusable`` returned something that can't be examined; with ``raised`` and
            ``timed out`` the learner's code did not finish.
        code: of the message that says so; see ``learn.messages``. Empty where there is data.
        parameters: of that message: bounded texts and numbers.
        data: Python scalars and NumPy arrays as declared, by field.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True, extra="forbid")

    status: Status
    code: str = Field(default="", max_length=60)
    parameters: dict[str, Parameter] = Field(default_factory=dict, max_length=12)
    data: Data = Field(default_factory=dict)


def conform(found: Mapping[str, Any], fields: Mapping[str, str]) -> Data:
    """Return the data with every value as its field declares: Python scalars, and arrays of the declared dtype.

    Raises:
        ValueError: a field is missing, unknown, too large, or of another dtype or shape than declared.
    """
    if found.keys() != fields.keys():
        raise ValueError(f"evidence has the fields {sorted(found)}, but {sorted(fields)} are declared")
    return {name: _conform(name, found[name], kind) for name, kind in fields.items()}


def pack(evidence: Evidence) -> tuple[str, bytes]:
    """Return evidence as JSON text and the bytes of an npz file."""
    arrays = {name: value for name, value in evidence.data.items() if _is_numeric_array(value)}
    plain = {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in evidence.data.items()
        if name not in arrays
    }
    file = io.BytesIO()
    np.savez(file, **arrays)
    return json.dumps(evidence.model_dump(exclude={"data"}) | {"data": plain}), file.getvalue()


def unpack(text: str, arrays: bytes, fields: Mapping[str, str]) -> Evidence:
    """Read evidence from an untrusted source; there is data only if its status is ``answered``.

    Raises:
        CourseError: it is not what ``pack`` writes, or not as ``fields`` declares; the message says why.
    """
    try:
        envelope = json.loads(text)
        data = envelope.pop("data") | _read_arrays(arrays, fields)
        evidence = Evidence.model_validate(envelope)
        if any(len(str(value)) > MAX_TEXT for value in evidence.parameters.values()):
            raise ValueError(f"a parameter has more than {MAX_TEXT} characters")
        if evidence.status == "answered":
            return evidence.model_copy(update={"data": conform(data, fields)})
        if data:
            raise ValueError(f"evidence with the status {evidence.status!r} must have no data")
        return evidence
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ValidationError, OSError) as problem:
        reason = str(problem).strip().partition("\n")[0] or type(problem).__name__
        raise CourseError(f"The evidence can't be read ({reason}). Run the check again.") from None


def bounded(value: object) -> str:
    """Return a text that fits into evidence: printable, and cut off where it is too long."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)[: 2 * MAX_TEXT])
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."


def _conform(name: str, value: Any, kind: str) -> Any:
    dtype, shape = _declared(kind)
    array = np.asarray(value)
    if not _fits(array.shape, shape):
        raise ValueError(f"{name} has shape {array.shape}, but is declared as {kind}")
    whole = dtype == "float" and array.dtype.kind in "iu"  # an int is accepted as a float
    if array.size and array.dtype.kind not in _DTYPES[dtype] and not whole:
        raise ValueError(f"{name} has dtype {array.dtype}, but is declared as {kind}")
    if dtype == "str" and array.size and max(map(len, array.ravel().tolist())) > MAX_TEXT:
        raise ValueError(f"{name} has a text longer than {MAX_TEXT} characters")
    array = array.astype(dtype)
    return array if shape is not None else array.item()


def _declared(kind: str) -> tuple[str, list[str] | None]:
    """Return the dtype and the axes that a kind declares; the axes are None for a single value."""
    match = _KIND.fullmatch(kind)
    if not match:
        raise ValueError(f"{kind!r} is not a kind of evidence")
    return match[1], match[2].split(",") if match[2] else None


def _fits(shape: tuple[int, ...], declared: list[str] | None) -> bool:
    if declared is None:
        return shape == ()
    if declared == ["..."]:
        return len(shape) <= MAX_AXES and int(np.prod(shape)) <= MAX_ITEMS
    exact = "*" not in declared  # then the authors have declared its size
    fits = len(shape) == len(declared) and all(d in ("*", str(n)) for d, n in zip(declared, shape, strict=True))
    return fits and (exact or int(np.prod(shape)) <= MAX_ITEMS)


def _is_numeric_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind != "U"


def _read_arrays(content: bytes, fields: Mapping[str, str]) -> Data:
    """Read the arrays of an npz file, none of them larger than its field may be."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            name = entry.filename.removesuffix(".npy")
            if name not in fields or entry.file_size > 8 * _most_items(fields[name]) + _NPY_HEADER:
                raise ValueError(f"{name[:40]!r} is not declared, or is larger than declared")
        if len(archive.namelist()) != len(set(archive.namelist())):
            raise ValueError("a field appears twice")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _most_items(kind: str) -> int:
    _, axes = _declared(kind)
    if axes is None:
        return 1
    return MAX_ITEMS if {"*", "..."} & set(axes) else int(np.prod([int(axis) for axis in axes]))
