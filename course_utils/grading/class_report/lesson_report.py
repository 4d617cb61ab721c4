"""Find out what there is to say about the results of a lesson."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.grading.class_report.item_statistics import Estimate, cronbach_alpha, discrimination
from course_utils.grading.class_report.report_models import (
    AnswerRow,
    BeliefReport,
    EffortReport,
    LessonReport,
    QuestionReport,
    RunTimeReport,
    SimilarityReport,
)
from course_utils.grading.class_report.run_times import unusual
from course_utils.grading.class_report.shared_progress import Effort, read_shared_progress
from course_utils.grading.class_report.winnowing import similar_pairs
from course_utils.grading.class_results import OUTCOMES, AnswerResult, ClassResults, LearnerResult, Outcome
from course_utils.grading.lesson_guide import Belief, LessonGuide
from course_utils.grading.marks import MarkStatus

_SETTLED = " (a person has given points)"
_TO_LOOK_AT: frozenset[MarkStatus] = frozenset({"timed out", "out of memory", "crashed", "tampered", "infrastructure"})


def report_on(results: ClassResults, guide: LessonGuide, named: Callable[[str], str]) -> LessonReport:
    """Return what there is to say about the results of a lesson.

    Args:
        named: returns the name that a learner has in the report.
    """
    graded = [result for result in results.learners if result.answers]
    questions = list({answer.cell: answer for _, answer in _all(graded)}.values())
    complete, coefficients = _coefficients(graded, questions)
    reports = [
        _question(graded, question, guide, named, coefficient)
        for question, coefficient in zip(questions, coefficients, strict=True)
    ]
    efforts = _efforts(results, graded, questions)
    return LessonReport(
        name=results.lesson.name,
        title=results.lesson.handed_out.metadata.get("course", {}).get("title", ""),
        learners=len(results.learners),
        worth=sum(question.score.worth for question in questions),
        points={named(result.shown): result.points for result in graded},
        complete=len(complete),
        alpha=cronbach_alpha(complete),
        questions=tuple(reports),
        beliefs=tuple(_beliefs(graded, guide)),
        effort=tuple(_summed(efforts, questions)),
        sharing=len(efforts),
        run_times=tuple(_run_times(reports)),
        similar=tuple(_similar(results, graded, questions, guide, named)),
        nothing=tuple(named(result.shown) for result in results.learners if not result.handed_in),
        unread=tuple((named(result.shown), result.unread) for result in results.learners if result.unread),
        to_look_at=tuple(
            (named(result.shown), answer.id, answer.mark.status + _SETTLED * answer.score.by_hand)
            for result, answer in _all(graded)
            if answer.mark is not None and answer.mark.status in _TO_LOOK_AT
        ),
        answers=tuple(_row(named(result.shown), answer, guide) for result, answer in _all(graded)),
    )


def _all(graded: Sequence[LearnerResult]) -> Iterator[tuple[LearnerResult, AnswerResult]]:
    return ((result, answer) for result in graded for answer in result.answers)


def _coefficients(
    graded: Sequence[LearnerResult], questions: Sequence[AnswerResult]
) -> tuple[NDArray[Any], list[Estimate | None]]:
    """Return the points of those who have some for every question, and each question's discrimination.

    A question for which nobody has points yet is left out.
    """
    rows = [{answer.cell: answer.score.points for answer in result.answers} for result in graded]
    points = np.array([[row.get(question.cell) for question in questions] for row in rows], dtype=float)  # None is NaN
    judged = ~np.isnan(points).all(axis=0)
    complete = points[:, judged]
    complete = complete[~np.isnan(complete).any(axis=1)]
    rests = complete.sum(axis=1, keepdims=True) - complete
    found = (discrimination(item, rest) for item, rest in zip(complete.T, rests.T, strict=True))
    return complete, [next(found) if has_points else None for has_points in judged]


def _question(
    graded: Sequence[LearnerResult],
    question: AnswerResult,
    guide: LessonGuide,
    named: Callable[[str], str],
    coefficient: Estimate | None,
) -> QuestionReport:
    answers = [(result, answer) for result, answer in _all(graded) if answer.cell == question.cell]
    outcomes: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
    for _, answer in answers:
        outcomes[answer.outcome] += 1
    scores = [answer.score for _, answer in answers]
    shares = [score.points / score.worth for score in scores if score.points is not None and score.worth]
    asked = guide.question(question)
    timed = [(result, answer.mark) for result, answer in answers if answer.mark and answer.mark.status != "unattempted"]
    return QuestionReport(
        id=question.id,
        title=guide.title(question),
        text=asked.text if asked else "",
        worth=question.score.worth,
        outcomes=outcomes,
        difficulty=float(np.mean(shares)) if shares else None,
        discrimination=coefficient,
        seconds={named(result.shown): mark.seconds for result, mark in timed} if guide.is_exercise(question) else {},
    )


def _beliefs(graded: Sequence[LearnerResult], guide: LessonGuide) -> list[BeliefReport]:
    """Return the misconceptions, the commonest first."""
    learners: defaultdict[str, set[str]] = defaultdict(set)
    questions: defaultdict[str, set[str]] = defaultdict(set)
    words: dict[str, Belief] = {}
    for result, answer in _all(graded):
        belief = guide.belief(answer)
        if belief:
            learners[belief.id].add(result.learner)
            questions[belief.id].add(answer.id)
            words[belief.id] = belief
    found = [
        BeliefReport(
            id,
            text=words[id].text,
            known=words[id].known,
            learners=len(who),
            questions=tuple(sorted(questions[id])),
            teach=words[id].section or words[id].topic,
        )
        for id, who in learners.items()
    ]
    return sorted(found, key=lambda belief: (-belief.learners, belief.id))


def _efforts(
    results: ClassResults, graded: Sequence[LearnerResult], questions: Sequence[AnswerResult]
) -> list[Mapping[str, Effort]]:
    """Return the effort by question of everyone who shares a record."""
    ids = [question.id for question in questions]
    shared = (read_shared_progress(results.submitted, result.learner, results.lesson.name, ids) for result in graded)
    return [effort for effort in shared if effort is not None]


def _summed(efforts: Sequence[Mapping[str, Effort]], questions: Sequence[AnswerResult]) -> Iterator[EffortReport]:
    for question in questions:
        ones = [effort[question.id] for effort in efforts if question.id in effort]
        if ones:
            attempts, hints, solutions, minutes = zip(*ones, strict=True)
            timed = [spent for spent in minutes if spent is not None]
            worked = median(timed) if timed else None
            yield EffortReport(question.id, len(ones), median(attempts), median(hints), worked, sum(solutions))


def _run_times(questions: Sequence[QuestionReport]) -> Iterator[RunTimeReport]:
    for question in questions:
        for learner, times in sorted(unusual(question.seconds).items(), key=lambda one: -one[1]):
            yield RunTimeReport(learner, question.id, question.seconds[learner], times)


def _similar(
    results: ClassResults,
    graded: Sequence[LearnerResult],
    questions: Sequence[AnswerResult],
    guide: LessonGuide,
    named: Callable[[str], str],
) -> Iterator[SimilarityReport]:
    answer_cells = {asked.cell: asked.answer_cell for asked in results.lesson.asked}
    for question in questions:
        if not guide.is_exercise(question):
            continue
        cell = answer_cells[question.cell]
        known = results.lesson.stubs[cell], results.lesson.solutions[cell]
        sources = {one.shown: one.submission.answers.get(cell, "") for one in graded if one.submission}
        for pair in similar_pairs(sources, known):
            yield SimilarityReport(question.id, (named(pair.first), named(pair.second)), pair.share, pair.shared)


def _row(learner: str, answer: AnswerResult, guide: LessonGuide) -> AnswerRow:
    belief, mark, score = guide.belief(answer), answer.mark, answer.score
    return AnswerRow(
        learner=learner,
        question=answer.id,
        status=answer.outcome if mark is None else mark.status,
        points=score.points,
        worth=score.worth,
        misconception=belief.id if belief else "",
        seconds=mark.seconds if mark else 0.0,
    )
