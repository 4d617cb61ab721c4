"""Two tiny networks with random weights, for text and for sound: everything in ``transfer`` works from their specs."""

from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.backbones import BackboneSpec, Pooling, blocks, declare, spec_of
from course_utils.data import Dataset, Split
from course_utils.errors import CourseError
from course_utils.experiments import features_of, probe_accuracy
from course_utils.inspection import block_features
from course_utils.transfer import (
    Session,
    add_lora,
    backbone_of,
    diagonal_fisher,
    discriminative_multipliers,
    extract_features,
    freeze,
    l2_sp,
    linear_probe,
    merge_lora,
    rate_range_test,
    relative_drift,
    set_linear_head,
    trainable_summary,
    unfreeze_top,
    weights_of,
    with_head,
)

PADDING, WORDS, LENGTH, SAMPLES = 0, 20, 12, 64


def text_encoder() -> keras.Model:
    """Token ids ``(n, length)`` to ``(n, length, 8)``: an embedding, and two blocks with a shortcut each."""
    keras.utils.set_random_seed(0)
    tokens = keras.Input((None,), dtype="int32")
    x = layers.Embedding(WORDS, 8, mask_zero=True, name="embedding")(tokens)
    for number in (1, 2):
        wide = layers.Dense(16, activation="gelu", name=f"layer{number}_wide")(x)
        x = layers.Add(name=f"layer{number}_add")([x, layers.Dense(8, name=f"layer{number}_narrow")(wide)])
        x = layers.LayerNormalization(name=f"layer{number}_norm")(x)
    spec = BackboneSpec(
        "tiny-text",
        "text",
        {"embedding": "embedding", "layer1": "layer1_norm", "layer2": "layer2_norm"},
        pooling=Pooling(padding=PADDING),
    )
    return declare(keras.Model(tokens, x, name="tiny_text"), spec)


def sound_network() -> keras.Model:
    """Waves ``(n, samples, 1)`` to ``(n, frames, 6)``: two blocks of a convolution and BatchNorm each."""
    keras.utils.set_random_seed(0)
    wave = x = keras.Input((SAMPLES, 1))
    for number, width in ((1, 4), (2, 6)):
        x = layers.Conv1D(width, 5, 2, padding="same", name=f"conv{number}")(x)
        x = layers.BatchNormalization(name=f"norm{number}")(x)
        x = layers.ReLU(name=f"relu{number}")(x)
    spec = BackboneSpec("tiny-sound", "sound", {"low": "relu1", "high": "relu2"})
    return declare(keras.Model(wave, x, name="tiny_sound"), spec)


def sentences() -> Split:
    """Sentences that hold one of two words among others, with padding at the end; the label says which."""
    rng = np.random.default_rng(0)
    ids, labels = rng.integers(4, WORDS, (60, LENGTH)), np.arange(60) % 2
    ids[np.arange(60), rng.integers(0, 5, 60)] = 2 + labels
    for row, length in zip(ids, rng.integers(6, LENGTH + 1, 60), strict=True):
        row[length:] = PADDING
    return Split(ids, labels)


