"""Run every gate over every lesson; report the findings and some figures."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from course_utils.authoring.gates import coverage, leaks, pages, percentages, reading, scores, size
from course_utils.authoring.gates.subject import Finding, Subject, read_subject
from course_utils.checkout import Lesson, find_lessons
from course_utils.errors import CourseError

STATIC_GATES = (
    scores.everything_is_asked_once,
    scores.cells_are_named_after_their_checks,
    leaks.stubs_stand_in_the_solution,
    leaks.nothing_is_given_away,
    coverage.objectives_are_practised,
    coverage.misconceptions_are_caught,
    pages.headings_are_in_order,
    pages.pictures_have_words,
    pages.links_lead_somewhere,
    pages.cards_are_shown,
    reading.minutes_are_about_right,
    size.lesson_is_short_enough,
    size.cells_are_short_enough,
    size.terms_are_introduced,
    percentages.numbers_are_measured,
)
TRIAL_GATES = (scores.solution_scores_everything, scores.untouched_scores_nothing)


@dataclass(frozen=True)
class Examination:
    """The findings of the gates in a lesson (empty when it may be released), and its figures in one line."""

    lesson: str
    figures: str
    findings: tuple[Finding, ...]


def examine(root: Path, on_progress: Callable[[int, int], None]) -> list[Examination]:
    """Put every lesson of the checkout ``root`` through every gate, in order.

    Args:
        on_progress: called with the number of lessons done and the number of all lessons.

    Raises:
        CourseError: there are no lessons.
    """
    lessons = find_lessons(root)
    done: list[Examination] = []
    with ThreadPoolExecutor(min(len(lessons), os.cpu_count() or 1)) as pool:
        for examination in pool.map(_examine, lessons):
            done.append(examination)
            on_progress(len(done), len(lessons))
    return done


def _examine(lesson: Lesson) -> Examination:
    try:
        subject = read_subject(lesson)
    except CourseError as error:
        return Examination(lesson.name, "", (Finding(lesson.name, "its files", str(error)),))
    findings = [finding for gate in STATIC_GATES for finding in gate(subject)]
    try:
        tried = scores.try_apart(subject)
    except CourseError as error:
        findings.append(subject.finding("its answers", str(error)))
        return Examination(lesson.name, _figures(subject), tuple(findings))
    findings += [finding for gate in TRIAL_GATES for finding in gate(subject, tried)]
    score = ", ".join(f"{version} {scores.points(answers)}" for version, answers in tried.items())
    return Examination(lesson.name, f"{score}; {_figures(subject)}", tuple(findings))


def _figures(subject: Subject) -> str:
    said, counted = subject.front_matter.minutes, reading.minutes(subject)
    return f"reading level {reading.level(subject):.1f}; {said} minutes said, {counted:.0f} counted"
