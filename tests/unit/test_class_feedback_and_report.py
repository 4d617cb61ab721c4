"""Feedback and report of a class of 60: the numbers are the gradebook's, and nothing leaks."""

import csv
import html
import json
import os
import re
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from generated_class import (
    BROKEN,
    COPIED,
    CRASHED,
    HOSTILE,
    LESSON,
    NOTHING,
    SECRET,
    class_of_sixty,
    empty_class,
    hand_in,
    record,
)
from nbgrader.api import Gradebook

from course_utils.cli.main import run
from course_utils.errors import CourseError
from course_utils.grading.class_report.report_page import write_report
from course_utils.grading.class_report.shared_progress import read_shared_progress
from course_utils.grading.class_results import read_class_results
from course_utils.grading.graded_lesson import GradedLesson
from course_utils.grading.scorer import mark
from course_utils.learn.show import inline

MARKED, WAITING = CRASHED  # a person has given the first one points
SLOW = "learner 12"
LATE = "learner 20"
COMMENT = "Well done <b>you</b>, see `axis`."


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, GradedLesson]:
    folder = tmp_path_factory.mktemp("handed-out")
    return folder, empty_class(folder)


@pytest.fixture
def empty(handed_out: tuple[Path, GradedLesson], tmp_path: Path) -> tuple[Path, GradedLesson]:
    """A class folder whose lesson has been handed out, of a class of nobody."""
    return shutil.copytree(handed_out[0], tmp_path / "class"), handed_out[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of 60 that has been graded, with a late learner and a person's marks."""
    folder = tmp_path_factory.mktemp("class")
    class_of_sixty(folder)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        book.find_submission_notebook(LESSON, LESSON, LATE).late_submission_penalty = 1.5
        grade = book.find_grade("e2-check", LESSON, LESSON, MARKED)
        grade.manual_score, grade.needs_manual_grade = 1.25, False
        book.find_comment("e2", LESSON, LESSON, MARKED).manual_comment = COMMENT
        book.db.commit()
    return folder


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, str]:
    """The feedback, by learner."""
    assert run(["class", "feedback", LESSON, "--class", str(folder)]) == 1  # one can't be read
    return {path.parts[-3]: path.read_text() for path in (folder / "feedback").glob(f"*/{LESSON}/{LESSON}.html")}


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, str]:
    """The report's three files, by their ending."""
    return {path.suffix: path.read_text() for path in write_report(folder, [LESSON])}


@pytest.fixture(scope="module")
def data(report: dict[str, str]) -> Any:
    (found,) = json.loads(report[".json"])
    return found


def scores(folder: Path) -> dict[tuple[str, str], float | None]:
    """The gradebook's scores, by learner and cell."""
    asked = """
        SELECT student_id, base_cell.name, coalesce(manual_score, auto_score) FROM grade
        JOIN base_cell ON base_cell.id = cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    """
    with sqlite3.connect(folder / "gradebook.db") as book:
        return {(learner, cell): score for learner, cell, score in book.execute(asked)}


def total(folder: Path, learner: str) -> float:
    return sum(score or 0 for (who, _), score in scores(folder).items() if who == learner)


def test_everyone_who_handed_in_gets_a_page_with_the_gradebooks_total(folder: Path, pages: dict[str, str]) -> None:
    graded = {learner for learner, _ in scores(folder)}
    assert pages.keys() == graded | {BROKEN}
    for learner in graded:
        penalty = 1.5 if learner == LATE else 0
        assert f">{max(0, total(folder, learner) - penalty):g} of 16 points<" in pages[learner]
    assert "1.5 points were taken off because it was handed in late" in pages[LATE]
    assert not graded & set(NOTHING)


def test_a_persons_marks_and_words_are_on_the_page_as_text(pages: dict[str, str]) -> None:
    assert "Marked by a person</strong> · 1.25 of 3" in pages[MARKED]
    assert "Well done &lt;b&gt;you&lt;/b&gt;, see" in pages[MARKED]


def test_what_waits_for_a_person_has_no_points_yet(pages: dict[str, str]) -> None:
    assert "Ended the program</strong> · no points yet" in pages[WAITING]
    assert "1 of your 10 answers waits for a person" in pages[WAITING]
    assert "waits for a person" not in pages[MARKED]


