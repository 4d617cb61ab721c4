"""Predictions, quick checks, progress and how feedback is shown."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.errors import CourseError
from course_utils.learn import check, hint, predict, progress, progress_card, reveal
from course_utils.learn.calling import call
from course_utils.learn.exercise import Exercise, Verdict
from course_utils.learn.messages import ExerciseWords
from course_utils.learn.show import Card, Paragraph


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    return tmp_path / "progress.json"


def test_a_guess_is_shown_beside_the_measurement():
    predict("02.five-labels", percent=60)
    shown = repr(reveal("02.five-labels", 0.94, from_scratch=0.28))
    assert "60 %" in shown
    assert "94 %" in shown
    assert "from scratch" in shown
    assert "28 %" in shown
    assert "34 points too low" in shown


def test_a_measurement_beyond_the_range_is_described_in_words():
    predict("02.far-factor", times=3)
    assert "beyond what was measured" in repr(reveal("02.far-factor", float("inf"), digits=1.5))


@pytest.mark.parametrize("absent", [None, ...])
def test_without_a_guess_the_lesson_goes_on(absent):
    assert "You can also go on without one" in repr(predict("02.five-labels", percent=absent))
    assert "94 %" in repr(reveal("02.five-labels", np.float32(0.94)))


def test_without_a_guess_the_measurement_has_the_unit_that_was_asked_for():
    predict("04.lead", points=None)
    shown = repr(reveal("04.lead", 0.102, darker=0.077))
    assert "10.2 points" in shown
    assert "7.7 points" in shown
    assert "%" not in shown


def test_an_unanswered_cell_keeps_the_previous_guess():
    predict("02.x", times=20)
    assert "20 times" in repr(predict("02.x", times=None))
    assert "within 5 % of it" in repr(reveal("02.x", 21))


def test_a_guess_in_words_and_an_unusable_one():
    predict("01.best", block="Block3")
    assert "You saw it coming" in repr(reveal("01.best", "block3"))
    assert "not a list" in repr(predict("01.best", block=[1, 2]))


@pytest.mark.parametrize(
    ("guess", "refusal"),
    [
        ({"percent": 150}, "`percent` is a number from 0 to 100, such as `percent=60`, not 150."),
        ({"percent": -1}, "not -1."),
        ({"percent": "block1"}, "not a text."),
        ({"percent": float("inf")}, "not inf."),
        ({"percent": True}, "not a bool."),
        ({"points": 101}, "`points` is a number from -100 to 100, such as `points=5`, not 101."),
        ({"labels": 0}, "`labels` is a number above 0, such as `labels=20`, not 0."),
        ({"times": "often"}, "not a text."),
        ({"block": 3}, '`block` is a name in quotation marks, such as `block="block3"`, not 3.'),
        ({"cell": (3, 1e-4)}, "not a tuple."),
        ({"epochs": [1]}, "`epochs` is a number or a text, such as `epochs=60`, not a list."),
        ({"labels": 10**400}, "not an int."),
    ],
)
def test_a_guess_that_cannot_be_is_refused_and_the_earlier_one_stays(guess, refusal, record):
    (unit,) = guess
    earlier = "block2" if unit in ("block", "cell") else 7
    predict("02.x", **{unit: earlier})
    before = record.read_text()
    shown = repr(predict("02.x", **guess))
    assert refusal in shown
    assert "Change it and run again." in shown
    assert record.read_text() == before


@pytest.mark.parametrize("guess", [{"percent": "60 %"}, {"points": -3}, {"labels": np.int64(20)}, {"rate": 1e-5}])
def test_a_guess_that_can_be_is_written_down(guess):
    assert "Written down" in repr(predict("02.x", **guess))


@pytest.mark.parametrize(
    ("unit", "guess", "measured", "words"),
    [
        ("percent", 80, 0.84, "within 4 points. Good eye."),
        ("percent", 80, 0.86, "6 points too low"),
        ("percent", 2, 0.05, "within 3 points. Good eye."),  # a third off, but the range is 100
        ("points", 5, -0.04, "within 9 points. Good eye."),
        ("points", 5, -0.06, "11 points too high"),
        ("times", 3, 3.6, "within 17 % of it. Good eye."),
        ("times", 30, 3, "too high by a factor of 10"),
        ("labels", 5, 20, "too low by a factor of 4"),
        ("labels", float("inf"), float("inf"), "no finite number"),
        ("rate", 1e-4, "0.0001", "within 0 % of it"),
        ("rate", 1e-2, "0.001", "too high by a factor of 10"),
        ("rate", 1e-2, "none of these", "Not what you expected?"),
        ("steps", -2, 3, "too low"),
        ("steps", 0, 0, "within 0 % of it"),
    ],
)
def test_how_near_a_guess_was_is_judged_within_the_range_of_its_unit(unit, guess, measured, words):
    predict("02.x", **{unit: guess})
    assert words in repr(reveal("02.x", measured))


def test_a_share_given_as_percent_is_queried():
    assert "`percent=60`" in repr(predict("02.x", percent=0.6))


def test_several_guesses_at_once_and_a_guess_without_a_name_are_refused():
    with pytest.raises(CourseError, match="takes one guess with its name, such as percent=60; 2 were given"):
        predict("02.x", percent=1, times=2)
    with pytest.raises(CourseError, match="takes one guess with its name, such as percent=60; write its name"):
        predict("02.x", 60)


@given(st.floats() | st.integers() | st.text() | st.none(), st.floats() | st.integers() | st.text())
def test_predict_and_reveal_never_raise(guess, measured):
    predict("02.any", percent=guess)
    assert repr(reveal("02.any", measured))
    assert reveal("02.any", measured)._repr_html_()


def test_unknown_ids_list_the_known_ones():
    with pytest.raises(CourseError, match=r"02\.q1.*02\.e1"):
        check("02.q99", "a")
    with pytest.raises(CourseError, match="an id looks like"):
        check("../etc", "a")
    with pytest.raises(CourseError, match="no lesson"):
        progress_card("77")


def test_progress_keeps_the_best_attempt(record):
    check("02.q7", 115)
    check("02.q7", 24)
    check("02.q7", 600)
    kept = json.loads(record.read_text())["checks"]["02.q7"]
    assert (kept["attempts"], kept["outcome"], kept["points"]) == (3, "passed", 1.0)
    assert "1 of 8 right" in repr(progress_card("02"))


def test_a_result_reads_as_text_where_there_is_no_front_end():
    shown = repr(check("02.q1", 1280))
    assert "How many weights do you train" in shown
    assert "✗ Not yet. Those are the weights" in shown
    assert "Result(" not in shown


def test_an_unattempted_check_leaves_no_trace(record):
    check("02.q1")
    check("02.e1", None)
    assert not record.exists()


@pytest.mark.parametrize("content", ["{", "[]", '{"version": 99}', '{"version": 1, "checks": []}', "\x00"])
def test_a_damaged_record_is_kept_as_a_backup(record, content):
    record.write_text(content)
    result = check("02.q7", 24)
    assert result.passed
    assert "kept as progress.json.backup-1" in repr(result)
    assert (record.parent / "progress.json.backup-1").read_text() == content
    assert json.loads(record.read_text())["checks"]


def test_a_place_that_cannot_be_written_is_reported_once(tmp_path, monkeypatch):
    (tmp_path / "a file").touch()
    blocked = tmp_path / "a file" / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(blocked))
    first, second = check("02.q7", 24), check("02.q1", 1285)
    assert "can't be saved" in first.note
    assert second.note == ""
    assert "2 of 8 right" in repr(progress_card("02"))
    progress._memory.clear()


def test_hints_come_one_by_one():
    assert "Hint 1 of 3" in repr(hint("02.e1"))
    second = repr(hint("02.e1"))
    assert "1." in second
    assert "2." in second
    assert "3." not in second
    hint("02.e1")
    assert "That was the last hint" in repr(hint("02.e1"))
    assert "no hints" in repr(hint("02.q1"))


def test_html_is_escaped_and_says_in_words_what_colour_says():
    card = Card("A <b>title</b>", [Paragraph("use `x < 1`", verdict=True)], tone="bad", verdict="Not yet")
    assert "<b>" not in card.html()
    assert "<code>x &lt; 1</code>" in card.html()
    assert "Not yet" in card.html()
    assert "Not yet" in card.text()


def test_emphasised_words_are_told_from_products_and_code():
    html = Card("t", [Paragraph("a *much* larger one, 3 * 3 * 64, `a *b* c`, *two words*")]).html()
    assert "a <em>much</em> larger one, 3 * 3 * 64, <code>a *b* c</code>, <em>two words</em>" in html


class OneNumber(Exercise):
    """Calls the answer once, and gives the same reply to every number."""

    id = "09.e1"
    points = 2
    fields = {"value": "float"}  # noqa: RUF012 - Exercise declares it
    words = ExerciseWords(
        title="t", section="A section", hints=("h", "h", "h"), messages={"passed": "fine", "half": "half"}
    )

    def __init__(self, verdict=Verdict(1.0, "passed", {})):  # noqa: B008 - an immutable tuple
        self._verdict = verdict

    def challenge(self, seed):
        return {"x": 1}

    def probe(self, answer, inputs):
        return {"value": call(answer, inputs["x"])}

    def verdict(self, inputs, data):
        return self._verdict


def test_the_outcomes_of_an_exercise():
    def stub(x):
        raise NotImplementedError

    def divides_by_zero(x):
        return x / 0

    def leaves(x):
        sys.exit(3)

    exercise = OneNumber()
    assert exercise.check(None).outcome == "unattempted"
    assert exercise.check(stub).outcome == "unattempted"
    assert exercise.check(3).outcome == "error"
    assert exercise.check(leaves).outcome == "error"
    assert exercise.check(lambda x: x).passed
    assert exercise.check(lambda x: x).points == 2
    failed = exercise.check(divides_by_zero)
    assert failed.outcome == "error"
    assert "division by zero" in failed.message
    assert "`return x / 0`" in failed.message
    assert "Traceback" not in repr(failed)
    partly = OneNumber(Verdict(0.5, "half", {})).check(lambda x: x)
    assert (partly.outcome, partly.points) == ("partly", 1.0)
    shown = partly._repr_mimebundle_()
    assert shown["text/plain"] == "1"  # nbgrader's partial credit
    assert "half" in shown["text/html"]


def test_learn_does_not_start_keras():
    code = (
        "import sys, course_utils.learn as l; l.check('02.q1'); l.predict('02.a', percent=None);"
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
