"""EfficientNet-Lite0: the network of its authors, from a package that nobody imports, and from no other file."""

import sys
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace

import numpy as np
import pytest
from skimage import data, transform

from course_utils.backbones import blocks, converted, imagenet_class_names, load_backbone, load_source_model, spec_of
from course_utils.backbones.efficientnet_lite import set_original_weights
from course_utils.errors import CourseError
from course_utils.pretrained import wheels
from course_utils.pretrained.lock import locked
from course_utils.pretrained.readers.torch_pickle import read_torch_weights
from course_utils.pretrained.wheels import installed_files
from course_utils.transfer import extract_features


def square(picture: np.ndarray) -> np.ndarray:
    """Return the middle square of a picture, at 224 pixels."""
    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    middle = picture[top : top + side, left : left + side]
    return transform.resize(middle, (224, 224), anti_aliasing=True, preserve_range=True).astype(np.float32)


@pytest.fixture(scope="module")
def classifier():
    return load_source_model("efficientnet_lite0")


def test_it_names_photographs_that_scikit_image_ships(classifier):
    pictures = np.stack([square(picture) for picture in (data.chelsea(), data.coffee(), data.rocket())])
    best = np.asarray(classifier(pictures)).argmax(axis=1)
    cat, coffee, rocket = (imagenet_class_names()[number] for number in best)
    assert cat in {"tabby", "tiger cat", "Egyptian cat"}
    assert (coffee, rocket) == ("espresso", "missile")


@pytest.mark.real
def test_its_logits_are_those_of_the_original_code(classifier, real_assets):
    reference = np.load(real_assets / "references" / "efficientnet_lite0_logits.npz")
    pictures = reference["pictures"].astype(np.float32)
    kept = np.asarray(classifier(pictures))
    np.testing.assert_allclose(kept, reference["logits"], atol=0.05)
    np.testing.assert_array_equal(kept.argmax(axis=1), reference["logits"].argmax(axis=1))
    # Before the weights were halved, every digit agrees.
    (wheel,) = locked("efficientnet_lite0").wheels
    tensors = read_torch_weights(installed_files(wheel)["weights"])
    backbone = load_backbone("efficientnet_lite0", weights=None)
    set_original_weights(backbone, tensors)
    whole = extract_features(backbone, pictures) @ tensors["_fc.weight"].T + tensors["_fc.bias"]
    np.testing.assert_allclose(whole, reference["logits"], atol=5e-5)


def test_its_blocks_hold_every_weight_once_and_its_package_is_not_imported():
    backbone = load_backbone("efficientnet_lite0", image_size=96)
    held = [id(weight) for layers in blocks(backbone).values() for layer in layers for weight in layer.weights]
    assert sorted(held) == sorted(id(weight) for weight in backbone.weights)
    assert list(blocks(backbone)) == ["stem", *(f"block{number}" for number in range(16)), "top"]
    assert locked("efficientnet_lite0").wheels[0].package not in sys.modules


def test_features_come_in_every_declared_size_and_differ_from_the_control():
    spec = spec_of(load_backbone("efficientnet_lite0", weights=None))
    for size in spec.input_sizes:
        backbone = load_backbone("efficientnet_lite0", image_size=size)
        assert backbone.output_shape == (None, size // 32, size // 32, 1280)
    pictures = np.random.default_rng(0).integers(0, 256, (2, 96, 96, 3), np.uint8)
    features, control = (
        extract_features(load_backbone("efficientnet_lite0", weights=weights, image_size=96), pictures)
        for weights in ("pretrained", None)
    )
    assert features.shape == control.shape == (2, 1280)
    assert np.abs(features - control).max() > 0.1


def test_random_weights_are_decided_by_the_seed():
    first, same, other = (load_backbone("efficientnet_lite0", weights=None, seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first.get_weights(), same.get_weights(), strict=True))
    assert not np.array_equal(first.get_weights()[0], other.get_weights()[0])


def test_another_file_in_the_package_is_not_read(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path / "empty"))
    monkeypatch.setattr(converted, "_temporary", {})  # of a test whose store couldn't be written
    (wheel,) = locked("efficientnet_lite0").wheels
    content = bytearray(installed_files(wheel)["weights"].read_bytes())
    content[len(content) // 2] ^= 1
    changed = tmp_path / "weights.pth"
    changed.write_bytes(content)
    monkeypatch.setattr(wheels, "distribution", lambda name: SimpleNamespace(locate_file=lambda member: changed))
    with pytest.raises(CourseError, match="not the file that was checked"):
        load_backbone("efficientnet_lite0")
    changed.unlink()
    with pytest.raises(CourseError, match=r"is missing.*make env"):
        load_backbone("efficientnet_lite0")


def test_a_package_that_is_not_installed_is_named(monkeypatch, tmp_path):
    def distribution(name):
        raise PackageNotFoundError(name)

    monkeypatch.setenv("COURSE_MODELS", str(tmp_path / "empty"))
    monkeypatch.setattr(converted, "_temporary", {})  # of a test whose store couldn't be written
    monkeypatch.setattr(wheels, "distribution", distribution)
    with pytest.raises(CourseError, match=r"not installed.*make env"):
        load_backbone("efficientnet_lite0")


def test_it_has_one_pretraining_run():
    with pytest.raises(CourseError, match="seed=1 does not exist"):
        load_source_model("efficientnet_lite0", seed=1)
    with pytest.raises(CourseError, match="seed=1 does not exist"):
        load_backbone("efficientnet_lite0", seed=1)


def test_every_imagenet_class_has_a_name():
    assert len(imagenet_class_names()) == 1000
    assert all(name == name.strip() and name for name in imagenet_class_names())
