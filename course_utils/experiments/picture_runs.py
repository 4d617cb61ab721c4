"""What is recorded about pictures: label budgets, fine-tuning, forgetting and its remedies, strategies, sweeps."""

from functools import lru_cache
from itertools import product

from course_utils.backbones import load_backbone
from course_utils.backbones.embedded import build_embedded
from course_utils.data import load_dataset
from course_utils.experiments import (
    LORA_RANK,
    RATES,
    REMEDIES,
    FineTuning,
    Recipe,
    features_of,
    probe_accuracy,
    remedy,
    scratch_accuracy,
    tuned_fine_tuning,
    tuned_scratch,
)
from course_utils.experiments.budgets import TaskFeatures
from course_utils.experiments.experiment import Experiment, ExperimentCell, Row
from course_utils.experiments.fair_front import METHODS, tuned_rows
from course_utils.experiments.finetuning import HeadStart
from course_utils.experiments.ranks import measure_rank, rank_cells
from course_utils.experiments.schedules import SCHEDULE_RATES, SCHEDULES, run_schedule
from course_utils.experiments.sequences import WAYS, one_after_another
from course_utils.experiments.strategies import REUSING, SCRATCH, Strategies
from course_utils.experiments.surgical import (
    HEAD_ALONE,
    NOISY_SOURCE,
    SURGICAL_RATES,
    UNFROZEN,
    noisy_copy,
    unfreeze_and_measure,
)
from course_utils.experiments.sweeps import measure_setting, sweep_cells
from course_utils.experiments.usual_recipe import usual_recipe
from course_utils.transfer import extract_features

SEEDS = range(5)
#: Source pictures per class that a new head for the source task is fitted on: all that ship for training.
REFITTED = 40


def _budgets(budgets: tuple[int, ...]) -> tuple[ExperimentCell, ...]:
    return tuple({"labels": labels, "seed": seed} for labels in budgets for seed in SEEDS)


def _scratch(task: str, budgets: tuple[int, ...], image_size: int | None = None) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        accuracy = scratch_accuracy(load_dataset(task, image_size=image_size), cell["labels"], cell["seed"])
        return [{"method": "from scratch", **cell, "accuracy": accuracy}]

    return Experiment(_budgets(budgets), measure, ("accuracy",))


@lru_cache(maxsize=2)
def _features(task: str, weights: str | None) -> TaskFeatures:
    return features_of(load_backbone("embedded", weights=weights), load_dataset(task))


def _probes(task: str, budgets: tuple[int, ...]) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        return [
            {
                "method": method,
                **cell,
                "accuracy": probe_accuracy(_features(task, weights), load_dataset(task), cell["labels"], cell["seed"]),
            }
            for method, weights in (("pretrained, frozen", "pretrained"), ("random, frozen", None))
        ]

    return Experiment(_budgets(budgets), measure, ("accuracy",))


@lru_cache(maxsize=12)  # three pretraining runs, each without LoRA and with three ranks of it
def _fine_tuning(task: str, labels: int, lora_rank: int | None = None, backbone_seed: int = 0) -> FineTuning:
    target = noisy_copy(load_dataset("source")) if task == NOISY_SOURCE else load_dataset(task)
    return FineTuning(target, labels, lora_rank=lora_rank, backbone_seed=backbone_seed)


