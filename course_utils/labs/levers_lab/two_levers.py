"""Lesson 10's two levers: recorded answers, with the voice tuned or not and the facts looked up or not."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.figures.tables import Rows

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("two_levers.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (Path(__file__).with_name("two_levers.css"),)
#: The key of the question that the learner wrote.
OWN = "own"


def page_data(answers: Rows, levers: Rows, missing: str = "") -> dict[str, Any]:
    """Return what the page needs, as plain data: about 20 kB as JSON.

    Args:
        answers: of the recording ``language-answers``.
        levers: of the recording ``language-levers``.
        missing: why there are no rows, in words.
    """
    texts = list(dict.fromkeys(str(row["question"]) for row in answers))
    questions = []
    for number, text in enumerate(texts):
        own = [row for row in answers if row["question"] == text]
        questions.append(question_data(str(number), text, own, own[0]["found"], own[0]["kind"], own[0]["value"]))
    return {"questions": questions, "square": _square(levers), "missing": missing, "table": TABLE}


def question_data(
    key: str,
    text: str,
    told: Sequence[Mapping[str, Any]],
    found: Sequence[str],
    kind: str = OWN,
    value: str = "",
) -> dict[str, Any]:
    """Return one question as the page gets it.

    Args:
        key: its own, by which the page names it.
        text: the question.
        told: for every setting of the levers a row with ``voice``, ``passages``, ``answer``, ``obeyed`` and ``right``.
        found: the passages that the search found.
        kind: of the question, as the handbook names it.
        value: what is right; empty where the handbook holds no answer.
    """
    by_setting = {setting_of(row): {name: row[name] for name in ("answer", "obeyed", "right")} for row in told}
    return {"key": key, "text": text, "kind": kind, "value": value, "passages": list(found), "told": by_setting}


def setting_of(row: Mapping[str, Any]) -> str:
    """Return the key of a setting of both levers, such as ``"adapter/retrieved"``."""
    return f"{row['voice']}/{row['passages']}"


def _square(levers: Rows) -> dict[str, dict[str, float]]:
    """Return the mean shares over the seeds for every setting."""
    settings = dict.fromkeys(setting_of(row) for row in levers)
    return {
        setting: {
            column: round(float(np.mean([row[column] for row in levers if setting_of(row) == setting])), 4)
            for column in ("obeyed", "right", "both")
        }
        for setting in settings
    }
