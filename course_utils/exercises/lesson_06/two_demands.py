"""Exercise 06.e3: the cheapest setting that meets a pair of demands."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from course_utils.learn.calling import Unusable, call
from course_utils.learn.evidence import Data, bounded
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_Name = tuple[str, float]
_Pair = tuple[float, float]  # of the source and of the target
_Rows = list[dict[str, Any]]
_Rule = Callable[[_Rows, _Pair], bool]


class _Setting(NamedTuple):
    """A setting: which drawn method and number it has, what it costs, and its accuracies before the shift."""

    method: int
    number: int
    megabytes: float
    validation: tuple[_Pair, _Pair]  # of two seeds
    test: _Pair


_CHEAPEST = _Setting(0, 0, 0.0, ((0.30, 0.86), (0.34, 0.84)), (0.30, 0.85))
_DEAREST = _Setting(3, 5, 4.7, ((0.98, 0.90), (0.98, 0.92)), (0.97, 0.90))
#: Each wrong way to choose picks a different one of them. Some share a method, and some share a number.
_BETWEEN = (
    _Setting(0, 1, 0.5, ((0.94, 0.78), (0.96, 0.80)), (0.96, 0.85)),  # meets demands on test
    _Setting(1, 0, 1.0, ((0.94, 0.90), (0.94, 0.72)), (0.93, 0.83)),  # meets them in one seed
    _Setting(2, 2, 3.0, ((0.8125, 0.875), (0.9375, 0.75)), (0.86, 0.79)),  # has exactly what is demanded
    _Setting(2, 3, 3.5, ((0.90, 0.78), (0.94, 0.90)), (0.91, 0.85)),  # has more than that
    _Setting(3, 4, 4.5, ((0.95, 0.87), (0.93, 0.89)), (0.95, 0.88)),  # meets them in every seed
)
_METHODS = ("plain", "lower-rate", "rehearsal", "freezing", "l2-sp", "ewc", "lora")
_NUMBERS = (0.0001, 0.001, 0.01, 0.1, 0.25, 2, 4, 10, 100, 1000)
#: The demands before the shift. Those on the edge and all shifts are multiples of 1/16, so that a mean of exactly what
#: is demanded has no rounding error.
_DEMANDS = {"on the edge": (0.875, 0.8125), "high": (0.93, 0.86), "out of reach": (0.97, 0.95)}
_NO_DEMANDS = (0.0, 0.0)
_MET = ("on the edge", "high", "none")
_CASES = (*_MET, "out of reach")


class TwoDemands(Exercise):
    """The setting that the learner's function chooses for each pair of demands; an empty method where none will do."""

    id = "06.e3"
    points = 3
    fields = {"method": f"str[{len(_CASES)}]", "setting": f"float[{len(_CASES)}]"}

    def challenge(self, seed: int) -> Inputs:
        """Draw one row per run, settings in random order. Names and megabytes vary; accuracies and demands shift."""
        rng = np.random.default_rng(seed)
        methods = [_METHODS[i] for i in rng.permutation(len(_METHODS))]
        numbers = [_NUMBERS[i] for i in rng.permutation(len(_NUMBERS))]
        memory = float(rng.uniform(1, 5))
        shift = float(rng.integers(-2, 1)) / 16, float(rng.integers(-2, 1)) / 16
        rows = []
        order = _order(rng)
        for run in (0, 1):
            for setting in order:
                validated, tested = _shifted(setting.validation[run], shift), _shifted(setting.test, shift)
                rows.append(
                    {
                        "method": methods[setting.method],
                        "setting": numbers[setting.number],
                        "seed": run,
                        "megabytes": round(memory * setting.megabytes, 2),
                        "validation_source": validated[0],
                        "validation_target": validated[1],
                        "test_source": tested[0],
                        "test_target": tested[1],
                    }
                )
        demands = {case: _shifted(demand, shift) for case, demand in _DEMANDS.items()} | {"none": _NO_DEMANDS}
        return {"rows": rows, "demands": {case: list(demands[case]) for case in _CASES}}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        names = _by_name(inputs["rows"])
        chosen = [_choice(call(answer, inputs["rows"], *inputs["demands"][case]), names) for case in _CASES]
        return {
            "method": [name[0] if name else "" for name in chosen],
            "setting": [float(name[1]) if name else 0.0 for name in chosen],
        }

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        settings = _by_name(inputs["rows"])
        demands = {case: (source, target) for case, (source, target) in inputs["demands"].items()}
        chosen: dict[str, _Name | None] = {}
        for case, method, number in zip(_CASES, data["method"].tolist(), data["setting"].tolist(), strict=True):
            chosen[case] = (method, number) if method else None
            if method and (method, number) not in settings:
                return wrong("not-measured", choice=bounded((method, number)))
        right = {case: _cheapest(_in_the_mean, settings, demands[case]) for case in _CASES}
        if chosen == right:
            return passed()
        if chosen["none"] is None:
            return wrong("none-without-demands")
        code = _rule_of(chosen, settings, demands)
        if code in ("chosen-on-test", "one-of-two"):
            return wrong(code)
        if chosen["out of reach"] is not None:
            source, target = demands["out of reach"]
            if all(chosen[case] == right[case] for case in _MET):
                return wrong("right-but-never-none", 2 / 3, source=source, target=target)
            return wrong("never-none", source=source, target=target)
        case = next(case for case in _CASES if chosen[case] != right[case])
        name, (source, target) = chosen[case], demands[case]
        code = code or ("another-choice" if name is None else _mistake(settings[name], demands[case]))
        if code == "another-choice":
            return wrong(code, source=source, target=target, found=str(name), wanted=str(right[case]))
        return wrong(code)


