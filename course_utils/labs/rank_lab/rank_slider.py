"""Lesson 09's rank slider: every rank at every rate, as recorded."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.experiments import at_best_rate
from course_utils.frontend import KIT

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("rank_slider.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (KIT / "heat_map.css", Path(__file__).with_name("rank_slider.css"))
TASKS, RANKS, RATES = tuple(TABLE["tasks"]), tuple(TABLE["ranks"]), tuple(TABLE["rates"])

_Rows = Sequence[Mapping[str, Any]]


def page_data(recorded: Mapping[str, _Rows], missing: str = "") -> dict[str, Any]:
    """Return what the page needs to show every rank and rate, as plain data: about 10 kB as JSON.

    Args:
        recorded: by task, the rows of ``ranks-scans`` and ``ranks-photo-textures``.
        missing: why there are none, in words.
    """
    return {
        "cells": {task: _cells(rows) for task, rows in recorded.items()},
        "weights": {str(row["rank"]): row["trained"] for rows in recorded.values() for row in rows},
        "missing": missing,
        "table": TABLE,
    }


def _cells(rows: _Rows) -> list[dict[str, Any]]:
    best = {rank: at_best_rate([dict(row) for row in rows], rank=rank)[0]["learning_rate"] for rank in RANKS}
    cells = []
    for rank, rate in dict.fromkeys((row["rank"], row["learning_rate"]) for row in rows):
        runs = [row for row in rows if (row["rank"], row["learning_rate"]) == (rank, rate)]
        targets = [row["target"] for row in runs]
        cells.append(
            {
                "rank": rank,
                "learning_rate": rate,
                "target": round(float(np.mean(targets)), 4),
                "low": min(targets),
                "high": max(targets),
                "source": round(float(np.mean([row["source"] for row in runs])), 4),
                "validation": round(float(np.mean([row["validation_target"] for row in runs])), 4),
                "best": rate == best[rank],
            }
        )
    return cells
