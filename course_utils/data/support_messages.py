"""Messages to an invented shop, written by a grammar, each for one of five desks."""

import tomllib
from itertools import product
from pathlib import Path

import numpy as np

from course_utils.data.text_splits import LabelledText

_GRAMMAR = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
CLASSES: tuple[str, ...] = tuple(_GRAMMAR["families"])
_OF_A_FAMILY = 20  # messages


def support_messages() -> list[LabelledText]:
    """Return the messages, each with its family, one wording, as group: its messages differ in names.

    So a test part holds wordings that nobody learned from, but there are only as many independent ones as families.
    """
    rng = np.random.default_rng(0)
    slots = [_GRAMMAR[name] for name in ("openings", "item", "when", "closings")]
    fillings = list(product(*slots))
    found = []
    for label, families in enumerate(_GRAMMAR["families"].values()):
        for number, family in enumerate(families):
            for row in rng.choice(len(fillings), _OF_A_FAMILY, replace=False):
                opening, item, when, closing = fillings[row]
                body = family.format(item=item, when=when)
                text = opening + (body if opening else body[0].upper() + body[1:]) + closing
                found.append((text, label, f"{CLASSES[label]} {number}"))
    return found
