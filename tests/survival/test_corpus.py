"""The corpus of attacks and faults, beside honest learners, through the grader as it is: nobody gains or loses."""

import hashlib
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from corpus_cases import Case, cases
from left import COURSE, processes, tree
from sandboxed import skip_without_sandbox

from course_utils.cli.bench_class import hand_in, handed_out, right_answers
from course_utils.grading import scorer
from course_utils.grading.class_grading import GradedSubmission, grade_class
from course_utils.grading.marks import BLANK
from course_utils.learn.catalogue import load_exercises

pytestmark = [pytest.mark.survival, pytest.mark.slow]

LESSON = "02_feature_extraction"
CASES = cases()
HONEST = ("ada honest", "zoë honest")  # graded first and last
TRAINING = {"e1", "e2"}  # answers that take a second each; whoever spoils another one in the sandbox leaves them out
CANARY = "course_survival_canary"
Before = tuple[Path, dict[str, str], set[str]]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Before]:
    """The class folder with everything handed in, the hashes of what must not change, and the running processes."""
    skip_without_sandbox()
    folder = handed_out(tmp_path_factory.mktemp("survival") / "class", LESSON, "00_start_here")
    right = right_answers(folder, LESSON)
    for learner in HONEST:
        hand_in(folder, learner, right, LESSON)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        names = {
            "CLASS_FOLDER": str(folder),
            "COURSE_FOLDER": str(COURSE),
            "LISTENING_PORT": str(listening.getsockname()[1]),
        }
        for case in CASES:
            source = case.source
            for name, value in names.items():
                source = source.replace(name, value)
            answers = right | ({case.answers[0]: source} if source else {})
            path = hand_in(folder, case.name, {id: answers[id] for id in answers if id not in left_out(case)}, LESSON)
            if not source:
                case.spoil(path)
        yield folder, hashes(folder), processes()


@pytest.fixture(scope="module")
def graded(before: Before) -> dict[str, GradedSubmission]:
    """What became of everybody, graded with little time for each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scorer, "SECONDS", 2.0)
        patch.setattr(scorer, "IDLE", 5.0)
        for exercise in load_exercises("02").values():
            patch.setattr(type(exercise), "seconds", 1)
        return {one.learner: one for one in grade_class(before[0], LESSON, jobs=2)}


def hashes(folder: Path) -> dict[str, str]:
    kept = [
        path for name in ("source", "release", "secret_seed") for path in [folder / name, *folder.glob(f"{name}/**/*")]
    ]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept if path.is_file()}


def left_out(case: Case) -> set[str]:
    return TRAINING - set(case.answers) if case.source else set()


def is_spoiled(case: Case, cell: str) -> bool:
    return "all" in case.answers or cell.removesuffix("-check") in case.answers


@each_case
def test_each_becomes_what_it_should(
    graded: dict[str, GradedSubmission], case: Case, record_property: Callable[[str, object], None]
) -> None:
    found = graded[case.name]
    touched = [mark for mark in found.marks if is_spoiled(case, mark.cell)]
    statuses = {mark.status for mark in touched} or {"unreadable"}
    earned = "none" if not found.marks else f"{sum(mark.points or 0 for mark in found.marks):g}"
    record_property("survival", (case.kind, case.does, ", ".join(sorted(statuses)), earned))
    if case.becomes == ("nothing",):
        assert earned == "0"
        return
    assert statuses <= set(case.becomes), (touched, found.remarks)
    for mark in found.marks:
        if mark.cell.removesuffix("-check") in left_out(case):
            assert mark.status == "unattempted"
        elif not is_spoiled(case, mark.cell):
            assert (mark.status, mark.points) == ("passed", mark.worth), mark
        elif mark.status in BLANK:
            assert mark.points is None
        elif mark.status not in ("passed", "partly"):
            assert mark.points == 0


def test_what_can_not_be_read_says_why(graded: dict[str, GradedSubmission]) -> None:
    unreadable = [one for one in graded.values() if not one.marks]
    assert {one.learner for one in unreadable} == {case.name for case in CASES if case.becomes == ("unreadable",)}
    assert all(one.remarks[0].endswith((".", "?")) for one in unreadable)


def test_honest_learners_get_everything(graded: dict[str, GradedSubmission]) -> None:
    for learner in HONEST:
        assert {mark.status for mark in graded[learner].marks} == {"passed"}
        assert all(mark.points == mark.worth for mark in graded[learner].marks)


def test_the_gradebook_holds_exactly_these_marks(before: Before, graded: dict[str, GradedSubmission]) -> None:
    asked = """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score FROM grade
        JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    """
    with sqlite3.connect(before[0] / "gradebook.db") as book:
        found = {(learner, cell): rest for learner, cell, *rest in book.execute(asked)}
    assert found == {(one.learner, mark.cell): [mark.points, None] for one in graded.values() for mark in one.marks}


def test_nothing_is_left_running(before: Before, graded: dict[str, GradedSubmission]) -> None:
    assert processes() <= before[2]


def test_nothing_is_left_written(before: Before, graded: dict[str, GradedSubmission]) -> None:
    folder, unchanged, _ = before
    assert hashes(folder) == unchanged
    shown = {str(Path(one.learner, LESSON, f"{LESSON}.ipynb")) for one in graded.values() if one.marks}
    shown |= {str(parent) for path in shown for parent in Path(path).parents} - {"."}
    assert tree(folder / "autograded") == shown
    made = {"gradebook.db", "ledger.db", "source", "release", "submitted", "autograded"}
    assert {path.name for path in folder.iterdir()} == made | {"README.md", "secret_seed", "nbgrader_config.py"}
    for place in (
        tempfile.gettempdir(),
        "/tmp",
        "/",
        "/dev/shm",
        "/var/tmp",
        Path.home(),
        folder,
        folder.parent,
        COURSE,
    ):
        assert not (Path(place) / CANARY).exists()


def test_nothing_of_a_learners_is_shown_but_the_answers_as_text(
    before: Before, graded: dict[str, GradedSubmission]
) -> None:
    for path in (before[0] / "autograded").rglob("*.ipynb"):
        outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", ())]
        assert {output.output_type for output in outputs} <= {"stream"}
        assert all(letter.isprintable() or letter == "\n" for output in outputs for letter in output.text)
