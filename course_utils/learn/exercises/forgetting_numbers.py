"""Exercise 04.e1: forgetting and backward transfer from an accuracy matrix."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.exercise import Evidence, Unusable, Verdict, call
from course_utils.learn.exercises.returned import RIGHT, WRONG, number

_ = math.nan
_MATRICES = {
    "two tasks": [[0.90, _], [0.60, 0.80]],
    "a later best": [[0.90, 0.15, 0.20], [0.94, 0.80, 0.25], [0.55, 0.65, 0.70]],
    "not measured": [[0.95, _, _, _], [0.80, 0.85, _, _], [0.70, 0.75, 0.90, _], [0.40, 0.60, 0.65, 0.80]],
    "the old gets better": [[0.60, 0.10, 0.10], [0.65, 0.70, 0.10], [0.75, 0.78, 0.66]],
}
_MESSAGES = {
    "rows and columns are swapped": (
        "You have read the matrix the other way round: `R[i][j]` is the accuracy on task j (column) after training on"
        " task i (row). The final accuracies stand in the last *row*."
    ),
    "the last task is in the mean": (
        "Your mean runs over all tasks. The last task was learned a moment ago and had no time to be forgotten: leave"
        " it out of the mean, or the number looks better than it is."
    ),
    "the sign": (
        "One of your two numbers has the wrong sign. Forgetting is above 0 where accuracy was lost (best minus final);"
        " backward transfer is below 0 there (final minus the diagonal)."
    ),
    "swapped": "The two numbers are in each other's place: give back forgetting first, then backward transfer.",
    "forgetting from the diagonal": (
        "Your forgetting starts from the diagonal. It starts from the *best* that a task ever had before the end,"
        " which may have come after the diagonal: look down the whole column."
    ),
    "backward transfer from the best": (
        "Your backward transfer starts from the best accuracy. It compares the end with the *diagonal*: the accuracy"
        " when the task was new."
    ),
    "the best includes the end": (
        "Your best accuracy looks at the last row too, so forgetting can never be below 0. Compare the best *before*"
        " the last training with the end: a later task can also help an earlier one."
    ),
    "the first row": (
        "You start from the first row: there the later tasks had not been learned yet. A task is new on the *diagonal*,"
        " `R[j][j]`."
    ),
    "only the first task": "You follow the first task only. Take the mean over all tasks but the last.",
    "percent": "Those are points of 100. Accuracies are shares in 0..1, so the two numbers lie in -1..1.",
    "not a number": (
        "The cells above the diagonal may be NaN (that task was not measured yet), and one of them has got into your"
        " sum. Use `np.nanmax`, or look only at the rows from the diagonal on."
    ),
}


def _numbers(rule: str, R: np.ndarray) -> tuple[float, float]:
    """Forgetting and backward transfer, computed as one well-known rule, right or wrong, computes them."""
    if rule == "rows and columns are swapped":
        R = R.T
    tasks = len(R) if rule == "the last task is in the mean" else 1 if rule == "only the first task" else len(R) - 1
    rows = R if rule in ("the best includes the end", "the last task is in the mean") else R[:-1]
    last, diagonal = R[-1, :tasks], np.diag(R)[:tasks]
    best = np.fmax.reduce(rows[:, :tasks])  # the larger of two numbers, or the one that is no NaN
    if rule == "not a number":
        best = rows[:, :tasks].max(axis=0)
    start = R[0, :tasks] if rule == "the first row" else diagonal
    forgetting = float(np.mean((diagonal if rule == "forgetting from the diagonal" else best) - last))
    backward = float(np.mean(last - (best if rule == "backward transfer from the best" else start)))
    if rule == "the first row":
        forgetting = float(np.mean(start - last))
    if rule == "swapped":
        return backward, forgetting
    return (100 * forgetting, 100 * backward) if rule == "percent" else (forgetting, backward)


def evidence(forgetting_and_transfer: Callable[..., Any]) -> Evidence:
    """The learner's two numbers for each matrix."""
    found = {}
    for case, matrix in _MATRICES.items():
        pair = call(forgetting_and_transfer, np.array(matrix))
        if not isinstance(pair, tuple | list | np.ndarray) or len(pair) != 2:
            raise Unusable("Give back two numbers, `forgetting, backward_transfer`, in this order.")
        found[case] = [number(value, "two numbers") for value in pair]
    return found


def verdict(evidence: Evidence) -> Verdict:
    def agrees(rule: str, places: tuple[int, ...] = (0, 1), cases: tuple[str, ...] = tuple(_MATRICES)) -> bool:
        return all(
            math.isclose(evidence[case][i], _numbers(rule, np.array(_MATRICES[case]))[i], abs_tol=1e-6)
            or (math.isnan(evidence[case][i]) and math.isnan(_numbers(rule, np.array(_MATRICES[case]))[i]))
            for case in cases
            for i in places
        )

    if agrees("right"):
        return Verdict(
            RIGHT, "Both numbers fit on all four matrices, also where a later task made an earlier one better."
        )
    for rule in ("swapped", "percent", "rows and columns are swapped", "only the first task", "the first row"):
        if agrees(rule):
            return Verdict(WRONG, _MESSAGES[rule])
    if any(math.isnan(value) for case in evidence for value in evidence[case]) and not agrees("the first row", (1,)):
        measured = tuple(case for case in evidence if not any(map(math.isnan, evidence[case])))
        if not measured or agrees("right", cases=measured):
            return Verdict(WRONG, _MESSAGES["not a number"])
    right = (agrees("right", (0,)), agrees("right", (1,)))
    share = 0.5 if any(right) else WRONG
    flipped = {case: [-value for value in evidence[case]] for case in evidence}
    for i in (0, 1):
        wanted = [_numbers("right", np.array(matrix))[i] for matrix in _MATRICES.values()]
        if not right[i] and np.allclose([flipped[case][i] for case in _MATRICES], wanted, atol=1e-6):
            return Verdict(share, _MESSAGES["the sign"])
    if not right[0]:
        for rule in ("forgetting from the diagonal", "the best includes the end"):
            if agrees(rule, (0,)):
                return Verdict(share, _MESSAGES[rule])
    if not right[1] and agrees("backward transfer from the best", (1,)):
        return Verdict(share, _MESSAGES["backward transfer from the best"])
    if not right[1] and agrees("the first row", (1,)):
        return Verdict(share, _MESSAGES["the first row"])
    tasks = [len(matrix) for matrix in _MATRICES.values()]
    for i in (0, 1):
        wanted = [_numbers("right", np.array(matrix))[i] for matrix in _MATRICES.values()]
        shrunk = [w * (n - 1) / n for w, n in zip(wanted, tasks, strict=True)]
        with_last = agrees("the last task is in the mean", (i,))
        if with_last or np.allclose([evidence[case][i] for case in _MATRICES], shrunk, atol=1e-6):
            return Verdict(share, _MESSAGES["the last task is in the mean"])
    case = next(case for case in _MATRICES if not agrees("right", cases=(case,)))
    lost, moved = _numbers("right", np.array(_MATRICES[case]))
    words = (
        f"For the matrix {_MATRICES[case]}, yours are {evidence[case][0]:.3f} and {evidence[case][1]:.3f};"
        f" forgetting is {lost:.3f} and backward transfer {moved:.3f}."
    )
    return Verdict(share, words)
