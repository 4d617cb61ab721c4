"""The learner's desk: every lesson and how far the learner is, made again at each look, on the course's server only."""

import dataclasses
import json
import re
import urllib.error
import urllib.request
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.checkout import find_checkout
from course_utils.cli import jupyterlab_server as lab
from course_utils.cli.desk.desk_page import page, read_lessons, standing
from course_utils.learn import progress
from course_utils.learn.catalogue import load_exercises
from course_utils.learn.progress_cards import tallies
from course_utils.learn.quick_checks import load_questions

ROOT = find_checkout()
LESSONS = read_lessons(ROOT)
COMMON = Path(lab.DESK / "lesson.svg")
COVERS = sorted((ROOT / "course_utils" / "learn" / "cover_drawings").glob("*.svg"))
PASSED = {"outcome": "passed", "points": 1.0}


def record(**checks: dict[str, object]) -> dict[str, dict[str, object]]:
    """Return a learner's progress; an id's dot is written as an underscore."""
    others: dict[str, dict[str, object]] = {part: {} for part in ("hints", "predictions", "reviews", "solutions")}
    return {**others, "checks": {id[1:].replace("_", "."): entry for id, entry in checks.items()}}


def everything(lesson: str) -> dict[str, dict[str, object]]:
    """Return the entries of a lesson that is done."""
    return dict.fromkeys([*load_questions(lesson), *load_exercises(lesson)], PASSED)


