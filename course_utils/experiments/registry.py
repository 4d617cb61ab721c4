"""What is recorded: experiments too long for a lesson, each a list of cells that can be run again one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from course_utils.data import load_dataset
from course_utils.experiments import LORA_RANK, RATES, REMEDIES, FineTuning, Recipe, remedy, scratch_accuracy
from course_utils.transfer import extract_features

#: What a cell varies, such as ``{"labels": 5, "seed": 0}``.
ExperimentCell = dict[str, Any]
Row = dict[str, Any]

SEEDS = range(5)


@dataclass(frozen=True)
class Experiment:
    """Cells, and the function that measures one of them: a row, or several from a single run.

    ``accuracies`` names the columns that a run on another machine should reproduce within the band of the seeds.
    """

    cells: tuple[ExperimentCell, ...]
    measure: Callable[[ExperimentCell], list[Row]]
    accuracies: tuple[str, ...]


def _scratch(task: str, budgets: tuple[int, ...], image_size: int | None = None) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        accuracy = scratch_accuracy(load_dataset(task, image_size=image_size), cell["labels"], cell["seed"])
        return [{"method": "from scratch", **cell, "accuracy": accuracy}]

    return Experiment(
        tuple({"labels": labels, "seed": seed} for labels in budgets for seed in SEEDS), measure, ("accuracy",)
    )


@lru_cache(maxsize=4)
def _fine_tuning(task: str, labels: int, lora_rank: int | None = None, backbone_seed: int = 0) -> FineTuning:
    return FineTuning(task, labels, lora_rank=lora_rank, backbone_seed=backbone_seed)


def _depth_rate_map(task: str, labels: int) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        recipe = Recipe(blocks=cell["blocks"], learning_rate=cell["learning_rate"])
        return [_fine_tuning(task, labels).run(recipe, cell["seed"], every=10)]

    cells = [
        {"blocks": blocks, "learning_rate": rate, "seed": seed}
        for blocks in range(5)
        for rate in RATES
        for seed in range(3)
    ]
    return Experiment(tuple(cells), measure, ("target", "source"))


def _remedies(task: str, labels: int) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        method, setting, seed = cell["method"], cell["setting"], cell["seed"]
        ft = _fine_tuning(task, labels, LORA_RANK if method == "lora" else None)
        row = ft.run(remedy(method, setting), seed, every=10)
        if method == "wise-ft":
            ft.average(ft.model.get_weights(), setting)
            row |= {**ft.measured(), "curve": []}
        return [{**row, "method": method, "setting": setting}]

    cells = [
        {"method": method, "setting": setting, "seed": seed}
        for method, settings in REMEDIES.items()
        for setting in settings
        for seed in SEEDS
    ]
    return Experiment(tuple(cells), measure, ("target", "source"))


def _features_or_fine_tuning(task: str, budgets: tuple[int, ...]) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        labels, seed = cell["labels"], cell["seed"]
        ft = _fine_tuning(task, labels, backbone_seed=seed % 3)
        ft.network.set_weights(ft.start)
        test = ft.target.test
        features = float(ft.probe(seed).score(extract_features(ft.network, test.inputs), test.labels))
        steps = min(300, max(60, 20 * labels * ft.target.num_classes // 32))
        runs = [ft.run(Recipe(learning_rate=rate, steps=steps), seed, every=steps) for rate in (1e-4, 3e-4)]
        chosen = max(runs, key=lambda run: run["validation_target"])  # a rate is chosen on validation pictures
        return [
            {"method": "features", **cell, "accuracy": features},
            {"method": "fine-tuned", **cell, "accuracy": chosen["target"]},
        ]

    return Experiment(
        tuple({"labels": labels, "seed": seed} for labels in budgets for seed in SEEDS), measure, ("accuracy",)
    )


EXPERIMENTS: dict[str, Experiment] = {
    "scratch-shapes": _scratch("shapes", (1, 5, 20, 50, 100, 240)),
    "scratch-photo-textures": _scratch("photo-textures", (1, 5, 10, 15, 20, 40, 150)),
    # As large as a network pretrained on photographs sees them. Validation pictures chose the rate and steps of the
    # small ones: with 150 labels, rates of 5e-4 and 3e-3 and twice the steps were no better in two seeds.
    "scratch-photo-textures-96": _scratch("photo-textures", (5, 20, 40, 150), image_size=96),
    "scratch-digits": _scratch("digits", (1, 5, 15, 20, 90)),
    "map-scans": _depth_rate_map("scans", 100),
    "remedies-scans": _remedies("scans", 100),
    "labels-scans": _features_or_fine_tuning("scans", (5, 10, 20, 50, 150, 500)),
    "labels-photo-textures": _features_or_fine_tuning("photo-textures", (5, 10, 20, 40, 150)),
}
