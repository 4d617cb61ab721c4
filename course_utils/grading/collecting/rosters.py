"""Tables from an instructor: who works in which group, and Moodle's grading worksheet, which says who is who."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from nbgrader.utils import parse_utc

from course_utils.errors import CourseError
from course_utils.grading.collecting.layouts import composed

_MAX_BYTES = 10_000_000
_IDS = ("ID number", "Email address", "Username", "Full name")  # by which Moodle tells people apart, best first


@dataclass(frozen=True)
class Participant:
    """A row of a grading worksheet: a learner's id, and when they handed in, in UTC, if they have."""

    learner: str
    handed_in: datetime | None


@dataclass(frozen=True)
class Roster:
    """What an instructor's tables say.

    Attributes:
        groups: the members of each group, by its name.
        participants: the learner with each number of Moodle's participants.
    """

    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    participants: Mapping[str, Participant] = field(default_factory=dict)

    def members(self, learner: str) -> tuple[str, ...]:
        """Return who gets the marks for what a learner has handed in."""
        return next((members for members in self.groups.values() if learner in members), (learner,))

    def group(self, name: str) -> tuple[str, ...]:
        """Return the members of the group that a platform calls ``name``; empty if it is not a group's."""
        named = (members for group, members in self.groups.items() if name and _plain(group) == _plain(name))
        return next(named, ())

    def ids(self) -> dict[str, str]:
        """Return each participant's number, by learner."""
        return {participant.learner: id for id, participant in self.participants.items()}

    def without_group(self, name: str) -> str:
        """Return a name of Moodle's without the group that it puts before it, ``Group-``."""
        found = next((group for group in self.groups if name.startswith(f"{group.replace('_', ' ')}-")), "")
        return name[len(found) + 1 :] if found else name


def read_groups(path: Path) -> dict[str, tuple[str, ...]]:
    """Read a CSV file with the columns ``group`` and ``learner``.

    Raises:
        CourseError: it can't be read, or somebody is in two groups.
    """
    groups: dict[str, list[str]] = {}
    group_of: dict[str, str] = {}
    for row in read_table(path, ("group", "learner")):
        group, learner = row["group"].strip(), row["learner"].strip()
        if not group or not learner:
            raise CourseError(f"{path} has a row without a group or a learner: {group!r}, {learner!r}. Complete it.")
        if group_of.setdefault(learner, group) != group:
            raise CourseError(f"{path}: {learner} is in {group_of[learner]} and in {group}. Keep one of the rows.")
        groups.setdefault(group, []).append(learner)
    return {group: tuple(dict.fromkeys(members)) for group, members in groups.items()}


def read_worksheet(path: Path) -> dict[str, Participant]:
    """Read a grading worksheet that was downloaded from Moodle in English.

    Times are taken for this machine's time zone, as Moodle doesn't write one.

    Raises:
        CourseError: it can't be read.
    """
    participants = {}
    for row in read_table(path, ("Identifier",)):
        number = re.search(r"\d+$", row["Identifier"])
        if not number:
            raise CourseError(f"{path}: {row['Identifier']!r} has no participant's number. Download the file again.")
        learner = next((row[name].strip() for name in _IDS if row.get(name, "").strip()), row["Identifier"])
        participants[number[0]] = Participant(learner, _time(row.get("Last modified (submission)", "")))
    return participants


def read_table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read a CSV file whose first row names its columns, among them ``columns``.

    Raises:
        CourseError: it can't be read, or lacks one of them.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
        if len(content) > _MAX_BYTES:
            raise CourseError(f"{path} is larger than {_MAX_BYTES // 1_000_000} MB. Is it the right file?")
        table = csv.DictReader(StringIO(text, newline=""), restval="", strict=True)
        rows = [{str(name): composed(value) for name, value in row.items() if name is not None} for row in table]
    except FileNotFoundError:
        raise CourseError(f"There is no {path}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{path} is not a CSV file in UTF-8 ({error}). Save it as one.") from None
    missing = [column for column in columns if column not in (table.fieldnames or ())]
    if missing:
        raise CourseError(f"{path} has no column {missing[0]!r}. Its first row must name: {', '.join(columns)}.")
    return rows


def _plain(group: str) -> str:
    """Return a group's name as Canvas writes it into the names of files."""
    return re.sub(r"\W", "", group).lower()


def _time(text: str) -> datetime | None:
    try:
        found: datetime = parse_utc(text)  # which leaves a time without a time zone as it is
        return found.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):  # "-" where nothing was handed in
        return None
