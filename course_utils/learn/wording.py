"""Words for the values that learners hand over, for use in a sentence."""

from typing import Any

_IN_WORDS = {"ndarray": "array", "EagerTensor": "tensor", "str": "text"}


def kind(value: Any) -> str:
    """Return the type of a value with its article: "a list", "an int", "an array"; "nothing" for None."""
    if value is None:
        return "nothing"
    name = type(value).__name__
    name = _IN_WORDS.get(name, name)
    return f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"  # a uint8, a UserList: no type begins with a short u
