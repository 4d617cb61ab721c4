"""Where the course is, and how its lessons are found."""

from pathlib import Path

import pytest

from course_utils.checkout import find_checkout, find_lessons, find_notebooks
from course_utils.errors import CourseError


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "solutions").mkdir()
    for name in ("02_feature_extraction.py", "00_start_here.py", "notes.py", "1_short.py", "appendix_more.py"):
        (tmp_path / "solutions" / name).touch()
    return tmp_path


def test_lessons_come_in_order_and_other_files_are_not_lessons(course: Path) -> None:
    assert [lesson.name for lesson in find_lessons(course)] == ["00_start_here", "02_feature_extraction"]


@pytest.mark.parametrize(
    "name", ["2", "02", "02_feature_extraction", "02_feature_extraction.ipynb", "solutions/02_feature_extraction.py"]
)
def test_a_lesson_is_found_by_number_name_or_path(course: Path, name: str) -> None:
    (lesson,) = find_lessons(course, [name])
    assert lesson.notebook == course / "lessons" / "02_feature_extraction.ipynb"


@pytest.mark.parametrize("name", ["7", "", "..", "../secret", "feature"])
def test_an_unknown_lesson_lists_the_known_ones(course: Path, name: str) -> None:
    with pytest.raises(CourseError, match="00_start_here, 02_feature_extraction"):
        find_lessons(course, [name])


def test_appendices_follow_the_lessons_and_are_not_lessons(course: Path) -> None:
    names = ["00_start_here", "02_feature_extraction", "appendix_more"]
    assert [notebook.name for notebook in find_notebooks(course)] == names
    assert [notebook.name for notebook in find_notebooks(course, ["appendix_more", "2"])] == names[1:]
    with pytest.raises(CourseError, match="no lesson 'appendix_more'"):
        find_lessons(course, ["appendix_more"])


def test_the_checkout_holds_the_sources_of_this_library() -> None:
    assert (find_checkout() / "course_utils" / "checkout.py").is_file()
