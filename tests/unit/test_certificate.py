"""The certificate: what was done and how well it was predicted, from the learner's record alone."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from course_utils.checkout import find_checkout
from course_utils.cli.certificate.certificate_page import FEWEST, LONGEST_NAME, habit, page
from course_utils.cli.desk.desk_page import read_lessons
from course_utils.cli.main import run
from course_utils.learn.catalogue import load_exercises
from course_utils.learn.knowledge_checks import load_knowledge_check
from course_utils.learn.predictions import compared

LESSONS = read_lessons(find_checkout())
PASSED = {"outcome": "passed", "points": 1.0}
PARTS = ("checks", "hints", "predictions", "reviews", "solutions", "times")


def record(**parts: dict[str, Any]) -> dict[str, Any]:
    return {part: {} for part in PARTS} | parts


def guessed(*pairs: tuple[float, float], unit: str = "percent") -> dict[str, Any]:
    return {f"02.p{n:02}": {"guess": g, "measured": m, "unit": unit} for n, (g, m) in enumerate(pairs)}


def text(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", html, flags=re.S))))


def test_it_says_what_was_done_and_when() -> None:
    checks = dict.fromkeys([*load_exercises("02"), "02.q1", *load_knowledge_check("02")], PASSED)
    seen = text(page(LESSONS, record(checks=checks, times={"02.e1": [1_750_000_000], "02.q1": [1_752_600_000]}), "Ada"))
    assert "Ada" in seen
    assert "Answers from 15 Jun 2025 to 15 Jul 2025." in seen
    assert re.search(r"02 Feature extraction 1 of 8 4 of 4 6 of 6 15 Jul 2025", seen)
    assert "proves nothing to anybody else" in seen


def test_an_empty_record_says_that_nothing_is_there() -> None:
    seen = text(page(LESSONS, record(), ""))
    assert "No answer has a date." in seen
    assert "No prediction was written down" in seen


def test_a_name_and_a_guess_are_text_and_never_html() -> None:
    guess = {"08.w": {"guess": 3.0, "measured": 9.0, "unit": "<i>marks"}}
    html = page(LESSONS, record(predictions=guess), "<script>alert(1)</script>")
    assert "<script" not in html
    assert "&lt;i&gt;marks" in html
    assert "<i>" not in html


def test_the_habit_is_how_far_off_and_in_which_direction() -> None:
    found = habit(compared(record(predictions=guessed(*[(60.0, 50.0)] * 8, *[(40.0, 50.0)] * 2))))
    assert found is not None
    assert (found.apart, found.lean) == (10, 6)
    seen = text(page(LESSONS, record(predictions=guessed(*[(60.0, 50.0)] * FEWEST)), ""))
    assert "10 points off on average, and 10 points too high on the whole" in seen


def test_too_few_predictions_say_nothing_on_the_whole() -> None:
    seen = text(page(LESSONS, record(predictions=guessed((60.0, 50.0))), ""))
    assert "1 prediction was written down before the measurement; 0 were near it." in seen
    assert "too few to say" in seen


def test_what_has_no_measurement_or_was_edited_is_left_out() -> None:
    odd = {
        "02.a": {"guess": 5.0, "measured": None, "unit": "percent"},
        "02.b": {"guess": None, "measured": 4.0, "unit": "percent"},
        "02.c": {"guess": 3.0, "measured": 4.0},
    }
    assert compared(record(predictions=odd)) == []


def test_words_and_factors_are_judged_in_their_own_way() -> None:
    mixed = guessed((3.0, 3.2), unit="times") | {"02.w": {"guess": "Block2", "measured": "block2", "unit": "block"}}
    times, words = compared(record(predictions=mixed))
    assert (times.near, times.gap) == (True, None)
    assert (words.near, words.off) == (True, None)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / ".course_progress.json"))
    return tmp_path


def test_the_command_writes_the_page(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / ".course_progress.json").write_text(json.dumps({"version": 3}))
    out = workspace / "certificate.html"
    assert run(["certificate", "--out", str(out), "--name", "Ada"]) == 0
    assert "Ada" in out.read_text(encoding="utf-8")
    assert str(out) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        (None, [], "There is no record of your progress"),
        ("{", [], "it is damaged"),
        ('{"version": 99}', [], "a newer version of the course wrote it"),
        ('{"version": 3}', ["--name", "x" * (LONGEST_NAME + 1)], "are the most"),
        ('{"version": 3}', ["--out", "."], "is a folder"),
    ],
)
def test_what_it_cannot_use_is_said_in_a_sentence(
    workspace: Path, capsys: pytest.CaptureFixture[str], content: str | None, arguments: list[str], said: str
) -> None:
    if content is not None:
        (workspace / ".course_progress.json").write_text(content)
    before = sorted(path.name for path in workspace.iterdir())
    assert run(["certificate", "--out", str(workspace / "c.html"), *arguments]) == 1
    assert said in capsys.readouterr().err
    assert sorted(path.name for path in workspace.iterdir()) == before
