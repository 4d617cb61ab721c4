"""The quick checks as their authors write them: ``solutions/questions/lesson_NN.toml``.

What may stand there is said in the README beside the files, and held up here.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from typing import Any, get_args

from course_utils.authoring.arithmetic import Number, evaluate, fill
from course_utils.errors import CourseError
from course_utils.learn.answers import SHAPES, keys_within, number_key
from course_utils.learn.quick_checks import Kind

QUESTIONS = Path("solutions") / "questions"  # in a checkout


@dataclass(frozen=True)
class Foreseen:
    """An answer that the authors foresaw: a letter, a number, letters in order or a shape; and what it is told."""

    answer: str | Number
    right: bool
    why: str


@dataclass(frozen=True)
class Authored:
    """One variant of a question, with its answers."""

    id: str
    kind: Kind
    text: str
    foreseen: tuple[Foreseen, ...]
    choices: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    tolerance: float = 0.0
    otherwise: str = ""


def read_questions(root: Path) -> dict[str, dict[str, list[Authored]]]:
    """The questions of every lesson of the checkout ``root``: by the file's stem, then by id; a list of variants.

    Raises CourseError, naming the file, the question and the mend, when a file breaks the schema.
    """
    sources = sorted((root / QUESTIONS).glob("lesson_*.toml"))
    return {source.stem: parse_questions(source.read_text(encoding="utf-8"), source.name) for source in sources}


def parse_questions(text: str, name: str) -> dict[str, list[Authored]]:
    """Read questions from TOML. ``name`` stands in the messages of the CourseErrors that it raises."""
    try:
        tables = tomllib.loads(text).get("question", [])
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{name} is not valid TOML: {error}; correct it there.") from None
    if not isinstance(tables, list) or not tables:
        raise CourseError(f"{name} holds no questions: each begins with a line [[question]].")
    questions: dict[str, list[Authored]] = {}
    for number, table in enumerate(tables, 1):
        where = f"{name}, question {table.get('id', number)}"
        variants = _variants(table, where)
        if variants[0].id in questions:
            raise CourseError(f"{where}: the id is used twice; give one of the two questions another id.")
        questions[variants[0].id] = variants
    return questions


def _variants(table: dict[str, Any], where: str) -> list[Authored]:
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in get_args(Kind):
        raise CourseError(f"{where}: kind is {kind!r}; it is one of {', '.join(get_args(Kind))}.")
    _require(table, *_FIELDS[kind], where)
    if not re.fullmatch(r"\d\d\.q\d+", table["id"]):
        raise CourseError(f'{where}: an id looks like "02.q1" (lesson, a dot, q and a number).')
    match kind:
        case "number":
            return _numbers(table, where)
        case "order":
            return [_order(table, where)]
        case "curve":
            return [_curve(table, where)]
    return [_choices(table, where)]


# By kind: the texts that every question has, and the other fields that it may have.
_FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "single": ({"id", "text"}, {"kind", "choice"}),
    "multiple": ({"id", "text"}, {"kind", "choice"}),
    "number": ({"id", "text", "why", "otherwise"}, {"kind", "value", "tolerance", "known_wrong", "variant"}),
    "order": ({"id", "text", "right", "why", "otherwise"}, {"kind", "steps", "known_wrong"}),
    "curve": ({"id", "text", "otherwise"}, {"kind", "positions", "tolerance", "shape"}),
}


def _choices(table: dict[str, Any], where: str) -> Authored:
    choices = _entries(table, "choice", {"text", "why"}, {"right"}, where)
    foreseen = tuple(
        Foreseen(letter, _right(choice, where), choice["why"])
        for letter, choice in zip(ascii_lowercase, choices, strict=False)
    )
    rights = sum(choice.right for choice in foreseen)
    single = table["kind"] == "single"
    if not 2 <= len(choices) <= 6 or not rights or (single and rights != 1):
        wanted = "exactly one right" if single else "at least one right"
        raise CourseError(f"{where}: of {len(choices)} choices {rights} are right; give it 2 to 6, {wanted}.")
    texts = tuple(choice["text"] for choice in choices)
    return Authored(table["id"], table["kind"], table["text"], foreseen, choices=texts)


def _order(table: dict[str, Any], where: str) -> Authored:
    steps = _texts(table, "steps", where)
    orders = _entries(table, "known_wrong", {"order", "why"}, set(), where)
    foreseen = (
        Foreseen(table["right"], True, table["why"]),
        *(Foreseen(entry["order"], False, entry["why"]) for entry in orders),
    )
    letters = ascii_lowercase[: len(steps)]
    for order in foreseen:
        if sorted(str(order.answer)) != list(letters):
            raise CourseError(
                f'{where}: "{order.answer}" is no order of the steps; write each letter from a to {letters[-1]} once.'
            )
    if table["right"] == letters:
        raise CourseError(f"{where}: the steps stand in the right order already; list them in another one.")
    ((most, times),) = Counter(str(order.answer) for order in foreseen).most_common(1)
    if times > 1:
        raise CourseError(f'{where}: the order "{most}" stands there {times} times; keep one of them.')
    return Authored(table["id"], "order", table["text"], foreseen, choices=steps, otherwise=table["otherwise"])


def _curve(table: dict[str, Any], where: str) -> Authored:
    shapes = _entries(table, "shape", {"name", "why"}, {"right"}, where)
    foreseen = tuple(Foreseen(shape["name"], _right(shape, where), shape["why"]) for shape in shapes)
    wanted = [shape for shape in SHAPES if shape != "mixed"]
    if sorted(str(shape.answer) for shape in foreseen) != sorted(wanted) or sum(s.right for s in foreseen) != 1:
        raise CourseError(
            f"{where}: give each of the shapes {', '.join(wanted)} one [[question.shape]], one of them right."
        )
    tolerance = table.get("tolerance")
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or not 0 < tolerance < 100:
        raise CourseError(
            f"{where}: tolerance is missing, or no number between 0 and 100; give one in percent, such as 10."
        )
    return Authored(
        table["id"],
        "curve",
        table["text"],
        foreseen,
        positions=_texts(table, "positions", where),
        tolerance=float(tolerance),
        otherwise=table["otherwise"],
    )


def _numbers(table: dict[str, Any], where: str) -> list[Authored]:
    known = _entries(table, "known_wrong", {"why"}, {"value"}, where)
    variants = table.get("variant", [{}])
    if not isinstance(variants, list) or not variants or not all(isinstance(inputs, dict) for inputs in variants):
        raise CourseError(
            f"{where}: variant is no list of tables; write each as [[question.variant]] with its numbers."
        )
    for inputs in variants:
        for name, value in inputs.items():
            if inputs.keys() != variants[0].keys() or isinstance(value, bool) or not isinstance(value, int | float):
                raise CourseError(
                    f"{where}: {name} is no number, or not every variant has it; "
                    "give all [[question.variant]] the same names, and each of them a number."
                )
    try:
        return [_number(table, known, inputs, where) for inputs in variants]
    except ValueError as error:  # of the arithmetic
        words = f"{where}: {error}; write it with numbers, names of the variants, brackets and + - * / // ** alone."
        raise error if isinstance(error, CourseError) else CourseError(words) from None


def _number(table: dict[str, Any], known: list[dict[str, Any]], inputs: Mapping[str, Number], where: str) -> Authored:
    def number(entry: dict[str, Any], field: str) -> Number:
        value = entry.get(field)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise CourseError(
                f"{where}: {field} is missing, or neither a number nor arithmetic in quotation marks; give one."
            )
        return evaluate(value, inputs) if isinstance(value, str) else value

    def words(text: str) -> str:
        return fill(text, inputs) if inputs else text

    tolerance = float(number(table, "tolerance"))
    if tolerance < 0:
        raise CourseError(
            f"{where}: tolerance is {tolerance:g}; give how far off an answer may be, which is 0 or more."
        )
    foreseen = (
        Foreseen(number(table, "value"), True, words(table["why"])),
        *(Foreseen(number(entry, "value"), False, words(entry["why"])) for entry in known),
    )
    taken: set[str] = set()
    for one in foreseen:
        if number_key(float(one.answer), tolerance) in taken:
            given = f" with {', '.join(f'{name} = {value}' for name, value in inputs.items())}" if inputs else ""
            raise CourseError(
                f"{where}: a known_wrong value lies within the tolerance of another value{given}; "
                "change it, or take a smaller tolerance."
            )
        taken.update(keys_within(float(one.answer), tolerance))
    return Authored(
        table["id"], "number", words(table["text"]), foreseen, tolerance=tolerance, otherwise=words(table["otherwise"])
    )


def _right(entry: dict[str, Any], where: str) -> bool:
    right = entry.get("right", False)
    if not isinstance(right, bool):
        raise CourseError(f"{where}: right is {right!r}; write true or false, without quotation marks.")
    return right


def _entries(table: dict[str, Any], field: str, texts: set[str], extra: set[str], where: str) -> list[dict[str, Any]]:
    entries = table.get(field, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CourseError(f"{where}: {field} is no list of tables; write each as [[question.{field}]].")
    for entry in entries:
        _require(entry, texts, extra, f"{where}, a {field}")
    return entries


def _texts(table: dict[str, Any], field: str, where: str) -> tuple[str, ...]:
    texts = table.get(field)
    if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        raise CourseError(f'{where}: {field} is missing, or no list of texts; write {field} = ["...", "...", "..."].')
    if not 3 <= len(texts) <= 7:
        raise CourseError(f"{where}: the length of {field} is {len(texts)}; give 3 to 7 texts.")
    return tuple(texts)


def _require(table: dict[str, Any], texts: set[str], extra: set[str], where: str) -> None:
    for field in sorted(texts):
        if not isinstance(table.get(field), str) or not table[field].strip():
            raise CourseError(f'{where}: {field} is missing or empty; write {field} = "...".')
    unknown = set(table) - texts - extra
    if unknown:
        raise CourseError(
            f"{where}: unknown field {', '.join(sorted(unknown))}; remove it, "
            f"or write one of {', '.join(sorted(texts | extra))}."
        )
