"""The contract of every registered backbone: the same lines freeze, probe, cache, fine-tune and adapt each of them."""

import gc
import time

import keras
import numpy as np
import pytest
from sampling import drawn

from course_utils.backbones import BackboneSpec, load_backbone, registered_specs
from course_utils.data import Split
from course_utils.pretrained.lock import locked_models
from course_utils.pretrained.store import kept_receipt
from course_utils.transfer import (
    Session,
    add_lora,
    extract_features,
    freeze,
    linear_probe,
    merge_lora,
    relative_drift,
    set_linear_head,
    trainable_summary,
    unfreeze_top,
    weights_of,
    with_head,
)

SPECS = {name: spec for name, spec in registered_specs().items() if spec.builder}
#: With a hundred million weights and more, they take longer than all the others; a day's run draws one.
HEAVY = [name for name, spec in SPECS.items() if spec.card and spec.card.parameters > 50_000_000]
DRAWN = drawn("heavy backbones", HEAVY, 1)
ROWS, RNG = 8, np.random.default_rng(0)


def at_hand(spec: BackboneSpec) -> str | None:
    """Return the weights to load: the real ones where they are on this computer, or None for random ones."""
    pinned = locked_models().get(spec.name)
    here = (pinned.installed or kept_receipt(spec.name) is not None) if pinned else bool(spec.assets)
    return "pretrained" if here else None


def tiny_inputs(spec: BackboneSpec, backbone: keras.Model) -> np.ndarray:
    """Return a few inputs of the spec's kind: noise, words at random, a quarter of a second; half of them filled up."""
    length = backbone.input_shape[1]
    if spec.modality == "pictures":
        return RNG.integers(0, 256, (ROWS, *backbone.input_shape[1:]), np.uint8)
    if spec.modality == "sound":
        waves = RNG.normal(0, 0.1, (ROWS, length or 4000)).astype(np.float32)
        waves[::2, 3000:] = 0
        return waves
    ids = RNG.integers(1000, 9000, (ROWS, length or 6), np.int32)
    if spec.pooling.padding is not None:
        ids[::2, 4:] = spec.pooling.padding
    return ids


def one_step(model: keras.Model, split: Split) -> None:
    """Take one training step on two inputs, without compiling it first, which takes longer than the step."""
    model.compile(
        keras.optimizers.AdamW(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=True
    )
    *_, last = Session(model, Split(split.inputs[:2], split.labels[:2]), epochs=1, batch_size=2).events()
    assert last.kind == "done", last.message


def test_every_kind_of_input_has_backbones():
    assert {spec.modality for spec in SPECS.values()} == {"pictures", "text", "sound"}
    assert len(HEAVY) >= 5


@pytest.mark.parametrize("name", [name for name in SPECS if name not in HEAVY or name in DRAWN])
def test_the_same_lines_serve_every_backbone(name, record_property):
    started, spec, weights = time.process_time(), SPECS[name], at_hand(SPECS[name])
    if spec.hub and spec.hub.name == "KerasHub":
        pytest.importorskip("keras_hub", reason="KerasHub is not installed")
    any_size = spec.modality == "pictures" and len(spec.input_sizes) > 1
    backbone = load_backbone(name, weights=weights, image_size=32 if any_size else None)
    assert len(backbone.inputs) == len(backbone.outputs) == 1
    assert len(spec.blocks) >= 3
    inputs, labels = tiny_inputs(spec, backbone), np.arange(ROWS) % 2

    freeze(backbone)
    trained, frozen = trainable_summary(backbone)
    assert trained == 0
    backbone.compile(run_eagerly=True)  # as in one_step

    features = extract_features(backbone, inputs)
    assert features.shape == (ROWS, backbone.output_shape[-1])
    assert np.isfinite(features).all()
    assert (features.std(axis=0) > 0).any(), "inputs that differ have features that differ"

    probe = linear_probe(features, labels)
    model = set_linear_head(with_head(backbone, 2), probe)
    given = np.asarray(model(inputs[:4].astype(backbone.input.dtype), training=False))
    np.testing.assert_allclose(given, probe.predict_proba(features[:4]), atol=1e-3)

    top = unfreeze_top(model, 1)
    assert top
    before = weights_of(model)
    one_step(model, Split(inputs, labels))
    *below, last = relative_drift(before, model)
    assert last["drift"] > 0
    assert not [row["block"] for row in below if row["drift"] > 0 or row["statistics"] > 0]

    del before
    freeze(backbone)
    lora = add_lora(backbone, rank=2)
    lora.compile(run_eagerly=True)
    scale = np.abs(features).max()
    features = extract_features(backbone, inputs[:2])
    np.testing.assert_allclose(extract_features(lora, inputs[:2]), features, atol=1e-4 * scale)
    updates = trainable_summary(lora)[0]
    assert 0 < updates < frozen / 4
    start = [np.asarray(weight).copy() for weight in lora.trainable_weights]
    one_step(with_head(lora, 2), Split(inputs, labels))
    assert any((np.asarray(w) != old).any() for w, old in zip(lora.trainable_weights, start, strict=True))
    adapted = extract_features(lora, inputs[:2])
    merged = merge_lora(lora)
    merged.compile(run_eagerly=True)
    np.testing.assert_allclose(extract_features(merged, inputs[:2]), adapted, atol=1e-3 * np.abs(adapted).max())
    assert [w.shape for w in merged.weights] == [w.shape for w in backbone.weights]

    record_property(
        "contract",
        (
            name,
            weights or "random",
            f"{trained + frozen:,}",
            str(len(spec.blocks)),
            str(features.shape[1]),
            str(last["block"]),
            f"{updates:,}",
            f"{time.process_time() - started:.1f}",
        ),
    )
    del backbone, model, lora, merged
    gc.collect()