def text(html: str) -> str:
    """Return what a reader sees of a page."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def test_it_shows_each_lessons_title_question_minutes_picture_and_needs_and_opens_it() -> None:
    html = page(LESSONS, record())
    seen = text(html)
    assert len(LESSONS) >= 5
    for lesson in LESSONS:
        assert f"{lesson.number} {lesson.about.title}" in seen
        assert lesson.about.question in seen
        assert f"{lesson.about.minutes} minutes" in seen
        assert html.count(f'data-notebook="{lesson.name}.ipynb"') >= 1
        for name in lesson.about.prerequisites:
            assert f"builds on {name[:2]}" in seen
    labels = re.findall(r'<svg [^>]*role="img" aria-label="([^"]+)"', html)
    assert len(set(labels)) == len(LESSONS)


def test_a_new_learner_starts_with_the_first_lesson() -> None:
    seen = text(page(LESSONS, record()))
    assert f"Start with {LESSONS[0].number} {LESSONS[0].about.title}" in seen
    assert seen.count("Not begun") == len(LESSONS)
    assert "0 of" not in seen


def test_it_counts_what_is_passed_and_names_what_is_worth_another_look() -> None:
    done = record(_02_q1=PASSED, _02_e1=PASSED, _02_q2={"outcome": "failed"})
    seen = text(page(LESSONS, done))
    number = {name: part.number for name, part in tallies(done, "02").items()}
    assert f"Begun 1 of {number['quick checks']} quick checks 1 of {number['exercises']} exercises" in seen
    assert "Worth another look: 02.q2" in seen
    assert re.search(r"2 of \d+ quick checks and exercises passed", seen)


def test_the_next_lesson_is_the_first_that_is_not_done() -> None:
    done = record() | {"checks": everything("00") | {"01.q1": PASSED}}
    assert [standing(lesson, done).stage for lesson in LESSONS[:3]] == ["done", "begun", "new"]
    assert f"Continue with 01 {LESSONS[1].about.title}" in text(page(LESSONS, done))


def test_a_prediction_alone_is_a_beginning() -> None:
    assert standing(LESSONS[1], record() | {"predictions": {"01.p1": {}}}).stage == "begun"


def test_when_all_is_done_it_says_so_and_offers_no_next_lesson() -> None:
    done = record() | {"checks": {id: entry for lesson in LESSONS for id, entry in everything(lesson.number).items()}}
    html = page(LESSONS, done)
    assert "All lessons are done" in text(html)
    assert "desk-go" not in html.partition("</style>")[2]


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(["00.q1", "02.e1", "", "x", "<b>"]), st.dictionaries(st.text(max_size=9), ODD)))
def test_no_record_however_odd_keeps_it_from_showing(entries) -> None:
    html = page(LESSONS, record() | {"checks": entries, "hints": entries})
    assert html.count("desk-lesson ") >= len(LESSONS)
    assert "<b>" not in html


def test_words_of_a_lesson_cannot_become_markup() -> None:
    about = LESSONS[0].about.model_copy(update={"title": "<b>Bold</b>"})
    assert "<b>" not in page([dataclasses.replace(LESSONS[0], about=about)], record())


def test_every_lesson_has_a_drawing_of_its_own_and_a_new_one_gets_the_common_one() -> None:
    pictures = {lesson.picture for lesson in LESSONS}
    assert len(pictures) == len(LESSONS)
    assert COMMON.read_text("utf-8") not in pictures


@pytest.mark.parametrize("drawing", [COMMON, *COVERS], ids=lambda path: path.stem)
def test_a_drawing_has_words_and_only_colours_of_the_theme(drawing: Path) -> None:
    root = ElementTree.fromstring(drawing.read_text("utf-8"))
    assert root.get("role") == "img"
    assert root.get("aria-label", "").endswith(".")
    colours = re.findall(r"(?:fill|stroke): ([^;\"]+)", drawing.read_text("utf-8"))
    assert colours
    assert [colour for colour in colours if not re.fullmatch(r"none|var\(--[\w-]+\)", colour)] == []


def test_looking_never_touches_a_damaged_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "progress.json"
    file.write_text("{damaged")
    monkeypatch.setenv("COURSE_PROGRESS", str(file))
    assert progress.peek()["checks"] == {}
    assert [path.name for path in tmp_path.iterdir()] == ["progress.json"]
    assert file.read_text() == "{damaged"


def test_it_is_part_of_the_courses_server_and_of_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, settings = tmp_path / "my work", tmp_path / "settings"
    workspace.mkdir()
    (workspace / ".course_progress.json").write_text(json.dumps({"version": 2, "checks": {"00.q1": PASSED}}))
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
        monkeypatch.setenv(name, str(settings / name))
    answers = {}

    def visit(message: str) -> None:
        url = next(word for word in message.split() if word.startswith("http://127.0.0.1:"))
        assert "/lab?token=" in url
        for name, address in {
            "page": url,
            "desk": url.replace("/lab?", "/course/desk?"),
            "stranger": url.replace("/lab?", "/course/desk?").partition("?")[0],
            "script": url.replace("/lab?", "/lab/extensions/course-desk/static/desk.js?"),
            "formgrader": url.replace("/lab?", "/formgrader?"),
        }.items():
            try:
                with urllib.request.urlopen(address, timeout=30) as answer:
                    answers[name] = answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                answers[name] = error.code, ""
        raise KeyboardInterrupt

    assert lab.serve(workspace, None, browser=False, say=visit) == 0
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', answers["page"][1], re.DOTALL)[1])
    assert {"@jupyter/nbgrader", "@jupyterlab/apputils-extension:announcements"} <= set(config["disabledExtensions"])
    assert "course-desk" in [extension["name"] for extension in config["federated_extensions"]]
    assert "1 of 5 quick checks" in text(answers["desk"][1])
    assert {name: status for name, (status, _) in answers.items()} == {
        "page": 200,
        "desk": 200,
        "stranger": 403,
        "script": 200,
        "formgrader": 404,
    }
    written = [path for path in settings.rglob("*") if path.is_file() and path.name != "migrated"]
    assert written == []


def test_the_layout_of_the_window_is_the_learners_after_the_first_start(tmp_path: Path) -> None:
    (layout,) = lab.windows(tmp_path).iterdir()
    assert json.loads(layout.read_bytes())["data"]["layout-restorer:data"]["relativeSizes"][0] > 0.2
    layout.write_text("mine")
    (again,) = lab.windows(tmp_path).iterdir()
    assert again.read_text() == "mine"
