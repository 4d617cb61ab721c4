"""Which block to unfreeze: what each setting trains, and the shifted copy of a task."""

import numpy as np
import pytest

from course_utils.data import Dataset, Split, load_dataset
from course_utils.errors import CourseError
from course_utils.experiments import FineTuning, Recipe, surgical
from course_utils.transfer.drift import relative_drift


@pytest.fixture(scope="module")
def ft() -> FineTuning:
    return FineTuning("scans", per_class=4)


@pytest.mark.parametrize(
    ("setting", "moved"),
    [
        ("block 1 alone", ["block1"]),
        ("block 3 alone", ["block3"]),
        ("top 2", ["block3", "block4"]),
        (surgical.HEAD_ALONE, []),
    ],
)
def test_a_setting_moves_its_own_blocks_and_no_others(ft, setting, moved, monkeypatch):
    monkeypatch.setattr(surgical, "Recipe", lambda *args, **kwargs: Recipe(*args, **kwargs, steps=1))
    measured = surgical.unfreeze_and_measure(ft, "probe", setting, 1e-3, seed=0)
    assert [row["block"] for row in relative_drift(ft.start, ft.network) if row["drift"] > 0] == moved
    assert set(measured) == {"target", "source", "validation_target", "validation_source"}


def test_the_shifted_copy_has_other_pixels_each_time_the_same_and_the_same_labels():
    clean = Split(np.full((6, 32, 32, 3), 128, np.uint8), np.arange(6) % 2)
    task = Dataset("grey", ("a", "b"), lambda part: clean, "Drawn: grey.")
    noisy, again = surgical.noisy_copy(task), surgical.noisy_copy(task)
    assert noisy.class_names == task.class_names
    np.testing.assert_array_equal(noisy.train.labels, clean.labels)
    np.testing.assert_array_equal(noisy.test.inputs, again.test.inputs)
    assert not np.array_equal(noisy.test.inputs, noisy.validation.inputs)
    assert noisy.train.inputs.dtype == np.uint8
    # Clipping at black and white takes some of the noise away.
    assert noisy.train.inputs.std() == pytest.approx(surgical.NOISE, rel=0.1)


def test_a_head_copied_from_the_source_needs_the_sources_classes(ft):
    with pytest.raises(CourseError, match="head='source' needs a target with the source's classes, but 'scans'"):
        ft.prepare(Recipe(head="source"), seed=0)


def test_a_head_copied_from_the_source_answers_like_the_sources():
    ft = FineTuning(load_dataset("source"), per_class=1)
    ft.prepare(Recipe(blocks=0, head="source"), seed=0)
    for copied, own in zip(*(ft.model.get_layer(f"{t}_head").get_weights() for t in ("target", "source")), strict=True):
        np.testing.assert_array_equal(copied, own)