def test_an_answer_that_only_a_person_marks_waits_and_then_counts(empty: tuple[Path, GradedLesson]) -> None:
    folder, lesson = empty
    learners = [f"learner {number}" for number in range(12)]
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        book.add_grade_cell("why", LESSON, LESSON, max_score=4, cell_type="markdown")
    nothing_yet = [mark(asked, "unattempted") for asked in lesson.asked]
    right = [one.model_copy(update={"status": "passed", "points": one.worth}) for one in nothing_yet]
    marks = {learner: right if int(learner[-1]) % 2 else nothing_yet for learner in learners}
    for number, learner in enumerate(learners):  # the ledger keeps one record for equal answers
        hand_in(folder, learner, {**lesson.stubs, "e1": f"x = {number}"})
    record(folder, lesson, marks)

    def page() -> str:
        assert run(["class", "feedback", LESSON, "--class", str(folder)]) == 0
        return (folder / "feedback" / "learner 1" / LESSON / f"{LESSON}.html").read_text()

    assert "16 of 20 points" in page()
    assert "Written answer" in page()
    assert "Not marked yet</strong> · no points yet" in page()
    (report,) = json.loads(write_report(folder, [LESSON])[1].read_text())
    assert report["questions"][-1]["outcomes"]["no result"] == 12
    assert report["questions"][0]["discrimination"]["value"] == pytest.approx(1)  # from the questions that are marked
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        grade = book.find_grade("why", LESSON, LESSON, "learner 1")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 3.0, 0.5, False
        book.db.commit()
    assert "19.5 of 20 points" in page()
    assert "Marked by a person</strong> · 3.5 of 4" in page()


def test_what_nbgrader_needs_to_release_a_page_is_beside_it(empty: tuple[Path, GradedLesson]) -> None:
    folder, lesson = empty
    hand_in(folder, "ada", dict(lesson.stubs))
    record(folder, lesson, {"ada": [mark(asked, "unattempted") for asked in lesson.asked]})
    submitted, feedback = (folder / part / "ada" / LESSON for part in ("submitted", "feedback"))
    (submitted / "submission_secret.txt").write_text("s3cret")
    (submitted / "timestamp.txt").symlink_to(folder / "secret_seed")
    assert run(["class", "feedback", LESSON, "--class", str(folder)]) == 0
    assert (feedback / "submission_secret.txt").read_text() == "s3cret"
    assert not (feedback / "timestamp.txt").exists()  # a link leads anywhere


def test_who_can_not_be_read_learns_why(pages: dict[str, str]) -> None:
    assert "Your work could not be graded" in pages[BROKEN]
    assert "Was it copied whole?" in pages[BROKEN]


def test_pages_are_small_and_alone_and_hold_no_secret(folder: Path, pages: dict[str, str]) -> None:
    source = json.loads((folder / "source" / LESSON / f"{LESSON}.ipynb").read_text())
    tests = ["".join(cell["source"]) for cell in source["cells"] if "HIDDEN" in "".join(cell["source"])]
    hidden = {line.strip() for test in tests for line in test.splitlines() if "seed=" in line or "marked(" in line}
    assert hidden
    for page in pages.values():
        assert len(page.encode()) < 200_000
        assert not [word for word in ("<script", "http:", "https:", "src=", "HIDDEN", SECRET, *hidden) if word in page]
    assert "&lt;script&gt;alert(1)" in pages[HOSTILE]


def test_wrong_answers_get_the_reason_the_belief_the_section_and_a_next_step(
    folder: Path, pages: dict[str, str]
) -> None:
    seen = set()
    for result in read_class_results(folder, LESSON).learners:
        page = html.unescape(pages.get(result.learner, ""))
        for answer in result.answers:
            assert answer.mark
            if answer.mark.status == "wrong":
                assert inline(answer.mark.message) in pages[result.learner]
                seen.add(answer.id)
            if answer.mark.misconception == "frozen-is-inference-mode":
                assert "<em>A frozen network is in inference mode</em>" in page
                assert f'href="../../{LESSON}.ipynb#The-whole-trick-is-one-line"' in page
                assert 'learn.hint("02.e1")' in page
                seen.add("belief")
    assert {"belief", "02.e2", "02.k1", "02.k6"} <= seen


def test_an_answer_of_any_size_and_kind_stays_text_and_the_page_small(empty: tuple[Path, GradedLesson]) -> None:
    folder, lesson = empty
    horrid = "\x1b[31m</pre><script>alert(1)</script><img src=x onerror=alert(1)>&'\"\u202e" * 5000
    hand_in(folder, "ada", dict.fromkeys(lesson.stubs, horrid[:190_000]))
    marks = [mark(asked, "raised", f"SyntaxError: {horrid[:500]}") for asked in lesson.asked]
    record(folder, lesson, {"ada": marks})
    assert run(["class", "feedback", LESSON, "--class", str(folder), "--lessons", "https://example.org/"]) == 0
    page = (folder / "feedback" / "ada" / LESSON / f"{LESSON}.html").read_text()
    assert len(page.encode()) < 200_000
    assert "<script" not in page
    assert "<img" not in page
    assert "\x1b" not in page
    assert "(the rest is left out)" in page
    assert f"https://example.org/{LESSON}.ipynb#" in page