def _depth_rate_map(task: str, labels: int) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        recipe = Recipe(blocks=cell["blocks"], learning_rate=cell["learning_rate"])
        return [_fine_tuning(task, labels).run(recipe, cell["seed"], every=10)]

    cells = [
        {"blocks": blocks, "learning_rate": rate, "seed": seed}
        for blocks in range(5)
        for rate in RATES
        for seed in SEEDS
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

    return Experiment(_budgets(budgets), measure, ("accuracy",))


def _equal_effort_scratch(task: str, budgets: tuple[int, ...]) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        return [{"method": "from scratch", **cell, **tuned_scratch(load_dataset(task), cell["labels"], cell["seed"])}]

    return Experiment(_budgets(budgets), measure, ("accuracy",))


def _equal_effort_fine_tuning(task: str, budgets: tuple[int, ...]) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        labels, seed = cell["labels"], cell["seed"]
        ft = _fine_tuning(task, labels, backbone_seed=seed % 3)
        return [{"method": "fine-tuned", **cell, **tuned_fine_tuning(ft, seed)}]

    return Experiment(_budgets(budgets), measure, ("accuracy",))


def _usual_recipes(networks: tuple[str, ...]) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        return [{**cell, **row} for row in usual_recipe(**cell)]

    cells = [{"network": network, "seed": seed} for network in networks for seed in SEEDS]
    return Experiment(tuple(cells), measure, ("accuracy",))


def _unfrozen(task: str, labels: int, head: HeadStart = "probe") -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        ft = _fine_tuning(task, labels, backbone_seed=cell["seed"] % 3)
        return [{**cell, **unfreeze_and_measure(ft, head, **cell)}]

    choices = [name for name in UNFROZEN if name.endswith("alone")] + ["everything"]
    settings = [(HEAD_ALONE, 0.0), *product(choices, SURGICAL_RATES)]
    cells = [{"setting": setting, "learning_rate": rate, "seed": s} for s in SEEDS for setting, rate in settings]
    return Experiment(tuple(cells), measure, ("target",))


def _schedules(task: str, labels: int) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        return [{**cell, **run_schedule(_fine_tuning(task, labels), **cell)}]

    cells = [
        {"schedule": schedule, "learning_rate": rate, "seed": seed}
        for seed in SEEDS
        for schedule in SCHEDULES
        for rate in SCHEDULE_RATES
    ]
    return Experiment(tuple(cells), measure, ("target", "source"))


def _lost_or_misread(task: str, labels: int) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        network, rate, seed = cell["network"], cell["learning_rate"], cell["seed"]
        ft = _fine_tuning(task, labels, backbone_seed=seed % 3)
        ft.prepare(Recipe(), seed)
        if network == "fine-tuned":
            ft.result(Recipe(learning_rate=rate), seed)
        backbone = build_embedded(seed) if network == "random" else ft.network
        features = features_of(backbone, ft.source)
        kernel, bias = ft.model.get_layer("source_head").get_weights()
        old = float(((features["test"] @ kernel + bias).argmax(1) == ft.source.test.labels).mean())
        return [{**cell, "old_head": old, "new_head": probe_accuracy(features, ft.source, REFITTED, seed)}]

    networks = [("pretrained", 0.0), ("random", 0.0), *(("fine-tuned", rate) for rate in RATES)]
    cells = [{"network": network, "learning_rate": rate, "seed": s} for s in SEEDS for network, rate in networks]
    return Experiment(tuple(cells), measure, ("new_head",))


def _fair_front(task: str, labels: int) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        def start(lora_rank: int | None) -> FineTuning:
            return _fine_tuning(task, labels, lora_rank, cell["seed"] % 3)

        return [{**cell, **row} for row in tuned_rows(start, **cell)]

    cells = [
        {"method": method, "learning_rate": rate, "seed": seed}
        for seed in SEEDS
        for method, tuned in METHODS.items()
        for rate in tuned.rates
    ]
    return Experiment(tuple(cells), measure, ("target", "source"))


def _ranks(task: str, labels: int) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        def start(lora_rank: int | None) -> FineTuning:
            return _fine_tuning(task, labels, lora_rank, cell["seed"] % 3)

        return [{**cell, **measure_rank(start, **cell)}]

    return Experiment(rank_cells(SEEDS), measure, ("target", "source"))


def _sequences() -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        return [{**cell, **one_after_another(**cell)}]

    cells = [
        {"way": way, "learning_rate": rate, "seed": seed}
        for seed in SEEDS
        for way, rates in WAYS.items()
        for rate in rates
    ]
    return Experiment(tuple(cells), measure, ("average_accuracy",))


@lru_cache(maxsize=3)  # the pretraining runs of one task
def _ways(task: str, backbone_seed: int) -> Strategies:
    return Strategies(task, backbone_seed)


@lru_cache(maxsize=1)
def _real_ways(task: str) -> Strategies:
    return Strategies(load_dataset(task, image_size=96), backbone="efficientnet_lite0")


def _strategies(task: str, budgets: tuple[int, ...], *, real: bool = False) -> Experiment:
    def measure(cell: ExperimentCell) -> list[Row]:
        ways = _real_ways(task) if real else _ways(task, cell["seed"] % 3)
        return [{**cell, **ways.run(**cell)}]

    tried = REUSING if real else (*REUSING, SCRATCH)
    cells = [{"strategy": s, "labels": n, "seed": seed} for s, seed, n in product(tried, SEEDS, budgets)]
    return Experiment(tuple(cells), measure, ("accuracy",))


def _sweep(task: str) -> Experiment:
    return Experiment(sweep_cells(task), lambda cell: measure_setting(task, cell), ("test",))


_SHAPES, _TEXTURES, _DIGITS = (1, 5, 20, 50, 100, 240), (1, 5, 10, 15, 20, 40, 150), (1, 5, 15, 20, 90)
_SCANS = (10, 50, 150)

PICTURE_EXPERIMENTS: dict[str, Experiment] = {
    "scratch-shapes": _scratch("shapes", _SHAPES),
    "scratch-photo-textures": _scratch("photo-textures", _TEXTURES),
    # As large as a network pretrained on photographs sees them. Validation pictures chose the rate and steps of the
    # small ones: with 150 labels, rates of 5e-4 and 3e-3 and twice the steps were no better in two seeds.
    "scratch-photo-textures-96": _scratch("photo-textures", (5, 20, 40, 150), image_size=96),
    "scratch-digits": _scratch("digits", _DIGITS),
    "scratch-scans": _equal_effort_scratch("scans", _SCANS),
    "tuned-scans": _equal_effort_fine_tuning("scans", _SCANS),
    "probes-shapes": _probes("shapes", _SHAPES),
    "probes-photo-textures": _probes("photo-textures", _TEXTURES),
    "probes-digits": _probes("digits", _DIGITS),
    "map-scans": _depth_rate_map("scans", 100),
    "remedies-scans": _remedies("scans", 100),
    "labels-scans": _features_or_fine_tuning("scans", (5, 10, 20, 50, 150, 500)),
    "labels-shapes": _features_or_fine_tuning("shapes", (5, 20, 100)),
    "schedules-scans": _schedules("scans", 100),
    "recipes-photo-textures": _usual_recipes(("efficientnet_lite0", "mobilenet_v2")),
    "unfrozen-scans": _unfrozen("scans", 100),
    "unfrozen-photo-textures": _unfrozen("photo-textures", 20),
    "unfrozen-noisy-source": _unfrozen(NOISY_SOURCE, 10, head="source"),
    "refitted-scans": _lost_or_misread("scans", 100),
    "front-scans": _fair_front("scans", 100),
    "ranks-scans": _ranks("scans", 100),
    "ranks-photo-textures": _ranks("photo-textures", 20),
    "sequences": _sequences(),
    "tuned-tissue": _equal_effort_fine_tuning("tissue", (20,)),
    "strategies-shapes": _strategies("shapes", (1, 5, 20, 50, 100)),
    "strategies-digits": _strategies("digits", (1, 5, 15, 20, 90)),
    "strategies-photo-textures": _strategies("photo-textures", (1, 5, 20, 40, 150)),
    "strategies-tissue": _strategies("tissue", (1, 5, 20, 50, 150)),
    # Two tasks that the advisor never sees, so that it can be tested on them.
    "strategies-scans": _strategies("scans", _SCANS),
    "strategies-faces": _strategies("faces", (1, 5, 20)),
    # A network that has seen a million photographs, on a task that looks like them and on one that doesn't.
    "strategies-photo-textures-96": _strategies("photo-textures", (5, 20), real=True),
    "strategies-tissue-96": _strategies("tissue", (5, 20, 50), real=True),
    "labels-photo-textures": _features_or_fine_tuning("photo-textures", (5, 10, 20, 40, 150)),
    "sweep-scans": _sweep("scans"),
    "sweep-photo-textures": _sweep("photo-textures"),
}
