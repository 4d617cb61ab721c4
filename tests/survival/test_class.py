"""A whole class through every command, twice: nobody gains or loses, and the second time costs nothing.

It has 200 learners with ``COURSE_WHOLE_MATRIX``. On other days it is small, and leaves out the exercises that train.
"""

import csv
import json
import sqlite3
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from made_class import LESSON, MadeLearner, handed_in, made_class
from sampling import WHOLE
from sandboxed import skip_without_sandbox

from course_utils.cli.main import run
from course_utils.grading import scorer
from course_utils.grading.graded_lesson import read_graded_lesson

pytestmark = [pytest.mark.survival, pytest.mark.slow, pytest.mark.timeout(3600)]  # 200 learners take their time

SIZE, EXERCISES = (200, ("e1", "e2", "e3", "e4")) if WHOLE else (16, ("e3",))
Round = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, MadeLearner]]:
    """The class folder, handed out and handed in."""
    skip_without_sandbox()
    place = tmp_path_factory.mktemp("made")
    folder = place / "class"
    assert run(["class", "init", str(folder)]) == 0
    assert run(["class", "release", LESSON, "--class", str(folder)]) == 0
    learners = made_class(folder, read_graded_lesson(folder, LESSON, {}), SIZE, EXERCISES)
    archive = place / "submissions.zip"
    archive.write_bytes(handed_in(folder, learners))
    assert run(["class", "collect", LESSON, str(archive), "--class", str(folder)]) == 0
    return folder, learners


@pytest.fixture(scope="module")
def rounds(made: tuple[Path, dict[str, MadeLearner]]) -> tuple[Round, Round]:
    """What grading said of everyone, the first time and the second; in between, a person marks the paragraphs."""
    folder, _ = made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scorer, "SECONDS", 5.0)
        patch.setattr(scorer, "IDLE", 5.0)
        first = graded(folder)
        mark_paragraphs(folder)
        return first, graded(folder)


def graded(folder: Path) -> Round:
    began, lines = time.monotonic(), folder.parent / "graded.jsonl"
    with lines.open("w") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", file)
        assert run(["class", "grade", LESSON, "--class", str(folder), "--json"]) == 1  # hostile answers wait
    said = {one["learner"]: one for one in map(json.loads, lines.read_text().splitlines())}
    print(f"{len(said)} submissions, {time.monotonic() - began:.1f} s on the clock")
    return said


def mark_paragraphs(folder: Path) -> None:
    """Do what a person does in Formgrader."""
    random = Random(4)
    with sqlite3.connect(folder / "gradebook.db") as book:
        waiting = book.execute(
            "SELECT grade.id FROM grade JOIN base_cell ON base_cell.id = grade.cell_id "
            "WHERE base_cell.name = 'm1' AND auto_score IS NULL"
        ).fetchall()
        assert waiting
        for (id,) in waiting:
            book.execute(
                "UPDATE grade SET manual_score = ?, needs_manual_grade = 0 WHERE id = ?", (random.randint(0, 4), id)
            )
        book.execute("UPDATE comment SET manual_comment = 'Which pictures do you mean?' WHERE cell_id IN "
                     "(SELECT id FROM base_cell WHERE name = 'm1') AND id % 3 = 0")  # fmt: skip


def test_everyone_gets_what_each_answer_is_worth(
    made: tuple[Path, dict[str, MadeLearner]], rounds: tuple[Round, Round]
) -> None:
    _, learners = made
    first, _ = rounds
    assert first.keys() == learners.keys()
    for name, learner in learners.items():
        for mark in first[name]["marks"]:
            if mark["cell"] != "m1":
                statuses, points, belief = learner.becomes[mark["cell"].removesuffix("-check")]
                assert mark["status"] in statuses, (name, mark)
                assert mark["points"] in points, (name, mark)
                assert belief in ("", mark["misconception"]), (name, mark)


def test_the_second_time_nothing_is_run_and_nothing_changes(rounds: tuple[Round, Round]) -> None:
    first, second = rounds
    assert not any(one["kept"] for one in first.values())
    assert all(one["kept"] for one in second.values())
    assert {name: one["marks"] for name, one in second.items()} == {name: one["marks"] for name, one in first.items()}


def test_feedback_report_and_export_agree_and_are_the_same_twice(
    made: tuple[Path, dict[str, MadeLearner]], rounds: tuple[Round, Round]
) -> None:
    folder, learners = made
    pages = [told(folder) for _ in range(2)]
    assert pages[0] == pages[1]
    (report,) = json.loads(pages[0][f"report/{LESSON}.json"])
    with (folder / "exports" / f"{LESSON}.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["learner"]: row for row in csv.DictReader(file)}
    assert rows.keys() == learners.keys()
    assert len(report["points"]) == SIZE
    for name, row in rows.items():
        page = pages[0][f"feedback/{name}/{LESSON}/{LESSON}.html"]
        assert len(page) < 200_000
        if row["score"]:  # else it waits for a person
            assert f">{float(row['score']):g} of 20 points<" in page
    assert "Which pictures do you mean?" in "".join(pages[0].values())


def told(folder: Path) -> dict[str, str]:
    """Run the commands that tell what came of it, and return their files by path."""
    assert run(["class", "feedback", LESSON, "--class", str(folder)]) == 0
    assert run(["class", "report", LESSON, "--class", str(folder)]) == 0
    assert run(["class", "export", LESSON, "--format", "moodle", "--class", str(folder)]) == 0
    paths = [
        path for part in ("feedback", "report", "exports") for path in (folder / part).rglob("*") if path.is_file()
    ]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
