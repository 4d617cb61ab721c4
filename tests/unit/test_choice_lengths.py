"""The right choice of a question can't be guessed by its length."""

from pathlib import Path

import course_utils
from course_utils.authoring.question_models import AuthoredQuestion
from course_utils.authoring.questions import QUESTIONS, parse_questions
from course_utils.learn.replies import Foreseen

ROOT = Path(course_utils.__file__).parents[1]
#: How many times as long as every wrong choice the right one may be; more catches the eye.
NOTICEABLE = 1.1


def authored_questions() -> list[AuthoredQuestion]:
    lessons = [
        parse_questions(path.read_text(encoding="utf-8"), path.name)
        for path in (ROOT / QUESTIONS).glob("lesson_*.toml")
    ]
    return [variants[0] for lesson in lessons for variants in lesson.values()]


def tells(question: AuthoredQuestion) -> bool:
    """Return whether the right choice is noticeably longer than every wrong one."""
    longest = {True: 0, False: 0}
    for text, foreseen in zip(question.choices, question.foreseen, strict=True):
        longest[foreseen.right] = max(longest[foreseen.right], len(text))
    return longest[True] > NOTICEABLE * longest[False]


def test_the_right_choice_does_not_stand_out_by_its_length() -> None:
    single = [question for question in authored_questions() if question.kind == "single"]
    assert len(single) >= 20
    assert {question.id for question in single if tells(question)} == set()


def test_a_right_choice_that_stands_out_is_found() -> None:
    short, long = Foreseen("a", False, "w"), Foreseen("b", True, "w")
    assert tells(AuthoredQuestion("09.q1", "single", "?", (short, long), choices=("x" * 20, "x" * 23)))
    assert not tells(AuthoredQuestion("09.q1", "single", "?", (short, long), choices=("x" * 20, "x" * 21)))
