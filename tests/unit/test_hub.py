"""KerasHub's networks: its own models' outputs, weights from a folder, and one clear error for what is missing."""

import random
import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from course_utils.backbones import blocks, hub_presets, load_backbone, registered_specs
from course_utils.backbones.hub import HUB
from course_utils.backbones.hub_presets import HubPreset
from course_utils.errors import CourseError
from course_utils.transfer import extract_features, with_head

RNG = np.random.default_rng(0)
TINY = {"hidden_dim": 24, "mlp_dim": 32, "intermediate_dim": 32, "vocabulary_size": 60, "filter_dim": 24}
NAMES = [spec.name for spec in HUB]
PRESETS = {value.name: value for value in vars(hub_presets).values() if isinstance(value, HubPreset)}


@pytest.fixture
def hub():
    return pytest.importorskip("keras_hub", reason="KerasHub is not installed")


@pytest.fixture
def tiny(hub, monkeypatch):
    """Make the networks thin; they stay as deep."""
    for source in PRESETS.values():
        for setting in TINY.keys() & source.size.keys():
            monkeypatch.setitem(source.size, setting, TINY[setting])


def padding(name):
    return registered_specs()[name].pooling.padding


def token_ids(name, length=7):
    """Rows of different lengths, filled up with padding; GPT-2's is beyond a tiny vocabulary, so there is none."""
    ids = RNG.integers(5, 60, (3, length))
    if padding(name) is not None and padding(name) < 60:
        ids[1, 4:] = padding(name)
    return ids


def prepared(pictures, mean, deviation):
    return (pictures / 255 - np.float32(mean)) / np.float32(deviation)


def own_model(hub, name):
    """Build KerasHub's own model as the course does for random weights."""
    source = PRESETS[name]
    made = source.part[1] if source.part else source.model
    random.seed(7)
    return getattr(hub.models, made)(**source.size)


def their_outputs(model, name, inputs):
    """Call KerasHub's own model in its own way."""
    if name == "vit_b16":
        return model(prepared(inputs, [0.5] * 3, [0.5] * 3))
    if name == "clip_vit_b16":
        mean, deviation = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
        return model(prepared(inputs, mean, deviation))
    if name == "moonshine_tiny_en":
        mask = np.ones(inputs.shape, bool)
        words = {
            "decoder_token_ids": np.ones((len(inputs), 2), np.int32),
            "decoder_padding_mask": np.ones((3, 2), bool),
        }
        return model({"encoder_input_values": inputs[..., None], "encoder_padding_mask": mask, **words})[
            "encoder_sequence_output"
        ]
    given = {"token_ids": inputs, "padding_mask": (inputs != padding(name)).astype(np.int32)}
    if name == "bert_base":
        return model({**given, "segment_ids": np.zeros_like(inputs)})["sequence_output"]
    return model(given)


def inputs_of(name):
    modality = registered_specs()[name].modality
    if modality == "pictures":
        return RNG.uniform(0, 255, (3, 224, 224, 3)).astype(np.float32)
    return RNG.normal(0, 0.1, (3, 4000)).astype(np.float32) if modality == "sound" else token_ids(name)


@pytest.mark.parametrize("name", NAMES)
def test_outputs_are_those_of_kerashub(name, hub, tiny):
    state, inputs = random.getstate(), inputs_of(name)
    backbone = load_backbone(name, weights=None, seed=7)
    assert random.getstate() == state, "the learner's own random numbers stay as they were"
    theirs = np.asarray(their_outputs(own_model(hub, name), name, inputs))
    np.testing.assert_allclose(np.asarray(backbone(inputs)), theirs, atol=1e-5)
    held = [id(weight) for layers in blocks(backbone).values() for layer in layers for weight in layer.weights]
    assert sorted(held) == sorted(id(weight) for weight in backbone.weights)
    paths = {weight.path.split("/")[0] for weight in backbone.weights}
    assert paths <= {layer.name for layer in backbone.layers}, "optimizers find a layer's weights by its name"
    other = load_backbone(name, weights=None, seed=8)
    assert np.abs(np.asarray(other(inputs)) - theirs).max() > 1e-3


