"""Lesson 07's strategy map: the advisor's answer at every stop of the two sliders."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.advisor import AS_GOOD, Advice, advise
from course_utils.experiments.grid import GridCell
from course_utils.experiments.strategies import LAST, STRATEGIES
from course_utils.frontend import KIT

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("strategy_map.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (KIT / "heat_map.css", Path(__file__).with_name("strategy_map.css"))
LABELS, HEAD_STARTS = tuple(TABLE["labels"]), tuple(TABLE["head_start"])


def page_data(cells: Sequence[GridCell], missing: str = "") -> dict[str, Any]:
    """Return what the page needs to show every answer, as plain data: about 60 kB as JSON.

    Args:
        cells: the measured grid.
        missing: why there is none, in words.
    """
    places = [(labels, head_start) for head_start in HEAD_STARTS for labels in LABELS] if cells else []
    return {
        "answers": [_answer(labels, start, advise(labels, start, cells)) for labels, start in places],
        "strategies": list(STRATEGIES),
        "good": AS_GOOD,
        "missing": missing,
        "table": TABLE,
    }


def _answer(labels: int, head_start: int, advice: Advice) -> dict[str, Any]:
    """Return one answer; its strategy and the nearest cell's winner are null where the advisor doesn't know."""
    nearest = advice.cells[0]
    features = next((option.multiplications for option in advice.options if option.strategy == LAST), 1.0)
    return {
        "labels": labels,
        "head_start": head_start,
        "strategy": advice.strategy,
        "cheaper": advice.cheaper,
        "winner": min(STRATEGIES, key=nearest.regret) if advice.strategy else None,
        "options": [
            {
                "strategy": option.strategy,
                "there": round(nearest.regret(option.strategy), 1),
                "lead": [round(points, 1) for points in option.lead],
                "times": round(option.multiplications / features),
            }
            for option in advice.options
        ],
        "cells": [
            {"task": cell.task, "labels": cell.labels, "head_start": round(cell.head_start)} for cell in advice.cells
        ],
    }
