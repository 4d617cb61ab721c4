"""Quick checks that count in a class: marked like the knowledge check, by nbgrader's hidden tests and by the scorer."""

import ast
from pathlib import Path

import pytest
from test_classroom import DEMO

import course_utils
from course_utils.authoring import build as builder
from course_utils.authoring.questions import read_questions
from course_utils.authoring.quick_check_cells import count_quick_checks
from course_utils.authoring.sources import notebook_text, read_source
from course_utils.checkout import find_lessons
from course_utils.errors import CourseError
from course_utils.grading import classroom
from course_utils.grading.class_settings import lesson_settings
from course_utils.grading.graded_lesson import read_graded_lesson
from course_utils.learn.class_questions import marked

ROOT = Path(course_utils.__file__).parents[1]
LESSONS = {lesson.name[:2]: lesson for lesson in find_lessons(ROOT)}
QUICK_CHECKS = read_questions(ROOT)

each_lesson = pytest.mark.parametrize("number", LESSONS)


def counted(number: str, seed: str = "a class"):
    notebook = read_source(LESSONS[number].source)
    count_quick_checks(notebook, number, QUICK_CHECKS[f"lesson_{number}"], seed)
    return notebook


@each_lesson
def test_the_scorer_gives_a_point_for_each_right_answer_and_none_for_none(number: str, tmp_path: Path) -> None:
    name, notebook = LESSONS[number].name, counted(number)
    path = tmp_path / "source" / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(notebook_text(notebook), encoding="utf-8")
    asked = [one for one in read_graded_lesson(tmp_path, name, {}).asked if one.id.startswith(f"{number}.q")]
    kinds = [variants[0].kind for variants in QUICK_CHECKS[f"lesson_{number}"].values()]
    assert len(asked) == len(kinds) - kinds.count("curve") > 0
    cells = {cell.id: cell.source for cell in notebook.cells}
    for one in asked:
        solution = ast.literal_eval(cells[one.answer_cell].partition("=")[2])
        assert (one.answer, one.points) == (one.answer_cell, 1)
        assert marked(one.id, solution, **one.marking).points == 1
        assert marked(one.id, None, **one.marking).points == 0


@each_lesson
def test_learners_get_the_questions_without_what_is_right(number: str) -> None:
    cells = builder.learners_version(counted(number)).cells
    text = "\n".join(cell.source for cell in cells)
    assert "learn.marked" not in text
    assert "SOLUTION" not in text
    assert sum(cell.id.endswith("-question") for cell in cells) == text.count("learn.answered") > 0


@each_lesson
def test_nothing_else_in_the_lesson_needs_their_variable(number: str) -> None:
    for cell in counted(number).cells:
        if cell.cell_type == "code":
            names = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Name) and n.id == "answer"]
            assert not names or any(isinstance(name.ctx, ast.Store) for name in names), cell.source


def test_each_class_has_its_own_draw() -> None:
    assert notebook_text(counted("02")) == notebook_text(counted("02")) != notebook_text(counted("02", "another class"))


def test_a_class_that_has_begun_without_them_is_told_what_to_do(tmp_path: Path) -> None:
    course, folder = tmp_path / "course", tmp_path / "class"
    course.mkdir()
    (course / "solutions").symlink_to(DEMO / "solutions")
    builder.build(course)
    classroom.init(folder, course)
    with pytest.raises(CourseError, match=r"quick checks don't count\. Write c\.ClassLessons"):
        classroom.init(folder, course, quick_checks_count=True)
    other = tmp_path / "another class"
    classroom.init(other, course, quick_checks_count=True)
    assert lesson_settings(other).quick_checks_count
    assert classroom.init(other, course) == []
    settings = other / "nbgrader_config.py"
    settings.write_text(settings.read_text().replace("paragraph_points = 4", "paragraph_points = -4"))
    with pytest.raises(CourseError, match=r"c\.ClassLessons: paragraph_points \(input should be greater than or equal"):
        classroom.init(other, course)


def test_settings_of_a_newer_course_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.ClassLessons.essays_count = True\n")
    with pytest.raises(CourseError, match=r"c\.ClassLessons: essays_count"):
        lesson_settings(tmp_path)
