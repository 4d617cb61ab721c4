"""Reading submissions: a stranger's file costs nothing but its own marks."""

import json
import os
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.grading import submissions
from course_utils.grading.submissions import UnreadableSubmissionError, learners, read_submission

LESSON = "01_doubling"


def answer(id: str, source: str, cell_id: str = "", **more: Any) -> nbformat.NotebookNode:
    graded = {"grade_id": id, "solution": True, "grade": False, "schema_version": 3}
    return new_code_cell(source, id=cell_id or id, metadata={"nbgrader": graded | more})


def place(tmp_path: Path, learner: str = "ada") -> Path:
    path = tmp_path / learner / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def hand_in(tmp_path: Path, *cells: nbformat.NotebookNode) -> submissions.Submission:
    place(tmp_path).write_text(json.dumps(new_notebook(cells=list(cells))), encoding="utf-8")
    return read_submission(tmp_path, "ada", LESSON, ["e1", "k1"])


def refused(tmp_path: Path) -> str:
    with pytest.raises(UnreadableSubmissionError) as refusal:
        read_submission(tmp_path, "ada", LESSON, ["e1"])
    return str(refusal.value)


def test_only_the_answers_are_taken(tmp_path: Path) -> None:
    cells = (
        new_code_cell("import os"),
        answer("e1", "x = 1"),
        answer("e1-check", "assert True"),
        answer("k1", 'k1 = "b"'),
    )
    found = hand_in(tmp_path, *cells)
    assert (found.answers, found.remarks) == ({"e1": "x = 1", "k1": 'k1 = "b"'}, ())


def test_points_outputs_kernels_and_other_cells_change_nothing(tmp_path: Path) -> None:
    honest = hand_in(tmp_path, answer("e1", "x = 1"), answer("k1", "k1 = 2"))
    other = answer("e1", "x = 1", points=1000, grade=True, locked=True)
    other.outputs = [nbformat.v4.new_output("stream", text="<script>")]
    forged = hand_in(tmp_path, new_code_cell("print(1)"), other, answer("k1", "k1 = 2"))
    assert forged.hash == honest.hash
    assert hand_in(tmp_path, answer("e1", "x = 2"), answer("k1", "k1 = 2")).hash != honest.hash


def test_without_grade_ids_the_cells_ids_tell_the_answers(tmp_path: Path) -> None:
    bare = new_code_cell("x = 1", id="e1")
    assert hand_in(tmp_path, bare, answer("k1", "k1 = 2")).answers == {"e1": "x = 1", "k1": "k1 = 2"}
    both = hand_in(tmp_path, bare, answer("e1", "x = 2", "moved"))
    assert both.answers["e1"] == "x = 2"  # the label is worth more than the id


def test_a_duplicated_a_retyped_and_a_deleted_cell_are_remarked(tmp_path: Path) -> None:
    found = hand_in(tmp_path, answer("e1", "x = 1"), answer("e1", "x = 2", "copy"))
    assert found.answers == {"e1": "x = 2"}
    assert found.remarks == ("e1 has several cells; the last one counts.", "k1 has no cell.")
    retyped = new_markdown_cell("x = 1", metadata={"nbgrader": {"grade_id": "e1"}})
    assert "The cell of e1 is not a code cell." in hand_in(tmp_path, retyped).remarks


def test_an_old_notebook_is_read(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "e1"}}, "input": ["x = 1\n", "y = 2"]}
    place(tmp_path).write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": [cell]}]}))
    assert read_submission(tmp_path, "ada", LESSON, ["e1"]).answers == {"e1": "x = 1\ny = 2"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b'{"cells": [', "not JSON. Was it copied whole?"),
        (b"\x00\xff\xfe", "not JSON"),
        (b"[" * 100_000, "nested without end"),
        (b"[1, 2]", "no list of cells"),
        (b'{"cells": 3}', "no list of cells"),
        (b'{"worksheets": [3]}', "no list of cells"),
        (b'{"cells": [' + b"{}," * 6000 + b"{}]}", "6001 cells"),
        (b'{"cells": [' + b"9" * 5000 + b"]}", "not JSON"),
        (b" " * (submissions.MAX_BYTES + 1), "larger than 30 MB"),
    ],
)
def test_what_is_not_a_notebook_is_refused_in_a_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    place(tmp_path).write_bytes(content)
    assert reason in refused(tmp_path)


@pytest.mark.parametrize(
    "cell",
    [
        3,
        {"metadata": 3},
        {"cell_type": "code", "metadata": {"nbgrader": []}},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": ["e1"]}}, "source": "x"},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "e1"}}, "source": {"x": 1}},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "e1"}}, "source": ["x", 1]},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "e1"}}, "source": "x" * 200_001},
    ],
)
def test_odd_cells_are_no_answers(tmp_path: Path, cell: object) -> None:
    place(tmp_path).write_text(json.dumps({"cells": [cell]}))
    assert read_submission(tmp_path, "ada", LESSON, ["e1"]).answers == {}


def test_half_a_character_can_be_written_again(tmp_path: Path) -> None:
    assert hand_in(tmp_path, answer("e1", "x = '\ud800'")).answers["e1"] == "x = '?'"


def test_links_are_not_followed_and_pipes_are_not_waited_for(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_text(json.dumps(new_notebook(cells=[answer("e1", "x = 1")])))
    notebook = place(tmp_path)
    notebook.symlink_to(secret)
    assert "can't be opened" in refused(tmp_path)
    notebook.unlink()
    notebook.mkdir()
    assert "not a regular file" in refused(tmp_path)
    notebook.rmdir()
    os.mkfifo(notebook)
    began = time.monotonic()
    assert "not a regular file" in refused(tmp_path)
    assert time.monotonic() - began < 5
    notebook.unlink()
    notebook.parent.rmdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / notebook.name).write_bytes(secret.read_bytes())
    notebook.parent.symlink_to(tmp_path / "elsewhere")
    assert "can't be opened" in refused(tmp_path)


def test_learners_are_folders_with_the_lesson(tmp_path: Path) -> None:
    for name in ("zoë li", "ada", ".cache"):
        place(tmp_path, name)
    (tmp_path / "nobody").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "ada")
    (tmp_path / "file").write_text("")
    assert learners(tmp_path, LESSON) == ["ada", "zoë li"]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        (b"2026-03-01 12:00:00 UTC", datetime(2026, 3, 1, 12)),
        (b"2026-03-01T12:00:00+01:00\n", datetime(2026, 3, 1, 11)),
        (b"yesterday, honestly", None),
        (b"\xff", None),
        (b"9" * 90, None),
        (b" " * 1000, None),
    ],
)
def test_the_time_is_read_or_it_counts_as_in_time(tmp_path: Path, text: bytes, time: datetime | None) -> None:
    place(tmp_path).with_name("timestamp.txt").write_bytes(text)
    found = hand_in(tmp_path, answer("e1", "x = 1"), answer("k1", "k1 = 2"))
    assert found.handed_in == time
    assert bool(found.remarks) == (time is None)
