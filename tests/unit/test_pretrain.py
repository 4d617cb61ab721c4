"""Pretraining: a short run reproduces itself, improves on chance, and writes a file that loads."""

import dataclasses
import json

import keras
import numpy as np
import pytest

from course_utils import assets
from course_utils.backbones import pretraining as pretrain
from course_utils.backbones.pretraining_recipes import RECIPES, PretrainingRecipe
from course_utils.errors import CourseError

SHORT = PretrainingRecipe(RECIPES["embedded-glyphs"].classes[:4], seeds=(0,), per_class=48, epochs=3, batch_size=16)


@pytest.mark.slow
def test_a_short_run_of_the_recipe_reproduces_itself_and_learns():
    first, second = (pretrain.train_source(SHORT, seed=3) for _ in range(2))
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3)
    assert pretrain.source_accuracy(first, SHORT) > 0.5  # four classes: chance is 0.25


def test_an_unknown_recipe_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(CourseError, match="Known recipes: embedded"):
        pretrain.pretrain("nets", 0, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_pretrain_writes_weights_and_a_manifest_line_that_agree(tmp_path, monkeypatch):
    monkeypatch.setitem(pretrain.RECIPES, "embedded-glyphs", dataclasses.replace(SHORT, epochs=1))
    told = []
    entry = pretrain.pretrain("embedded-glyphs", 0, tmp_path, lambda *progress: told.append(progress))
    assert [t[:2] for t in told] == [(1, 1)]
    assert json.loads((tmp_path / "manifest.json").read_text())["files"]["embedded-glyphs-0.weights.h5"] == entry
    assert assets.verify_weights(tmp_path) == []
    assert {p.name for p in tmp_path.iterdir()} == {"manifest.json", "embedded-glyphs-0.weights.h5"}


def test_an_interrupted_run_leaves_nothing_half_written(tmp_path, monkeypatch):
    monkeypatch.setitem(pretrain.RECIPES, "embedded-glyphs", SHORT)

    def interrupt(*progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pretrain.pretrain("embedded-glyphs", 0, tmp_path / "out", interrupt)
    assert not (tmp_path / "out").exists()


def test_augment_leaves_pictures_alone_at_inference_and_varies_them_in_training():
    pictures = np.random.default_rng(0).uniform(0, 255, (6, 32, 32, 3)).astype(np.float32)
    augment = pretrain.PictureAugmentation(seed=1)
    np.testing.assert_array_equal(np.asarray(augment(pictures)), pictures)
    varied = np.asarray(augment(pictures, training=True))
    assert varied.shape == pictures.shape
    assert np.abs(varied - pictures).mean() > 5


def test_smoothness_charges_noise_more_than_a_slope():
    penalty = pretrain.Smoothness(1.0)
    impulse = np.zeros((3, 3, 1, 1), np.float32)
    impulse[1, 1] = 1
    assert float(penalty(keras.ops.convert_to_tensor(impulse))) == pytest.approx(4)  # four unit steps
    flat = np.ones((3, 3, 1, 1), np.float32)
    assert float(penalty(keras.ops.convert_to_tensor(flat))) == pytest.approx(12)  # only its border
