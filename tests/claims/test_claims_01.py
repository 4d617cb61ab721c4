"""Claims of lesson 01 and its appendix, over three pretraining runs, draws of labels and random networks.

Every seed is one measurement: another draw of labels, another pretrained run in turn, another random network. All are
made on test pictures alone: nothing is chosen here, but three settings of the pretraining were once chosen on the far
targets' validation parts (`backbones/pretraining_recipes.py`).
"""

from functools import lru_cache

import keras
import numpy as np
import pytest

from course_utils.backbones import load_backbone
from course_utils.data import load_dataset
from course_utils.inspection import filter_selectivity, first_layer_filters, probe_blocks
from course_utils.transfer import extract_features, linear_probe, shift_and_flip, train

pytestmark = pytest.mark.claims
SEEDS = range(6)
RUNS = 3
TASKS = ("source-sample", "shapes", "photo-textures", "digits", "tissue", "faces")
BLOCKS = ("block1", "block2", "block3", "block4")


def network(seed: int, weights: str | None):
    """Return the pretraining runs in turn, or random weights that differ with each seed."""
    return load_backbone("embedded", seed=seed if weights is None else seed % RUNS, weights=weights)


@lru_cache(maxsize=32)
def probes(task: str, weights: str | None) -> dict[str, np.ndarray]:
    """Accuracy in points behind every block with 20 labels per class: block -> one number per seed, from four draws."""
    dataset = load_dataset(task)
    accuracies: dict[str, list[float]] = {block: [] for block in BLOCKS}
    for seed in SEEDS:
        draws = range(4 * seed, 4 * seed + 4)
        rows = probe_blocks(network(seed, weights), dataset.train, dataset.test, per_class=20, seeds=draws)
        for block, found in accuracies.items():
            found.append(100 * float(np.mean([row["accuracy"] for row in rows if row["block"] == block])))
    return {block: np.array(found) for block, found in accuracies.items()}


def test_01a_depth_gains_more_on_the_source_than_on_the_far_target(claims_table):
    on_source, on_far = probes("source-sample", "pretrained"), probes("photo-textures", "pretrained")
    gain = (on_source["block4"] - on_source["block1"]) - (on_far["block4"] - on_far["block1"])
    claims_table.add("01a", "source: block 4 minus block 1", on_source["block4"] - on_source["block1"], "", " pts")
    claims_table.add("01a", "photo-textures: block 4 minus block 1", on_far["block4"] - on_far["block1"], "", " pts")
    mean = claims_table.add("01a", "gain on the source minus gain on the far target", gain, "at least 20", " pts")
    assert mean >= 20
    assert gain.min() > 0, "on every seed, not only on average"


#: Where pretrained features lead on average, but not on every seed by a point: the last block on two easy tasks, which
#: random features serve nearly as well, and two cells in which six seeds scatter more widely than the lead.
NARROW = {("digits", "block4"), ("faces", "block4"), ("tissue", "block2"), ("photo-textures", "block1")}


@pytest.mark.parametrize("task", TASKS)
def test_01b_pretrained_features_beat_random_ones_at_every_block(claims_table, task):
    pretrained, random = probes(task, "pretrained"), probes(task, None)
    for block in BLOCKS:
        lead = pretrained[block] - random[block]
        narrow = (task, block) in NARROW
        needed = "above 0 on average" if narrow else "above 1 on every seed"
        claims_table.add("01b", f"{task}, {block}: pretrained minus random", lead, needed, " pts")
        assert lead.mean() > 0
        assert narrow or lead.min() > 1


def selective_percent(seed: int, weights: str | None, kind: str) -> float:
    rows = filter_selectivity(first_layer_filters(network(seed, weights)))
    return 100 * float(np.mean([row[kind] for row in rows]))


@pytest.mark.parametrize("kind", ["oriented", "coloured", "selective"])
def test_01c_first_layer_filters_are_selective_far_more_often_than_random_ones(claims_table, kind):
    """For an orientation, for a colour, and for either."""
    pretrained = [selective_percent(seed, "pretrained", kind) for seed in range(RUNS)]
    random = [selective_percent(seed, None, kind) for seed in range(20)]
    claims_table.add("01c", f"{kind} filters, random", random, "", " %")
    lowest = claims_table.add("01c", f"{kind} filters, pretrained", pretrained, "at least 3x the random mean", " %")
    assert lowest >= 3 * np.mean(random)
    assert min(pretrained) > max(random), "every pretrained network above every random one"


def test_01d_a_frozen_network_needs_a_fitted_head(claims_table):
    """Four random blocks, frozen: the head that 20 epochs leave, and one that is fitted to the end."""
    far, trained, fitted = load_dataset("photo-textures"), [], []
    for seed in range(5):
        few, body = far.train.few(20, seed=seed), network(seed, None)
        body.trainable = False
        head = keras.layers.Dense(far.num_classes, activation="softmax")
        model = keras.Sequential([body, keras.layers.GlobalAveragePooling2D(), head])
        model.compile(keras.optimizers.AdamW(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
        train(model, few, epochs=20, augment=shift_and_flip, seed=seed)
        named = np.argmax(model(far.test.inputs, training=False), axis=1)
        trained.append(100 * float(np.mean(named == far.test.labels)))
        probe = linear_probe(extract_features(body, few.inputs), few.labels)
        fitted.append(100 * float(probe.score(extract_features(body, far.test.inputs), far.test.labels)))
    claims_table.add("01d", "four random blocks, frozen: head as trained", trained, "", " %")
    gain = claims_table.add("01d", "fitted minus trained head", np.subtract(fitted, trained), "at least 10", " pts")
    assert gain >= 10
    assert np.subtract(fitted, trained).min() > 0
