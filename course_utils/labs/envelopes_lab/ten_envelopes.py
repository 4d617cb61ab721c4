"""Lesson 13's lab ten envelopes: recorded rounds, and the limits that a formula gives before each is opened."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.adapting import Interval, predict_accuracy

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("ten_envelopes.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (Path(__file__).with_name("ten_envelopes.css"),)
DEALS, ROUNDS = TABLE["deals"], TABLE["rounds"]

_Row = Mapping[str, Any]


def page_data(rows: Sequence[_Row], missing: str = "") -> dict[str, Any]:
    """Return what the page needs, as plain data: about 40 kB as JSON.

    Args:
        rows: of the recording ``envelopes``; empty if there is none.
        missing: why there are none, in words.
    """
    deals = [[_envelope(row) for row in _dealt(rows, number)] for number in range(DEALS)] if rows else []
    return {"deals": deals, "overall": _overall(rows), "missing": missing, "table": TABLE}


def _dealt(rows: Sequence[_Row], number: int) -> list[_Row]:
    """Draw ten rounds, as many of each kind as the table says, in an order that gives nothing away."""
    rng = np.random.default_rng(number)
    chosen: list[_Row] = []
    for kind, count in TABLE["counts"].items():
        own = [row for row in rows if row["kind"] == kind]
        tasks = rng.permutation(sorted({row["task"] for row in own})).tolist()
        for task in (tasks * count)[:count]:  # different tasks, as far as there are
            of_task = [row for row in own if row["task"] == task and row not in chosen]
            chosen.append(of_task[int(rng.integers(len(of_task)))])
    return [chosen[at] for at in rng.permutation(len(chosen))]


def _overall(rows: Sequence[_Row]) -> list[dict[str, Any]]:
    """Return for each kind how many rounds there are, and the share of them in which each kind of limits held."""
    found = []
    for kind in TABLE["counts"]:
        own = [(row["accuracy"], _limits(row)) for row in rows if row["kind"] == kind]
        held = {
            name: float(np.mean([limits[name].holds(accuracy) for accuracy, limits in own]))
            for name in ("by_inputs", "by_units")
            if own
        }
        found.append({"kind": kind, "count": len(own), **held})
    return found


def _limits(row: _Row) -> dict[str, Interval]:
    known = row["right_on_validation"], row["validation"], row["test"]
    groups = row["validation_groups"], row["test_groups"]
    return {
        "by_inputs": predict_accuracy(*known, level=TABLE["level"]),
        "by_units": predict_accuracy(*known, level=TABLE["level"], groups=groups),
    }


def _envelope(row: _Row) -> dict[str, Any]:
    """Return a round with its limits, in percent."""
    return {
        **{name: row[name] for name in ("task", "kind", "train", "validation", "test")},
        "right": row["right_on_validation"],
        "validation_groups": row["validation_groups"],
        "test_groups": row["test_groups"],
        "thing": row["thing"],
        "hit": round(100 * row["right_on_test"] / row["test"], 1),
        **{name: [round(100 * end, 1) for end in limits[1:]] for name, limits in _limits(row).items()},
    }
