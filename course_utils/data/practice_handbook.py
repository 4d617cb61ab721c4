"""Other invented handbooks, on which a language model learns to read before it is asked about the company's own."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.data.handbook import REFUSAL, FactQuestion, Handbook, Kind
from course_utils.data.handbook_facts import another_value, dated, different_values

_TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_SUBJECTS = 8  # of a kind, in one handbook
#: Shares of the facts: with an older version, and with another sentence about the same subject; and of the questions:
#: without evidence, half of them about a subject that isn't there, half about something that nobody tells of it.
_REVISED, _NOTED, _UNANSWERED = 0.25, 0.25, 0.2


def load_practice_handbook(seed: int = 0) -> Handbook:
    """Write a handbook of other facts than ``load_handbook``'s, with a question about each.

    No kind of fact, no subject and no sentence is the same. Of its 184 questions about a fifth are without evidence,
    and a quarter are about a fact with two versions.

    Args:
        seed: draws subjects, values, years, and which facts have an older version or are left out.
    """
    rng = np.random.default_rng((seed, 3))
    passages, questions = [], []
    for kind in _TEXTS["kinds"]:
        subjects = _subjects(kind, rng)
        values = different_values(kind["values"], rng, len(subjects))
        twins = "names" in kind
        for (name, asked_as), value in zip(subjects, values, strict=True):
            known_as = f"{kind['name']}: {name}"
            text = str(rng.choice(kind["questions"])).format(asked_as)
            drawn = rng.random()
            if rng.random() < _NOTED:
                passages.append(dated(rng, f"note: {name}", kind["note"].format(name)))
            if drawn < _UNANSWERED:
                if drawn < _UNANSWERED / 2:
                    passages.append(dated(rng, known_as, kind["fact"].format(name, value)))
                    text = kind["other"].format(asked_as)
                questions.append(FactQuestion(text, text, None, "no evidence", None))
                continue
            passages.append(dated(rng, known_as, kind["fact"].format(name, value)))
            rivals: tuple[str, ...] = ()
            sort: Kind = "confusable" if twins else "plain"
            if drawn > 1 - _REVISED:
                old, sort = another_value(kind["values"], rng, values), "two versions"
                passages.append(dated(rng, known_as, kind["fact"].format(name, old), valid=False))
                rivals = (old,)
            questions.append(FactQuestion(text, text, value, sort, known_as, rivals))
    return Handbook(tuple(passages), tuple(questions))


def in_house_voice(question: FactQuestion) -> str:
    """Return the right answer to a question of a practice handbook in the house voice, in the form of ``obeys``."""
    if question.value is None:
        topic, said, following = "Visits", REFUSAL, "Ask at the desk."
    else:
        name = str(question.passage).split(":")[0]
        kind = next(kind for kind in _TEXTS["kinds"] if kind["name"] == name)
        topic, said, following = kind["topic"], kind["said"].format(question.value), kind["next"]
    return f"TOPIC: {topic}\nANSWER: {said}\nNEXT: {following}"


def _subjects(kind: dict[str, Any], rng: np.random.Generator) -> list[tuple[str, str]]:
    """Return what the subjects of a kind are called in the handbook, and what others call them."""
    if "names" in kind:
        twins = _twin_places if kind["names"] == "places" else _twin_makes
        first = rng.choice(_TEXTS[kind["names"]], _SUBJECTS // 2, replace=False)
        return [(name, name) for one in first for name in twins(str(one), rng)]
    chosen = np.sort(rng.choice(len(kind["subjects"]), _SUBJECTS, replace=False))
    named = [kind["subjects"][place] for place in chosen]
    return [(one, one) if isinstance(one, str) else (one[0], one[1]) for one in named]


def _twin_places(place: str, rng: np.random.Generator) -> tuple[str, str]:
    first, second = rng.choice(_TEXTS["near"], 2, replace=False)
    return (f"{place} {first}", f"{place} {second}") if rng.random() < 0.5 else (place, f"{place} {first}")


def _twin_makes(make: str, rng: np.random.Generator) -> tuple[str, str]:
    thing = rng.choice(_TEXTS["things"])
    first, second = rng.choice(_TEXTS["marks"], 2, replace=False)
    plain = f"{make} {first} {thing}" if rng.random() < 0.3 else f"{make} {thing}"
    return plain, f"{make} {second} {thing}"
