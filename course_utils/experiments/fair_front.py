"""The remedies against forgetting on equal terms: one start, and for each its rate and its strength tuned alike."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.experiments.finetuning import FineTuning, Recipe

_Row = Mapping[str, Any]


@dataclass(frozen=True)
class Tuned:
    """What one method is tuned over: every rate with every strength (0: the method has none)."""

    rates: tuple[float, ...]
    strengths: tuple[float, ...] = (0,)


#: All methods start with a random head, which puts most of the source at risk; only ``"head first"`` starts with a
#: fitted one. Strengths: blocks left to train, the share of old pictures in a batch, a penalty's strength, the rank of
#: the updates, the share of the fine-tuned weights in the average. The grids were wider in a first look at one or two
#: seeds; what was far from plain fine-tuning there, on validation pictures of the target, was left out.
METHODS: dict[str, Tuned] = {
    "plain": Tuned((1e-4, 2e-4, 3e-4, 5e-4, 1e-3)),
    "head first": Tuned((1e-4, 3e-4, 1e-3)),
    "freezing": Tuned((3e-4, 1e-3), (2, 3)),
    "rehearsal": Tuned((3e-4, 1e-3), (0.06, 0.12, 0.25, 0.5)),
    "l2-sp": Tuned((3e-4, 1e-3), (0.01, 0.1)),
    "ewc": Tuned((3e-4, 1e-3), (10, 100, 1000)),
    "lora": Tuned((1e-3, 3e-3), (4, 16, 64)),
    "wise-ft": Tuned((3e-4, 5e-4), (0.5, 0.75, 0.9)),
}


def tuned_recipe(method: str, learning_rate: float, strength: float) -> Recipe:
    """Return the recipe of one setting; LoRA's updates and WiSE-FT's average are not part of a recipe."""
    if method == "head first":
        return Recipe(learning_rate=learning_rate)
    recipe = {"learning_rate": learning_rate, "head": "random"}
    if method == "freezing":
        recipe["blocks"] = int(strength)
    elif method == "rehearsal":
        recipe["rehearsal"] = strength
    elif method in ("l2-sp", "ewc"):
        recipe |= {"penalty": method, "strength": strength}
    return Recipe(**recipe)  # type: ignore[arg-type]


def tuned_rows(
    start: Callable[[int | None], FineTuning], method: str, learning_rate: float, seed: int
) -> Iterator[_Row]:
    """Run one method at one rate with each of its strengths.

    Args:
        start: returns the experiment for a LoRA rank, or for ``None`` the one without updates.
        method: a key of ``METHODS``.
        learning_rate: of AdamW.
        seed: draws the labels, the pictures to rehearse and their order.

    Yields:
        ``strength``; and ``target``, ``source``, ``validation_target`` and ``validation_source``, each 0..1.
    """
    strengths = METHODS[method].strengths
    if method == "wise-ft":  # one run, averaged several times
        ft = start(None)
        ft.result(tuned_recipe(method, learning_rate, 1), seed)
        after = ft.model.get_weights()
        for share in strengths:
            ft.average(after, share)
            yield {"strength": share, **ft.measured()}
        return
    for strength in strengths:
        ft = start(int(strength) if method == "lora" else None)
        yield {"strength": strength, **ft.result(tuned_recipe(method, learning_rate, strength), seed)}


def at_equal_target(rows: Sequence[_Row], within: float = 0.01) -> dict[str, list[_Row]]:
    """Choose for each method the setting that keeps most of the source at equal target accuracy.

    Validation pictures choose. The goal is the target accuracy of plain fine-tuning at its best rate. A setting
    qualifies if it comes within ``within`` of the goal, and the one with the highest source accuracy is chosen; all are
    means over seeds.

    Args:
        rows: of the recording ``front-scans``.
        within: how much less of the target a setting may learn, 0..1.

    Returns:
        By method, the rows of its chosen setting, one per seed; none if no setting qualifies. ``"plain"`` is the best
        rate itself, and ``"lower rate"`` the rate that is chosen like a setting of any other method.
    """
    by_method = _by_method(rows)
    plain = max(by_method["plain"], key=lambda s: _mean(s, "target"))
    goal = _mean(plain, "target") - within
    by_method["lower rate"] = by_method.pop("plain")
    chosen = {"plain": plain}
    for method, candidates in by_method.items():
        equal = [s for s in candidates if _mean(s, "target") >= goal]
        chosen[method] = max(equal, key=lambda s: _mean(s, "source"), default=[])
    return chosen


def on_own_front(rows: Sequence[_Row]) -> list[_Row]:
    """Leave out settings that another of the same method beats: as good on both tasks, and better on one.

    Validation pictures decide; all are means over seeds. Each method's settings come in the order of their target
    accuracy.

    Args:
        rows: of the recording ``front-scans``.
    """
    kept = []
    for candidates in _by_method(rows).values():
        at = [(_mean(s, "target"), _mean(s, "source")) for s in candidates]
        for (target, source), setting in sorted(zip(at, candidates, strict=True), key=lambda point: point[0]):
            if not any(t >= target and s >= source and (t, s) != (target, source) for t, s in at):
                kept += setting
    return kept


def _by_method(rows: Sequence[_Row]) -> dict[str, list[list[_Row]]]:
    """Return the settings of each method, each as its rows, one per seed."""
    settings: dict[tuple[str, float, float], list[_Row]] = {}
    for row in rows:
        settings.setdefault((row["method"], row["learning_rate"], row["strength"]), []).append(row)
    by_method: dict[str, list[list[_Row]]] = {}
    for (method, _, _), of_setting in settings.items():
        by_method.setdefault(method, []).append(of_setting)
    return by_method


def _mean(setting: list[_Row], task: str) -> float:
    return float(np.mean([row[f"validation_{task}"] for row in setting]))
