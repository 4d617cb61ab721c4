"""Paragraphs that a person marks: asked in a class, shown to the marker with the rubric, never marked by a program."""

import html
import shutil
import sqlite3
from pathlib import Path

import nbformat
import pytest
from nbconvert.filters import markdown2html
from sandboxed import skip_without_sandbox
from test_classroom import DEMO, LESSON, nbgrader, read

import course_utils
from course_utils.authoring import build as builder
from course_utils.authoring.manual_questions import read_manual_questions
from course_utils.authoring.questions import QUESTIONS
from course_utils.checkout import find_lessons
from course_utils.errors import CourseError
from course_utils.grading import classroom
from course_utils.grading.class_grading import GradedSubmission, grade_class
from course_utils.grading.class_results import read_class_results
from course_utils.grading.feedback_pages import feedback_page
from course_utils.grading.lesson_guide import LessonGuide
from course_utils.grading.release import release

ROOT = Path(course_utils.__file__).parents[1]
BODY = """
# %%
from course_utils import check

# %% nbgrader={"grade_id": "e1", "solution": true}
### BEGIN SOLUTION
times_guessing = lambda accuracy, classes: accuracy * classes
### END SOLUTION

# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 2}
check("00.e1", times_guessing)
"""
MANUAL = """
[[question]]
lesson = "01"
id = "01.m1"
points = 2
text = "What happened, and why?"
criterion = [{points = 1, text = "Says what happened."}, {points = 1, text = "Says why."}]
"""
HOSTILE = "It doubled.\n\n</pre><script>alert(1)</script> ![x](http://tracker.example/x.png) $\\href{javascript:1}{x}$"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shutil.copytree(DEMO, tmp_path_factory.mktemp("paragraphs") / "course")
    source = root / "solutions" / f"{LESSON}.py"
    text = source.read_text(encoding="utf-8")
    source.write_text(text[: text.index("# %% [markdown]\n# ## Exercise 1")] + BODY, encoding="utf-8")
    (root / QUESTIONS).mkdir()
    (root / QUESTIONS / "manual.toml").write_text(MANUAL, encoding="utf-8")
    builder.build(root)
    return root


@pytest.fixture(scope="module")
def folder(course: Path) -> Path:
    """A class folder with a released lesson and two submissions: one with a paragraph, one without."""
    skip_without_sandbox()
    folder = course.parent / "class"
    classroom.init(folder, course)
    release(folder, LESSON)
    hand_in(folder, "writes", HOSTILE)
    hand_in(folder, "writes nothing", None)
    return folder


def hand_in(folder: Path, learner: str, paragraph: str | None) -> None:
    notebook = nbformat.read(folder / "release" / LESSON / f"{LESSON}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.id == "m1" and paragraph is not None:
            cell.source = paragraph
    path = folder / "submitted" / learner / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def grade(folder: Path) -> dict[str, GradedSubmission]:
    return {one.learner: one for one in grade_class(folder, LESSON)}


def scores(folder: Path) -> dict[str, tuple[float | None, float | None, bool]]:
    """What the gradebook has for the paragraph, by learner: the program's score, the person's, and if it waits."""
    asked = """
        SELECT submitted_assignment.student_id, grade.auto_score, grade.manual_score, grade.needs_manual_grade
        FROM grade JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        WHERE base_cell.name = 'm1'
    """
    with sqlite3.connect(folder / "gradebook.db") as book:
        return {learner: (auto, manual, bool(waits)) for learner, auto, manual, waits in book.execute(asked)}


def shown(folder: Path, learner: str) -> dict[str, str]:
    path = folder / "autograded" / learner / LESSON / f"{LESSON}.ipynb"
    return {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}


def test_every_lesson_has_a_question_whose_criteria_add_up() -> None:
    questions = read_manual_questions(ROOT / QUESTIONS)
    assert questions.keys() == {lesson.name[:2] for lesson in find_lessons(ROOT)}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points = 2", "points = 3", "criteria have 2 points together, not 3"),
        ('"01.m1"', '"02.m1"', "02.m1 is not one of lesson 01"),
        ("[[question]]", "[question]", "question"),
        ("points = 2", "points = two", "is not valid TOML"),
    ],
)
def test_a_damaged_file_of_questions_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "manual.toml").write_text(MANUAL.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError, match=said):
        read_manual_questions(tmp_path)


def test_learners_get_the_question_and_not_the_rubric(folder: Path) -> None:
    learners, instructors = read(folder, "release"), read(folder)
    assert "What happened, and why?" in learners["m1-question"]
    assert "up to 4 points" in learners["m1-question"]
    assert learners["m1"] == "YOUR ANSWER HERE"
    assert "- 2 points: Says why." in instructors["m1"]  # worth what the settings say, in the question's proportions


