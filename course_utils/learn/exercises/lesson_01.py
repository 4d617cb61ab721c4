"""The exercises of lesson 01: what the layers learned."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.exercise import Evidence, Exercise, Unusable, Verdict, call, learners_code
from course_utils.learn.exercises import challenge, honest_probe
from course_utils.learn.exercises.returned import RIGHT, WRONG, keras_model, number

# 01.e1 ------------------------------------------------------------------------------------------------


def _extractor_evidence(make_extractor: Callable[..., Any]) -> Evidence:
    """shape and largest difference to the wanted feature map, per layer; plus that to the last map."""
    import keras

    pictures = challenge.images(6).astype("float32")
    evidence: Evidence = {}
    backbone = challenge.backbone()
    for name in ("block1_out", "block2_conv", "block2_out"):
        extractor = keras_model(call(make_extractor, backbone, name), "a `keras.Model` from pictures to a feature map")
        with learners_code():
            maps = np.asarray(extractor(pictures, training=False))
        wanted = np.asarray(keras.Model(backbone.input, backbone.get_layer(name).output)(pictures, training=False))
        last = np.asarray(backbone(pictures, training=False))
        evidence[name] = {
            "shape": maps.shape,
            "wanted_shape": wanted.shape,
            "difference": _difference(maps, wanted),
            "difference_to_last": _difference(maps, last),
        }
    return evidence


def _extractor_verdict(evidence: Evidence) -> Verdict:
    inner = [evidence["block1_out"], evidence["block2_conv"]]
    if all(found["difference"] < 1e-4 for found in evidence.values()):
        return Verdict(RIGHT, "Your extractor ends at the layer that was asked for, with the pretrained weights in it.")
    if all(found["difference_to_last"] < 1e-4 for found in inner):
        return Verdict(WRONG, "Your model ends at the last layer, whatever name it is given. Use `layer_name`.")
    if any(len(found["shape"]) != 4 for found in evidence.values()):
        words = "The output is no feature map (pictures, height, width, channels). Leave it unpooled and unflattened."
        return Verdict(WRONG, words)
    if all(found["shape"] == found["wanted_shape"] for found in evidence.values()):
        words = (
            "The shapes fit, but the numbers differ: these aren't the pretrained layers. Reuse the backbone's"
            " own, don't copy."
        )
        return Verdict(WRONG, words)
    return Verdict(WRONG, "The feature map has another shape than that layer's. Does your model stop at its *output*?")


def _difference(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.abs(found - wanted).max()) if found.shape == wanted.shape else float("inf")


# 01.e3 ------------------------------------------------------------------------------------------------

_MEASURED = {
    "the deepest is not the best": {
        "block1": [0.71, 0.73],
        "block2": [0.83, 0.82],
        "block3": [0.82, 0.80],
        "block4": [0.78, 0.79],
    },
    "one lucky seed": {
        "block1": [0.60, 0.61, 0.59],
        "block2": [0.58, 0.91, 0.55],
        "block3": [0.75, 0.74, 0.76],
        "block4": [0.70, 0.69, 0.70],
    },
    "the deepest is the best": {
        "block1": [0.18, 0.17],
        "block2": [0.70, 0.71],
        "block3": [0.94, 0.95],
        "block4": [0.97, 0.96],
    },
    "another network": {"stem": [0.63, 0.62], "top": [0.61, 0.60], "middle": [0.66, 0.67]},
}


def _block_evidence(choose_block: Callable[..., Any]) -> Evidence:
    """The block chosen for each table of validation accuracies, as str."""
    chosen = {}
    for case, table in _MEASURED.items():
        block = call(choose_block, {name: list(values) for name, values in table.items()})
        if block is None:
            raise Unusable("Your function gave back nothing. End it with `return` and the name of a block.")
        if not isinstance(block, str) or block not in table:
            words = f"Your function gave back {block!r}; it should be the name of one block, such as 'block2'."
            raise Unusable(words[:300])
        chosen[case] = block
    return chosen


def _block_verdict(evidence: Evidence) -> Verdict:
    def picks(rule: Callable[[list[float]], float]) -> dict[str, str]:
        return {case: max(table, key=lambda block: rule(table[block])) for case, table in _MEASURED.items()}

    if evidence == picks(lambda values: float(np.mean(values))):
        return Verdict(
            RIGHT,
            "The block with the best mean over seeds, chosen on validation data. The test data stays unseen.",
        )
    if evidence == {case: list(table)[-1] for case, table in _MEASURED.items()}:
        words = "You always take the deepest block. The deepest layer fits the source task best, not every target."
        return Verdict(WRONG, words)
    if evidence == picks(max):
        return Verdict(
            WRONG,
            "You trusted the best single run. One lucky seed is no evidence: compare means over the seeds.",
        )
    if evidence == picks(lambda values: -float(np.mean(values))):
        return Verdict(WRONG, "You took the block with the lowest accuracy. Which way round does your comparison go?")
    case = next(case for case, block in picks(lambda values: float(np.mean(values))).items() if evidence[case] != block)
    return Verdict(
        WRONG,
        f"In one table ({case}), you chose {evidence[case]}: another block has a higher mean over its seeds.",
    )


# 01.e4 ------------------------------------------------------------------------------------------------

_RESPONSES = {
    "the same at every angle": [2.0, 2.0, 2.0, 2.0],
    "one angle only": [0.0, 3.0, 0.0, 0.0],
    "a soft preference": [1.0, 2.0, 4.0, 2.0, 1.0, 1.5],
    "the same, brighter": [10.0, 20.0, 40.0, 20.0, 10.0, 15.0],
    "silent": [0.0, 0.0, 0.0],
}


def _selectivity(responses: list[float]) -> float:
    total = max(responses) + min(responses)
    return (max(responses) - min(responses)) / total if total else 0.0


def _selectivity_evidence(orientation_selectivity: Callable[..., Any]) -> Evidence:
    """The learner's number for each set of responses."""
    return {
        case: number(call(orientation_selectivity, np.array(responses)), "one number between 0 and 1")
        for case, responses in _RESPONSES.items()
    }


