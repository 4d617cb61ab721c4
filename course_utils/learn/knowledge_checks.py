"""Knowledge checks in self-study: questions drawn for each learner from a lesson's sealed bank, and marked at once.

In a class the notebook holds the class's own draw instead; see ``class_questions``.
"""

from dataclasses import fields, replace
from typing import Any

from course_utils.errors import CourseError
from course_utils.learn import answers, progress
from course_utils.learn.question_draw import draw
from course_utils.learn.quick_checks import Question, read_sealed, wanted
from course_utils.learn.result import Result
from course_utils.learn.show import Block, Card, Items, Paragraph, Shown


class KnowledgeQuestion(Question):
    """A question that counts for a mark: nbgrader reads its result."""

    def check(self, answer: Any = None) -> Result:
        """Judge an answer, as a quick check does, and say what was chosen."""
        result = super().check(answer)
        letters = answers.read_letters(answer, len(self.choices)) if self.choices else None
        texts = dict(self.shown_choices())
        chosen: tuple[Block, ...] = (Items([(f"{letter})", texts[letter]) for letter in letters or ()]),)
        return replace(result, title="Knowledge check", graded=True, context=chosen if letters else ())


class KnowledgeCheck(Shown):
    """The questions of a knowledge check, each a card that says how it is answered."""

    def __init__(self, questions: dict[str, Question]):
        self.questions = questions

    def _repr_html_(self) -> str:
        return "".join(card.html() for card in self._cards())

    def __repr__(self) -> str:
        return "\n\n".join(card.text() for card in self._cards())

    def _cards(self) -> list[Card]:
        return [_card(number, question) for number, question in enumerate(self.questions.values(), 1)]


def _card(number: int, question: Question) -> Card:
    blocks: list[Block] = [Paragraph(question.text)]
    if question.choices:
        blocks.append(Items([(f"{letter})", text) for letter, text in question.shown_choices()]))
    blocks.append(Paragraph(f"`{variable(number)}` takes {wanted(question)}.", quiet=True))
    return Card(f"Question {number}", blocks)


def variable(number: int) -> str:
    """Return the name of the variable that holds the answer to the question of that number, from 1."""
    return f"k{number}"


def knowledge_check(lesson: str) -> KnowledgeCheck:
    """Show the questions of the knowledge check of a lesson ("02").

    Raises:
        CourseError: the lesson has none.
    """
    questions = load_knowledge_check(lesson, progress.learner()) if isinstance(lesson, str) else {}
    if not questions:
        raise CourseError(f'Lesson {lesson!r} has no knowledge check. Give the lesson\'s number, such as "02".')
    return KnowledgeCheck(questions)


def load_knowledge_check(lesson: str, learner: int = 0) -> dict[str, Question]:
    """Return the questions of a learner's knowledge check by id ("02.k1"), in order; empty when the lesson has none.

    Every ``learner`` has their own draw, the same every time. Raises CourseError when the bank's file is damaged.
    """
    bank = read_sealed(f"bank_{lesson}")
    topics = {id: variants[0].topic for id, variants in bank.items()}
    drawn = draw(bank, topics, seed=self_study_seed(lesson, learner))
    ids = (f"{lesson}.{variable(number)}" for number in range(1, len(drawn) + 1))
    return {id: _asked(id, one.question, one.arrangement) for id, one in zip(ids, drawn.values(), strict=True)}


def self_study_seed(lesson: str, learner: int) -> str:
    """Return the seed of a learner's draw in a lesson; the lesson's own solution answers the draw of learner 0."""
    return f"{learner} {lesson}"


def _asked(id: str, question: Question, arrangement: tuple[int, ...]) -> Question:
    own = {field.name: getattr(question, field.name) for field in fields(question)}
    return KnowledgeQuestion(**own | {"id": id, "arrangement": arrangement})
