"""Filters: what counts as preferring an orientation or a colour."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.backbones.embedded import build_embedded
from course_utils.errors import CourseError
from course_utils.inspection import filter_selectivity, first_layer_filters, grating_responses, gratings

ANGLES = np.arange(8) * np.pi / 8


def in_colour(plane: np.ndarray, colour: tuple[float, float, float]) -> np.ndarray:
    """A kernel (side, side, 3, 1) that has one colour."""
    return (plane[:, :, None] * np.asarray(colour))[..., None]


def blob() -> np.ndarray:
    rows, columns = np.indices((7, 7)) - 3
    return np.exp(-(rows**2 + columns**2) / 6)


def test_first_layer_filters_are_the_weights_of_the_first_convolution() -> None:
    backbone = build_embedded(0)
    kernels = first_layer_filters(backbone)
    assert kernels.shape == (7, 7, 3, 32)
    assert kernels.dtype == np.float32
    np.testing.assert_array_equal(kernels, backbone.get_layer("block1_conv").get_weights()[0])


def test_a_network_without_a_colour_convolution_is_refused() -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    with pytest.raises(CourseError, match="no convolution"):
        first_layer_filters(model)


def test_gratings_have_the_angle_of_a_protractor_and_the_asked_frequency() -> None:
    pictures = gratings(32, angles=[np.pi / 2, 0, np.pi / 4], frequencies=[0.125], phases=[0])
    assert pictures.shape == (3, 1, 1, 32, 32)
    upright, level, rising = pictures[:, 0, 0]
    assert np.ptp(upright, axis=0).max() < 1e-5, "upright bars do not change from row to row"
    np.testing.assert_allclose(level, upright.T, atol=1e-5)
    np.testing.assert_allclose(rising[1:, :-1], rising[:-1, 1:], atol=1e-5, err_msg="45 degrees rise to the right")
    assert np.abs(np.fft.rfft(upright[0])).argmax() == 0.125 * 32


@given(st.integers(0, 7), st.floats(0.1, 10))
def test_a_grating_is_its_own_favourite_at_any_strength(index: int, strength: float) -> None:
    angle = ANGLES[index]
    plane = strength * gratings(7, [angle], [0.2], [0.3])[0, 0, 0]
    responses = grating_responses(in_colour(plane, (1, 1, 1)), ANGLES, [0.2])
    assert responses[0, :, 0].argmax() == index
    (row,) = filter_selectivity(in_colour(plane, (1, 1, 1)))
    assert row["oriented"]
    assert not row["coloured"]
    assert row["orientation"] > 0.5
    turned = abs(row["angle"] - np.degrees(angle)) % 180
    assert min(turned, 180 - turned) < 12


def test_a_round_grey_blob_prefers_nothing() -> None:
    (row,) = filter_selectivity(in_colour(blob(), (1, 1, 1)))
    assert row["orientation"] < 0.01
    assert row["colour"] < 0.01
    assert not row["selective"]


def test_a_red_against_green_blob_is_coloured_and_not_oriented() -> None:
    (row,) = filter_selectivity(in_colour(blob(), (1, -1, 0)))
    assert row["coloured"]
    assert not row["oriented"]
    assert row["colour"] > 0.7


@pytest.mark.parametrize("side", [3, 7])
def test_random_filters_are_rarely_selective(side: int) -> None:
    kernels = np.random.default_rng(5).normal(size=(side, side, 3, 2000))
    selective = np.mean([row["selective"] for row in filter_selectivity(kernels)])
    assert 0.005 < selective < 0.04


def test_scores_are_shares_and_zero_kernels_are_harmless() -> None:
    kernels = np.concatenate([np.zeros((7, 7, 3, 1)), np.random.default_rng(0).normal(size=(7, 7, 3, 20))], axis=-1)
    rows = filter_selectivity(kernels)
    assert all(0 <= row["orientation"] <= 1.001 and 0 <= row["colour"] <= 1.001 for row in rows)
    assert not rows[0]["selective"]


def test_kernels_of_another_shape_are_refused() -> None:
    with pytest.raises(CourseError, match=r"\(7, 7, 3\)"):
        filter_selectivity(np.zeros((7, 7, 3)))
