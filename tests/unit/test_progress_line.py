"""A long computation says how far it is; a short one says nothing."""

from importlib import import_module
from types import SimpleNamespace

from course_utils.learn import progress_line

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
    lines = [line.strip() for line in capsys.readouterr().out.split("\r")]
    assert lines == ["", "training: 21 of 100 steps, about 8 s to go", "training: 100 steps in 17 s"]
