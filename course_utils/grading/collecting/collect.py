"""Put what a class has handed in where nbgrader looks for it: ``submitted/LEARNER/LESSON/LESSON.ipynb``.

Each notebook is looked at before it is put there, and goes there whole or not at all. The names in an archive say whose
a file is, and are never a place to write to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nbgrader.coursedir import CourseDirectory

from course_utils.errors import CourseError
from course_utils.grading.class_settings import class_settings
from course_utils.grading.classroom import assignments
from course_utils.grading.collecting.archives import open_archive
from course_utils.grading.collecting.collected import CollectedLearner, CollectedLesson, read_collected, write_collected
from course_utils.grading.collecting.owners import Handed, sorted_by_learner
from course_utils.grading.collecting.placement import PlacedOutcome, place
from course_utils.grading.collecting.rosters import Roster
from course_utils.grading.collecting.selection import LessonTexts, Refusal, chosen


@dataclass(frozen=True)
class Collected:
    """What became of what a learner has handed in, or of a file that is nobody's.

    Attributes:
        learner: the name of their folder, or of the file.
        outcome: whether it was put into ``submitted``.
        remarks: why not, or what is odd about it, in sentences.
    """

    learner: str
    outcome: PlacedOutcome | Literal["refused"]
    remarks: tuple[str, ...] = ()


def collect(folder: Path, lesson: str, archive: Path, roster: Roster) -> Iterator[Collected]:
    """Take in what a class has handed in for a lesson, from Moodle's or Canvas's zip file or from a folder.

    It can be ended at any time and run again, with the same archive or a later one: a notebook replaces the one that is
    there unless that was handed in later.

    Raises:
        CourseError: the folder, the lesson or the archive can't be used; nothing was written.
        OSError: a file can't be written; what was written before is whole.
    """
    places = CourseDirectory(config=class_settings(folder))
    if lesson not in assignments(folder):
        raise CourseError(f"There is no {lesson} in {folder / 'source'}. It has: {', '.join(assignments(folder))}.")
    submitted = folder / places.submitted_directory
    lessons = LessonTexts(folder, lesson)
    known = dict(read_collected(folder, lesson).learners)
    with open_archive(archive) as files:
        handed, nobodys = sorted_by_learner(files, lesson, roster)
        for name, reason in nobodys:
            yield Collected(name, "refused", (reason,))
        try:
            for one in handed:
                yield from _take_in(submitted, lesson, lessons, one, known)
        finally:
            write_collected(folder, lesson, CollectedLesson(learners=known))


def _take_in(
    submitted: Path, lesson: str, lessons: LessonTexts, handed: Handed, known: dict[str, CollectedLearner]
) -> Iterator[Collected]:
    try:
        found, refused = chosen(handed, lessons), ""
    except Refusal as refusal:
        found, refused = None, str(refusal)
    for learner in handed.learners:
        before = known.get(learner, CollectedLearner())
        known[learner] = CollectedLearner(id=handed.ids.get(learner, before.id), name=handed.name, refused=refused)
        if found is None:
            yield Collected(learner, "refused", (refused,))
        else:
            outcome, remarks = place(submitted, learner, lesson, found.text, found.time)
            yield Collected(learner, outcome, (*found.remarks, *remarks))
