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


def test_a_long_one_estimates_what_is_left(capsys, monkeypatch):
    times = iter([0.0, 2.0, 2.1, 10.0])
    monkeypatch.setattr(MODULE, "time", SimpleNamespace(monotonic=lambda: next(times)))
    tell = progress_line("training")
    for done in (20, 21, 100):
        tell(done, 100)
    lines = [line.strip() for line in capsys.readouterr().out.split("\r")]
    assert lines == ["", "training: 20 of 100 steps, about 8 s to go", "training: 100 steps in 10 s"]


def test_a_loop_gives_its_items_in_order_and_counts_its_turns(capsys, monkeypatch):
    times = iter([0.0, 3.0, 6.0])
    monkeypatch.setattr(MODULE, "time", SimpleNamespace(monotonic=lambda: next(times)))
    assert list(with_progress("ab", "two rates")) == ["a", "b"]
    lines = [line.strip() for line in capsys.readouterr().out.split("\r")]
    assert lines == ["", "two rates: 1 of 2 turns, about 3 s to go", "two rates: 2 turns in 6 s"]
