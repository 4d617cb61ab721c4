"""What a learner handed over, in words."""

import numpy as np
import pytest

from course_utils.learn import check
from course_utils.learn.wording import kind


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (1, "an int"),
        (1.0, "a float"),
        ("block1", "a text"),
        ([], "a list"),
        (object(), "an object"),
        (np.zeros(2), "an array"),
        (np.uint8(1), "a uint8"),
    ],
)
def test_a_type_has_its_article(value, words):
    assert kind(value) == words


def test_a_check_says_what_it_was_given_instead_of_a_function(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    assert check("00.e1", 7).message.endswith("without brackets after its name; this is an int.")
