"""Photographs that come with the course's own dependencies."""

import numpy as np
import pytest

from course_utils.data import photograph, photograph_tiles
from course_utils.errors import CourseError


@pytest.mark.parametrize("name", ["cat", "brick", "temple"])
def test_a_photograph_is_a_square_in_colour_of_the_asked_size(name: str) -> None:
    picture = photograph(name, size=96)
    assert picture.shape == (96, 96, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 10, "not scaled to 0..1 before it was rounded"


def test_an_unknown_photograph_lists_the_known_ones() -> None:
    with pytest.raises(CourseError, match=r"'dog'.*cat, coffee"):
        photograph("dog")


def test_tiles_of_one_photograph_do_not_overlap_and_none_outweighs_the_others() -> None:
    tiles = photograph_tiles()
    assert tiles.shape[1:] == (224, 224, 3)
    assert 40 < len(tiles) <= 64
    assert len(np.unique(tiles.reshape(len(tiles), -1), axis=0)) == len(tiles)


def test_tiles_larger_than_a_photograph_are_refused() -> None:
    with pytest.raises(CourseError, match="size=400"):
        photograph_tiles(size=400)
