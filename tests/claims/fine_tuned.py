"""Fine-tuning runs that several claims share: five draws of labels over the three pretraining runs in turn."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from course_utils.experiments import FineTuning, Recipe
from course_utils.transfer import extract_features

SEEDS = range(5)
#: A hundred scans of each kind, a hundred steps of a rate that is too high: much to lose, and much to save.
HASTY = Recipe(learning_rate=1e-3, steps=100)
GENTLE = replace(HASTY, learning_rate=1e-4)


@lru_cache(maxsize=8)
def fine_tuning(task: str, labels: int, pretraining: int, lora_rank: int | None = None) -> FineTuning:
    return FineTuning(task, labels, backbone_seed=pretraining, lora_rank=lora_rank)


@lru_cache(maxsize=256)
def one(task: str, labels: int, recipe: Recipe, seed: int, lora_rank: int | None = None) -> dict:
    run = fine_tuning(task, labels, seed % 3, lora_rank).run(recipe, seed)
    assert run["outcome"] == "done", "no claim rests on a run that diverged"
    return run


def points(column: str, task: str, labels: int, recipe: Recipe, lora_rank: int | None = None) -> np.ndarray:
    """Test accuracy in points, of ``target`` or ``source``, one per seed."""
    return np.array([100 * one(task, labels, recipe, seed, lora_rank)[column] for seed in SEEDS])


def features(task: str, labels: int) -> np.ndarray:
    """Test accuracy in points of a linear probe on the frozen features of the same labels."""
    accuracies = []
    for seed in SEEDS:
        ft = fine_tuning(task, labels, seed % 3)
        ft.network.set_weights(ft.start)
        test = ft.target.test
        accuracies.append(100 * ft.probe(seed).score(extract_features(ft.network, test.inputs), test.labels))
    return np.array(accuracies)
