"""Exercise 04.e1: forgetting and backward transfer from an accuracy matrix."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG, number
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Unusable, Verdict, call

_ = np.nan
_MATRICES = (
    [[0.90, _], [0.60, 0.80]],
    [[0.90, 0.15, 0.20], [0.94, 0.80, 0.25], [0.55, 0.65, 0.70]],  # the best comes after the diagonal
    [[0.95, _, _, _], [0.80, 0.85, _, _], [0.70, 0.75, 0.90, _], [0.40, 0.60, 0.65, 0.80]],
    [[0.60, 0.10, 0.10], [0.65, 0.70, 0.10], [0.75, 0.78, 0.66]],  # the old gets better
)
FIELDS = {"forgetting": f"float[{len(_MATRICES)}]", "transfer": f"float[{len(_MATRICES)}]"}
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
    "percent": (
        "Those are percentages. Accuracies are shares between 0 and 1 here, so the two numbers lie between -1 and 1."
    ),
    "not a number": (
        "The cells above the diagonal may be NaN (that task was not measured yet), and one of them has got into your"
        " sum. Use `np.nanmax`, or look only at the rows from the diagonal on."
    ),
}


_OF_FORGETTING = ("forgetting from the diagonal", "the best includes the end", "the last task is in the mean")
_OF_TRANSFER = ("backward transfer from the best", "the first row", "the last task is in the mean")


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


def _matrices(seed: int) -> list[np.ndarray]:
    """The accuracy matrices, with every cell up to 0.01 higher or lower."""
    rng = np.random.default_rng(seed)
    return [np.round(np.array(R) + rng.uniform(-0.01, 0.01, np.shape(R)), 3) for R in _MATRICES]


def evidence(forgetting_and_transfer: Callable[..., Any], seed: int) -> Evidence:
    """The learner's two numbers for each matrix."""
    pairs = []
    for R in _matrices(seed):
        pair = call(forgetting_and_transfer, R)
        if isinstance(pair, np.ndarray):
            pair = pair.tolist()
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise Unusable("Give back two numbers, `forgetting, backward_transfer`, in this order.")
        pairs.append([number(value, "two numbers") for value in pair])
    forgetting, transfer = zip(*pairs, strict=True)
    return {"forgetting": forgetting, "transfer": transfer}


def verdict(evidence: Evidence, seed: int) -> Verdict:
    matrices = _matrices(seed)
    found = np.stack([evidence["forgetting"], evidence["transfer"]])

    def by(rule: str) -> np.ndarray:
        return np.transpose([_numbers(rule, R) for R in matrices])

    def agrees(rule: str, rows: slice | int = slice(None)) -> bool:
        return np.allclose(found[rows], by(rule)[rows], atol=1e-6, equal_nan=True)

    right = np.isclose(found, by("right"), atol=1e-6)
    if right.all():
        return Verdict(
            RIGHT, "Both numbers fit on all four matrices, also where a later task made an earlier one better."
        )
    for rule in ("swapped", "percent", "rows and columns are swapped", "only the first task", "the first row"):
        if agrees(rule):
            return Verdict(WRONG, _MESSAGES[rule])
    if np.isnan(found).any() and not agrees("the first row", 1) and right[~np.isnan(found)].all():
        return Verdict(WRONG, _MESSAGES["not a number"])
    share = 0.5 if right.all(axis=1).any() else WRONG
    for row, rules in ((0, _OF_FORGETTING), (1, _OF_TRANSFER)):
        if right[row].all():
            continue
        if np.allclose(-found[row], by("right")[row], atol=1e-6):
            return Verdict(share, _MESSAGES["the sign"])
        for rule in rules:
            if agrees(rule, row):
                return Verdict(share, _MESSAGES[rule])
        tasks = np.array([len(R) for R in matrices])
        if np.allclose(found[row], by("right")[row] * (tasks - 1) / tasks, atol=1e-6):
            return Verdict(share, _MESSAGES["the last task is in the mean"])
    case = int(np.argmin(right.all(axis=0)))
    lost, moved = _numbers("right", matrices[case])
    words = (
        f"For the matrix {matrices[case].tolist()}, yours are {found[0, case]:.3f} and {found[1, case]:.3f};"
        f" forgetting is {lost:.3f} and backward transfer {moved:.3f}."
    )
    return Verdict(share, words)
