"""A class folder: made once, never overwritten, and stock nbgrader grades in it."""

import csv
import errno
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.preprocessors import NbGraderPreprocessor

import course_utils
from course_utils import files
from course_utils.authoring import build as builder
from course_utils.authoring.sources import read_source
from course_utils.errors import CourseError
from course_utils.grading import SetParameters, classroom

DEMO = Path(__file__).parents[1] / "demo_course"
LESSON = "01_doubling"

DOUBLE = "def double(x):\n    return 2 * x"
WARNING_DOUBLE = """
import logging, sys, warnings
def double(x):
    warnings.warn("careful")
    logging.getLogger().error("careful")
    print("careful", file=sys.stderr)
    return x + x
"""
ANSWER = 'answer = "haha"'


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = shutil.copytree(DEMO, tmp_path / "course")
    builder.build(root)
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a class with spaces, ÄÖ"


def test_a_class_folder_holds_the_settings_and_the_solutions(course: Path, folder: Path) -> None:
    added = classroom.init(folder, course)
    assert added[0] == folder / "nbgrader_config.py"
    source = folder / "source" / LESSON / f"{LESSON}.ipynb"
    assert source in added
    assert "BEGIN HIDDEN TESTS" in source.read_text(encoding="utf-8")
    assert list((folder / "release").iterdir()) == []
    assert classroom.assignments(folder) == [LESSON]
    assert f"course class release {LESSON}" in classroom.next_steps(folder)


def test_a_lesson_without_points_is_not_an_assignment(course: Path, folder: Path) -> None:
    source = course / "solutions" / f"{LESSON}.py"
    text = source.read_text(encoding="utf-8")
    (course / "solutions" / "00_start.py").write_text(text[: text.index("# %% [markdown]\n# ## Exercise 1")])
    classroom.init(folder, course)
    assert classroom.assignments(folder) == [LESSON]


def test_a_second_run_adds_what_is_missing_and_changes_nothing(course: Path, folder: Path) -> None:
    classroom.init(folder, course)
    (folder / "nbgrader_config.py").write_text("# mine")
    (folder / "README.md").unlink()
    assert classroom.init(folder, course) == [folder / "README.md"]
    assert (folder / "nbgrader_config.py").read_text() == "# mine"
    assert classroom.init(folder, course) == []


def test_an_empty_folder_will_do(course: Path, folder: Path) -> None:
    folder.mkdir()
    assert classroom.init(folder, course)


def test_the_course_itself_a_file_and_another_folder_are_refused(course: Path, folder: Path) -> None:
    for inside in (course, course / "lessons" / "class", course / "x" / ".." / "class"):
        with pytest.raises(CourseError, match="inside the course"):
            classroom.init(inside, course)
    with pytest.raises(CourseError, match="is not empty and has no"):
        classroom.init(course.parent, course)
    folder.write_text("")
    with pytest.raises(CourseError, match="is a file"):
        classroom.init(folder, course)
    with pytest.raises(CourseError, match="is not a class folder"):
        classroom.assignments(course)


