"""Exercise 13.e2: a model that takes raw pictures, saved and read back."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, keras_model, outputs
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_SIDE, _HIDDEN, _CLASSES, _PICTURES = 6, 5, 4, 12
_VALUES = _SIDE * _SIDE * 3
_CLOSE = 1e-4


class WholeExport(Exercise):
    """What the learner's model says of raw pictures, and what it says after it was saved and loaded."""

    id = "13.e2"
    points = 3
    fields = {
        "fresh": f"float[{_PICTURES},{_CLASSES}]",
        "loads": "bool",
        "loaded": f"float[{_PICTURES},{_CLASSES}]",
    }

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        return {
            "pictures": rng.integers(0, 256, (_PICTURES, _SIDE, _SIDE, 3)).astype(np.float32),
            "mean": rng.uniform(0.3, 0.6, 3),
            "std": rng.uniform(0.15, 0.35, 3),
            "hidden": rng.normal(0, 1.5 / np.sqrt(_VALUES), (_VALUES, _HIDDEN)),
            "head": rng.normal(0, 1.0, (_HIDDEN, _CLASSES)),
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        core = _core(inputs)
        model = keras_model(call(answer, core, inputs["mean"], inputs["std"]), "a keras.Model")
        fresh = _said(model, inputs["pictures"])
        loaded = _read_back(model, inputs["pictures"])
        return {"fresh": fresh, "loads": loaded is not None, "loaded": fresh if loaded is None else loaded}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        found = data["fresh"]
        if not np.isfinite(found).all():
            return wrong("not-finite")
        for code, rule in _RULES.items():
            if np.allclose(found, _answers(inputs, rule), rtol=_CLOSE, atol=_CLOSE):
                if code:
                    return wrong(code)
                break
        else:
            return wrong("other-answers")
        if not data["loads"]:
            return wrong("does-not-load", 0.5)
        if not np.allclose(data["loaded"], found, rtol=_CLOSE, atol=_CLOSE):
            return wrong("loads-as-another", 0.5, off=float(np.abs(data["loaded"] - found).max()))
        return passed()


def _core(inputs: Inputs) -> Any:
    import keras

    taken = keras.Input((_SIDE, _SIDE, 3))
    flat = keras.layers.Flatten()(taken)
    hidden = keras.layers.Dense(_HIDDEN, activation="relu", use_bias=False, kernel_initializer="zeros")(flat)
    given = keras.layers.Dense(_CLASSES, use_bias=False, kernel_initializer="zeros")(hidden)
    core = keras.Model(taken, given, name="core")
    core.set_weights([np.asarray(inputs[name], np.float32) for name in ("hidden", "head")])
    return core


def _said(model: Any, pictures: np.ndarray) -> np.ndarray:
    found = outputs(model, pictures)
    if found.shape != (_PICTURES, _CLASSES):
        raise Unusable("other-shape", found=str(found.shape), wanted=str((_PICTURES, _CLASSES)))
    return found


def _read_back(model: Any, pictures: np.ndarray) -> np.ndarray | None:
    """Save the model, and ask what is loaded, as another program would; None if it can't be."""
    import keras

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        try:
            model.save(path)
            return _said(keras.models.load_model(path, compile=False), pictures)
        except Exception:  # the learner's layers may fail in any way, and all of them mean that it can't be used
            return None


_Rule = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def _answers(inputs: Inputs, rule: _Rule) -> np.ndarray:
    prepared = rule(inputs["pictures"], np.asarray(inputs["mean"]), np.asarray(inputs["std"]))
    hidden = np.maximum(prepared.reshape(_PICTURES, -1) @ inputs["hidden"], 0)
    scores: np.ndarray = hidden @ inputs["head"]
    return scores


#: By code, what reaches the core; the right one has none.
_RULES: dict[str, _Rule] = {
    "": lambda x, mean, std: (x / 255 - mean) / std,
    "core-alone": lambda x, mean, std: x,
    "only-divided": lambda x, mean, std: x / 255,
    "not-divided": lambda x, mean, std: (x - mean) / std,
    "only-centred": lambda x, mean, std: x / 255 - mean,
    "multiplied": lambda x, mean, std: (x / 255 - mean) * std,
    "divided-first": lambda x, mean, std: x / 255 / std - mean,
    "variance": lambda x, mean, std: (x / 255 - mean) / np.sqrt(std),
    "minus-one-to-one": lambda x, mean, std: x / 127.5 - 1,
    "twice": lambda x, mean, std: (((x / 255 - mean) / std) / 255 - mean) / std,
}
