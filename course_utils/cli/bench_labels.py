"""What transfer saves in labels: linear probes against recorded runs from scratch, on test."""

from collections.abc import Iterator
from math import isinf
from typing import TYPE_CHECKING, Any

from course_utils.cli.bench_rows import BenchRatio, Measured

if TYPE_CHECKING:  # heavy, and imported only by the measurements that need it
    from course_utils.data import Dataset
    from course_utils.experiments.budgets import TaskFeatures


def near_target() -> Iterator[Measured]:
    """Measure new shapes, 5 labels per class: transfer against scratch, in points and in labels."""
    yield from _embedded("near", "shapes", least_points=50, least_factor=20)


def far_target() -> Iterator[Measured]:
    """Measure the same on real textures."""
    yield from _embedded("far", "photo-textures", least_points=0, least_factor=3)


def far_target_for_lite0() -> Iterator[Measured]:
    """Measure the same for ImageNet's network: its probe and the runs from scratch both see 96 pixels."""
    from course_utils import load_backbone, load_dataset
    from course_utils.experiments import features_of, recorded

    dataset = load_dataset("photo-textures", image_size=96)
    lite0 = features_of(load_backbone("efficientnet_lite0", image_size=96), dataset)
    scratch = recorded("scratch-photo-textures-96")
    yield from _transfer_against_scratch("far-lite0", dataset, [lite0], scratch, least_points=0, least_factor=3)


def _embedded(name: str, target: str, least_points: float, least_factor: float) -> Iterator[Measured]:
    """Compare the backbones of all pretraining seeds with scratch."""
    from course_utils import load_backbone, load_dataset
    from course_utils.experiments import features_of, recorded_scratch

    dataset = load_dataset(target)
    features = [features_of(load_backbone("embedded", seed=seed), dataset) for seed in range(3)]
    yield from _transfer_against_scratch(name, dataset, features, recorded_scratch(target), least_points, least_factor)


def _transfer_against_scratch(
    name: str,
    dataset: "Dataset",
    features: "list[TaskFeatures]",
    recorded: list[dict[str, Any]],
    least_points: float,
    least_factor: float,
) -> Iterator[Measured]:
    import numpy as np

    from course_utils.experiments import band, label_efficiency, probe_accuracy

    budgets = sorted({row["labels"] for row in recorded})
    seeds = sorted({row["seed"] for row in recorded})
    by_seed = {(row["labels"], row["seed"]): row["accuracy"] for row in recorded}
    scratch = np.array([[by_seed[n, seed] for n in budgets] for seed in seeds])
    transfer = np.array(
        [[probe_accuracy(features[seed % len(features)], dataset, n, seed) for n in budgets] for seed in seeds]
    )
    five = budgets.index(5)
    gain = transfer[:, five].mean() - scratch[:, five].mean()
    points = f"{100 * gain:+.1f} points"
    bands = (f"{low:.3f} to {high:.3f}" for _, low, high in (band(transfer[:, five]), band(scratch[:, five])))
    yield BenchRatio(
        f"{name}-points",
        float(transfer[:, five].mean()),
        "accuracy of transfer",
        float(scratch[:, five].mean()),
        "of scratch",
        least=float(1 + least_points / 100 / scratch[:, five].mean()),
        note=f"{dataset.name}, 5 labels per class, {len(seeds)} seeds: {points}; {' against '.join(bands)}",
    )
    for n in [n for n in (1, 5) if n in budgets]:
        whole = label_efficiency(budgets, list(transfer.mean(0)), list(scratch.mean(0)), at=n)
        pairs = zip(transfer, scratch, strict=True)
        each = sorted(label_efficiency(budgets, list(one), list(other), at=n) for one, other in pairs)
        most = budgets[-1] / n  # what scratch was given: a factor beyond it is only known to be larger
        shown = [f"over {most:.3g}" if isinf(one) else f"{one:.3g}" for one in (each[0], each[-1])]
        note = f"{dataset.name}, seed by seed {shown[0]} to {shown[1]} times"
        yield BenchRatio(
            f"{name}-labels-{n}",
            n * min(whole, most),
            "labels that scratch needs",
            n,
            "that transfer has",
            least=least_factor,
            note=f"{note}; scratch never reached it, trained as recorded: a lower bound for this recipe"
            if isinf(whole)
            else note,
        )
