"""The report's figures, as SVG inside the page: sizes for a phone, colours from the page's style sheet.

Each says in words what it shows; nothing is told by colour alone. A template defines the fills (``fill-...``).
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup

from course_utils.grading.class_report.report_models import QuestionReport
from course_utils.grading.class_results import OUTCOMES, Outcome

WIDTH = 360  # units; a page may show a figure larger
_BINS = 10
_DIGIT = 8  # units that a digit takes, about


def outcome_class(outcome: Outcome) -> str:
    """Return the CSS class of an outcome's fill."""
    return f"fill-{outcome.replace(' ', '-')}"


def histogram(points: Sequence[float], worth: float) -> Markup:
    """Draw how many learners have how many points, in ten bins, with the median."""
    bottom, left, right = 140, 4, WIDTH - 4
    counts, _ = np.histogram(np.clip(np.asarray(points) / worth, 0, 1), bins=_BINS, range=(0, 1))
    step, scale = (right - left) / _BINS, (bottom - 18) / max(1, counts.max())
    parts = []
    for place, count in enumerate(counts):
        x, height = left + place * step, count * scale
        parts.append(_rect(x + 1, bottom - height, step - 2, height, "fill-score"))
        if count:
            parts.append(_text(x + step / 2, bottom - height - 4, str(count), "middle"))
    middle = float(np.median(points))
    x = left + (right - left) * min(max(middle / worth, 0), 1)
    parts.append(Markup('<path class="point" d="M{:.1f} {}l6 10h-12z"/>').format(x, bottom + 20))
    parts.append(_text(min(max(x, 40), WIDTH - 40), bottom + 44, f"median {middle:g}", "middle"))
    parts.append(_line(left, bottom, right, bottom, "axis"))
    for share, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
        words = f"{share * worth:g}{' points' if share == 1 else ''}"
        parts.append(_text(left + share * (right - left), bottom + 16, words, anchor))
    said = "; ".join(
        f"{worth * place / _BINS:g} to {worth * (place + 1) / _BINS:g}: {n}" for place, n in enumerate(counts)
    )
    return _svg(bottom + 50, f"Histogram of {len(points)} learners' points. {said}. Median {middle:g}.", parts)


def outcome_bars(questions: Sequence[QuestionReport]) -> Markup:
    """Draw for each question a bar of how the answers came out."""
    parts, said = [], []
    for row, question in enumerate(questions):
        top, x, all_ = row * 42, 0.0, sum(question.outcomes.values())
        parts.append(_text(0, top + 14, _short(f"{question.id} {question.title}"), "start"))
        for outcome in OUTCOMES:
            count = question.outcomes[outcome]
            width = WIDTH * count / all_
            if count:
                parts.append(_rect(x + 0.5, top + 19, max(width - 1, 0.5), 17, outcome_class(outcome)))
            if width > _DIGIT * len(str(count)) + 2:
                parts.append(_text(x + width / 2, top + 32, str(count), "middle"))
            x += width
        told = ", ".join(f"{count} {outcome}" for outcome, count in question.outcomes.items() if count)
        said.append(f"{question.id}: {told}")
    return _svg(len(questions) * 42, f"How the answers came out. {'; '.join(said)}.", parts)


def discrimination_plot(questions: Sequence[QuestionReport]) -> Markup:
    """Draw each question's discrimination with its interval, from -1 to 1; leave out those without."""
    left, right = 58, WIDTH - 8
    shown = [(question.id, question.discrimination) for question in questions if question.discrimination]
    bottom = len(shown) * 24 + 6

    def place(value: float) -> float:
        return left + (right - left) * (value + 1) / 2

    parts = [
        _line(place(mark), 0, place(mark), bottom, "axis" if mark == 0 else "grid") for mark in (-1, -0.5, 0, 0.5, 1)
    ]
    for row, (id, estimate) in enumerate(shown):
        y = row * 24 + 15
        parts.append(_text(0, y + 4, id, "start"))
        parts.append(_line(place(estimate.low), y, place(estimate.high), y, "reach"))
        parts.append(Markup('<circle class="point" cx="{:.1f}" cy="{:.1f}" r="5"/>').format(place(estimate.value), y))
    for mark in (-1, 0, 1):
        parts.append(_text(place(mark), bottom + 16, f"{mark:g}", "middle" if mark < 1 else "end"))
    said = "; ".join(f"{id}: {one.value:.2f}, from {one.low:.2f} to {one.high:.2f}" for id, one in shown)
    return _svg(bottom + 22, f"Discrimination with its 95 % interval. {said}.", parts)


def run_time_plot(questions: Sequence[QuestionReport], far: Mapping[str, frozenset[str]]) -> Markup:
    """Draw everyone's seconds of processor time on a logarithmic axis.

    Args:
        questions: of which at least one was run.
        far: by question, the learners whose time is unusual; they are drawn as diamonds.
    """
    left, right = 58, WIDTH - 12
    shown = [question for question in questions if question.seconds]
    bottom = len(shown) * 30 + 4
    times = [max(time, 0.01) for question in shown for time in question.seconds.values()]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)) + 1e-9)

    def place(seconds: float) -> float:
        return left + (right - left) * (math.log10(max(seconds, 0.01)) - low) / max(1, high - low)

    parts = [_line(place(10.0**power), 0, place(10.0**power), bottom, "grid") for power in range(low, high + 1)]
    for row, question in enumerate(shown):
        y = row * 30 + 17
        parts.append(_text(0, y + 4, question.id, "start"))
        for learner, seconds in question.seconds.items():
            x = place(seconds)
            if learner in far.get(question.id, ()):
                parts.append(
                    Markup('<path class="far" d="M{:.1f} {}l6 6l-6 6l-6-6z"><title>{}: {:.3g} s</title></path>').format(
                        x, y - 6, learner, seconds
                    )
                )
            else:
                parts.append(Markup('<circle class="dot" cx="{:.1f}" cy="{}" r="3.5"/>').format(x, y))
    for power in range(low, high + 1):
        parts.append(_text(place(10.0**power), bottom + 16, f"{10.0**power:g} s", "middle" if power < high else "end"))
    medians = "; ".join(
        f"{question.id}: median {np.median(list(question.seconds.values())):.3g} s" for question in shown
    )
    return _svg(bottom + 22, f"Processor time of everyone's answers. {medians}.", parts)


def small_bar(share: float) -> Markup:
    """Draw a bar for a table's cell, which says the number beside it."""
    bar = '<svg class="small-bar" viewBox="0 0 80 12" width="80" height="12" aria-hidden="true">{}</svg>'
    return Markup(bar).format(_rect(0, 0, 80 * share, 12, "fill-wrong"))


def _svg(height: float, said: str, parts: Sequence[Markup]) -> Markup:
    opening = Markup('<svg role="img" viewBox="0 0 {} {:.0f}" aria-label="{}">').format(WIDTH, height, said)
    return opening + Markup("").join(parts) + Markup("</svg>")


def _rect(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    shape = '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
    return Markup(shape).format(kind, x, y, width, height)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    shape = '<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>'
    return Markup(shape).format(kind, x1, y1, x2, y2)


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    shape = '<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
    return Markup(shape).format(x, y, anchor, words)


def _short(words: str) -> str:
    return words if len(words) <= 46 else f"{words[:45].rstrip()}…"
