"""Handing out and exporting: marks are for the version that was handed out, and what isn't marked has no score."""

import csv
import shutil
import sqlite3
from pathlib import Path

import pytest
from test_classroom import DEMO, LESSON, read
from traitlets.config.loader import PyFileConfigLoader

from course_utils.authoring import build as builder
from course_utils.cli.main import run
from course_utils.errors import CourseError
from course_utils.grading import classroom
from course_utils.grading.class_settings import class_settings
from course_utils.grading.collecting.collected import CollectedLearner, CollectedLesson, write_collected
from course_utils.grading.export import export, exported_scores
from course_utils.grading.gradebook import GradebookWriter
from course_utils.grading.marks import AnswerMark, MarkStatus
from course_utils.grading.release import release
from course_utils.grading.submissions import read_time
from course_utils.grading.versions import kept_version, released_version, source_version

CELLS = ("numbers-check", "words-check")
LATE_POLICY = """
from nbgrader.plugins import LateSubmissionPlugin
class HalfAPoint(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 0.5
c.AssignLatePenalties.plugin_class = HalfAPoint
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shutil.copytree(DEMO, tmp_path_factory.mktemp("release") / "course")
    builder.build(root)
    folder = root.parent / "class"
    classroom.init(folder, root)
    assert run(["class", "release", LESSON, "--class", str(folder)]) == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "class")


def change(folder: Path) -> None:
    source = source_version(folder, LESSON)
    source.write_text(
        source.read_text(encoding="utf-8").replace("double(1) is 2", "double(1) is two"), encoding="utf-8"
    )


def hand_in(folder: Path, learner: str) -> None:
    (folder / "submitted" / learner / LESSON).mkdir(parents=True)


# Handing out ---------------------------------------------------------------------------------------------
def test_what_is_handed_out_is_kept_and_counts(folder: Path) -> None:
    assert "BEGIN HIDDEN TESTS" not in "".join(read(folder, "release").values())
    before = source_version(folder, LESSON).read_bytes()
    change(folder)
    assert released_version(folder, LESSON).read_bytes() == before
    release(folder, LESSON)  # nobody has handed in anything yet
    assert released_version(folder, LESSON).read_bytes() == source_version(folder, LESSON).read_bytes() != before


def test_another_version_is_handed_out_only_on_request_once_there_is_work(folder: Path) -> None:
    hand_in(folder, "ada")
    release(folder, LESSON)  # the same version
    before = kept_version(folder, LESSON).read_bytes()
    change(folder)
    with pytest.raises(CourseError, match=r"was changed after it was released, and 1 have handed in .* add --again"):
        release(folder, LESSON)
    assert kept_version(folder, LESSON).read_bytes() == before
    assert run(["class", "release", LESSON, "--again", "--class", str(folder)]) == 0
    assert kept_version(folder, LESSON).read_bytes() != before


def test_without_a_kept_version_the_source_must_be_the_gradebooks(folder: Path) -> None:
    with GradebookWriter(class_settings(folder), LESSON) as book:
        locked = {id: source for id, source in read(folder).items() if id in CELLS}
        book.require_version(locked)
        with pytest.raises(CourseError, match=f"its numbers-check is not the gradebook's.*class release {LESSON}"):
            book.require_version(locked | {"numbers-check": "print('another test')"})
        with pytest.raises(CourseError, match="its words-check is not"):
            book.require_version({"numbers-check": locked["numbers-check"]})


def test_what_can_not_be_handed_out_is_refused_in_a_sentence(folder: Path) -> None:
    with pytest.raises(CourseError, match="There is no 09_none"):
        release(folder, "09_none")
    source = source_version(folder, LESSON)
    source.write_text(source.read_text(encoding="utf-8").replace("### END HIDDEN TESTS", "###"), encoding="utf-8")
    with pytest.raises(CourseError, match=f"nbgrader can't make {LESSON} from"):
        release(folder, LESSON)


def test_nbgraders_own_commands_see_all_settings(folder: Path) -> None:
    seen = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()  # as they read the file
    assert seen.CourseDirectory.course_id == "transfer-learning"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'c.CourseDirectory.db_url = "postgresql://me:secret@127.0.0.1:9/class"',
            r"127\.0\.0\.1:9/class can't be opened",
        ),
        ('c.CourseDirectory.db_url = "postgres//me:secret@127.0.0.1/x"', r"PostgreSQL's is postgresql://USER"),
        (
            "from traitlets.config import get_config\nc = get_config()\n"
            'c.CourseDirectory.db_url = "postgresql://127.0.0.1/x"',
            "delete the line 'from traitlets.config import get_config'",
        ),
        ('c.CourseDirectory.db_ulr = "postgresql://127.0.0.1/class"', r"db_ulr is not a setting\. Write db_url"),
    ],
)
def test_a_wrong_address_of_the_gradebook_is_refused_not_replaced(folder: Path, line: str, said: str) -> None:
    with (folder / "nbgrader_config.py").open("a") as settings:
        settings.write(line)
    before = (folder / "gradebook.db").read_bytes()
    for command in (lambda: release(folder, LESSON), lambda: export(folder, LESSON, "csv")):
        with pytest.raises(CourseError, match=said) as refusal:
            command()
        assert "secret" not in str(refusal.value)
    assert (folder / "gradebook.db").read_bytes() == before
    assert sorted(path.name for path in folder.glob("*.db")) == ["gradebook.db"]


def test_the_gradebook_of_another_nbgrader_is_refused_as_it_is(folder: Path) -> None:
    with sqlite3.connect(folder / "gradebook.db") as book:
        book.execute("ALTER TABLE grade RENAME COLUMN extra_credit TO bonus")
    before = (folder / "gradebook.db").read_bytes()
    for command in (lambda: GradebookWriter(class_settings(folder), LESSON), lambda: export(folder, LESSON, "csv")):
        with pytest.raises(CourseError, match=r"another version of nbgrader .*nbgrader db upgrade"):
            command()
    assert (folder / "gradebook.db").read_bytes() == before


# Exporting -----------------------------------------------------------------------------------------------
def write(folder: Path, learner: str, *given: tuple[MarkStatus, float | None], late: bool = False) -> None:
    worth = {"numbers-check": 2.0, "words-check": 1.0}
    marks = [
        AnswerMark(cell=cell, id=cell, status=status, points=points, worth=worth[cell])
        for cell, (status, points) in zip(CELLS, given, strict=True)
    ]
    with GradebookWriter(class_settings(folder), LESSON) as book:
        book.write(learner, marks, read_time(b"2026-03-02 00:00:00 UTC") if late else None)
    hand_in(folder, learner)


@pytest.fixture
def marked(folder: Path) -> Path:
    """A class with everything that can become of a submission."""
    with (folder / "nbgrader_config.py").open("a") as settings:
        settings.write(LATE_POLICY)
    write(folder, "Ada", ("passed", 2.0), ("wrong", 0.0))
    write(folder, "=cmd|' /C calc'!A0", ("passed", 2.0), ("passed", 1.0))
    write(folder, "Bob", ("crashed", None), ("passed", 1.0))
    write(folder, "Cyd", ("passed", 2.0), ("infrastructure", None))
    write(folder, "Dan", ("unattempted", 0.0), ("wrong", 0.0))
    hand_in(folder, "Eve")
    known = {name: CollectedLearner(id=str(id), name=name) for id, name in enumerate(("Ada", "Bob", "Dan"), 10)}
    known["Fay"] = CollectedLearner(id="13", name="Fay", refused="x.ipynb: It is not a notebook: the file is empty.")
    known["=cmd|' /C calc'!A0"] = CollectedLearner(id="14", name="@SUM(1)")
    write_collected(folder, LESSON, CollectedLesson(learners=known))
    return folder


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_not_marked_has_no_score_and_says_why(marked: Path) -> None:
    ((path,), _) = export(marked, LESSON, "csv")
    assert {row["learner"]: (row["score"], row["status"]) for row in table(path)} == {
        "'=cmd|' /C calc'!A0": ("3", "marked"),
        "Ada": ("2", "marked"),
        "Bob": ("", "a person must look at numbers-check"),
        "Cyd": ("", "a person must look at words-check"),
        "Dan": ("0", "marked"),
        "Eve": ("", "not graded yet"),
        "Fay": ("", "x.ipynb: It is not a notebook: the file is empty."),
    }
    assert {row["maximum"] for row in table(path)} == {"3"}


def test_a_penalty_for_lateness_is_taken_off(marked: Path) -> None:
    with sqlite3.connect(marked / "gradebook.db") as book:
        book.execute("UPDATE assignment SET duedate = '2026-03-01 00:00:00.000000'")
    write(marked, "Late", ("passed", 2.0), ("passed", 1.0), late=True)
    found = {one.learner: one for one in exported_scores(marked, LESSON)}
    assert (found["Late"].score, found["Late"].penalty) == (2.5, 0.5)
    assert found["Ada"].score == 2


def test_moodle_gets_its_participants_and_no_formulas(marked: Path) -> None:
    write(marked, "Plain", ("passed", 2.0), ("passed", 1.0))
    (_, path), unknown = export(marked, LESSON, "moodle")
    assert unknown == ["Plain"]  # whose number nobody knows
    rows = table(path)
    assert path.name == f"{LESSON}_moodle.csv"
    assert {row["Identifier"]: row["Grade"] for row in rows} == {
        "Participant 10": "2",
        "Participant 11": "",
        "Participant 12": "0",
        "Participant 13": "",
        "Participant 14": "3",
    }
    assert set(rows[0]) >= {"Identifier", "Grade", "Last modified (grade)"}  # without which Moodle takes nothing in
    assert rows[0]["Full name"] == "'@SUM(1)"


def test_canvas_gets_scores_alone(marked: Path) -> None:
    (everybody, path), _ = export(marked, LESSON, "canvas")
    assert everybody.name == f"{LESSON}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, possible, *rows = csv.reader(file)
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", LESSON]
    assert possible == ["    Points Possible", "", "", "", "", "3"]
    assert [(row[1], row[-1]) for row in rows] == [("14", "3"), ("10", "2"), ("12", "0")]


def test_another_platform_is_wrong(marked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["class", "export", LESSON, "--format", "blackboard", "--class", str(marked)]) == 1
    assert "Name one of moodle, canvas, csv" in capsys.readouterr().err
    assert not (marked / "exports").exists()
