"""The source of a lesson becomes what a learner opens: nothing given away, and the same bytes each time."""

import errno
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils import files
from course_utils.authoring import build as builder
from course_utils.authoring.sources import read_source
from course_utils.checkout import find_lessons
from course_utils.errors import CourseError

DEMO = Path(__file__).parents[1] / "demo_course"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return shutil.copytree(DEMO, tmp_path / "a course with spaces, ÄÖ")


def edit(course: Path, old: str, new: str) -> Path:
    source = course / "solutions" / "01_doubling.py"
    text = source.read_text(encoding="utf-8")
    assert old in text
    source.write_text(text.replace(old, new), encoding="utf-8")
    return source


def test_a_learner_gets_stubs_and_no_answers(course: Path) -> None:
    (path,) = builder.build(course)
    assert path == course / "lessons" / "01_doubling.ipynb"
    text = path.read_text(encoding="utf-8")
    for secret in ("haha", "2 * x", "double(21)", "BEGIN SOLUTION", "HIDDEN TESTS", "Twice a word is not a word"):
        assert secret not in text
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    by_id = {cell.id: cell for cell in notebook.cells}
    assert by_id["numbers"].source == ('def double(x):\n    """Twice ``x``."""\n    ...  # YOUR ANSWER HERE')
    assert by_id["words-check"].metadata.editable is False
    assert by_id["numbers-check"].metadata.nbgrader.points == 2
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if "outputs" in cell)


def test_metadata_is_the_front_matter_and_the_kernel_alone(course: Path) -> None:
    (path,) = builder.build(course)
    metadata = json.loads(path.read_bytes())["metadata"]
    assert set(metadata) == {"course", "kernelspec", "language_info"}
    assert metadata["course"]["question"] == "What is twice a number?"
    assert metadata["kernelspec"]["name"] == "python3"


APPENDIX = """# ---
# jupyter:
#   course: {title: More, question: "What else?", prerequisites: [], minutes: 1, seconds: 1, data: none, backbone: none}
# ---

# %% tags=["parameters"]
PROFILE = "laptop"
"""


def test_an_appendix_is_built_without_objectives_and_is_not_a_lesson(course: Path) -> None:
    source = course / "solutions" / "appendix_more.py"
    source.write_text(APPENDIX, encoding="utf-8")
    assert builder.build(course)[1:] == [course / "lessons" / "appendix_more.ipynb"]
    assert "appendix_more" not in [lesson.name for lesson in find_lessons(course)]
    source.write_text(APPENDIX.replace("minutes: 1", "minutes: 0"), encoding="utf-8")
    with pytest.raises(CourseError, match=r"appendix_more\.py: fix the front matter .*minutes"):
        builder.build(course)


def test_building_twice_gives_the_same_bytes(course: Path) -> None:
    (path,) = builder.build(course)
    before = path.read_bytes()
    assert builder.build(course) == []
    path.unlink()
    builder.build(course)
    assert path.read_bytes() == before


def test_stale_lists_what_building_would_change_and_what_has_no_source(course: Path) -> None:
    assert builder.stale(course) == ["lessons/01_doubling.ipynb"]
    builder.build(course)
    assert builder.stale(course) == []
    edit(course, "its smallest form, for", "its very smallest form, for")
    (course / "lessons" / "09_gone.ipynb").write_text("{}")
    assert builder.stale(course) == [
        "lessons/01_doubling.ipynb",
        "lessons/09_gone.ipynb (there is no solutions/09_gone.py: remove it)",
    ]


def test_a_new_cell_does_not_rename_cells_of_other_sections(course: Path) -> None:
    (path,) = builder.build(course)
    before = [cell["id"] for cell in json.loads(path.read_bytes())["cells"]]
    edit(course, "# %%\nprint(f", "# %%\nnew = 1\n\n# %%\nprint(f")
    builder.build(course)
    after = [cell["id"] for cell in json.loads(path.read_bytes())["cells"]]
    assert set(before) < set(after)
    assert len(after) == len(before) + 1 == len(set(after))


