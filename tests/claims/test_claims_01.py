"""Lesson 01's claims, over the three pretraining runs of the embedded backbone, draws of labels and random networks.

Every seed is one measurement: another draw of labels, another pretrained run in turn, another random network.
Nothing is chosen here, so all held-out pictures count, validation and test: of faces there are not many. Three
settings of the pretraining were once chosen on the far targets' validation parts (`backbones/pretraining_recipes.py`).
"""

from functools import lru_cache

import numpy as np
import pytest

from course_utils.backbones import load_backbone
from course_utils.data import Split, load_dataset
from course_utils.inspection import filter_selectivity, first_layer_filters, probe_blocks

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
    parts = dataset.validation, dataset.test
    held_out = Split(np.concatenate([p.inputs for p in parts]), np.concatenate([p.labels for p in parts]))
    accuracies: dict[str, list[float]] = {block: [] for block in BLOCKS}
    for seed in SEEDS:
        draws = range(4 * seed, 4 * seed + 4)
        rows = probe_blocks(network(seed, weights), dataset.train, held_out, per_class=20, seeds=draws)
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


#: Points by which pretrained features must lead. Handwritten digits are so easy that behind the last block of a random
#: network nearly as much of them can be read, and there a lead of any size will do.
LEAD = {(task, block): 1 for task in TASKS for block in BLOCKS} | {("digits", "block4"): 0}


@pytest.mark.parametrize("task", TASKS)
def test_01b_pretrained_features_beat_random_ones_at_every_block(claims_table, task):
    pretrained, random = probes(task, "pretrained"), probes(task, None)
    leads = {}
    for block in BLOCKS:
        what, needed = f"{task}, {block}: pretrained minus random", f"above {LEAD[task, block]}"
        leads[block] = claims_table.add("01b", what, pretrained[block] - random[block], needed, " pts")
    assert all(leads[block] > LEAD[task, block] for block in BLOCKS)


def selective_percent(seed: int, weights: str | None) -> float:
    rows = filter_selectivity(first_layer_filters(network(seed, weights)))
    return 100 * float(np.mean([row["selective"] for row in rows]))


def test_01c_first_layer_filters_are_selective_far_more_often_than_random_ones(claims_table):
    pretrained = [selective_percent(seed, "pretrained") for seed in range(RUNS)]
    random = [selective_percent(seed, None) for seed in range(20)]
    claims_table.add("01c", "selective filters, random", random, "", " %")
    lowest = claims_table.add("01c", "selective filters, pretrained", pretrained, "at least 3x the random mean", " %")
    assert lowest >= 3 * np.mean(random)
    assert min(pretrained) > max(random), "every pretrained network above every random one"
