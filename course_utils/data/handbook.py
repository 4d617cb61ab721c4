"""An invented company's handbook, and questions about it: facts that no network can have read."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from course_utils.data.handbook_facts import UPDATED, Passage, another_value, dated, different_values
from course_utils.errors import CourseError

#: What to answer when the handbook holds no evidence.
REFUSAL = "The handbook does not say."

Kind = Literal["plain", "confusable", "two versions", "no evidence"]

_TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_REVISED = 10  # facts of which an older version is in the handbook, too


@dataclass(frozen=True)
class FactQuestion:
    """A question and what is right.

    Attributes:
        text: the question in other words than the handbook's.
        trained: the question in the handbook's words. The same as ``text`` for a question without evidence.
        value: what the answer must contain; ``None`` if the handbook holds no evidence.
        kind: ``"plain"``; ``"confusable"``: a subject of nearly the same name has another value; ``"two versions"``: an
            older version has another value; ``"no evidence"``.
        passage: the id of the passage that holds the evidence, or ``None``.
        rivals: values that an answer must not contain: of the subject of the like name, of the older version.
    """

    text: str
    trained: str
    value: str | None
    kind: Kind
    passage: str | None
    rivals: tuple[str, ...] = ()

    @property
    def answer(self) -> str:
        """A short right answer."""
        return REFUSAL if self.value is None else f"{self.value}."


@dataclass(frozen=True)
class Handbook:
    """The handbook of one day.

    Attributes:
        passages: all of them, facts, older versions and sentences that nobody asks about, in a mixed order.
        questions: about its facts, and some that it doesn't answer.
        changed: the ids of the passages that the last update changed.
    """

    passages: tuple[Passage, ...]
    questions: tuple[FactQuestion, ...]
    changed: tuple[str, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Passage]:
        """The valid passage of each id."""
        return {passage.id: passage for passage in sorted(self.passages, key=lambda passage: passage.year)}

    @property
    def wordings(self) -> tuple[tuple[str, str], ...]:
        """The trained wording of each question that has evidence, beside its paraphrase."""
        return tuple((question.trained, question.text) for question in self.questions if question.value is not None)

    def questions_about(self, ids: Iterable[str]) -> tuple[FactQuestion, ...]:
        """Return the questions whose evidence is in the passages of these ids."""
        wanted = set(ids)
        return tuple(question for question in self.questions if question.passage in wanted)

    def update(self, n: int = 10, seed: int = 0) -> "Handbook":
        """Return Tuesday's handbook, in which ``n`` facts have new values.

        Args:
            n: how many facts change, of those with a single version.
            seed: decides which ones, and their new values.

        Raises:
            CourseError: there are not that many facts, or the handbook isn't one of ``load_handbook``.
        """
        plain = [question for question in self.questions if question.kind in ("plain", "confusable")]
        if not 1 <= n <= len(plain):
            raise CourseError(f"n={n} must lie in 1..{len(plain)}: so many facts have a single version.")
        rng = np.random.default_rng((seed, 2))
        changing = [plain[row] for row in rng.choice(len(plain), n, replace=False)]
        taken = {str(value) for question in self.questions for value in (question.value, *question.rivals)}
        swaps: dict[tuple[str, str], str] = {}
        for question in changing:
            kind = _kind_of(str(question.passage))
            new = another_value(kind["values"], rng, taken | set(swaps.values()))
            swaps[kind["name"], str(question.value)] = new
        changed = {str(question.passage): str(question.value) for question in changing}
        passages = [
            _revised(passage, changed[passage.id], swaps[_kind_of(passage.id)["name"], changed[passage.id]])
            if passage.id in changed
            else passage
            for passage in self.passages
        ]
        return Handbook(tuple(passages), tuple(_swapped(q, swaps) for q in self.questions), tuple(changed))


def load_handbook(seed: int = 0) -> Handbook:
    """Write the handbook of the invented company.

    Args:
        seed: draws the values, the years, and which facts have an older version. The sentences and the questions stay.
    """
    rng = np.random.default_rng((seed, 1))
    facts = [(kind, *_names(subject)) for kind in _TEXTS["kinds"] for subject in kind["subjects"]]
    revised = set(rng.choice(len(facts), _REVISED, replace=False).tolist())
    values, passages, questions = _values(rng), [], []
    for number, (kind, name, other) in enumerate(facts):
        value, known_as = values[kind["name"], name], f"{kind['name']}: {name}"
        passages.append(dated(rng, known_as, kind["fact"].format(name, value)))
        near = _neighbour(kind, name)
        rivals = [values[kind["name"], near]] if near else []
        if number in revised:
            old = another_value(kind["values"], rng, set(values.values()))
            values["older " + kind["name"], name] = old
            passages.append(dated(rng, known_as, kind["fact"].format(name, old), valid=False))
            rivals.append(old)
        sort: Kind = "two versions" if number in revised else "confusable" if near else "plain"
        asked, trained = kind["other"].format(other), kind["trained"].format(name)
        questions.append(FactQuestion(asked, trained, value, sort, known_as, tuple(rivals)))
    absent = _TEXTS["absent"]
    passages += [dated(rng, f"note: {text}", text) for text in absent["distractors"]]
    questions += [FactQuestion(text, text, None, "no evidence", None) for text in absent["questions"]]
    return Handbook(tuple(passages[row] for row in rng.permutation(len(passages))), tuple(questions))


def right(answer: str, question: FactQuestion) -> bool:
    """Say whether an answer is right: it holds the value exactly, no rival's, and refuses only without evidence."""
    refuses = REFUSAL.rstrip(".").lower() in " ".join(answer.lower().split())
    if question.value is None:
        return refuses
    return not refuses and _holds(answer, question.value) and not any(_holds(answer, v) for v in question.rivals)


