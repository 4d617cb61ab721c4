"""The label-budget lab of lesson 02: set the number of labels, read the curves at it."""

import ipywidgets
import numpy as np

from course_utils import figures
from course_utils.labs.lab import Lab, shown
from course_utils.transfer import features_of, label_efficiency, probe_accuracy, recorded_scratch
from course_utils.worlds import load_backbone, load_dataset

_SEEDS = range(3)
_TASKS = ("shapes", "photo-textures", "digits")
_PRETRAINED, _RANDOM, _SCRATCH = "pretrained, frozen", "random, frozen", "from scratch"

Rows = list[dict[str, object]]


def budget_rows(task: str) -> Rows:
    """The three curves of one task: probes measured now, scratch as recorded, at the recorded budgets."""
    rows: Rows = list(recorded_scratch(task))
    budgets = sorted({int(str(r["labels"])) for r in rows})
    dataset = load_dataset(task)
    for method, weights in ((_PRETRAINED, "pretrained"), (_RANDOM, None)):
        features = features_of(load_backbone("embedded", weights=weights), dataset)
        rows += [
            {"method": method, "labels": n, "seed": s, "accuracy": probe_accuracy(features, dataset, n, s)}
            for n in budgets
            for s in _SEEDS
        ]
    return rows


def mean_curves(rows: Rows) -> tuple[list[int], dict[str, list[float]]]:
    """The budgets, and each method's mean accuracy (0..1) at every one of them."""
    budgets = sorted({int(str(r["labels"])) for r in rows})
    cells: dict[tuple[str, int], list[float]] = {}
    for r in rows:
        cells.setdefault((str(r["method"]), int(str(r["labels"]))), []).append(float(str(r["accuracy"])))
    methods = sorted({method for method, _ in cells})
    return budgets, {m: [float(np.mean(cells[m, n])) for n in budgets] for m in methods}


def sentence(rows: Rows, labels: int) -> str:
    """What the curves say at one budget, in words."""
    budgets, curves = mean_curves(rows)
    i = budgets.index(labels)
    factor = label_efficiency(budgets, curves[_PRETRAINED], curves[_SCRATCH], at=labels)
    worth = f"more than {budgets[-1] / labels:.0f}" if np.isinf(factor) else f"about {factor:.1f}"
    return (
        f"With {labels} labels per class: pretrained {curves[_PRETRAINED][i]:.0%}, random {curves[_RANDOM][i]:.0%}, "
        f"from scratch {curves[_SCRATCH][i]:.0%}. One label on the pretrained network is worth {worth} from scratch."
    )


def label_budget() -> Lab:
    """Choose a task and a number of labels per class; see the three curves and what they say there."""
    rows = {_TASKS[0]: budget_rows(_TASKS[0])}
    default = figures.label_budget(rows[_TASKS[0]], title=f"Label budget: {_TASKS[0]}")
    budgets, _ = mean_curves(rows[_TASKS[0]])
    task = ipywidgets.Dropdown(options=_TASKS, description="Task")
    labels = ipywidgets.SelectionSlider(
        options=budgets, value=budgets[1], description="Labels", continuous_update=False
    )
    picture, words = ipywidgets.HTML(shown(default)), ipywidgets.HTML(sentence(rows[_TASKS[0]], budgets[1]))

    def change_task(_: object) -> None:
        if task.value not in rows:
            words.value = "Measuring the probes on this task ..."
            rows[task.value] = budget_rows(task.value)
        picture.value = shown(figures.label_budget(rows[task.value], title=f"Label budget: {task.value}"))
        labels.options = mean_curves(rows[task.value])[0]
        change_labels(None)

    def change_labels(_: object) -> None:
        words.value = sentence(rows[task.value], labels.value)

    task.observe(change_task, "value")
    labels.observe(change_labels, "value")
    return Lab(ipywidgets.VBox([ipywidgets.HBox([task, labels]), words, picture]), default)
