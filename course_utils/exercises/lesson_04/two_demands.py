"""Exercise 04.e4: the cheapest setting that meets a pair of demands."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Unusable, Verdict, call
from course_utils.learn.wording import kind

_MEASURED = {  # (method, setting): megabytes; by seed, validation source and target; test source and target
    ("plain", 0.001): (0.0, ((0.30, 0.86), (0.34, 0.84)), (0.30, 0.85)),
    ("plain", 0.0001): (0.5, ((0.94, 0.78), (0.96, 0.80)), (0.96, 0.85)),
    ("lora", 0.001): (1.0, ((0.94, 0.90), (0.94, 0.72)), (0.93, 0.83)),
    ("rehearsal", 0.1): (3.0, ((0.8125, 0.875), (0.9375, 0.75)), (0.86, 0.79)),  # a mean without rounding errors
    ("rehearsal", 0.25): (3.5, ((0.90, 0.78), (0.94, 0.90)), (0.91, 0.85)),
    ("ewc", 100): (4.5, ((0.95, 0.87), (0.93, 0.89)), (0.95, 0.88)),
    ("ewc", 1000): (4.7, ((0.98, 0.90), (0.98, 0.92)), (0.97, 0.90)),
}
#: (source, target) and what is right.
_DEMANDS = {
    "on the edge": (0.875, 0.8125),
    "high": (0.93, 0.86),
    "none": (0.0, 0.0),
    "out of reach": (0.97, 0.95),
}
_ANSWERS = {
    "on the edge": ("rehearsal", 0.1),
    "high": ("ewc", 100),
    "none": ("plain", 0.001),
    "out of reach": None,
}


FIELDS = {"method": f"str[{len(_DEMANDS)}]", "setting": f"float[{len(_DEMANDS)}]"}  # "" where none will do


def _rows(seed: int) -> list[dict[str, Any]]:
    """The measurements that a learner's function chooses from, one row a run; the settings stand in drawn order."""
    rng = np.random.default_rng(seed)
    settings, memory = list(_MEASURED), float(rng.integers(1, 5))
    order = [settings[i] for i in rng.permutation(len(settings))]
    return [
        {
            "method": method,
            "setting": setting,
            "seed": run,
            "megabytes": memory * megabytes,
            "validation_source": validated[run][0],
            "validation_target": validated[run][1],
            "test_source": tested[0],
            "test_target": tested[1],
        }
        for run in (0, 1)
        for method, setting in order
        for megabytes, validated, tested in (_MEASURED[method, setting],)
    ]


def evidence(cheapest: Callable[..., Any], seed: int) -> Evidence:
    """The setting that the learner's function chooses for each pair of demands."""
    chosen = [_choice(call(cheapest, _rows(seed), *demands)) or ("", 0.0) for demands in _DEMANDS.values()]
    return {"method": [method for method, _ in chosen], "setting": [float(setting) for _, setting in chosen]}


def _choice(chosen: Any) -> tuple[str, float] | None:
    if chosen is None:
        return None
    if isinstance(chosen, dict) and {"method", "setting"} <= set(chosen):
        chosen = chosen["method"], chosen["setting"]
    if not isinstance(chosen, tuple | list) or len(chosen) != 2:
        raise Unusable(
            f"Your function gave back {kind(chosen)}; give back `(method, setting)`, or `None` if none will do."
        )
    known = next((key for key in _MEASURED if key == tuple(chosen)), None)
    if known is None:
        raise Unusable(f"{tuple(chosen)} is not among the measured settings; give back `(method, setting)` of a row.")
    return known


def verdict(evidence: Evidence, seed: int) -> Verdict:
    pairs = zip(evidence["method"].tolist(), evidence["setting"].tolist(), strict=True)
    chosen = {case: pair if pair[0] else None for case, pair in zip(_DEMANDS, pairs, strict=True)}
    if chosen == _ANSWERS:
        return Verdict(
            RIGHT,
            "The cheapest setting whose mean over the seeds meets both demands on validation, and an honest None.",
        )
    edge, high = chosen["on the edge"], chosen["high"]
    if chosen["none"] is None:
        words = "Demands of 0 are met by every setting, and you gave back None. Is there a `return` for that case?"
        return Verdict(WRONG, words)
    if edge == ("plain", 0.0001) and high != edge:
        words = (
            "Your choice meets the demands on *test* pictures only. Choices are made on validation, or the test result"
            " that you report afterwards is no longer honest."
        )
        return Verdict(WRONG, words)
    if edge in (("plain", 0.0001), ("plain", 0.001)):
        return Verdict(WRONG, "Your choice meets one of the two demands and misses the other. Both must hold.")
    if chosen["out of reach"] is not None:
        words = (
            "No setting meets source 0.97 and target 0.95, and you gave one back all the same. Somebody would rely on"
            " it: say `None`."
        )
        met = [case for case in _DEMANDS if chosen[case] == _ANSWERS[case]]
        return (
            Verdict(2 / 3, f"Your choices are right where there is one. {words}")
            if len(met) == 3
            else Verdict(WRONG, words)
        )
    if edge == ("lora", 0.001) or high == ("rehearsal", 0.25):
        words = (
            "Your choice meets the demands in one seed and misses them in the other: that one was luck. Judge a setting"
            " by its *mean* over the seeds."
        )
        return Verdict(WRONG, words)
    if high == ("ewc", 1000) or chosen["none"] != ("plain", 0.001):
        words = (
            "Your choice meets both demands with room to spare, and costs more than it must. Among all that meet both,"
            " take the one with the fewest megabytes."
        )
        return Verdict(WRONG, words)
    if edge == ("rehearsal", 0.25):
        return Verdict(WRONG, "A setting that reaches exactly what was demanded meets the demand: use `>=`.")
    if edge == ("ewc", 100):
        words = (
            "You asked for the demands in *every* seed. That is stricter than what was asked: the mean over the seeds"
            " decides."
        )
        return Verdict(WRONG, words)
    case = next(case for case in _DEMANDS if chosen[case] != _ANSWERS[case])
    source, target = _DEMANDS[case]
    words = f"For source {source} and target {target} you chose {chosen[case]}; {_ANSWERS[case]} was expected."
    return Verdict(WRONG, words)
