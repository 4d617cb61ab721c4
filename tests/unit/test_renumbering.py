"""From five lessons to seven: nothing that a learner or a class has from before is lost or judged by another check."""

import copy
import json
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.cli import workspace
from course_utils.grading import SetParameters
from course_utils.learn import check, hint, overview, progress, renumbering, review, solution
from course_utils.learn.catalogue import find, lessons, load_exercises
from course_utils.learn.quick_checks import load_questions

PARTS = ("checks", "hints", "predictions", "solutions")
#: Every id that the course of that time gave a record.
QUICK_CHECKS = {"00": 5, "01": 7, "02": 8, "03": 11, "04": 11}
EXERCISES = {"00": 1, "01": 4, "02": 4, "03": 4, "04": 4}
CHECKS = [
    *(f"{lesson}.q{number}" for lesson, count in QUICK_CHECKS.items() for number in range(1, count + 1)),
    *(f"{lesson}.e{number}" for lesson, count in EXERCISES.items() for number in range(1, count + 1)),
]
PREDICTIONS = ["00.scratch", "03.moved-arrays", "03.best-cell", "04.where", "04.halfway"]
TODAY = {id for lesson in lessons() for id in (*load_questions(lesson), *load_exercises(lesson))}


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    for name in ("_memory", "_untouchable", "_told"):
        monkeypatch.setattr(progress, name, type(getattr(progress, name))())
    return tmp_path / "progress.json"


def test_every_check_of_that_time_is_one_of_today_and_no_two_are_the_same():
    now = [renumbering.today(id) for id in CHECKS]
    assert len(set(now)) == len(CHECKS) == 59
    assert set(now) <= TODAY
    assert {id for id in CHECKS if renumbering.today(id) == id} == {id for id in CHECKS if id in TODAY} - {
        id for id in CHECKS if id.startswith("04.")
    }


def test_the_table_leads_to_the_same_exercises_and_questions():
    """Named by what they ask, so that two numbers in the table can't be swapped unseen."""
    exercises = {
        "03.e1": "unfreezing",
        "03.e2": "two_speeds",
        "03.e3": "rate_choice",
        "03.e4": "training_budget",
        "04.e1": "forgetting_numbers",
        "04.e2": "rehearsal_batches",
        "04.e3": "l2_sp_penalty",
        "04.e4": "two_demands",
    }
    for id, module in exercises.items():
        assert type(find(renumbering.today(id))).__module__.endswith(f".{module}")
    words = {
        "03.q5": "The network was pretrained with a rate of 3e-3",
        "03.q6": "With discriminative learning rates",
        "03.q7": "train the head before",
        "03.q8": "In a range test",
        "03.q9": "frozen features rather than",
        "04.q1": "forgetting and not overfitting",
        "04.q2": "The loss on the new task fell smoothly",
        "04.q3": "What is the backward transfer",
        "04.q4": "drifted further",
        "04.q5": "true of rehearsal",
        "04.q6": "EWC holds",
        "04.q7": "LoRA update of rank",
        "04.q8": "set a regularizer on each variable",
        "04.q9": "After three tasks",
        "04.q10": "freezes every convolution",
        "04.q11": "each time with another learning rate",
    }
    for id, part in words.items():
        assert part in find(renumbering.today(id)).text


def entries(ids):
    fields = st.sampled_from(["points", "outcome", "attempts", "last", "missed", "seen", "guess", "unit"])
    values = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["passed", "wrong", "percent"])
    return st.dictionaries(st.sampled_from(ids), st.dictionaries(fields, values, max_size=3), max_size=12)


sittings = st.fixed_dictionaries(
    {}, optional={part: st.lists(st.sampled_from(CHECKS), max_size=3) for part in ("asked", "answered")}
)
records = st.fixed_dictionaries(
    {"version": st.sampled_from([1, 2])},
    optional={
        "checks": entries(CHECKS),
        "hints": entries(CHECKS),
        "predictions": entries(PREDICTIONS),
        "solutions": entries(CHECKS),
        "reviews": st.dictionaries(st.sampled_from(["01", "02", "03", "04"]), sittings, max_size=4),
        "learner": st.integers(0, 999),
    },
)


@given(old=records)
def test_any_record_of_that_time_is_carried_over_whole(old, tmp_path_factory):
    place = tmp_path_factory.mktemp("old") / "progress.json"
    place.write_text(json.dumps(old))
    before = place.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROGRESS", str(place))
        seen = progress.peek()
        new, note = progress.load()
        assert seen == new
        assert "kept as progress.json.backup-1" in note
        assert progress.load() == (new, "")  # from the file, and nothing moves a second time
    assert place.with_name("progress.json.backup-1").read_bytes() == before
    assert progress.ProgressFile.model_validate(json.loads(place.read_text())).version == progress.VERSION
    assert new.get("learner") == old.get("learner")
    for part in PARTS:
        assert new[part] == {renumbering.today(id): entry for id, entry in old.get(part, {}).items()}
        assert len(new[part]) == len(old.get(part, {}))
    reviews = old.get("reviews", {})
    assert set(new["reviews"]) == {{"04": "05"}.get(lesson, lesson) for lesson in reviews}
    for lesson, sitting in reviews.items():
        now = new["reviews"][{"04": "05"}.get(lesson, lesson)]
        assert now == {part: [renumbering.today(id) for id in ids] for part, ids in sitting.items()}