@pytest.mark.parametrize("name", ["bert_base", "roberta_base"])
def test_padding_changes_no_features_and_the_head_leaves_it_out(name, tiny):
    backbone, ids = load_backbone(name, weights=None), token_ids(name)
    longer = np.pad(ids, ((0, 0), (0, 3)), constant_values=padding(name))
    features = extract_features(backbone, ids)
    np.testing.assert_allclose(extract_features(backbone, longer), features, atol=1e-5)
    model = with_head(backbone, 2, activation=None)
    kernel, bias = model.layers[-1].get_weights()
    np.testing.assert_allclose(np.asarray(model(longer)), features @ kernel + bias, atol=1e-4)


def test_gpt2_sees_only_what_came_before(tiny):
    backbone, ids = load_backbone("gpt2", weights=None), token_ids("gpt2")
    changed = ids.copy()
    changed[:, -1] = 5 + (ids[:, -1] - 4) % 55
    before, after = np.asarray(backbone(ids)), np.asarray(backbone(changed))
    np.testing.assert_allclose(after[:, :-1], before[:, :-1], atol=1e-5)
    assert np.abs(after[:, -1] - before[:, -1]).max() > 1e-3


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_saved_in_the_folder_of_models_is_loaded_without_a_network(name, hub, tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path))
    spec, source = registered_specs()[name], PRESETS[name]
    assert not spec.hub.is_cached()
    model = own_model(hub, name)
    if source.part:  # CLIP: the picture tower beside one for text
        text = hub.models.CLIPTextEncoder(
            vocabulary_size=60, embedding_dim=24, hidden_dim=24, num_layers=1, num_heads=2, intermediate_dim=32
        )
        whole = hub.models.CLIPBackbone(vision_encoder=model, text_encoder=text, projection_dim=8)
        whole.save_to_preset(tmp_path / name)
    else:
        model.save_to_preset(tmp_path / name)
    assert spec.hub.is_cached()
    inputs = inputs_of(name)
    theirs = np.asarray(their_outputs(model, name, inputs))
    np.testing.assert_allclose(np.asarray(load_backbone(name)(inputs)), theirs, atol=1e-5)
    with pytest.raises(CourseError, match="seed=1 does not exist"):
        load_backbone(name, seed=1)


def test_the_network_can_be_saved_and_loaded_again(tiny, tmp_path):
    backbone, ids = load_backbone("bert_base", weights=None), token_ids("bert_base")
    backbone.save(tmp_path / "bert.keras")
    again = keras.models.load_model(tmp_path / "bert.keras")
    np.testing.assert_allclose(extract_features(again, ids), extract_features(backbone, ids), atol=1e-6)


def test_without_a_network_the_message_says_how_to_get_the_weights(hub, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path))
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "cache"))

    def from_preset(preset):
        raise ConnectionError(f"no route to {preset}")

    monkeypatch.setattr(hub.models.BertBackbone, "from_preset", from_preset)
    with pytest.raises(CourseError) as caught:
        load_backbone("bert_base")
    message = str(caught.value)
    for part in ("no route to bert_base_en_uncased", "KAGGLEHUB_CACHE", "save_to_preset", str(tmp_path / "bert_base")):
        assert part in message


def test_a_folder_that_is_not_a_preset_is_named(hub, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path))
    (tmp_path / "gpt2").mkdir()
    with pytest.raises(CourseError, match=r"gpt2 cannot be read as weights of gpt2.*save_to_preset"):
        load_backbone("gpt2")


def test_kerashubs_own_cache_counts_as_here(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path))
    spec = registered_specs()["roberta_base"]
    assert not spec.hub.is_cached()
    path = tmp_path / "models" / "keras" / "roberta" / "keras" / "roberta_base_en" / "3" / "model.weights.h5"
    path.parent.mkdir(parents=True)
    path.touch()
    assert spec.hub.is_cached()


def test_a_missing_kerashub_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    with pytest.raises(CourseError, match=r"pip install 'transfer-learning-course\[hub\]'.*Windows.*minilm"):
        load_backbone("vit_b16")


def test_an_old_kerashub_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", SimpleNamespace(__version__="0.18.1"))
    with pytest.raises(CourseError, match=r"KerasHub 0\.18\.1 is too old.*0\.32"):
        load_backbone("vit_b16", weights=None)


def test_kerashub_is_imported_only_when_it_is_asked_for():
    program = "import sys, course_utils.backbones.hub; sys.exit('keras_hub' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
