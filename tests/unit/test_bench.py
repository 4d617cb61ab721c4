"""The bench: rows that say what was divided by what, and whether the result is good enough."""

import json
from pathlib import Path

import pytest

from course_utils.checkout import find_checkout, find_notebooks
from course_utils.cli import bench, bench_grading, bench_validation
from course_utils.cli.bench_rows import BenchFigure, BenchRatio, LeftOut
from course_utils.cli.main import run


@pytest.mark.parametrize(
    ("limits", "reached"),
    [({"least": 4.0}, True), ({"least": 4.1}, False), ({"most": 4.0}, True), ({"most": 3.9}, False), ({}, True)],
)
def test_a_row_is_reached_within_its_limits(limits: dict[str, float], reached: bool) -> None:
    assert BenchRatio("cached", 8, "seconds frozen", 2, "seconds cached", **limits).reached is reached


def test_a_row_reads_as_a_division() -> None:
    row = BenchRatio("cached", 8, "seconds frozen", 2, "seconds cached", least=10, note="20 epochs")
    assert str(row) == "cached: seconds frozen 8 / seconds cached 2 = 4 (at least 10: MISSED); 20 epochs"


def test_a_figure_reads_as_itself_beside_its_limit() -> None:
    assert str(BenchFigure("memory", 2500, "MB", most=2000)) == "memory: 2.5e+03 MB (at most 2e+03: MISSED)"
    assert BenchFigure("memory", 1500, "MB", most=2000).reached


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([BenchRatio("a", 8, "x", 2, "y", least=4)], 0),
        ([BenchRatio("a", 8, "x", 2, "y", least=5)], 1),
        ([LeftOut("a", "no photographs here")], 0),
    ],
)
def test_a_missed_figure_fails_the_command_and_json_has_a_row_a_line(
    rows: list, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "start_keras", lambda: None)
    monkeypatch.setattr(bench, "BENCHES", {"a": lambda: iter(rows)})
    monkeypatch.delenv(bench.ASSETS, raising=False)
    assert run(["bench"]) == code
    assert capsys.readouterr().out == "".join(f"{row}\n" for row in rows)
    assert run(["bench", "a", "--json"]) == code
    assert [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()] == ["a"]


def test_an_unknown_bench_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "speed"]) == 1
    assert "import, drawing, cached-embedded" in capsys.readouterr().err


def test_photographs_are_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(bench.ASSETS, raising=False)
    assert list(bench.cached_mobilenet()) == [LeftOut("cached-mobilenet", "COURSE_REAL_ASSETS is not set")]


def test_the_package_is_imported_within_its_limit() -> None:
    (row,) = bench.import_time()
    assert row.reached, row


def test_grading_is_compared_by_what_one_more_submission_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    def spent(folder: Path, lesson: str, count: int, answers: object, command: object) -> bench_grading.Spent:
        each, start = (60.0, 5.0) if command is bench_grading._stock else (2.0, 8.0)
        return bench_grading.Spent(start + count * each, 100.0)

    monkeypatch.setattr(bench_grading, "_spent", spent)
    monkeypatch.setattr(bench_grading, "right_answers", lambda folder, lesson: {"e1": "x = 1", "k1": "k1 = 2"})
    full, half, untouched, seconds = bench_grading._against_stock(Path(), "02_feature_extraction")
    assert [row.ratio for row in (full, half, untouched)] == [30, 30, 30]
    assert full.raw == {"course, 1": 10, "course, 5": 18, "nbgrader, 1": 65, "nbgrader, 2": 125}
    assert (full.reached, seconds.value, seconds.reached) == (True, 2.0, False)
    (many,) = bench_grading._many(Path(), "02_feature_extraction")
    assert many.ratio == 1
    (memory,) = bench_grading._memory(Path(), "02_feature_extraction")
    assert memory.reached


def test_validation_is_compared_with_cold_runs_of_both_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    def spent(folder: Path, command: list[str]) -> float:
        return 3.0 if "papermill" in command else 40.0

    monkeypatch.setattr(bench_validation, "_spent", spent)
    monkeypatch.setattr(bench_validation, "_adopt", lambda: None)
    monkeypatch.setattr(bench_validation, "IS_POSSIBLE", True)
    (row,) = bench_validation.validation()
    notebooks = len(row.raw) - 1
    assert notebooks == 2 * len(find_notebooks(find_checkout()))
    assert row.ratio == pytest.approx(3 * notebooks / 40)


def test_a_lesson_that_there_is_not_can_not_be_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "grading", "--lesson", "77"]) == 1
    assert capsys.readouterr().err == "There is no lesson '77'. Name one by its two digits: --lesson 02\n"
