"""Fine-tuning runs that several claims share: five draws of labels over the three pretraining runs in turn."""

from dataclasses import replace
from functools import cache, lru_cache
from typing import Literal

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


@cache
def before(task: str, labels: int) -> np.ndarray:
    """Source accuracy in points before anything was fine-tuned, one per seed."""
    accuracies = []
    for seed in SEEDS:
        ft = fine_tuning(task, labels, seed % 3)
        ft.prepare(HASTY, seed)
        accuracies.append(100 * ft.accuracies()["source"])
    return np.array(accuracies)


def shifted(images: np.ndarray) -> np.ndarray:
    """Return the same pictures in a different light: less contrast, brighter, with the noise of a poor sensor."""
    noise = np.random.default_rng(0).normal(0, 12, images.shape)
    return np.clip(0.55 * (images.astype(float) - 127.5) + 165 + noise, 0, 255).astype(np.uint8)


def target_accuracy(ft: FineTuning, images: np.ndarray) -> float:
    kernel, bias = ft.model.get_layer("target_head").get_weights()
    logits = extract_features(ft.network, images) @ kernel + bias
    return 100 * float((logits.argmax(1) == ft.target.test.labels).mean())


@cache
def beginning_with(head: Literal["probe", "random"]) -> dict[str, np.ndarray]:
    """Test accuracy in points after runs from this head, of ``target``, ``source`` and ``shifted`` target pictures."""
    found: dict[str, list[float]] = {"target": [], "source": [], "shifted": []}
    for seed in SEEDS:
        ft = fine_tuning("photo-textures", 40, seed % 3)
        run = ft.run(replace(HASTY, learning_rate=3e-4, head=head), seed)
        assert run["outcome"] == "done", "no claim rests on a run that diverged"
        for task in ("target", "source"):
            found[task].append(100 * run[task])
        found["shifted"].append(target_accuracy(ft, shifted(ft.target.test.inputs)))
    return {what: np.array(accuracies) for what, accuracies in found.items()}