def _order(rng: np.random.Generator) -> list[_Setting]:
    """Return the settings in random order, in which neither the first nor the last row that will do is always right."""
    between = [_BETWEEN[i] for i in rng.permutation(len(_BETWEEN))]
    between.insert(int(rng.integers(len(between))), _CHEAPEST)
    return [_DEAREST, *between]


def _shifted(pair: _Pair, shift: _Pair) -> _Pair:
    return round(pair[0] + shift[0], 4), round(pair[1] + shift[1], 4)  # four decimals hold every sixteenth


def _by_name(rows: _Rows) -> dict[_Name, _Rows]:
    settings: dict[_Name, _Rows] = {}
    for row in rows:
        settings.setdefault((row["method"], row["setting"]), []).append(row)
    return settings


def _choice(chosen: Any, names: Mapping[_Name, _Rows]) -> _Name | None:
    if chosen is None:
        return None
    if isinstance(chosen, dict) and {"method", "setting"} <= set(chosen):
        chosen = chosen["method"], chosen["setting"]
    if not isinstance(chosen, tuple | list) or len(chosen) != 2:
        raise Unusable("wrong-kind", kind=kind(chosen), wanted="`(method, setting)`, or `None` if none will do")
    known = next((name for name in names if name == tuple(chosen)), None)
    if known is None:
        raise Unusable("not-measured", choice=str(tuple(chosen)))
    return known


# Ways to choose: whether a setting's rows are good enough, by one rule, right or wrong ------------------------
def _meets(pair: _Pair, demand: _Pair) -> bool:
    return pair[0] >= demand[0] and pair[1] >= demand[1]


def _mean(rows: _Rows, split: str = "validation") -> _Pair:
    source, target = (float(np.mean([row[f"{split}_{task}"] for row in rows])) for task in ("source", "target"))
    return source, target


def _in_the_mean(rows: _Rows, demand: _Pair) -> bool:
    return _meets(_mean(rows), demand)


def _on_test(rows: _Rows, demand: _Pair) -> bool:
    return _meets(_mean(rows, "test"), demand)


def _source_alone(rows: _Rows, demand: _Pair) -> bool:
    return _mean(rows)[0] >= demand[0]


def _target_alone(rows: _Rows, demand: _Pair) -> bool:
    return _mean(rows)[1] >= demand[1]


def _either(rows: _Rows, demand: _Pair) -> bool:
    return _source_alone(rows, demand) or _target_alone(rows, demand)


def _in_the_first_seed(rows: _Rows, demand: _Pair) -> bool:
    return _in_the_mean(rows[:1], demand)


def _in_the_last_seed(rows: _Rows, demand: _Pair) -> bool:
    return _in_the_mean(rows[-1:], demand)


def _in_any_seed(rows: _Rows, demand: _Pair) -> bool:
    return any(_in_the_mean([row], demand) for row in rows)


def _in_every_seed(rows: _Rows, demand: _Pair) -> bool:
    return all(_in_the_mean([row], demand) for row in rows)


def _strictly_more(rows: _Rows, demand: _Pair) -> bool:
    source, target = _mean(rows)
    return source > demand[0] and target > demand[1]


_MISTAKES: dict[str, tuple[_Rule, ...]] = {
    "chosen-on-test": (_on_test,),
    "one-of-two": (_source_alone, _target_alone, _either),
    "lucky-seed": (_in_any_seed, _in_the_first_seed, _in_the_last_seed),
    "strictly-more": (_strictly_more,),
    "every-seed": (_in_every_seed,),
}


def _cheapest(good: _Rule, settings: Mapping[_Name, _Rows], demand: _Pair) -> _Name | None:
    left = [name for name, rows in settings.items() if good(rows, demand)]
    return min(left, key=lambda name: settings[name][0]["megabytes"], default=None)


def _rule_of(chosen: Mapping[str, _Name | None], settings: Mapping[_Name, _Rows], demands: Mapping[str, _Pair]) -> str:
    """Return the code of the wrong rule that explains all choices where demands can be met; empty if none does."""
    for code, rules in _MISTAKES.items():
        for rule in rules:
            if all(chosen[case] == _cheapest(rule, settings, demands[case]) for case in _MET):
                return code
    return ""


def _mistake(rows: _Rows, demand: _Pair) -> str:
    """Return the code of what is wrong with one chosen setting, when no single rule explains all the choices."""
    if _in_the_mean(rows, demand):
        return "dearer-than-needed"
    if _in_any_seed(rows, demand):
        return "lucky-seed"
    if _on_test(rows, demand):
        return "chosen-on-test"
    return "one-of-two" if _either(rows, demand) else "another-choice"