def tones() -> Split:
    """Tones, low or high, at any phase."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    phase = rng.uniform(0, 2 * np.pi, (60, 1))
    waves = np.sin(np.arange(SAMPLES) * (0.2 + 0.6 * labels[:, None]) + phase)
    return Split(waves[..., None].astype(np.float32), labels)


Case = tuple[Callable[[], keras.Model], Split]
CASES: dict[str, Case] = {"text": (text_encoder, sentences()), "sound": (sound_network, tones())}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


def test_freezing_goes_by_the_declared_blocks(case: Case) -> None:
    make, _ = case
    backbone = make()
    names = list(blocks(backbone))
    freeze(backbone)
    assert trainable_summary(backbone)[0] == 0
    for k in range(len(names) + 1):
        trained = unfreeze_top(backbone, k)
        wanted = [layer.name for block in names[len(names) - k :] for layer in blocks(backbone)[block]]
        assert set(trained) <= set(wanted)
        assert not any("norm" in name and "layer" not in name for name in trained), "BatchNorm stays frozen"
        assert bool(trained) == bool(k)


def test_features_feed_a_probe_that_becomes_a_head(case: Case) -> None:
    make, split = case
    backbone = make()
    features = extract_features(backbone, split.inputs)
    assert features.shape == (60, backbone.output_shape[-1])
    np.testing.assert_allclose(features, extract_features(backbone, split.inputs, batch_size=7), atol=1e-6)
    probe = linear_probe(features, split.labels)
    model = set_linear_head(with_head(backbone, 2), probe)
    given = model.predict(split.inputs, verbose=0)
    np.testing.assert_allclose(given, probe.predict_proba(features), atol=1e-5)


def test_padding_changes_no_features() -> None:
    backbone, split = text_encoder(), CASES["text"][1]
    longer = np.pad(split.inputs, ((0, 0), (0, 5)), constant_values=PADDING)
    np.testing.assert_allclose(extract_features(backbone, longer), extract_features(backbone, split.inputs), atol=1e-6)
    by_block, by_block_longer = block_features(backbone, split.inputs), block_features(backbone, longer)
    for block, features in by_block.items():
        np.testing.assert_allclose(by_block_longer[block], features, atol=1e-6)


def test_a_session_learns_and_drift_is_told_by_block(case: Case) -> None:
    make, split = case
    backbone = make()
    model = with_head(backbone, 2)
    unfreeze_top(model, len(blocks(backbone)))
    l2_sp(model, 0.0)
    model.compile(keras.optimizers.AdamW(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    before = weights_of(model)
    *_, last = Session(model, split, split, epochs=24, batch_size=20).events()
    assert last.kind == "done"
    assert last.metrics["val_accuracy"] > 0.9
    rows = relative_drift(before, model)
    assert [row["block"] for row in rows] == list(blocks(backbone))
    assert all(row["drift"] > 0 for row in rows)
    assert rate_range_test(model, split, steps=8)
    multipliers = discriminative_multipliers(model)
    assert len(set(multipliers.values())) == len(blocks(backbone))


def test_low_rank_updates_start_at_nothing_learn_and_fold_in(case: Case) -> None:
    make, split = case
    backbone = make()
    lora = add_lora(backbone, rank=2)
    assert spec_of(lora) is spec_of(backbone)
    np.testing.assert_allclose(
        extract_features(lora, split.inputs), extract_features(backbone, split.inputs), atol=1e-6
    )
    model = with_head(lora, 2)
    model.compile(keras.optimizers.AdamW(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    *_, last = Session(model, split, epochs=15, batch_size=20).events()
    assert last.metrics["accuracy"] > 0.7
    assert backbone_of(model) is lora
    merged = merge_lora(lora)
    assert [w.shape for w in merged.weights] == [w.shape for w in backbone.weights]
    np.testing.assert_allclose(extract_features(merged, split.inputs), extract_features(lora, split.inputs), atol=1e-5)


def test_budgets_and_the_fisher_work_too(case: Case) -> None:
    make, split = case
    backbone = make()
    dataset = Dataset("tiny", ("one", "other"), lambda part: split, "Made for this test.")
    assert 0.4 < probe_accuracy(features_of(backbone, dataset), dataset, per_class=5, seed=0) <= 1
    model = with_head(backbone, 2)
    fisher = diagonal_fisher(model, split.inputs, samples=8)
    assert fisher.keys() == {variable.path for variable in model.trainable_variables}
    assert any((value > 0).any() for value in fisher.values())


def test_inputs_of_another_shape_are_refused(case: Case) -> None:
    make, _ = case
    with pytest.raises(CourseError, match=r"inputs have shape \(2, 3, 4, 5\)"):
        extract_features(make(), np.zeros((2, 3, 4, 5)))


def test_a_model_that_declares_nothing_is_told_how() -> None:
    inputs = keras.Input((4,))
    with pytest.raises(CourseError, match=r"declare\(model"):
        blocks(keras.Model(inputs, layers.Dense(3, name="block1_dense")(inputs)))


def test_a_spec_that_does_not_fit_is_refused() -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(3, name="dense")(inputs))
    with pytest.raises(CourseError, match="blocks end at layers that it does not have: another"):
        declare(model, BackboneSpec("x", "pictures", {"block1": "another"}))


def test_inputs_that_are_too_long_are_refused() -> None:
    backbone = text_encoder()
    declare(backbone, replace(spec_of(backbone), longest=LENGTH))
    extract_features(backbone, np.ones((2, LENGTH), np.int32))
    with pytest.raises(CourseError, match=rf"inputs are {LENGTH + 1} long.*at most {LENGTH}"):
        extract_features(backbone, np.ones((2, LENGTH + 1), np.int32))
