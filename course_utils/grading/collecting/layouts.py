"""Whose a file is: how Moodle and Canvas name what they put into a zip file, and plain folders.

Moodle (mod_assign): ``Ada Lovelace_123_assignsubmission_file_/lesson.ipynb``, or all of it as one file's name; the
number is the participant's in this one assignment. What a group has handed in is ``Group_901_assignsubmission_file``,
with the group's own number; older versions write ``Group-Ada Lovelace_123...`` for each member.
Canvas (ContentZipper): ``lovelaceada_LATE_45_678_lesson.ipynb``: name, late or not, user, uploaded file, its name.
Plain: ``ada/lesson.ipynb``, nbgrader's ``ada/LESSON/LESSON.ipynb``, or ``ada.ipynb``.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from course_utils.errors import CourseError
from course_utils.grading.collecting.archives import ArchivedFile

LayoutName = Literal["moodle", "canvas", "plain"]
MAX_ID = 100  # characters
_MOODLE = re.compile(r"(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_[a-z]+(?:_(?P<file>.*))?")
_CANVAS = re.compile(r"(?:(?P<name>.+?)_)??(?P<late>LATE_)?(?P<id>\d+|anon_\w{5})_(?P<upload>\d+)_(?P<file>.+)")


@dataclass(frozen=True)
class HandedFile:
    """A file that somebody has handed in.

    Attributes:
        learner: whose it is, as the platform writes it.
        group: the name of the group that it may be of instead.
        id: the platform's number for the learner; empty without one.
        name: the file's own name.
        late: whether the platform says that it is late.
        upload: a number that is higher the later the file was uploaded; 0 where the platform doesn't tell.
        file: what is in the archive.
    """

    learner: str
    group: str
    id: str
    name: str
    late: bool
    upload: int
    file: ArchivedFile


def layout_of(files: Sequence[ArchivedFile]) -> LayoutName:
    """Say who has made an archive, by the names in it."""
    if any(_MOODLE.fullmatch(part) for file in files for part in file.parts):
        return "moodle"
    notebooks = [file for file in files if file.parts[-1].endswith(".ipynb")]
    return "canvas" if notebooks and all(_CANVAS.fullmatch(file.parts[-1]) for file in notebooks) else "plain"


def handed_file(file: ArchivedFile, layout: LayoutName, lesson: str) -> HandedFile | None:
    """Say whose a file is; None if its name doesn't tell."""
    if layout == "moodle":
        found = next((match for part in file.parts if (match := _MOODLE.fullmatch(part))), None)
        own = (found["file"] if found and found.string == file.parts[-1] else "") or file.parts[-1]
        name = composed(found["name"]) if found else ""
        return HandedFile(name, name, found["id"] or "", own, False, 0, file) if found else None
    if layout == "canvas":
        found = _CANVAS.fullmatch(file.parts[-1])
        if not found:
            return None
        learner, group = "_".join(filter(None, (found["name"], found["id"]))), found["name"] or ""
        id = found["id"] if found["id"].isdigit() else ""
        late, upload = bool(found["late"]), int(found["upload"])
        return HandedFile(composed(learner), composed(group), id, found["file"], late, upload, file)
    *folders, name = file.parts
    inside = folders.index(lesson) if lesson in folders[1:] else 0
    learner = composed(folders[max(inside - 1, 0)] if folders else PurePosixPath(name).stem)
    return HandedFile(learner, learner, "", name, False, 0, file)


def composed(name: str) -> str:
    """Return a name with one character for each letter with its accents: some systems write two."""
    return unicodedata.normalize("NFC", name)


def folder_name(learner: str) -> str:
    """Return a learner's id as the name of a folder, which it then is for nbgrader, too.

    Letters of all scripts, spaces and signs stay; what separates folders or can't be seen becomes an underscore.

    Raises:
        CourseError: nothing is left of it, or it is too long.
    """
    plain = "".join(
        "_" if character in "/\\:" or unicodedata.category(character)[0] == "C" else character
        for character in unicodedata.normalize("NFC", learner)
    ).strip()
    name = re.sub(r"^\.+", "_", plain)
    if not any(map(str.isalnum, name)):
        raise CourseError(f"{learner!r} can't be a learner's id: it has no letter or digit. Give them another one.")
    if len(name) > MAX_ID or len(name.encode()) > 2 * MAX_ID:
        raise CourseError(f"{learner[:20]!r}... can't be a learner's id: it is longer than {MAX_ID} characters.")
    return name
