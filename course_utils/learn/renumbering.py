"""The course once had five lessons: what is now 03 and 04 was lesson 03, what is now 05 and 06 was lesson 04.

The records, notebooks and class folders of that time hold ids that have moved since.
"""

import os
import re
from pathlib import PurePath
from typing import Any

#: A lesson of that time whose ids are those of another lesson today.
FORMER_LESSON = "04_catastrophic_forgetting"
#: The lessons that hold its contents today.
HEIRS = ("05_catastrophic_forgetting", "06_keeping_what_you_had")

#: By the id of that time, of a quick check, exercise or prediction: its id today. All other ids have stayed.
_TODAY = {
    **{f"03.q{then}": f"04.q{now}" for now, then in enumerate((5, 6, 7, 8, 9), 1)},
    "03.e3": "04.e2",
    "03.e4": "04.e3",
    **{f"03.{name}": f"04.{name}" for name in ("best-cell", "lpft-shift", "crossing")},
    **{f"04.q{then}": f"05.q{now}" for now, then in enumerate((1, 2, 11, 3, 4, 10), 1)},
    **{f"04.q{then}": f"06.q{now}" for now, then in enumerate((5, 6, 7, 8, 9), 1)},
    "04.e1": "05.e1",
    "04.e2": "06.e1",
    "04.e3": "05.e3",
    "04.e4": "06.e3",
    **{f"04.{name}": f"05.{name}" for name in ("source-left", "half-gone", "where", "batchnorm")},
    "04.halfway": "06.halfway",
}
_REVIEWS = {"04": "05"}  # by lesson: forgetting opens with the review that it opened with
_QUOTED = re.compile(r"""(?<=["'])(04\.[\w-]+)(?=["'])""")


def today(id: str) -> str:
    """Return what an id of that time is called today; any other text comes back as it is."""
    return _TODAY.get(id, id)


def in_former_lesson() -> bool:
    """Say whether this kernel runs the notebook of the former lesson 04, as far as Jupyter tells."""
    return PurePath(os.environ.get("JPY_SESSION_NAME", "")).stem == FORMER_LESSON


def with_ids_of_today(code: str) -> str:
    """Return a cell of the former lesson 04 in which every id is the one of today."""
    return _QUOTED.sub(lambda found: today(found.group()), code)


def renumbered(record: dict[str, Any]) -> dict[str, Any]:
    """Return a learner's record of that time with the ids of today.

    An entry that moves replaces one that is already there: the course of that time wrote none with such an id.
    """
    moved = {part: _moved(record[part], _TODAY) for part in ("checks", "hints", "predictions", "solutions")}
    reviews = _moved(record["reviews"], _REVIEWS)
    return record | moved | {"reviews": {lesson: _sitting(entry) for lesson, entry in reviews.items()}}


def _moved(entries: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    stayed = {id: entry for id, entry in entries.items() if id not in names}
    return stayed | {names[id]: entry for id, entry in entries.items() if id in names}


def _sitting(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what a review has asked and what was answered, with the ids of today."""
    lists = {part: ids for part, ids in entry.items() if isinstance(ids, list)}
    return entry | {part: [today(id) if isinstance(id, str) else id for id in ids] for part, ids in lists.items()}
