"""Say which pictures belong together (of one patient, speaker or place), by their file names or by a table."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from course_utils.data.picture_files import GROUPS_FILE, counted, first_few
from course_utils.errors import CourseError


def groups_from_names(names: Sequence[str], pattern: str) -> list[str]:
    """Return the group of every file: what the pattern's one pair of parentheses finds in the file's name.

    Args:
        names: paths relative to the folder; the pattern sees the last part of each, ``patient07_03.jpg``.
        pattern: a regular expression, such as ``r"(patient\\d+)_"``.

    Raises:
        CourseError: not a regular expression, not one pair of parentheses, or a file name that it doesn't match.
    """
    example = r"for example groups=r'(patient\d+)_' for patient07_03.jpg"
    try:
        compiled = re.compile(pattern)
    except (re.error, TypeError) as problem:
        raise CourseError(
            f"groups={pattern!r} is not a regular expression ({problem}). Correct it: {example}."
        ) from None
    if compiled.groups != 1:
        raise CourseError(
            f"groups={pattern!r} has {counted(compiled.groups, 'pair')} of parentheses that capture. Put one around "
            f"the part of the file name that is the group: {example}."
        )
    found = [compiled.search(name.rpartition("/")[2]) for name in names]
    unmatched = [name for name, match in zip(names, found, strict=True) if not (match and match[1])]
    if unmatched:
        raise CourseError(
            f"groups={pattern!r} finds no group in the names of {len(unmatched):,} of {counted(len(names), 'file')}: "
            f"{first_few(unmatched)}. Change the expression or the names."
        )
    return [match[1] for match in found if match]


def groups_from_table(names: Sequence[str], path: Path) -> list[str]:
    """Return the group of every file from a table with the columns ``file`` and ``group``.

    Commas or semicolons separate the columns. Rows for files that don't exist are ignored.

    Args:
        names: paths relative to the folder: ``ants/photo1.jpg``.
        path: of the table, UTF-8.

    Raises:
        CourseError: it cannot be read, lacks a column, gives one file two groups, or leaves a file out.
    """
    example = "Its first line must be: file,group and each other line like: ants/photo1.jpg,garden"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise CourseError(f"{path} cannot be read ({problem}). Save it as CSV in UTF-8.") from problem
    header = text.partition("\n")[0]
    rows = csv.DictReader(text.splitlines(), delimiter=";" if ";" in header else ",", skipinitialspace=True)
    if not {"file", "group"} <= set(rows.fieldnames or ()):
        raise CourseError(f"{path} lacks the columns file and group. {example}.")
    groups: dict[str, str] = {}
    for row in rows:
        file, group = ((row[column] or "").strip() for column in ("file", "group"))
        file = file.replace("\\", "/").removeprefix("./")
        if groups.setdefault(file, group) != group:
            raise CourseError(f"{path} puts {file} into two groups, {groups[file]} and {group}. Keep one line for it.")
    without = [name for name in names if not groups.get(name)]
    if without:
        raise CourseError(
            f"{path} gives no group for {len(without):,} of {counted(len(names), 'file')}: {first_few(without)}. "
            f"Add a line for each. {example}."
        )
    return [groups[name] for name in names]


def group_names(names: Sequence[str], folder: Path, pattern: str | None, has_table: bool) -> list[str] | None:
    """Return the group of every file, or None if nothing says which belong together; a pattern beats the table.

    Raises:
        CourseError: as the two functions above.
    """
    if pattern is not None:
        return groups_from_names(names, pattern)
    return groups_from_table(names, folder / GROUPS_FILE) if has_table else None
