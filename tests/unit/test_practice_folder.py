"""The practice folder: drawn leaves, whose plants a random deal mixes up and a deal by plant keeps apart."""

import numpy as np
import pytest
from picture_folders import load

from course_utils.data import write_practice_folder
from course_utils.data.drawing.leaves import LEAF_CLASSES, draw_plants
from course_utils.errors import CourseError

PLANT = r"(plant\d+)_"


def test_photographs_of_a_plant_are_alike_and_those_of_two_plants_are_not():
    pictures, _, plants = draw_plants(6, 3, seed=0, size=32)
    ground = pictures[:, :3, :3].reshape(len(pictures), -1).astype(float)
    apart = np.abs(ground[:, None] - ground[None]).mean(-1)
    same = plants[:, None] == plants[None]
    assert apart[same].mean() < 0.3 * apart[~same].mean()


def test_fewer_plants_are_the_first_of_more():
    few, labels, _ = draw_plants(2, 3, seed=1, size=32)
    more, more_labels, _ = draw_plants(3, 3, seed=1, size=32)
    for label in range(len(LEAF_CLASSES)):
        np.testing.assert_array_equal(few[labels == label], more[more_labels == label][:6])


def test_the_other_camera_sees_the_same_leaves_bluer():
    usual, _, _ = draw_plants(2, 2, seed=0, size=32)
    other, _, _ = draw_plants(2, 2, seed=0, size=32, other_camera=True)
    red_to_blue = [pictures[..., 0].mean() / pictures[..., 2].mean() for pictures in (usual, other)]
    assert red_to_blue[1] < 0.8 * red_to_blue[0]
    assert np.corrcoef(usual.ravel(), other.ravel())[0, 1] > 0.8


def test_the_folder_loads_and_its_oddities_are_reported(tmp_path):
    folder = write_practice_folder(tmp_path / "leaves")
    task, warnings = load(folder, groups=PLANT)
    assert task.class_names == LEAF_CLASSES
    said = " ".join(warnings)
    assert "plant60_0.jpg" in said
    assert "4 pairs of pictures are nearly the same" in said


def test_it_is_never_written_over(tmp_path):
    write_practice_folder(tmp_path / "leaves")
    with pytest.raises(CourseError, match="exists already"):
        write_practice_folder(tmp_path / "leaves")
