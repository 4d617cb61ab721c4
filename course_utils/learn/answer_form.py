"""Widgets to answer a quick check with: the same question and the same check, without a variable to set.

They are stock widgets, each a native input with a label: the Tab key reaches every one, and JupyterLab leaves them
their keys.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets

from course_utils.frontend.guard import guard
from course_utils.learn.quick_checks import Question, wanted
from course_utils.learn.result import Result

_WIDE = {"description_width": "initial"}


def answer_form(question: Question, check: Callable[[Any], Result]) -> ipywidgets.VBox:
    """Return the question's card with inputs for the answer, a button, and below it the result of ``check``."""
    inputs, read = _FORMS[question.kind](question)
    ways = f"Answer here and press the button, or answer in the cell with {wanted(question)}."
    empty = replace(question.check(None), message=ways)
    button = ipywidgets.Button(description=f"Check {question.id}")
    feedback = ipywidgets.HTML()

    def show(_: ipywidgets.Button) -> None:
        answer = read()
        result = empty if answer is None else check(answer)
        said = replace(result, context=()).card().html()  # the question is already shown above
        feedback.value = f'<div role="alert">{said}</div>'  # so that a screen reader announces it

    button.on_click(show)
    form = ipywidgets.VBox([ipywidgets.HTML(empty.card().html()), *inputs, button, feedback])
    guard(form)
    return form


Form = tuple[list[ipywidgets.Widget], Callable[[], Any]]


def _single(question: Question) -> Form:
    radio = ipywidgets.RadioButtons(options=list(question.letters), index=None, description="Answer")
    return [radio], lambda: radio.value


def _multiple(question: Question) -> Form:
    boxes = [ipywidgets.Checkbox(description=letter, indent=False) for letter in question.letters]
    return boxes, lambda: "".join(box.description for box in boxes if box.value) or None


def _number(question: Question) -> Form:
    box = ipywidgets.Text(description="Number", placeholder="12 or 0.5")
    return [box], lambda: _typed(box)


def _order(question: Question) -> Form:
    options = [("choose", ""), *zip(question.letters, question.letters, strict=True)]
    menus = [
        ipywidgets.Dropdown(options=options, description=f"Step {place}") for place, _ in enumerate(question.letters, 1)
    ]
    return menus, lambda: "".join(menu.value for menu in menus) or None


def _curve(question: Question) -> Form:
    boxes = [
        ipywidgets.Text(description=f"{where} (%)", placeholder="0 to 100", style=_WIDE) for where in question.positions
    ]

    def read() -> list[Any] | None:
        numbers = [_typed(box) for box in boxes]
        return None if all(number is None for number in numbers) else numbers

    return boxes, read


_FORMS = {"single": _single, "multiple": _multiple, "number": _number, "order": _order, "curve": _curve}


def _typed(box: ipywidgets.Text) -> Any:
    """Return the number in a box, None if it is empty, or NaN, which no check accepts, if it isn't a number."""
    try:
        return float(box.value) if box.value.strip() else None
    except ValueError:
        return math.nan