def test_an_instructor_can_ask_something_else_or_nothing(course: Path, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    classroom.init(folder, course)
    own = folder / "questions" / "manual.toml"
    own.parent.mkdir()
    own.write_text(MANUAL.replace("What happened, and why?", "What would you do?"), encoding="utf-8")
    shutil.rmtree(folder / "source")
    classroom.init(folder, course)
    assert "What would you do?" in read(folder)["m1-question"]
    settings = folder / "nbgrader_config.py"
    settings.write_text(settings.read_text().replace("paragraph_points = 4", "paragraph_points = 0"))
    shutil.rmtree(folder / "source")
    classroom.init(folder, course)
    assert "m1" not in read(folder)


def test_in_self_study_nobody_is_asked(course: Path) -> None:
    assert "What happened" not in (course / "lessons" / f"{LESSON}.ipynb").read_text(encoding="utf-8")


def test_a_person_decides_and_what_they_gave_stays_until_the_text_changes(folder: Path) -> None:
    graded = grade(folder)
    assert [(mark.status, mark.points) for mark in graded["writes"].marks] == [
        ("unattempted", 0),
        ("to be marked", None),
    ]
    assert scores(folder) == {"writes": (None, None, True), "writes nothing": (0, None, False)}
    with sqlite3.connect(folder / "gradebook.db") as book:
        book.execute("UPDATE grade SET manual_score = 3, needs_manual_grade = 0 WHERE auto_score IS NULL")
    grade(folder)
    assert scores(folder)["writes"] == (None, 3, False)
    hand_in(folder, "writes", "Another text.")
    grade(folder)
    assert scores(folder)["writes"] == (None, 3, True)
    hand_in(folder, "writes", HOSTILE)


def test_the_marker_sees_the_text_as_it_was_typed_and_the_rubric(folder: Path) -> None:
    grade(folder)
    cells = shown(folder, "writes")
    page = markdown2html(cells["m1"])
    assert "It doubled." in page
    assert not [tag for tag in ("<script", "<img", "<a ") if tag in page]
    assert page.count("</pre>") == 1
    assert "Says why." in cells["m1-rubric"]
    assert shown(folder, "writes nothing")["m1"] == "YOUR ANSWER HERE"


def test_our_feedback_has_the_paragraph_its_points_and_the_persons_words_as_text(folder: Path) -> None:
    grade(folder)
    with sqlite3.connect(folder / "gradebook.db") as book:  # as Formgrader does
        book.execute("UPDATE grade SET manual_score = 2.5, needs_manual_grade = 0 WHERE auto_score IS NULL")
        book.execute("UPDATE comment SET manual_comment = 'Why <i>twice</i>?' WHERE cell_id IN "
                     "(SELECT id FROM base_cell WHERE name = 'm1')")  # fmt: skip

    def page(learner: str) -> str:
        results = read_class_results(folder, LESSON)
        (result,) = (one for one in results.learners if one.learner == learner)
        return feedback_page(results.lesson, result, LessonGuide(folder, results.lesson), "../..")

    writes, nothing = page("writes"), page("writes nothing")
    assert "Marked by a person</strong> · 2.5 of 4" in writes
    assert "Why &lt;i&gt;twice&lt;/i&gt;?" in writes
    assert html.escape(HOSTILE) in writes
    assert "A person marks" not in writes
    assert "Not answered</strong> · 0 of 4" in nothing
    assert "Your answer" not in nothing
    assert "Says why." not in writes + nothing
    hand_in(folder, "writes", "Another text.")
    grade(folder)
    assert "Marked by a person, who looks at it again</strong>" in page("writes")
    hand_in(folder, "writes", HOSTILE)


@pytest.mark.slow
def test_feedback_has_the_paragraph_without_the_rubric(folder: Path) -> None:
    grade(folder)
    nbgrader(folder, "generate_feedback", LESSON)
    page = (folder / "feedback" / "writes" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    assert "It doubled." in page
    assert "Says why." not in page


@pytest.mark.slow
def test_stock_nbgrader_agrees_and_shows_the_rubric_too(folder: Path) -> None:
    grade(folder)
    before = scores(folder)
    nbgrader(folder, "autograde", LESSON, "--force")
    assert {name: score[0] for name, score in scores(folder).items()} == {n: s[0] for n, s in before.items()}
    assert "Says why." in shown(folder, "writes")["m1-rubric"]
