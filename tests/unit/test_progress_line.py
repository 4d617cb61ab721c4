"""A long computation says how far it is; a short one says nothing."""

from course_utils.learn import progress_line
from course_utils.learn import progress_line as under_test


def test_a_short_computation_is_silent(capsys):
    tell = progress_line("training")
    for done in range(1, 4):
        tell(done, 3)
    assert capsys.readouterr().out == ""


def test_a_long_one_estimates_what_is_left(capsys, monkeypatch):
    clock = iter([0.0, 2.0, 2.1, 10.0])
    monkeypatch.setattr("course_utils.learn.progress_line.time.monotonic", lambda: next(clock))
    tell = under_test("training")
    tell(20, 100)
    tell(21, 100)
    tell(100, 100)
    lines = capsys.readouterr().out.split("\r")
    assert [line.strip() for line in lines[1:]] == [
        "training: 20 of 100 steps, about 8 s to go",
        "training: 100 steps in 10 s",
    ]
