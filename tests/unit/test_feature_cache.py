"""Features on disk: read the second time, fresh whenever anything that decides them has changed."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.backbones import Pooling, declare, spec_of
from course_utils.backbones.embedded import build_embedded
from course_utils.errors import CourseError
from course_utils.transfer import extract_features, feature_cache


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "features"


@pytest.fixture
def backbone() -> keras.Model:
    return build_embedded(0)


@pytest.fixture
def pictures() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3)).astype(np.uint8)


@pytest.fixture
def computed(monkeypatch) -> list[int]:
    """One entry for every batch that runs through a network."""
    batches: list[int] = []
    run = keras.Model.predict_on_batch
    monkeypatch.setattr(keras.Model, "predict_on_batch", lambda self, x: (batches.append(len(x)), run(self, x))[1])
    return batches


def test_the_second_time_nothing_is_computed_and_the_features_are_the_same(backbone, pictures, computed, cache):
    first = extract_features(backbone, pictures, cache=True)
    assert computed
    computed.clear()
    again = extract_features(build_embedded(0), pictures.copy(), cache=True)  # the same network in another object
    assert not computed
    np.testing.assert_array_equal(again, first)
    assert again.dtype == np.float32
    np.testing.assert_array_equal(extract_features(backbone, pictures), first)
    assert len(list(cache.iterdir())) == 1


def test_nothing_is_kept_unless_it_is_asked_for(backbone, pictures, cache):
    extract_features(backbone, pictures)
    assert not cache.exists()


def change_one_weight(backbone, pictures):
    weights = backbone.get_weights()
    weights[-1].flat[0] += 1e-3
    backbone.set_weights(weights)
    return backbone, pictures


def change_one_pixel(backbone, pictures):
    changed = pictures.copy()
    changed[-1, -1, -1, -1] ^= 1
    return backbone, changed


def change_the_order(backbone, pictures):
    return backbone, pictures[::-1]


def change_the_number(backbone, pictures):
    return backbone, pictures[:4]


def change_a_layer_without_weights(backbone, pictures):
    return keras.Model(backbone.input, layers.Activation("tanh")(backbone.output)), pictures


def change_the_pooling(backbone, pictures):
    return declare(backbone, replace(spec_of(backbone), pooling=Pooling(padding=-1))), pictures


@pytest.mark.parametrize(
    "change",
    [
        change_one_weight,
        change_one_pixel,
        change_the_order,
        change_the_number,
        change_a_layer_without_weights,
        change_the_pooling,
    ],
)
def test_a_change_gives_fresh_features(change, backbone, pictures, cache):
    extract_features(backbone, pictures, cache=True)
    changed = change(backbone, pictures)
    key = feature_cache._key(*changed)
    assert not (cache / f"{key}.npz").exists()
    if change is not change_the_pooling:  # the embedded network's outputs have no padding to leave out
        np.testing.assert_array_equal(extract_features(*changed, cache=True), extract_features(*changed))


@pytest.mark.parametrize("damage", [b"", b"not a zip file", "half", "a flipped byte"])
def test_a_damaged_file_is_made_again(damage, backbone, pictures, computed, cache):
    first = extract_features(backbone, pictures, cache=True)
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    file.write_bytes({"half": whole[:middle], "a flipped byte": flipped}.get(damage, damage))
    computed.clear()
    np.testing.assert_array_equal(extract_features(backbone, pictures, cache=True), first)
    assert computed
    assert file.read_bytes()[:2] == b"PK"
    computed.clear()
    np.testing.assert_array_equal(extract_features(backbone, pictures, cache=True), first)
    assert not computed


def test_features_of_another_shape_are_not_believed(backbone, pictures, cache):
    first = extract_features(backbone, pictures, cache=True)
    (file,) = cache.iterdir()
    np.savez(file, features=first[:2])
    np.testing.assert_array_equal(extract_features(backbone, pictures, cache=True), first)


def test_a_cache_that_cannot_be_written_is_done_without(backbone, pictures, cache):
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    np.testing.assert_array_equal(
        extract_features(backbone, pictures, cache=True), extract_features(backbone, pictures)
    )
    assert cache.read_text() == "a file where the folder should be"


def test_what_was_not_used_for_longest_is_deleted_first(backbone, pictures, cache, monkeypatch, computed):
    for n in (1, 2):
        extract_features(backbone, pictures[:n], cache=True)
    files = sorted(cache.iterdir(), key=lambda file: file.stat().st_size)
    size = sum(file.stat().st_size for file in files)
    extract_features(backbone, pictures[:1], cache=True)  # used last
    monkeypatch.setattr(feature_cache, "_MOST_BYTES", size)
    extract_features(backbone, pictures[1:2], cache=True)
    computed.clear()
    extract_features(backbone, pictures[:1], cache=True)
    extract_features(backbone, pictures[1:2], cache=True)
    assert not computed
    assert not files[1].exists()
    assert sum(file.stat().st_size for file in cache.iterdir()) <= size


def test_features_that_would_fill_the_cache_alone_are_not_kept(backbone, pictures, cache, monkeypatch):
    monkeypatch.setattr(feature_cache, "_MOST_BYTES", 100)
    assert extract_features(backbone, pictures, cache=True).shape == (5, backbone.output_shape[-1])
    assert not cache.exists()


def test_inputs_that_do_not_fit_are_refused_before_anything_is_looked_up(backbone, cache):
    with pytest.raises(CourseError, match="The inputs have shape"):
        extract_features(backbone, np.zeros((2, 8, 8, 3)), cache=True)
    assert not cache.exists()


def test_no_inputs_are_no_features(backbone):
    for _ in range(2):
        assert extract_features(backbone, np.zeros((0, 32, 32, 3), np.uint8), cache=True).shape[0] == 0
