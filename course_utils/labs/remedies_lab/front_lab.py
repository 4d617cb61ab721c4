"""Lesson 06's front: every recorded setting of every remedy, what it keeps, learns and costs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.experiments.fair_front import METHODS
from course_utils.figures.tables import Rows
from course_utils.figures.words import scientific

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("front_lab.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (Path(__file__).with_name("front_lab.css"),)
TASKS = ("source", "target")
CURRENCIES = tuple(TABLE["by"])
_COSTS = TABLE["costs"]
_FLOAT, _MB = 4, 1e6  # bytes of a weight, and of a megabyte


def setting_key(method: str, strength: float, learning_rate: float) -> str:
    """Return the name of a setting, such as ``rehearsal/0.12/3e-4`` or ``plain/3e-4``; as a link writes it."""
    parts = [method.replace(" ", "-"), *([f"{strength:g}"] if strength else []), scientific(learning_rate)]
    return "/".join(parts)


#: Every setting that was recorded, by name.
SETTINGS: dict[str, tuple[str, float, float]] = {
    setting_key(method, strength, rate): (method, strength, rate)
    for method, tuned in METHODS.items()
    for strength in tuned.strengths
    for rate in tuned.rates
}


def cost(method: str, strength: float) -> dict[str, float]:
    """Return what a setting costs, as lesson 06 counts it; the network's numbers are in the lab's table.

    Returns:
        ``work``: multiplications for a new picture, where plain fine-tuning needs 1. ``megabytes``: what is kept
        beside the network. ``pictures``: how many old ones are kept.
    """
    work, copies, pictures = 1.0, {"l2-sp": 1, "ewc": 2, "wise-ft": 1}.get(method, 0), 0
    megabytes = copies * _FLOAT * _COSTS["weights"] / _MB
    if method == "freezing":
        work = _COSTS["multiplications"][f"{strength:g}"] / max(_COSTS["multiplications"].values())
    elif method == "rehearsal":
        work, megabytes, pictures = 1 / (1 - strength), _COSTS["old_bytes"] / _MB, _COSTS["old_pictures"]
    elif method == "lora":
        megabytes = _FLOAT * _COSTS["lora_weights"][f"{strength:g}"] / _MB
    return {"work": round(work, 3), "megabytes": round(megabytes, 3), "pictures": pictures}


def code(method: str, strength: float, learning_rate: float) -> str:
    """Return the lines that run a setting for real in lesson 06, on one seed."""
    rank = f", lora_rank={strength:g}" if method == "lora" else ""
    recipe = [f"learning_rate={scientific(learning_rate)}"]
    recipe += [] if method == "head first" else ['head="random"']
    recipe += {
        "freezing": [f"blocks={strength:g}"],
        "rehearsal": [f"rehearsal={strength:g}"],
        "l2-sp": ['penalty="l2-sp"', f"strength={strength:g}"],
        "ewc": ['penalty="ewc"', f"strength={strength:g}"],
    }.get(method, [])
    lines = [
        f'ft = experiments.FineTuning("scans", per_class=100{rank})',
        f"recipe = experiments.Recipe({', '.join(recipe)})",
        "for _ in ft.prepare(recipe, 0).events():",
        "    pass",
    ]
    if method == "wise-ft":
        lines.append(f"ft.average(ft.model.get_weights(), {strength:g})")
    return "\n".join([*lines, 'print(ft.accuracies("validation"))'])


def page_data(rows: Rows, missing: str = "") -> dict[str, Any]:
    """Return what the page needs to show the front, as plain data: about 20 kB as JSON.

    Args:
        rows: of the recording ``front-scans``.
        missing: why there are no rows, in words.
    """
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(setting_key(row["method"], row["strength"], row["learning_rate"]), []).append(row)
    return {
        "settings": [_setting(key, grouped[key]) for key in SETTINGS if key in grouped],
        "seeds": len({row["seed"] for row in rows}),
        "missing": missing,
        "table": TABLE,
    }


def _setting(key: str, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a setting's mean, lowest and highest validation accuracy on both tasks, its cost and its code."""
    method, strength, rate = SETTINGS[key]
    ends = {task: [run[f"validation_{task}"] for run in runs] for task in TASKS}
    return {
        "key": key,
        "method": method,
        "strength": strength,
        "learning_rate": rate,
        **{task: [round(float(np.mean(seen)), 4), min(seen), max(seen)] for task, seen in ends.items()},
        **cost(method, strength),
        "code": code(method, strength, rate),
    }
