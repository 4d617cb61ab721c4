"""Lesson 12's lab twenty trials: a recorded sweep to search by hand, beside two rivals with the same budget."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from course_utils.experiments import SWEEP_GRID, Sweep

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("twenty_trials.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (Path(__file__).with_name("twenty_trials.css"),)
TASKS, BUDGET = tuple(TABLE["tasks"]), TABLE["budget"]
#: The seed of the runs that a search sees; the others show what its winner is worth.
SEED = 0
_RIVALS = ("random", "TPE")


def page_data(sweeps: Mapping[str, Sweep], searches: Sequence[Mapping[str, Any]], missing: str = "") -> dict[str, Any]:
    """Return what the page needs to replay any search, as plain data: about 20 kB as JSON.

    Args:
        sweeps: by task.
        searches: the rows of the recording ``searches``.
        missing: why there are none, in words.
    """
    return {
        "sweeps": {task: _recorded(task, sweep, searches) for task, sweep in sweeps.items()},
        "values": {name: list(values) for name, values in SWEEP_GRID.items()},
        "missing": missing,
        "table": TABLE,
    }


def _recorded(task: str, sweep: Sweep, searches: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return every setting's score in the search and again, and by rival the same after each trial, on average."""
    rivals = {
        row["method"]: {"best": row["best_so_far"], "again": row["again_so_far"]}
        for row in searches
        if (row["task"], row["budget"], row["seed"]) == (task, BUDGET, SEED) and row["method"] in _RIVALS
    }
    scores = [[sweep.trial(s, SEED).score, round(sweep.again(s, SEED)[0], 4)] for s in sweep.settings]
    return {"scores": scores, "rivals": rivals}
