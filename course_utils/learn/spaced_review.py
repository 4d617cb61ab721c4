"""Spaced review: a lesson opens with three questions from earlier lessons, missed ones first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from course_utils.frontend import someone_watches
from course_utils.learn import progress
from course_utils.learn.catalogue import lessons
from course_utils.learn.checking import note_attempt
from course_utils.learn.quick_checks import Question, load_questions
from course_utils.learn.result import Operable, Result
from course_utils.learn.show import Card, Paragraph, Shown

_NAMES = ("first", "second", "third")
_ANSWERED = ("passed", "partly", "wrong")
_TITLE = "Three questions from earlier lessons"


@dataclass(frozen=True, repr=False)
class Review(Shown):
    """The questions of a review, each with its verdict, below a card that sums them up.

    ``form``, if any, makes the forms that take the cards' place where someone can use them.
    """

    opening: Card
    results: tuple[Result, ...] = ()
    form: Callable[[], Operable] | None = None

    def card(self) -> Card:
        return self.opening

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        if self.form is None or not someone_watches():
            return {}  # the cards, as HTML and as text
        return self.form()._repr_mimebundle_(**kwargs)

    def _repr_html_(self) -> str:
        return "".join(shown.html() for shown in self._cards())

    def __repr__(self) -> str:
        return "\n\n".join(shown.text() for shown in self._cards())

    def _cards(self) -> list[Card]:
        return [self.opening, *(result.card() for result in self.results)]


def review(lesson: str, first: Any = None, second: Any = None, third: Any = None) -> Review:
    """Ask three questions from the lessons before ``lesson``, and check the answers to them.

    Missed questions come first, then those never tried, then those seen longest ago. The questions stay the same
    until all three are answered; then a call without answers brings three new ones. No question has to be
    answered, and nothing is raised.
    """
    pool = _questions_before(lesson)
    if not pool:
        words = (
            f"A review looks back on earlier lessons. It takes the number of one of these: {', '.join(lessons()[1:])}."
        )
        return Review(Card("Nothing to look back on", [Paragraph(words)]))
    answers = (first, second, third)
    record, note = progress.load()
    asked, answered = _sitting(record, lesson)
    unanswered = all(answer is None or answer is ... for answer in answers)
    done = unanswered and set(asked) <= set(answered)
    if done or len(set(asked) & set(pool)) < len(_NAMES):
        asked, answered = choose(record, pool), []
    results = [pool[id].check(answer) for id, answer in zip(asked, answers, strict=False)]
    note = progress.update(lambda record: _note_review(record, lesson, asked, answered, results)) or note
    results = [replace(result, title=f"{name} question") for name, result in zip(_NAMES, results, strict=False)]
    opening = Card(_TITLE, [Paragraph(_summary(results))], note=note)
    form = partial(_form, lesson, [pool[id] for id in asked], note) if unanswered else None
    return Review(opening, tuple(results), form)


def _form(lesson: str, questions: Sequence[Question], note: str) -> Operable:
    from course_utils.learn.answer_form import AnswerForm, AnswerForms  # imports widgets: only where they can be used

    asked = [question.id for question in questions]
    words = "You may leave any of them open; what you missed comes back in a later lesson."
    forms = [
        AnswerForm(question, partial(_noted, lesson, asked, name, question))
        for name, question in zip(_NAMES, questions, strict=True)
    ]
    return AnswerForms(forms, Card(_TITLE, [Paragraph(words)], note=note).html())


def _noted(lesson: str, asked: Sequence[str], name: str, question: Question, answer: Any) -> Result:
    """Check an answer to one of the questions asked, and record it as a call with this answer alone would."""
    result = replace(question.check(answer), title=f"{name} question")
    if result.outcome not in _ANSWERED:
        return result
    record, _ = progress.load()
    answered = _sitting(record, lesson)[1]
    note = progress.update(lambda record: _note_review(record, lesson, asked, answered, [result]))
    return replace(result, note=note)


def choose(record: dict[str, Any], pool: dict[str, Question]) -> list[str]:
    """Choose the three questions of the pool to ask next; the same record gives the same ones."""

    def urgency(id: str) -> tuple[int, float, int, int]:
        entry = record["checks"].get(id, {})
        solid = entry.get("outcome") == "passed" and entry.get("missed") is not True
        rank = 2 if solid else 0 if entry else 1
        # Among equals: one question of each lesson before the second of any, and the latest lesson first.
        lesson = id.partition(".")[0]
        return rank, progress.number(entry.get("last")), list(load_questions(lesson)).index(id), -int(lesson)

    return sorted(pool, key=urgency)[: len(_NAMES)]


def _questions_before(lesson: str) -> dict[str, Question]:
    if lesson not in lessons():
        return {}
    earlier = lessons()[: lessons().index(lesson)]
    learner = progress.learner()
    return {id: question for number in earlier for id, question in load_questions(number, learner).items()}


def _sitting(record: dict[str, Any], lesson: str) -> tuple[list[str], list[str]]:
    """Return the questions that this lesson's review has asked, and those of them that were answered."""
    entry = record["reviews"].get(lesson, {})
    lists = [entry.get(part) for part in ("asked", "answered")]
    asked, answered = ([id for id in ids if isinstance(id, str)] if isinstance(ids, list) else [] for ids in lists)
    return asked[: len(_NAMES)], answered


def _note_review(
    record: dict[str, Any], lesson: str, asked: Sequence[str], answered: Sequence[str], results: Sequence[Result]
) -> None:
    """Record the attempts. A question whose first answer here is right no longer counts as missed."""
    tried = list(answered)
    for result in results:
        if result.outcome not in _ANSWERED:
            continue
        note_attempt(record, result)
        if result.id not in tried:
            record["checks"][result.id]["missed"] = not result.passed
            tried.append(result.id)
    record["reviews"][lesson] = {"asked": list(asked), "answered": tried}


def _summary(results: Sequence[Result]) -> str:
    if any(result.outcome not in _ANSWERED for result in results):
        return (
            "Write your answers in place of `None` and run the cell again. "
            "You may leave any of them open; what you missed comes back in a later lesson."
        )
    right = sum(result.passed for result in results)
    return (
        f"{right} of {len(results)} right. You may change an answer and run the cell again. "
        f"For three other questions, set all answers back to `None`."
    )
