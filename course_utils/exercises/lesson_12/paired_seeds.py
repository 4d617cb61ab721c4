"""Exercise 12.e3: is one setting better than another, or is it the seeds?"""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_SEEDS = 8
_EACH = 400  # comparisons of each kind
_NOISE = 0.01  # of one run's accuracy, besides what its seed does to both settings
_SHARED = 0.03  # what a seed (its draw of labels) does to both settings alike
_LEAD = 0.02  # of a setting that is better
_FALSE_ALARMS = 0.1  # at most; a test at 5 % gives about 5
_FOUND = 0.8  # at least


class PairedSeeds(Exercise):
    """For each comparison: 1 where the learner's function says that the first is better, -1 the second, 0 neither."""

    id = "12.e3"
    points = 3
    fields = {"said": f"int[{3 * _EACH}]"}
    withheld = frozenset({"better"})

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        better = rng.permutation(np.repeat([1, -1, 0], _EACH))
        shared = rng.normal(0.8, _SHARED, (len(better), _SEEDS, 1))
        runs = shared + rng.normal(0, _NOISE, (len(better), _SEEDS, 2))
        runs[..., 0] += _LEAD * (better == 1)[:, None]
        runs[..., 1] += _LEAD * (better == -1)[:, None]
        runs -= 0.1 * rng.random((len(better), 1, 1))  # tasks are of different difficulty
        return {"runs": runs.round(4), "better": better}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        return {"said": [_said(call(answer, *np.moveaxis(runs, -1, 0).copy())) for runs in inputs["runs"]]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        said, better = data["said"], inputs["better"]
        alarms = float((said[better == 0] != 0).mean())
        found = float((said[better != 0] == better[better != 0]).mean())
        turned = float((said[better != 0] == -better[better != 0]).mean())
        if not said.any():
            return wrong("never")
        if turned > 0.5:
            return wrong("turned-round")
        if alarms <= _FALSE_ALARMS and found >= _FOUND:
            return passed(alarms=alarms, found=found)
        first, second = np.moveaxis(inputs["runs"], -1, 0)
        ahead = first - second
        if np.array_equal(said, np.sign(ahead.mean(axis=1))):
            return wrong("means-alone", alarms=alarms)
        if np.array_equal(said, np.sign(first.max(axis=1) - second.max(axis=1))):
            return wrong("best-seeds", alarms=alarms)
        if np.array_equal(said, np.sign(ahead[:, 0])):
            return wrong("one-seed", alarms=alarms)
        if found < _FOUND and alarms <= _FALSE_ALARMS:
            apart = np.abs(ahead.mean(axis=1)) / np.sqrt(first.var(axis=1) + second.var(axis=1))
            by_unpaired = apart[said != 0].min() > apart[said == 0].max()  # those are named that are farthest apart
            return wrong("unpaired" if by_unpaired else "too-silent", found=found)
        return wrong("false-alarms", alarms=alarms)


def _said(found: Any) -> int:
    if found is None:
        return 0
    if isinstance(found, str) and found in ("a", "b"):
        return 1 if found == "a" else -1
    raise Unusable("not-a-or-b", kind=repr(found)[:40] if isinstance(found, str) else kind(found))
