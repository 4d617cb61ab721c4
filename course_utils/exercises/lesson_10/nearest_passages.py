"""Exercise 10.e1: the passages that are nearest to a question, by the angle between vectors."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_PASSAGES, _QUESTIONS, _CHANNELS = 150, 60, 24
_MOST = 8  # the largest k
_NOISE = 0.95
_SLACK = 0.02  # of recall: equally near passages may come in any order


class NearestPassages(Exercise):
    """The rows that the learner's search returns, for a k that is drawn."""

    id = "10.e1"
    points = 2
    fields = {"rows": "int[*,*]"}
    withheld = frozenset({"wanted"})

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        directions = rng.normal(size=(_PASSAGES, _CHANNELS))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        wanted = rng.choice(_PASSAGES, _QUESTIONS, replace=False)
        noise = rng.normal(size=(_QUESTIONS, _CHANNELS)) * _NOISE / np.sqrt(_CHANNELS)
        # Long texts often have long vectors, which says nothing about what they mean.
        return {
            "passages": directions * rng.uniform(0.5, 8, (_PASSAGES, 1)),
            "queries": (directions[wanted] + noise) * rng.uniform(0.5, 8, (_QUESTIONS, 1)),
            "k": int(rng.integers(4, _MOST + 1)),
            "wanted": wanted,
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        queries, passages, k = inputs["queries"], inputs["passages"], inputs["k"]
        found = call(answer, queries, passages, k)
        require_something(found, "an array of row numbers")
        with learners_code():
            rows = np.asarray(found)
        if rows.shape != (len(queries), k):
            raise Unusable("other-shape", found=str(rows.shape), wanted=str((len(queries), k)))
        if not np.issubdtype(rows.dtype, np.number) or not np.all(rows == np.round(rows)):
            raise Unusable("not-rows")
        return {"rows": rows.astype(np.int64)}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        rows, wanted, k = data["rows"], inputs["wanted"], inputs["k"]
        if rows.shape != (_QUESTIONS, k) or rows.min() < 0 or rows.max() >= _PASSAGES:
            return wrong("not-rows")
        if any(len(np.unique(row)) < k for row in rows):
            return wrong("repeated")
        found, goal = (_recalls(r, wanted) for r in (rows, _ranked(inputs, _cosines)[:, :k]))
        if min(f - g for f, g in zip(found, goal, strict=True)) >= -_SLACK:
            return passed(k=k, all=found[-1], first=found[0])
        mistakes = {
            "farthest": _ranked(inputs, _cosines)[:, ::-1][:, :k],
            "length-counts": _ranked(inputs, lambda q, p: q @ p.T)[:, :k],
            "distance": _ranked(inputs, lambda q, p: -((q[:, None] - p[None]) ** 2).sum(axis=2))[:, :k],
            "best-last": _ranked(inputs, _cosines)[:, :k][:, ::-1],
        }
        for code, theirs in mistakes.items():
            if (rows == theirs).mean() > 0.95:
                return wrong(code, 0.5 if code == "best-last" else 0.0, all=found[-1], wanted=goal[-1], k=k)
        return wrong("low-recall", all=found[-1], wanted=goal[-1], k=k)


def _cosines(queries: np.ndarray, passages: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(passages, axis=1)
    cosines: np.ndarray = queries @ passages.T / lengths
    return cosines


def _ranked(inputs: Inputs, score: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the passages of each question, the one with the highest score first."""
    return np.argsort(-score(inputs["queries"], inputs["passages"]), axis=1, kind="stable")


def _recalls(rows: np.ndarray, wanted: np.ndarray) -> list[float]:
    """Return the share of questions whose passage is among the first 1, 2 ... rows."""
    hits = rows == wanted[:, None]
    return [float(hits[:, : n + 1].any(axis=1).mean()) for n in range(rows.shape[1])]