def _selectivity_verdict(evidence: Evidence) -> Verdict:
    loud = [case for case in _RESPONSES if case != "silent"]
    right = {case: abs(evidence[case] - _selectivity(_RESPONSES[case])) < 1e-6 for case in _RESPONSES}
    if all(right.values()):
        return Verdict(RIGHT, "0 for a filter that answers every angle alike, 1 for one that answers a single angle.")
    if all(right[case] for case in loud):
        words = "A filter that never answers divides 0 by 0 here. Give back 0.0 for it: no answer is no preference."
        return Verdict(WRONG, words)
    if all(abs(evidence[case] - (max(_RESPONSES[case]) - min(_RESPONSES[case]))) < 1e-6 for case in loud):
        words = "That is the difference alone, so a brighter picture would look more selective. Divide it by max + min."
        return Verdict(WRONG, words)
    if abs(evidence["the same at every angle"] - 1) < 1e-6 and abs(evidence["one angle only"]) < 1e-6:
        return Verdict(WRONG, "Yours is the wrong way round: 1 should mean that the filter prefers one angle.")
    case = next(case for case in loud if not right[case])
    wanted = _selectivity(_RESPONSES[case])
    words = f"For {_RESPONSES[case]} yours is {evidence[case]:.3g}, and (max - min) / (max + min) is {wanted:.3g}."
    return Verdict(WRONG, words)


EXERCISES = (
    Exercise(
        "01.e1",
        "A feature extractor that ends at a named layer",
        2,
        (
            "A Keras model knows its layers by name: `backbone.get_layer(layer_name)`.",
            (
                "A layer has an `.output`. A new `keras.Model` may begin at `backbone.input` and end at any"
                " output inside."
            ),
            "`return keras.Model(backbone.input, ...)`, with the output of the layer from the first hint.",
        ),
        _extractor_evidence,
        _extractor_verdict,
    ),
    Exercise(
        "01.e2",
        "A linear probe that leaves the test data alone",
        2,
        (
            (
                "Two things learn from data here: the standardiser (means and spreads) and the classifier."
                " Both may see training data only."
            ),
            (
                "`make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))` fits both with one `.fit`. The"
                " three are imported from `sklearn.pipeline`, `sklearn.preprocessing` and `sklearn.linear_model`."
            ),
            (
                "With `probe` for that pipeline: `probe.fit(...)` on the training features and labels, then give back"
                " `probe.score(...)` on the validation ones."
            ),
        ),
        honest_probe.evidence,
        honest_probe.verdict,
    ),
    Exercise(
        "01.e3",
        "Choose the block to transfer from",
        1,
        (
            (
                "Each block comes with one validation accuracy per seed. What single number stands for all of"
                " them fairly?"
            ),
            "Take the mean over the seeds for each block, then the block with the largest mean.",
            ("`max(validation_accuracy, key=...)` goes through the names; the key is the mean of that block's list."),
        ),
        _block_evidence,
        _block_verdict,
    ),
    Exercise(
        "01.e4",
        "Is this filter an edge detector?",
        1,
        (
            (
                "An edge detector answers some angles strongly and others hardly. Compare the strongest"
                " answer with the weakest."
            ),
            "Divide the difference of the two by their sum, so that the brightness of the picture drops out.",
            (
                "With `high = np.max(responses)` and `low = np.min(responses)`, divide `high - low` by `high + low`."
                " When every response is 0, that sum is 0 too: give back 0.0 before you divide."
            ),
        ),
        _selectivity_evidence,
        _selectivity_verdict,
    ),
)
