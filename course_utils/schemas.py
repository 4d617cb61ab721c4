"""What is wrong with data that a pydantic model refuses, as part of a sentence."""

from typing import Any

from pydantic import ValidationError

_FIXES = {
    "missing": "it is missing; add it",
    "extra_forbidden": "there is no such field; remove it",
    "string_type": "write it as text in quotation marks",
    "string_too_short": "it is empty; write something",
    "bool_type": "write true or false, without quotation marks",
    "int_type": "write a whole number, without quotation marks",
    "float_type": "write a number, without quotation marks",
    "list_type": "write a list",
    "tuple_type": "write a list",
    "dict_type": "write a table",
    "model_type": "write a table",
    "json_invalid": "it is not valid JSON",
}


def faults(problem: ValidationError) -> str:
    """Return every fault as ``place (fix)``, separated by semicolons; list entries are counted from 1."""
    return "; ".join(f"{_place(fault['loc'])} ({_fix(fault)})" for fault in problem.errors())


def _place(location: tuple[int | str, ...]) -> str:
    return " ".join(f"entry {part + 1}" if isinstance(part, int) else part for part in location) or "as a whole"


def _fix(fault: Any) -> str:
    said = str(fault["msg"]).removeprefix("Value error, ")
    return _FIXES.get(fault["type"], said[:1].lower() + said[1:])
