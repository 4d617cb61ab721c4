"""One page of feedback for each learner, where nbgrader puts its own: ``feedback/LEARNER/LESSON/LESSON.html``.

It is made from marks, never from a notebook's outputs, so that no hidden test, and no HTML or script of a learner's,
can be in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.files import write_atomically
from course_utils.grading.class_pages import render
from course_utils.grading.class_results import AnswerResult, ClassResults, LearnerResult
from course_utils.grading.graded_lesson import GradedLesson
from course_utils.grading.lesson_guide import Belief, LessonGuide, QuestionText
from course_utils.grading.marks import MarkStatus
from course_utils.grading.submissions import read_beside
from course_utils.learn.evidence import bounded

_ANSWERS = 20_000  # characters of a learner's answers, all together; a page stays below 200 kB with any of them
_TRY_NEXT = 3

#: How an answer's grading ended, in words.
IN_WORDS: dict[MarkStatus, str] = {
    "passed": "Right",
    "partly": "Partly right",
    "wrong": "Not right",
    "unattempted": "Not answered",
    "raised": "Stopped with an error",
    "timed out": "Out of time",
    "out of memory": "Out of memory",
    "crashed": "Ended the program",
    "tampered": "Not readable as an answer",
    "infrastructure": "Not graded yet",
    "to be marked": "Not marked yet",
}
_NEXT: dict[MarkStatus, str] = {
    "raised": "Restart the kernel, run the lesson from the top, and call your function: its cell must work alone.",
    "timed out": "Look for a loop that never ends, or for work that is done again and again.",
    "out of memory": "Work in batches, and keep only what the next step needs.",
    "crashed": "Take out what ends Python, such as `exit()`. A person looks at this answer.",
    "tampered": "Return what the exercise asks for, in ordinary numbers, arrays and models.",
    "infrastructure": "There is nothing that you need to do.",
    "unattempted": "Try it: even a part of an answer shows you what the check says.",
}


@dataclass(frozen=True)
class AnswerFeedback:
    """What a page says about one answer.

    Attributes:
        anchor: its id on the page.
        id: of the exercise; empty for a question.
        written: whether it is a paragraph.
        verdict: how it went, in words.
        tone: "passed", "lost" or "open", which only repeats the verdict.
        section: the heading to read again, and ``address`` its link; both empty if there is none.
        try_next: in a sentence; empty if nothing is left to try.
        source: the answer's own text, perhaps cut.
    """

    anchor: str
    id: str
    written: bool
    title: str
    verdict: str
    tone: str
    points: float | None
    worth: float
    message: str
    belief: Belief | None
    section: str
    address: str
    try_next: str
    comment: str
    question: QuestionText | None
    source: str


def write_feedback(folder: Path, results: ClassResults, lessons: str) -> Iterator[LearnerResult]:
    """Write a page for everyone who has handed in something, and yield whose it is.

    Args:
        folder: the class folder.
        lessons: the address of the folder with the lesson's notebook, seen from a page or whole.

    Raises:
        OSError: a page can't be written.
    """
    guide = LessonGuide(folder, results.lesson)
    name = results.lesson.name
    for result in results.learners:
        if result.handed_in:
            path = results.feedback / result.learner / name / f"{name}.html"
            write_atomically(path, feedback_page(results.lesson, result, guide, lessons))
            for beside, content in read_beside(results.submitted, result.learner, name).items():
                write_atomically(path.with_name(beside), content)  # which nbgrader release_feedback looks for
            yield result


def feedback_page(lesson: GradedLesson, result: LearnerResult, guide: LessonGuide, lessons: str) -> str:
    """Return a learner's page."""
    about = lesson.handed_out.metadata.get("course", {})
    answers = [_feedback(lesson, result, answer, guide, lessons) for answer in result.answers]
    return render(
        "feedback.html.jinja",
        lesson=f"{lesson.name[:2]} {about.get('title', '')}".strip() if about else lesson.name,
        result=result,
        answers=answers,
        next_steps=_most_worth_while(answers),
        waiting=[answer for answer in answers if answer.points is None],
    )


def _feedback(
    lesson: GradedLesson, result: LearnerResult, answer: AnswerResult, guide: LessonGuide, lessons: str
) -> AnswerFeedback:
    belief = guide.belief(answer)
    section = guide.section(answer, belief)
    score = answer.score
    return AnswerFeedback(
        anchor=f"answer-{answer.cell}",
        id=answer.id if guide.is_exercise(answer) else "",
        written=guide.is_paragraph(answer),
        title=guide.title(answer),
        verdict=_verdict(answer),
        tone={"right": "passed", "no result": "open"}.get(answer.outcome, "lost"),
        points=score.points,
        worth=score.worth,
        message=_message(answer),
        belief=belief if belief and belief.known else None,
        section=section,
        address=guide.link(section, lessons) if section else "",
        try_next=_try_next(answer, guide),
        comment=answer.comment,
        question=guide.question(answer),
        source=_source(lesson, result, answer),
    )


def _verdict(answer: AnswerResult) -> str:
    if answer.score.by_hand:
        return "Marked by a person" + ", who looks at it again" * answer.score.waiting
    if answer.mark is None:
        return "Not marked yet"
    return IN_WORDS[answer.mark.status]


def _message(answer: AnswerResult) -> str:
    """Return what the grader says, with the line that stopped the code."""
    mark = answer.mark
    if mark is None:
        return "" if answer.score.by_hand else "A person marks this answer."
    if mark.status == "to be marked" and answer.score.by_hand:
        return ""
    return f"{mark.message} (`{bounded(mark.error).replace('`', '')}`)" if mark.error else mark.message


def _try_next(answer: AnswerResult, guide: LessonGuide) -> str:
    mark = answer.mark
    if mark is None or mark.status == "passed":
        return ""
    if guide.is_paragraph(answer):
        lost = answer.score.points is not None and answer.score.points < answer.score.worth
        return "Read the question again, and say it in your own words." if lost else ""
    if mark.status in _NEXT:
        return _NEXT[mark.status]
    if guide.is_exercise(answer):
        return f'Ask for hints one by one with `learn.hint("{answer.id}")`, and check again as often as you like.'
    return ""  # the same for every question, so a page says it once


def _source(lesson: GradedLesson, result: LearnerResult, answer: AnswerResult) -> str:
    """Return the text of an answer as the learner wrote it, in printable characters and bounded; empty if untouched."""
    if result.submission is None or (answer.mark is not None and answer.mark.status == "unattempted"):
        return ""
    cells = {asked.cell: asked.answer_cell for asked in lesson.asked}
    written = {**result.submission.answers, **result.submission.paragraphs}
    source = written.get(cells.get(answer.cell, answer.cell), "")
    most = _ANSWERS // len(result.answers)
    shown = "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in source[:most])
    return shown if len(source) <= most else f"{shown}\n(the rest is left out)"


def _most_worth_while(answers: Sequence[AnswerFeedback]) -> list[AnswerFeedback]:
    """Return the answers that would earn most if they were right, most first."""
    lost = [answer for answer in answers if answer.points is not None and answer.points < answer.worth]
    return sorted(lost, key=lambda answer: (answer.points or 0.0) - answer.worth)[:_TRY_NEXT]
