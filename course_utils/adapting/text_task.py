"""Open a table of texts: CSV, with the columns text and label."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from course_utils.adapting.dealt import deal_all
from course_utils.adapting.folder_task import FolderTask
from course_utils.backbones.text_input import Tokenizer
from course_utils.data.picture_files import counted, first_few
from course_utils.errors import CourseError

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_NEEDED, _GROUP = ("text", "label"), "group"
_MOST = 200_000  # rows
_LONGEST = 128  # tokens of a text that are used
_MOSTLY = 0.95  # of the texts fit into a row whole
_EXAMPLE = 'Its first line must be: text,label and each other line like: "A fine film.",good'


class _Line(NamedTuple):
    number: int
    text: str
    label: str
    group: str


def open_texts(path: Path, tokenizer: Tokenizer, seed: int) -> FolderTask:
    """Read a table of texts, and deal it 60 / 20 / 20.

    Columns are separated by commas, semicolons, tabs or bars. A third column, ``group``, says which texts belong
    together. The same text in other letters or spaces is a copy.

    Raises:
        CourseError: it cannot be read, lacks a column, holds one class or too few texts of one, or more than 200,000.
    """
    lines, notes = _lines(path)
    names = sorted({line.label for line in lines})
    if len(names) < 2:
        raise CourseError(f"{path} has {_classes(len(names))}: its column label must name two or more.")
    lines, more = _agreed(lines)
    lines = sorted(lines, key=lambda line: line.label)
    labels = np.array([names.index(line.label) for line in lines], np.int64)
    texts = [line.text for line in lines]
    length, long = _row_length(texts, tokenizer)
    if long:
        more.append(f"{counted(long, 'text')} longer than {length} tokens: the end is cut off.")
    task = deal_all(
        path,
        tuple(names),
        tokenizer(texts, length),
        labels,
        [f"line {line.number}" for line in lines],
        [_folded(text) for text in texts],
        [line.group for line in lines] if any(line.group for line in lines) else None,
        seed,
        "texts",
        [*notes, *more],
        texts,
    )
    return task


def _classes(number: int) -> str:
    return "1 class" if number == 1 else f"{number} classes"


def _lines(path: Path) -> tuple[list[_Line], list[str]]:
    """Return the usable lines of a table, and what was left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not in UTF-8. Save it again as CSV in UTF-8.") from None
    header = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=header.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        lines, notes = _usable(path, rows)
    except csv.Error as problem:
        raise CourseError(
            f"{path} cannot be read from line {rows.line_num} on ({problem}). Look there for a quotation mark that is "
            "never closed, or for a text as long as a book."
        ) from None
    return lines, [f"The columns are separated by {_SEPARATORS[separator]}.", *notes] if separator != "," else notes


def _usable(path: Path, rows: "csv.DictReader[str]") -> tuple[list[_Line], list[str]]:
    columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    if lacking := [name for name in _NEEDED if name not in columns]:
        found = first_few([name for name in columns if name]) or "none"
        raise CourseError(f"{path} lacks the column {lacking[0]}; it has: {found}. {_EXAMPLE}")
    lines, without_label, without_text = [], 0, 0
    for row in rows:
        words, label, group = (_cell(row, columns.get(name)) for name in (*_NEEDED, _GROUP))
        without_label += bool(words and not label)
        without_text += bool(label and not words)
        if words and label:
            lines.append(_Line(rows.line_num, words, label, group))
    if len(lines) > _MOST:
        raise CourseError(f"{path} has {len(lines):,} texts; at most {_MOST:,} are read. Keep some of each class.")
    notes = [f"{counted(without_label, 'text')} without a label left out."] if without_label else []
    notes += [f"{counted(without_text, 'label')} without a text left out."] if without_text else []
    return lines, notes


def _cell(row: dict[str, Any], column: str | None) -> str:
    value = row.get(column) if column is not None else None
    return value.strip() if isinstance(value, str) else ""


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()


def _agreed(lines: Sequence[_Line]) -> tuple[list[_Line], list[str]]:
    """Leave out texts that have two labels: nobody can learn both."""
    labels: dict[str, set[str]] = {}
    for line in lines:
        labels.setdefault(_folded(line.text), set()).add(line.label)
    torn = [line for line in lines if len(labels[_folded(line.text)]) > 1]
    note = f"{counted(len(torn), 'text')} left out, since the same text has another label elsewhere: "
    kept = [line for line in lines if len(labels[_folded(line.text)]) == 1]
    return kept, [note + first_few([f"line {line.number}" for line in torn]) + "."] if torn else []


def _row_length(texts: Sequence[str], tokenizer: Tokenizer) -> tuple[int, int]:
    """Return how many tokens a row gets, start and end included, and how many texts are longer."""
    lengths = [len(tokenizer.pieces(text)) + 2 for text in texts]
    length = min(_LONGEST, max(8, int(np.quantile(lengths, _MOSTLY))))
    return length, sum(one > length for one in lengths)