def test_the_reports_numbers_are_the_gradebooks(folder: Path, data: Any) -> None:
    found = scores(folder)
    graded = {learner for learner, _ in found}
    assert data["learners"] == len(graded) + len(NOTHING) + 1 == 60
    penalties = {LATE: 1.5}
    expected = sorted(max(0, total(folder, learner) - penalties.get(learner, 0)) for learner in graded)
    assert sorted(data["points"].values()) == pytest.approx(expected)
    for question in data["questions"]:
        cell = f"{question['id'].partition('.')[2]}-check"
        marks = [score for (_, name), score in found.items() if name == cell and score is not None]
        assert question["difficulty"] == pytest.approx(sum(marks) / len(marks) / question["worth"])
        assert sum(question["outcomes"].values()) == len(graded)
        assert question["discrimination"] is not None
    assert data["alpha"]["low"] < data["alpha"]["value"] < data["alpha"]["high"]


def test_misconceptions_are_counted_by_learner_and_have_a_section(folder: Path, data: Any) -> None:
    results = read_class_results(folder, LESSON)
    believers = {
        result.learner
        for result in results.learners
        for answer in result.answers
        if answer.mark.misconception == "frozen-is-inference-mode"
    }
    by_id = {belief["id"]: belief for belief in data["beliefs"]}
    found = by_id["frozen-is-inference-mode"]
    assert found["learners"] >= len(believers) > 0
    assert found["teach"] == "The whole trick is one line"
    assert [belief["learners"] for belief in data["beliefs"]] == sorted(
        (belief["learners"] for belief in data["beliefs"]), reverse=True
    )
    # In a question, the reason that was given names it: "more-weights-always-help" is caught by no exercise.
    assert any(id.startswith("02.k") for id in by_id["more-weights-always-help"]["questions"])


def test_what_is_odd_is_listed_and_nothing_else(folder: Path, report: dict[str, str], data: Any) -> None:
    (_, json_file, _) = write_report(folder, [LESSON], show_ids=True)
    (named,) = json.loads(json_file.read_text())
    assert sorted(named["nothing"]) == sorted(NOTHING)
    assert [learner for learner, _ in named["unread"]] == [BROKEN]
    crashed = {who: how for who, id, how in named["to_look_at"] if id == "02.e2"}
    assert crashed == {MARKED: "crashed (a person has given points)", WAITING: "crashed"}
    assert [one["learner"] for one in named["run_times"]] == [SLOW]
    assert [(pair["question"], tuple(pair["learners"])) for pair in named["similar"]] == [("02.e2", COPIED)]
    assert named["sharing"] >= 10
    assert 1 <= named["effort"][0]["attempts"] <= 9
    assert 0.5 < named["effort"][1]["minutes"] < 60
    assert "Nearly the same answers" in report[".html"]


def test_without_names_nobody_can_be_told_from_the_report(folder: Path, report: dict[str, str]) -> None:
    everyone = {learner for learner, _ in scores(folder)} | {*NOTHING, BROKEN}
    for text in report.values():
        assert not [learner for learner in everyone if learner in text]
        assert "script>" not in text
    for word in ("http:", "https:", "src=", SECRET):
        assert word not in report[".html"]
    assert run(["class", "report", LESSON, "--class", str(folder), "--names"]) == 0
    page = (folder / "report" / f"{LESSON}.html").read_text()
    assert MARKED in page
    assert "<script" not in page


