"""Lesson 08's sentence microscope: recorded looks at a few sentences, and the messages that they are compared with."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_utils.figures.tables import Rows

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("sentence_microscope.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (Path(__file__).with_name("sentence_microscope.css"),)
#: The key of the sentence that the learner wrote.
OWN = "own"


def page_data(rows: Rows, missing: str = "") -> dict[str, Any]:
    """Return what the page needs, as plain data: about 200 kB as JSON.

    Args:
        rows: of the recording ``text-sentences``.
        missing: why there are no rows, in words.
    """
    shelf: list[dict[str, str]] = next((row["shelf"] for row in rows if "shelf" in row), [])
    return {
        "sentences": [sentence_data(str(row["number"]), row) for row in rows],
        "shelf": shelf,
        "desks": list(dict.fromkeys(message["desk"] for message in shelf)),
        "missing": missing,
        "table": TABLE,
    }


def sentence_data(key: str, looked: Mapping[str, Any]) -> dict[str, Any]:
    """Return one sentence as the page gets it; ``looked`` holds its text, its desk, and what ``look_at`` returns."""
    return {"key": key, **{name: looked[name] for name in ("text", "desk", "tokens", "similar", "near")}}
