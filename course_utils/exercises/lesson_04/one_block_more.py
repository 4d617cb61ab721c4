"""Exercise 04.e1: gradual unfreezing as a callback."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises import flat_weights
from course_utils.exercises.caching import cached_by_inputs
from course_utils.learn.calling import Unusable, call, learners_code, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_EPOCHS, _BATCHES, _SIZE = 12, 2, 8
_SHAPES = ((4, 5), (5,), (5, 5), (5,), (5, 5), (5,), (5, 2), (2,))  # three blocks, from input to output, then the head
_ENDS = np.cumsum([int(np.prod(shape)) for shape in _SHAPES])[1::2]  # of each block, and of the head
_BLOCKS = 3
_CALLBACK = "a `keras.callbacks.Callback`"

#: By rule, right or wrong: how many epochs a stage takes when that many are asked for; which blocks learn in a stage.
_RULES: dict[str, tuple[Callable[[int], int], Callable[[int], set[int]]]] = {
    "right": (lambda epochs: epochs, lambda stage: set(range(_BLOCKS - stage, _BLOCKS))),
    "all-at-once": (lambda epochs: epochs, lambda stage: set(range(_BLOCKS))),
    "nothing-unfrozen": (lambda epochs: epochs, lambda stage: set()),
    "a-stage-early": (lambda epochs: epochs, lambda stage: set(range(_BLOCKS - stage - 1, _BLOCKS))),
    "from-the-bottom": (lambda epochs: epochs, lambda stage: set(range(stage))),
    "one-at-a-time": (lambda epochs: epochs, lambda stage: {_BLOCKS - stage}),
    "every-epoch": (lambda _: 1, lambda stage: set(range(_BLOCKS - stage, _BLOCKS))),
}


class OneBlockMore(Exercise):
    """The weights at the end of every epoch of a training with the learner's callback."""

    id = "04.e1"
    points = 3
    fields = {"weights": f"float[{_EPOCHS},{_ENDS[-1]}]"}
    seconds = 20

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        return {
            "weights": rng.normal(0, 0.6, _ENDS[-1]).astype(np.float32),
            "rows": rng.normal(size=(_BATCHES * _SIZE, 4)).astype(np.float32),
            "labels": rng.integers(0, 2, _BATCHES * _SIZE),
            "epochs": int(rng.integers(2, 4)),  # of a stage: all blocks learn before the training ends
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        import keras

        model = _model(inputs)
        callback = call(answer, model.layers[0], inputs["epochs"])
        require_something(callback, _CALLBACK)
        if isinstance(callback, type):
            raise Unusable("class-itself")
        if not isinstance(callback, keras.callbacks.Callback):
            raise Unusable("wrong-kind", kind=kind(callback), wanted=_CALLBACK)
        found: list[np.ndarray] = []
        recorder = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: found.append(_read(model)))
        with learners_code():
            model.fit(
                inputs["rows"],
                inputs["labels"],
                batch_size=_SIZE,
                epochs=_EPOCHS,
                shuffle=False,
                verbose=0,
                callbacks=[callback, recorder],
            )
        if len(found) != _EPOCHS:
            raise Unusable("stopped-early")
        return {"weights": found}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        found, epochs = data["weights"], inputs["epochs"]
        right = _reference(inputs, "right")
        if _same(found, right):
            return passed()
        for code in [rule for rule in _RULES if rule != "right"]:
            if _same(found, _reference(inputs, code)):
                return wrong(code, epochs=epochs)
        if _same(found, _reference(inputs, "right", once_an_epoch=True)):
            return wrong("once-an-epoch")
        start = inputs["weights"]
        for epoch, (had, has, wanted) in enumerate(zip([start, *found[:-1]], found, [*right], strict=True)):
            before = start if epoch == 0 else right[epoch - 1]
            moved, should = _moved(had, has), _moved(before, wanted)
            if moved != should:
                return wrong("other-parts", epoch=epoch + 1, epochs=epochs, found=moved, wanted=should)
        return wrong("other-steps")


def _moved(before: np.ndarray, after: np.ndarray) -> str:
    """Name the parts that differ, as learners read it."""
    names = [*(f"block{number}" for number in range(1, _BLOCKS + 1)), "the head"]
    parts = zip(names, np.split(before, _ENDS[:-1]), np.split(after, _ENDS[:-1]), strict=True)
    return ", ".join(name for name, was, now in parts if not np.array_equal(was, now)) or "nothing"


def _model(inputs: Inputs, *, eagerly: bool = False) -> Any:
    """Build a backbone of three blocks and a head, with the same weights every time. Nothing is drawn.

    The learner's training runs as one that Keras has compiled, in which ``trainable`` is read once.
    """
    import keras

    from course_utils.backbones import BackboneSpec, declare

    layers = keras.layers
    names = [f"block{number}_dense" for number in range(1, _BLOCKS + 1)]
    x = rows = keras.Input((4,))
    for name in names:
        x = layers.Dense(5, activation="tanh", kernel_initializer="zeros", name=name)(x)
    ends = {name.partition("_")[0]: name for name in names}
    backbone = declare(keras.Model(rows, x, name="blocks"), BackboneSpec("blocks", "pictures", ends))
    model = keras.Sequential([backbone, layers.Dense(2, activation="softmax", kernel_initializer="zeros")])
    flat_weights.assign(model.weights, inputs["weights"])
    model.compile(keras.optimizers.SGD(0.3), "sparse_categorical_crossentropy", run_eagerly=eagerly)
    return model


def _read(model: Any) -> np.ndarray:
    return flat_weights.read(model.weights)


@cached_by_inputs
def _reference(inputs: Inputs, rule: str, *, once_an_epoch: bool = False) -> np.ndarray:
    """Return the weights at the end of every epoch when the blocks learn by a rule."""
    length, learning = _RULES[rule]
    model = _model(inputs, eagerly=True)
    layers = model.layers[0].layers[1:]
    ends = []
    for epoch in range(_EPOCHS):
        turn = learning(epoch // length(inputs["epochs"]))
        held = [(layer, layer.get_weights()) for number, layer in enumerate(layers) if number not in turn]
        for first in range(0, len(inputs["labels"]), _SIZE):
            batch = slice(first, first + _SIZE)
            model.train_on_batch(inputs["rows"][batch], inputs["labels"][batch])
            if not once_an_epoch or first + _SIZE == len(inputs["labels"]):
                for layer, before in held:
                    layer.set_weights(before)
        ends.append(_read(model))
    return np.stack(ends)


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return np.allclose(one, other, rtol=1e-3, atol=1e-5)
