"""Evidence: what a check reads from the learner's objects, as plain data of declared names, dtypes and shapes.

An exercise declares its fields as a mapping from a name to a kind: ``"float"``, ``"int"``, ``"bool"`` or
``"str"`` for a single value, and ``"float[3]"`` or ``"str[*]"`` for an array (``*`` is any length). So a
verdict can be reached in another process, from a JSON or npz file that somebody else wrote.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

Evidence = dict[str, Any]

MAX_ITEMS = 100_000  # of one field: more than any check needs, and little enough to read from a stranger

_KIND = re.compile(r"(float|int|bool|str)(?:\[(.+)])?")
_DTYPES = {"float": "f", "int": "iu", "bool": "b", "str": "U"}


def conform(found: Mapping[str, Any], fields: Mapping[str, str]) -> Evidence:
    """The same evidence with every value as its field says: Python scalars, and arrays of the declared dtype.

    Raises:
        ValueError: a field is missing, unknown, or of another dtype or shape than declared.
    """
    if found.keys() != fields.keys():
        raise ValueError(f"evidence has the fields {sorted(found)}; declared are {sorted(fields)}")
    return {name: _conform(name, found[name], kind) for name, kind in fields.items()}


def _conform(name: str, value: Any, kind: str) -> Any:
    match = _KIND.fullmatch(kind)
    if not match:
        raise ValueError(f"{kind!r} is no kind of evidence")
    dtype, shape = match[1], match[2].split(",") if match[2] else []
    array = np.asarray(value)
    fits = array.ndim == len(shape) and all(s in ("*", str(n)) for s, n in zip(shape, array.shape, strict=True))
    if not fits or array.size > MAX_ITEMS:
        raise ValueError(f"{name} has shape {array.shape}; declared is {kind}")
    whole = dtype == "float" and array.dtype.kind in "iu"  # a whole number is a float, too
    if array.size and array.dtype.kind not in _DTYPES[dtype] and not whole:
        raise ValueError(f"{name} has dtype {array.dtype}; declared is {kind}")
    array = array.astype(dtype)
    return array if shape else array.item()
