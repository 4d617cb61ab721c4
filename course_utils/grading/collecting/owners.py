"""Sort what is in an archive by whose it is: a learner's, or a group's."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from course_utils.errors import CourseError
from course_utils.grading.collecting.archives import ArchivedFile
from course_utils.grading.collecting.layouts import HandedFile, folder_name, handed_file, layout_of
from course_utils.grading.collecting.rosters import Roster

TIMESTAMP = "timestamp.txt"  # nbgrader's, beside the notebook: when it was handed in


@dataclass(frozen=True)
class Handed:
    """What a learner or a group has handed in.

    Attributes:
        learners: who gets the marks for it, as names of folders.
        name: who has handed it in, as the platform writes it.
        ids: the platform's numbers for the learners, where they are known.
        files: all that was handed in, in the archive's order.
        times: when, in UTC, by the number of the learner who did, as the instructor's table says.
        timestamps: the files that say when, by the folder that they are in.
    """

    learners: tuple[str, ...]
    name: str
    ids: Mapping[str, str]
    files: tuple[HandedFile, ...]
    times: Mapping[str, datetime]
    timestamps: Mapping[tuple[str, ...], ArchivedFile]


def sorted_by_learner(
    files: Sequence[ArchivedFile], lesson: str, roster: Roster
) -> tuple[list[Handed], list[tuple[str, str]]]:
    """Return what each learner or group has handed in, and the files that are nobody's, each with the reason."""
    layout = layout_of(files)
    # At a platform, a learner can upload a timestamp.txt with the notebook.
    trusted = files if layout == "plain" else ()
    timestamps = {file.parts[:-1]: file for file in trusted if file.parts[-1] == TIMESTAMP and file.parts[:-1]}
    nobodys: list[tuple[str, str]] = []
    handed: list[HandedFile] = []
    for file in files:
        one = handed_file(file, layout, lesson) if not file.leaves else None
        if one is not None and _is_unknown(one, roster):
            nobodys.append((file.name, "The worksheet doesn't have this participant. Download it again."))
        elif one is not None and file.parts[-1] != TIMESTAMP:
            handed.append(one)
        elif file.refusal:
            nobodys.append((file.name, file.refusal))
        elif file.parts[-1].endswith(".ipynb"):
            nobodys.append((file.name, "Its name doesn't say whose it is."))
    times = {id: one.handed_in for id, one in roster.participants.items() if one.handed_in}
    groups: dict[tuple[str, ...], list[HandedFile]] = defaultdict(list)
    for one in _named(handed, roster):
        groups[roster.group(one.group) or roster.members(one.learner)].append(one)
    found = []
    folders = _Folders(member for members in groups for member in members)
    for members, own in groups.items():
        try:
            learners = tuple(map(folders.of, members))
        except CourseError as error:
            nobodys += [(one.file.name, str(error)) for one in own]
            continue
        given = roster.ids() | {one.learner: one.id for one in own if one.id}
        ids = {folder: given[member] for folder, member in zip(learners, members, strict=True) if member in given}
        found.append(Handed(learners, own[0].learner, ids, tuple(own), times, timestamps))
    return sorted(found, key=lambda one: one.learners), nobodys


def _is_unknown(one: HandedFile, roster: Roster) -> bool:
    return bool(roster.participants) and one.id not in roster.participants and not roster.group(one.group)


def _named(handed: Sequence[HandedFile], roster: Roster) -> list[HandedFile]:
    """Name learners as the instructor's tables do, and tell those apart who have the same name at the platform."""
    named = []
    for one in handed:
        if roster.group(one.group):
            named.append(one)
        elif roster.participants:
            named.append(replace(one, learner=roster.participants[one.id].learner))
        else:
            named.append(replace(one, learner=roster.without_group(one.learner)))
    while True:  # "Ada 12" may be the name of somebody else
        ids = Counter(name for name, _ in {(one.learner, one.id) for one in named})
        if not any(ids[one.learner] > 1 for one in named):
            return named
        named = [replace(one, learner=f"{one.learner} {one.id}") if ids[one.learner] > 1 else one for one in named]


class _Folders:
    """The names of learners' folders, no two of which may differ only in what a folder's name can't show."""

    def __init__(self, learners: Iterable[str]) -> None:
        self._taken: dict[str, set[str]] = defaultdict(set)
        for learner in learners:
            try:
                self._taken[folder_name(learner).casefold()].add(learner)
            except CourseError:
                continue  # and is refused when its turn comes

    def of(self, learner: str) -> str:
        """Return the name of a learner's folder.

        Raises:
            CourseError: the id can't be one, or somebody else's would be the same.
        """
        name = folder_name(learner)
        others = sorted(self._taken[name.casefold()] - {learner})
        if others:
            raise CourseError(f"{learner!r} and {others[0]!r} would have the same folder. Rename one of them.")
        return name