@given(
    part=st.sampled_from(PARTS),
    odd=st.dictionaries(st.text(max_size=4), st.dictionaries(st.text(max_size=3), st.none())),
)
def test_what_the_course_never_wrote_stays_where_it_is(part, odd):
    parts = progress.ProgressFile(version=2, **{part: copy.deepcopy(odd)}).model_dump()
    assert renumbering.renumbered(parts)[part] == {renumbering.today(id): entry for id, entry in odd.items()}


def test_points_of_that_time_count_in_the_lessons_of_today(record):
    done = {id: {"points": 1, "outcome": "passed"} for id in ("03.q5", "04.q1", "04.q5")}
    done["04.e4"] = {"points": 3, "outcome": "passed"}
    record.write_text(json.dumps({"version": 2, "checks": done}))
    shown = repr(overview())
    assert "Your progress was taken over from an earlier version of the course" in shown
    for lesson, points in (("04", 1), ("05", 1), ("06", 4)):
        assert f"{points} of" in next(line for line in shown.splitlines() if f"lesson {lesson}" in line)


def test_a_review_that_was_begun_goes_on_in_the_lesson_of_today(record):
    asked = ["03.q5", "03.q6", "02.q1"]
    record.write_text(json.dumps({"version": 2, "reviews": {"04": {"asked": asked, "answered": ["03.q5"]}}}))
    shown = repr(review("05", None, 6.4e-5))
    assert "second question" in shown.lower()
    sitting = json.loads(record.read_text())["reviews"]["05"]
    assert sitting == {"asked": ["04.q1", "04.q2", "02.q1"], "answered": ["04.q1", "04.q2"]}


def test_a_damaged_record_is_kept_beside_the_new_one(record):
    record.write_bytes(b'{"version": 2, "checks": {"04.q1": 3}}')
    assert "kept as progress.json.backup-1" in check("00.q1", "a").note
    assert record.with_name("progress.json.backup-1").read_bytes() == b'{"version": 2, "checks": {"04.q1": 3}}'


def test_ids_that_moved_lead_on_from_a_notebook_of_that_time(record):
    assert find("03.e3").id == "04.e2"
    assert check("03.q5", "c").id == "04.q1"
    assert "04.e2" in repr(hint("03.e3"))
    solution("03.e3")
    kept = json.loads(record.read_text())
    assert list(kept["checks"]) == ["04.q1"]
    assert list(kept["hints"]) == list(kept["solutions"]) == ["04.e2"]


def test_the_former_lesson_gets_its_own_checks_and_the_new_one_with_its_number_gets_its_own(monkeypatch):
    assert find("04.q1").id == "04.q1"
    monkeypatch.setenv("JPY_SESSION_NAME", "some/where/04_catastrophic_forgetting.ipynb")
    assert find("04.q1").id == "05.q1"
    assert find("04.e2").id == "06.e1"
    assert find("03.q1").id == "03.q1"
    monkeypatch.setenv("JPY_SESSION_NAME", "some/where/04_how_deep_how_fast.ipynb")
    assert find("04.q1").id == "04.q1"


def test_in_an_older_class_folder_the_former_lesson_is_graded_by_its_own_checks():
    code = "check(\"04.e1\", forgetting_and_transfer, seed=1)\npredict('04.where', block=None)\nx = 04.5"
    cells = [nbformat.v4.new_code_cell(code), nbformat.v4.new_markdown_cell('Call `hint("04.e1")`.')]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    today = code.replace("04.e1", "05.e1").replace("04.where", "05.where")
    for name, expected in {"04_catastrophic_forgetting": today, "04_how_deep_how_fast": code}.items():
        notebook = nbformat.v4.new_notebook(cells=copy.deepcopy(cells), metadata=kernel)
        done, _ = SetParameters(parameters={}).preprocess(notebook, {"metadata": {"name": name}})
        assert expected in [cell.source for cell in done.cells]
        assert cells[1].source in [cell.source for cell in done.cells]


def test_a_workspace_keeps_the_former_notebook_and_says_so_when_its_heirs_arrive(tmp_path: Path):
    course, mine = tmp_path / "lessons", tmp_path / "workspace"
    course.mkdir()
    former = "04_catastrophic_forgetting.ipynb"
    (course / former).write_text("of the course")
    workspace.refresh(course, mine)
    (course / former).unlink()
    heirs = [f"{name}.ipynb" for name in renumbering.HEIRS]
    for name in heirs:
        (course / name).write_text(name)
    changes = workspace.refresh(course, mine)
    assert [(change.name, change.kind) for change in changes] == [*((n, "added") for n in heirs), (former, "replaced")]
    assert (mine / former).read_text() == "of the course"
    assert workspace.refresh(course, mine) == []
