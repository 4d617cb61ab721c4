"""Exercise 13.e1: which pictures must stay together, by their groups and by copies."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_PICTURES, _GROUPS, _CASES = 60, 18, 3
_CHAINS, _LINKS = 3, 3  # chains of copies that connect groups, and copies in each


class DealtUnits(Exercise):
    """The learner's number for each picture, in several folders: pictures of one number stay together."""

    id = "13.e1"
    points = 2
    fields = {"units": f"int[{_CASES},{_PICTURES}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        folders = [_folder(rng) for _ in range(_CASES)]
        return {"groups": [groups for groups, _ in folders], "copies": [copies for _, copies in folders]}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        folders = zip(inputs["groups"], inputs["copies"], strict=True)
        return {"units": np.stack([_units(answer, groups, copies) for groups, copies in folders])}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        folders = list(zip(inputs["groups"], inputs["copies"], data["units"], strict=True))
        if all(len(np.unique(found)) == 1 for *_, found in folders):
            return wrong("one-unit")
        if all(len(np.unique(found)) == _PICTURES for *_, found in folders):
            return wrong("each-alone")
        apart = [
            (group, len(np.unique(found[groups == group])))
            for groups, _, found in ((np.array(names), copies, found) for names, copies, found in folders)
            for group in np.unique(groups)
        ]
        torn = [group for group, units in apart if units > 1]
        lost = sum(int(found[one] != found[other]) for _, copies, found in folders for one, other in copies)
        if torn and not lost:
            return wrong("group-torn", who=str(torn[0]), number=len(torn))
        if lost:
            return wrong("copy-apart" if not torn else "group-torn", who=str((torn or [""])[0]), number=lost)
        if any(len(np.unique(found)) < _expected(groups, copies) for groups, copies, found in folders):
            return wrong("too-coarse")
        return passed()


def _folder(rng: np.random.Generator) -> tuple[list[str], list[list[int]]]:
    """Draw a folder's groups, and chains of copies that lead from group to group, in no order."""
    names = [f"plant{number:02}" for number in rng.permutation(100)[:_GROUPS]]
    groups = rng.permutation([*names, *rng.choice(names, _PICTURES - _GROUPS)]).tolist()
    pairs = []
    linked = rng.permutation(names)
    for chain in range(_CHAINS):
        along = linked[chain * (_LINKS + 1) : (chain + 1) * (_LINKS + 1)]
        for here, there in pairwise(along):
            pair = [int(rng.choice(np.flatnonzero(np.array(groups) == name))) for name in (here, there)]
            pairs.append(pair if rng.random() < 0.5 else pair[::-1])
    return groups, rng.permutation(pairs).tolist()


def _units(answer: Callable[..., Any], groups: list[str], copies: list[list[int]]) -> np.ndarray:
    found = call(answer, np.array(groups), np.array(copies))
    with learners_code():
        units = np.asarray(found)
    if units.shape != (len(groups),):
        raise Unusable("other-count", found=str(units.shape), wanted=len(groups))
    return np.unique(units, return_inverse=True)[1].astype(np.int64)


def _expected(groups: list[str], copies: list[list[int]]) -> int:
    """Return how many units there are: each chain makes one of several groups."""
    return len(set(groups)) - len(copies)