def test_the_table_has_a_row_for_each_answer_and_no_formula(
    empty: tuple[Path, GradedLesson], report: dict[str, str], data: Any
) -> None:
    rows = list(csv.DictReader(report[".csv"].splitlines()))
    assert len(rows) == sum(sum(question["outcomes"].values()) for question in data["questions"])
    assert {row["status"] for row in rows} >= {"passed", "wrong", "crashed"}
    folder, lesson = empty
    hand_in(folder, '=HYPERLINK("x")', dict(lesson.stubs))
    record(folder, lesson, {'=HYPERLINK("x")': [mark(asked, "unattempted") for asked in lesson.asked]})
    page, _, table = (path.read_text() for path in write_report(folder, [LESSON], show_ids=True))
    assert all(row["learner"].startswith("'=") for row in csv.DictReader(table.splitlines()))
    assert "too few" in page


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, a name is always text")
def test_a_folder_whose_name_is_no_text_stops_nobody(empty: tuple[Path, GradedLesson]) -> None:
    folder, lesson = empty
    for learner in ("ada", os.fsdecode(b"ad\xff")):
        hand_in(folder, learner, dict(lesson.stubs))
    (folder / "submitted" / os.fsdecode(b"ad\xff") / LESSON / f"{LESSON}.ipynb").write_text("")
    record(folder, lesson, {"ada": [mark(asked, "unattempted") for asked in lesson.asked]})
    assert run(["class", "feedback", LESSON, "--class", str(folder)]) == 1
    page = folder / "feedback" / os.fsdecode(b"ad\xff") / LESSON / f"{LESSON}.html"
    assert "For <bdi>ad?</bdi>" in page.read_text()
    assert run(["class", "report", LESSON, "--class", str(folder), "--names"]) == 0
    assert "id is not text" in (folder / "report" / f"{LESSON}.html").read_text()


def test_one_report_can_be_on_several_lessons(empty: tuple[Path, GradedLesson]) -> None:
    folder, lesson = empty
    for each in (lesson, empty_class(folder, "00_start_here")):
        hand_in(folder, "ada", dict(each.stubs), lesson=each.name)
        record(folder, each, {"ada": [mark(asked, "unattempted") for asked in each.asked]})
    assert run(["class", "report", "00_start_here", LESSON, LESSON, "--class", str(folder)]) == 0
    page = (folder / "report" / "lessons-00-02.html").read_text()
    assert page.count("<article") == 2
    assert 'href="#02_feature_extraction"' in page
    assert page.count('<svg role="img"') == 2 * 2  # one learner's work has neither coefficients nor run times
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(set(ids)) == len(ids)


def test_a_shared_record_is_read_bounded_and_never_believed(tmp_path: Path) -> None:
    def effort(text: str | None, link: Path | None = None) -> Any:
        place = tmp_path / "ada" / LESSON / ".course_progress.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        if link:
            place.symlink_to(link)
        elif text is not None:
            place.write_text(text)
        return read_shared_progress(tmp_path, "ada", LESSON, ["02.e1", "02.e2"])

    tried = {"version": 3, "checks": {"02.e1": {"attempts": 4}}, "hints": {"02.e1": {"seen": 2}}}
    assert effort(json.dumps(tried)) == {"02.e1": (4, 2, False, None)}
    hour = 3600  # what was done just before may be of another lesson; who comes back after a night has rested
    times = {"01.e1": [hour], "02.e1": [hour + 180, hour + 300, 9 * hour], "02.e2": [9 * hour + 60]}
    assert effort(json.dumps(tried | {"times": times})) == {"02.e1": (4, 2, False, 5.0)}
    for odd in ("soon", {"02.e1": 3}, {"02.e1": ["x", -5, None, 1e300]}, {"02.e1": [9, 8, 7]}):
        assert effort(json.dumps(tried | {"times": odd})) in (
            None,
            {"02.e1": (4, 2, False, None)},
            {"02.e1": (4, 2, False, 1 / 30)},
        )
    liar = {"version": 3, "checks": {"02.e1": {"attempts": 1e8}, "02.e2": {"attempts": "many"}}}
    assert effort(json.dumps(liar)) == {"02.e1": (1000, 0, False, None)}
    for unusable in (None, "", "[" * 100_000, '{"version": 99}', '{"version": 3, "checks": []}', " " * 6_000_000):
        assert effort(unusable) is None
    (tmp_path / "elsewhere.json").write_text(json.dumps(tried))
    assert effort(None, link=tmp_path / "elsewhere.json") is None
    os.mkfifo(tmp_path / "ada" / LESSON / "course_progress.json")
    assert effort(None) is None


def test_what_has_not_been_graded_is_refused_in_a_sentence(empty: tuple[Path, GradedLesson]) -> None:
    folder, lesson = empty
    hand_in(folder, "ada", dict(lesson.stubs))
    with pytest.raises(CourseError, match=f"Grade it first: course class grade {LESSON}"):
        read_class_results(folder, LESSON)
    record(folder, lesson, {"ada": [mark(asked, "unattempted") for asked in lesson.asked]})
    assert read_class_results(folder, LESSON).learners[0].answers
    hand_in(folder, "bob", {**lesson.stubs, "e1": "other = 1"})
    assert "There are no results yet" in read_class_results(folder, LESSON).learners[1].unread
