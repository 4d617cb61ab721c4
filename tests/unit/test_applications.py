"""The networks of keras.applications: Keras's own outputs and weights, any size, one clear error without a network."""

import urllib.error
from functools import cache

import keras
import numpy as np
import pytest
from keras import applications

from course_utils.backbones import block_output, blocks, load_backbone, registered_specs
from course_utils.backbones.applications import APPLICATIONS
from course_utils.errors import CourseError

THEIRS = {
    "mobilenet_v2": (applications.MobileNetV2, applications.mobilenet_v2),
    "mobilenet_v3": (applications.MobileNetV3Large, applications.mobilenet_v3),
    "resnet50": (applications.ResNet50, applications.resnet50),
    "vgg16": (applications.VGG16, applications.vgg16),
    "efficientnet_b0": (applications.EfficientNetB0, applications.efficientnet),
    "convnext_tiny": (applications.ConvNeXtTiny, applications.convnext),
}
SIZE = 64
PICTURES = np.random.default_rng(0).uniform(0, 255, (2, SIZE, SIZE, 3)).astype(np.float32)


@pytest.fixture(params=APPLICATIONS, ids=lambda spec: spec.name)
def spec(request):
    return request.param


@pytest.fixture(scope="module")
def untrained():
    """Every network at the size of the test's pictures, with random weights; built once."""
    return cache(lambda name: load_backbone(name, weights=None, image_size=SIZE))


def outputs(model, pictures=PICTURES):
    return np.asarray(model(pictures, training=False))


def test_it_is_flat_and_its_blocks_hold_every_weight_once(spec, untrained):
    backbone = untrained(spec.name)
    assert not [layer.name for layer in backbone.layers if isinstance(layer, keras.Model)]
    assert backbone.count_params() == spec.card.parameters
    held = [id(weight) for layers in blocks(backbone).values() for layer in layers for weight in layer.weights]
    assert sorted(held) == sorted(id(weight) for weight in backbone.weights)
    assert list(blocks(backbone)) == list(spec.blocks)
    assert len(backbone.input_shape) == 4, "one input"
    preparing = spec.outside & {layer.name for layer in backbone.layers}
    assert len(preparing) == 1


def test_every_block_ends_where_its_shortcut_is_added(spec, untrained):
    """Nothing runs past the end of a block: what comes after it needs its output and no other."""
    backbone = untrained(spec.name)
    *inner, last = spec.blocks
    for block in (inner[0], inner[len(inner) // 2], inner[-1]):
        end = block_output(backbone, block).output
        rest = keras.Model(end, backbone.output)  # raises if another tensor is needed
        assert rest.output_shape == backbone.output_shape
    assert block_output(backbone, last).output is backbone.output


@pytest.mark.parametrize("name", ["mobilenet_v3", "vgg16"])
def test_random_weights_are_decided_by_the_seed_alone(name):
    first = load_backbone(name, weights=None, image_size=32, seed=1).get_weights()
    keras.utils.set_random_seed(5)
    before = np.random.random()
    keras.utils.set_random_seed(5)
    same = load_backbone(name, weights=None, image_size=32, seed=1).get_weights()
    other = load_backbone(name, weights=None, image_size=32, seed=2).get_weights()
    assert np.random.random() == before, "the learner's own random numbers stay as they were"
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.fixture
def published(spec, tmp_path, monkeypatch):
    """A folder in which Keras finds a file of weights for the network; returns Keras's own network with them."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    constructor, preparation = THEIRS[spec.name]
    source = constructor(include_top=False, weights=None, input_shape=(224, 224, 3))
    for layer in source.layers:
        if isinstance(layer, keras.layers.Normalization) and layer.weights:  # in the published file: means, deviations
            layer.set_weights([np.float32((0.485, 0.456, 0.406)), np.float32((0.229, 0.224, 0.225)), np.int32(0)])

    def get_file(file_name, *args, **kwargs):
        path = tmp_path / "models" / file_name
        if not path.exists():
            source.save(path)
        return str(path)

    monkeypatch.setattr("keras.src.utils.file_utils.get_file", get_file)
    theirs = constructor(include_top=False, weights="imagenet", input_shape=(SIZE, SIZE, 3))
    return lambda pictures: outputs(theirs, preparation.preprocess_input(pictures.copy()))


@pytest.mark.filterwarnings("ignore")  # the old format of Keras's files
def test_published_weights_serve_any_size_and_the_outputs_are_those_of_keras(spec, published):
    assert spec.hub.is_cached()
    expected = published(PICTURES)
    found = outputs(load_backbone(spec.name, image_size=SIZE))
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())
    assert np.abs(expected).max() > 0
    with pytest.raises(CourseError, match="seed=1 does not exist"):
        load_backbone(spec.name, seed=1)


@pytest.mark.parametrize(
    "problem",
    [
        Exception("URL fetch failure on https://example.org: 403 -- Forbidden"),
        urllib.error.URLError("no network"),
        OSError(28, "No space left on device"),
        ValueError("Incomplete or corrupted file detected."),
    ],
    ids=("proxy", "no network", "full disk", "cut off"),
)
def test_a_failed_download_names_the_file_the_folder_and_other_ways(problem, tmp_path, monkeypatch):
    def get_file(*args, **kwargs):
        raise problem

    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", get_file)
    with pytest.raises(CourseError) as caught:
        load_backbone("efficientnet_b0")
    message = str(caught.value)
    for part in ("efficientnetb0_notop.h5", str(tmp_path / "keras" / "models"), str(problem), "efficientnet_lite0"):
        assert part in message
    assert not registered_specs()["efficientnet_b0"].hub.is_cached()


def test_a_damaged_file_of_weights_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    path = tmp_path / "models" / "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
    path.parent.mkdir()
    path.write_bytes(b"not a file of weights")
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", lambda *args, **kwargs: str(path))
    with pytest.raises(CourseError, match=r"no_top\.h5.*cannot be read.*Delete it"):
        load_backbone("mobilenet_v2")
