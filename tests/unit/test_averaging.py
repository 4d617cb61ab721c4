"""Averages of weights against NumPy, and the weights at both ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.errors import CourseError
from course_utils.transfer import average_weights

RNG = np.random.default_rng(0)
BEFORE = [RNG.normal(size=(3, 2)).astype(np.float32), RNG.normal(size=4).astype(np.float32)]
AFTER = [RNG.normal(size=(3, 2)).astype(np.float32), RNG.normal(size=4).astype(np.float32)]


def test_the_ends_are_before_and_after():
    for share, expected in ((0, BEFORE), (1, AFTER)):
        for a, b in zip(average_weights(BEFORE, AFTER, share), expected, strict=True):
            np.testing.assert_array_equal(a, b)
            assert a.dtype == np.float32


@given(st.floats(0, 1))
def test_every_weight_is_that_share_of_the_way(share):
    for average, b, a in zip(average_weights(BEFORE, AFTER, share), BEFORE, AFTER, strict=True):
        np.testing.assert_allclose(average, b + share * (a - b), atol=1e-6)


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(CourseError, match=r"share=.* must lie in 0\.\.1"):
        average_weights(BEFORE, AFTER, share)


def test_weights_of_two_networks_are_refused():
    with pytest.raises(CourseError, match="before holds 1 arrays, but those of after are 2"):
        average_weights(BEFORE[:1], AFTER, 0.5)
    with pytest.raises(CourseError, match=r"before\[0\] has shape \(4,\), but in those of after it is \(3, 2\)"):
        average_weights(BEFORE[::-1], AFTER, 0.5)