def test_after_a_full_disk_it_can_be_completed(course: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, written = files.os.replace, []

    def fill_up(*names: object) -> None:
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(names)
        replace(*names)

    monkeypatch.setattr(files.os, "replace", fill_up)
    with pytest.raises(OSError, match="No space"):
        classroom.init(folder, course)
    monkeypatch.setattr(files.os, "replace", replace)
    assert [path.name for path in folder.iterdir()] == ["nbgrader_config.py"]
    assert len(classroom.init(folder, course)) == 3


def test_parameters_are_set_below_the_lessons_own(course: Path) -> None:
    step: NbGraderPreprocessor = SetParameters(parameters={"PROFILE": "smoke"})
    notebook, _ = step.preprocess(read_source(course / "solutions" / f"{LESSON}.py"), {})
    position = next(i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.tags)
    assert notebook.cells[position + 1].source.strip() == '# Set for grading\nPROFILE = "smoke"'
    again, _ = step.preprocess(notebook, {})
    assert len(again.cells) == len(notebook.cells)


QUESTIONS = Path(course_utils.__file__).parents[1] / "solutions" / "questions"
SECTION = """
# %% [markdown]
# ## Knowledge check

# %%
from course_utils import check, learn

# %% tags=["knowledge-check"]
learn.knowledge_check("01")
"""
OWN_QUESTION = """
[[question]]
id = "01.k50"
topic = "a topic of its own"
kind = "single"
text = "Is this in the public bank?"
choice = [{text = "No", right = true, why = "It is the instructor's."}, {text = "Yes", why = "It isn't."}]
"""


@pytest.fixture
def asking(course: Path) -> Path:
    """The course, with a knowledge check in its lesson."""
    source = course / "solutions" / f"{LESSON}.py"
    source.write_text(source.read_text(encoding="utf-8") + SECTION, encoding="utf-8")
    (course / "solutions" / "questions").mkdir(exist_ok=True)
    shutil.copy(QUESTIONS / "bank_01.toml", course / "solutions" / "questions")
    builder.build(course)
    return course


def read(folder: Path, part: str = "source") -> dict[str, str]:
    path = folder / part / LESSON / f"{LESSON}.ipynb"
    return {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}


def solutions(cells: dict[str, str]) -> dict[str, str]:
    """The instructor's answers to the class's questions, as cells."""
    return {id: source for id, source in cells.items() if re.fullmatch(r"k\d", id)}


def test_each_class_draws_its_own_questions_and_keeps_them(asking: Path, folder: Path) -> None:
    classroom.init(folder, asking)
    first = read(folder)
    assert [id for id in first if id.endswith("-question")] == [f"k{n}-question" for n in range(1, 7)]
    shutil.rmtree(folder / "source")
    classroom.init(folder, asking)
    assert read(folder) == first
    other = folder.with_name("another class")
    classroom.init(other, asking)
    assert read(other) != first


def test_a_class_without_its_seed_draws_nothing(asking: Path, folder: Path) -> None:
    classroom.init(folder, asking)
    (folder / "secret_seed").write_text(" ")
    with pytest.raises(CourseError, match=r"secret_seed is empty.*Put its backup back"):
        classroom.init(folder, asking)


def test_an_instructor_can_add_questions_that_learners_cannot_look_up(asking: Path, folder: Path) -> None:
    classroom.init(folder, asking)
    own = folder / "questions" / "bank_01.toml"
    own.parent.mkdir()
    own.write_text(OWN_QUESTION, encoding="utf-8")
    drawn = set()
    for seed in range(20):  # one question among seven topics: most draws of six have it
        (folder / "secret_seed").write_text(f"{seed}\n")
        shutil.rmtree(folder / "source")
        classroom.init(folder, asking)
        drawn.add("Is this in the public bank?" in "".join(read(folder).values()))
    assert drawn == {True, False}
    own.write_text(OWN_QUESTION.replace("k50", "k01"), encoding="utf-8")
    with pytest.raises(CourseError, match=r"the course has a question 01\.k01, too\. Give yours ids from 01\.k50 on"):
        classroom.init(folder, asking)


def hand_in(folder: Path, learner: str, lesson: Path, answers: dict[str, str]) -> None:
    notebook = nbformat.read(lesson, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    submission = folder / "submitted" / learner / LESSON / f"{LESSON}.ipynb"
    submission.parent.mkdir(parents=True)
    nbformat.write(notebook, submission)


def nbgrader(folder: Path, *arguments: str) -> str:
    """Run nbgrader as in an active environment, since it calls the environment's programs by their names."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def graded_by_stock(folder: Path) -> dict[str, float]:
    """Grade what was handed in with nbgrader's own commands, write the feedback, and return each learner's points."""
    nbgrader(folder, "autograde", LESSON)
    nbgrader(folder, "generate_feedback", LESSON)
    nbgrader(folder, "export")
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


@pytest.mark.slow
def test_stock_nbgrader_scores_full_none_and_in_between(course: Path, folder: Path) -> None:
    lesson = course / "lessons" / f"{LESSON}.ipynb"
    classroom.init(folder, course)
    nbgrader(folder, "generate_assignment", LESSON)
    assert (folder / "release" / LESSON / f"{LESSON}.ipynb").read_bytes() == lesson.read_bytes()

    hand_in(folder, "all", lesson, {"numbers": DOUBLE, "words": ANSWER})
    hand_in(folder, "half", lesson, {"numbers": DOUBLE})
    hand_in(folder, "nothing", lesson, {})
    hand_in(folder, "warns", lesson, {"numbers": WARNING_DOUBLE, "words": ANSWER})
    assert graded_by_stock(folder) == {"all": 3, "half": 2, "nothing": 0, "warns": 3}
    graded = (folder / "autograded" / "all" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    assert "PROFILE='smoke'" in graded
    assert (folder / "feedback" / "half" / LESSON / f"{LESSON}.html").is_file()


@pytest.mark.slow
def test_stock_nbgrader_marks_a_knowledge_check(asking: Path, folder: Path) -> None:
    classroom.init(folder, asking)
    nbgrader(folder, "generate_assignment", LESSON)
    released = folder / "release" / LESSON / f"{LESSON}.ipynb"
    right = solutions(read(folder))
    learners = "".join(read(folder, "release").values())
    assert "learn.marked" not in learners
    assert "SOLUTION" not in learners
    assert read(folder, "release")["k1"] == "k1 = (\n    ...  # YOUR ANSWER HERE\n)"
    assert (folder / "secret_seed").read_text().strip() not in learners
    nonsense = ["object()", '"z"', "[1, 2, 3]", "float('nan')", '"a" * 10**6', "1 / 0"]
    hand_in(folder, "all", released, right)
    hand_in(folder, "half", released, {id: right[id] for id in ("k1", "k3", "k5")})
    hand_in(folder, "nothing", released, {})
    hand_in(folder, "nonsense", released, {f"k{n}": f"k{n} = {what}" for n, what in enumerate(nonsense, 1)})
    assert graded_by_stock(folder) == {"all": 6, "half": 3, "nothing": 0, "nonsense": 0}
    feedback = (folder / "feedback" / "half" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    assert feedback.count("Right.") == 3
    assert feedback.count("Not answered yet.") == 3


@pytest.mark.slow
def test_stock_nbgrader_validates_the_solution(course: Path, folder: Path) -> None:
    classroom.init(folder, course)
    assert "Success" in nbgrader(folder, "validate", f"source/{LESSON}/{LESSON}.ipynb")