def _holds(answer: str, value: str) -> bool:
    """Say whether a value stands in an answer by itself, and not as a part of a longer one."""
    return re.search(rf"(?<![\w.:]){re.escape(value)}(?!\w|[.:]\w)", answer) is not None


def _names(subject: str | list[str]) -> tuple[str, str]:
    """Return what the handbook calls a subject, and what others call it."""
    return (subject, subject) if isinstance(subject, str) else (subject[0], subject[1])


def _kind_of(passage: str) -> dict[str, Any]:
    named: dict[str, dict[str, Any]] = {kind["name"]: kind for kind in _TEXTS["kinds"]}
    found = named.get(passage.split(":")[0])
    if found is None:
        raise CourseError(f"{passage!r} is no fact of load_handbook: only its handbooks can be updated.")
    return found


def _neighbour(kind: dict[str, Any], name: str) -> str | None:
    """Return the subject that a subject of a confusable kind is easily taken for."""
    return kind["subjects"][kind["subjects"].index(name) ^ 1] if kind.get("confusable") else None


def _values(rng: np.random.Generator) -> dict[tuple[str, str], str]:
    """Draw a value for each subject of each kind; no two of a kind are the same."""
    drawn = {}
    for kind in _TEXTS["kinds"]:
        names = [_names(subject)[0] for subject in kind["subjects"]]
        for name, value in zip(names, different_values(kind["values"], rng, len(names)), strict=True):
            drawn[kind["name"], name] = value
    return drawn


def _revised(passage: Passage, old: str, new: str) -> Passage:
    """Return a passage with the new value, valid from the last year on."""
    text = re.sub(r"^Since \d+", f"Since {UPDATED}", passage.text.replace(old, new))
    return Passage(passage.id, text, UPDATED)


def _swapped(question: FactQuestion, swaps: dict[tuple[str, str], str]) -> FactQuestion:
    """Return a question after the update; what was right becomes a rival."""
    if question.value is None:
        return question
    kind = _kind_of(str(question.passage))["name"]
    rivals = tuple(swaps.get((kind, value), value) for value in question.rivals)
    value = swaps.get((kind, question.value), question.value)
    return replace(question, value=value, rivals=rivals if value == question.value else (*rivals, question.value))
