"""A long computation says how far it is; a short one says nothing."""

from importlib import import_module
from types import SimpleNamespace

from course_utils.learn import progress_line, with_progress

MODULE = import_module("course_utils.learn.progress_line")


def test_a_short_computation_is_silent(capsys):
    tell = progress_line("training")
    for done in range(1, 4):
        tell(done, 3)
    assert capsys.readouterr().out == ""


def test_a_long_one_estimates_what_is_left_without_the_first_step_which_compiles(capsys, monkeypatch):
    times = iter([0.0, 7.0, 9.0, 9.1, 17.0])
    monkeypatch.setattr(MODULE, "time", SimpleNamespace(monotonic=lambda: next(times)))
    tell = progress_line("training")
    for done in (1, 21, 22, 100):
        tell(done, 100)
    lines = ["training: 1 of 100 steps", "training: 21 of 100 steps, about 8 s to go", "training: 100 steps in 17 s"]
    assert capsys.readouterr().out.splitlines() == lines


def test_a_loop_gives_its_items_in_order_and_counts_its_turns(capsys, monkeypatch):
    times = iter([0.0, 3.0, 6.0, 9.0])
    monkeypatch.setattr(MODULE, "time", SimpleNamespace(monotonic=lambda: next(times)))
    assert list(with_progress("abc", "three rates")) == ["a", "b", "c"]
    lines = [f"three rates: {rest}" for rest in ("1 of 3 turns", "2 of 3 turns, about 3 s to go", "3 turns in 9 s")]
    assert capsys.readouterr().out.splitlines() == lines


def test_in_a_notebook_the_line_is_replaced(monkeypatch):
    handle = SimpleNamespace(versions=[])
    handle.update = handle.versions.append
    monkeypatch.setattr(MODULE, "display", lambda line, display_id: handle.versions.append(line) or handle)
    monkeypatch.setattr(MODULE, "_SILENT", 0)
    monkeypatch.setattr(MODULE, "_EVERY", 0)
    list(with_progress("abc", "three rates"))
    assert [repr(line)[:15] for line in handle.versions] == ["three rates: 1 ", "three rates: 2 ", "three rates: 3 "]