@given(headings=st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs", "Cc"]))))
def test_cell_ids_are_unique_and_valid_whatever_the_headings(
    tmp_path_factory: pytest.TempPathFactory, headings: list[str]
) -> None:
    source = tmp_path_factory.mktemp("course") / "01_any.py"
    text = (DEMO / "solutions" / "01_doubling.py").read_text(encoding="utf-8")
    source.write_text(text + "".join(f"\n# %% [markdown]\n# ## {h}\n" for h in headings), encoding="utf-8")
    ids = [cell.id for cell in read_source(source).cells]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cell_id) for cell_id in ids)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"grade_id": "words", "solution": true', '"grade_id": "words", "grade": false', "Solution region"),
        (
            '"grade_id": "words-check", "grade": true, "points": 1',
            '"grade_id": "words-check"',
            "Hidden test region",
        ),
        ("    ### END SOLUTION", "    #", "no end solution"),
        ('"grade_id": "words"', '"grade_id": "numbers"', "'numbers' is used 2 times"),
        ('"grade_id": "words"', '"grade_id": "zwei wörter"', "letters, digits"),
        (', "points": 2', "", "'numbers-check' has no points"),
        ('tags=["parameters"]', "", 'tags=["parameters"]'),
        ("#     question: What is twice a number?\n", "", "question (it is missing; add it)"),
        ("#   course:", "#   lesson:", "no front matter"),
        ("#     seconds: 1", "#     seconds: a few", "seconds (write a whole number"),
        ("#     objectives:\n", '#     objectives: ["Double"]\n#     also:\n', "objectives entry 1 (write a table)"),
        ('#         practised_by: ["01.e2"]\n', "", "objectives entry 2 practised_by (it is missing; add it)"),
        (
            'practised_by: ["01.e2"]',
            "practised_by: []",
            "entry 2 practised_by (list should have at least 1 item",
        ),
        (
            'practised_by: ["01.e2"]',
            "practised_by: [1.2]",
            "practised_by entry 1 (write it as text",
        ),
        (
            '        caught_by: ["01.e2"]',
            '        noticed_by: ["01.e2"]',
            "entry 1 caught_by (it is missing; add it)",
        ),
        ("#     title: Doubling", "#     title: [Doubling", "cannot be read"),
    ],
)
def test_a_faulty_source_is_one_sentence_that_names_the_file(course: Path, old: str, new: str, said: str) -> None:
    source = edit(course, old, new)
    with pytest.raises(CourseError, match="01_doubling") as caught:
        builder.build(course)
    message = str(caught.value)
    assert str(source) in message
    assert said in message
    assert "\n" not in message
    assert not (course / "lessons").exists()


@pytest.mark.parametrize("wanted", ["1", "01", "01_doubling", "solutions/01_doubling.py", "x/01_doubling.ipynb"])
def test_a_lesson_is_found_by_number_name_or_path(course: Path, wanted: str) -> None:
    assert [lesson.name for lesson in find_lessons(course, [wanted, "01"])] == ["01_doubling"]


def test_an_unknown_lesson_lists_the_known_ones(course: Path) -> None:
    with pytest.raises(CourseError, match=r"no lesson '42'\. The lessons are: 01_doubling"):
        find_lessons(course, ["42"])


def test_a_folder_without_lessons_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no lessons in"):
        builder.build(tmp_path)


@pytest.mark.parametrize("stop", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_full_disk_or_ctrl_c_leaves_the_old_lesson_and_nothing_else(
    course: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    (path,) = builder.build(course)
    before = path.read_bytes()
    edit(course, "its smallest form, for", "its very smallest form, for")

    def fail(*_: object) -> None:
        raise stop

    monkeypatch.setattr(files.os, "replace", fail)
    with pytest.raises(type(stop)):
        builder.build(course)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_the_quick_checks_are_sealed_and_stale_ones_are_listed(course: Path) -> None:
    builder.build(course)
    source = course / "solutions" / "questions" / "lesson_01.toml"
    source.parent.mkdir()
    question = '[[question]]\nid = "01.q1"\nkind = "single"\ntext = "Is it?"\n'
    choices = 'choice = [{text = "yes", right = true, why = "It is so."}, {text = "no", why = "It is, look."}]\n'
    source.write_text(question + choices, encoding="utf-8")
    sealed = course / "course_utils" / "learn" / "questions" / "lesson_01.json"
    assert builder.stale(course) == ["course_utils/learn/questions/lesson_01.json"]
    assert builder.build(course) == [sealed]
    before = sealed.read_bytes()
    sealed.unlink()
    builder.build(course)
    assert sealed.read_bytes() == before
    assert b"It is" not in before
    assert builder.stale(course) == []
    source.unlink()
    assert builder.stale(course) == [
        "course_utils/learn/questions/lesson_01.json (there is no solutions/questions/lesson_01.toml: remove it)"
    ]


def test_a_question_that_breaks_the_schema_stops_the_build(course: Path) -> None:
    questions = course / "solutions" / "questions"
    questions.mkdir()
    (questions / "lesson_01.toml").write_text('[[question]]\nid = "01.q1"\nkind = "essay"\n', encoding="utf-8")
    with pytest.raises(CourseError, match=r"lesson_01\.toml, question 01\.q1: kind is 'essay'"):
        builder.build(course)
    assert not (course / "lessons").exists()
