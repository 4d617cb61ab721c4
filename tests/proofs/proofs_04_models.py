"""Lesson 04: gradual unfreezing as a callback."""

import keras
from proof import Proof, Wrong

from course_utils.backbones import blocks


# 04.e1 ------------------------------------------------------------------------------------------------
class Holding(keras.callbacks.Callback):
    """What the lesson asks for: ``learning(stage, blocks)`` says how many of the blocks, from the top, learn."""

    def __init__(self, backbone, epochs, learning=lambda stage, number: min(stage, number)):
        super().__init__()
        self.blocks, self.epochs, self.learning = list(blocks(backbone).values()), epochs, learning

    def waiting(self, stage):
        return self.blocks[: len(self.blocks) - self.learning(stage, len(self.blocks))]

    def on_epoch_begin(self, epoch, logs=None):
        self.variables = [v for block in self.waiting(epoch // self.epochs) for layer in block for v in layer.variables]
        self.before = [v.numpy().copy() for v in self.variables]

    def on_train_batch_end(self, batch, logs=None):
        for variable, before in zip(self.variables, self.before, strict=True):
            variable.assign(before)


class FromTheStart(keras.callbacks.Callback):
    """Whoever waits has never moved, so the weights from the beginning will do."""

    def __init__(self, backbone, epochs):
        super().__init__()
        self.grouped, self.epochs, self.turn = list(blocks(backbone).values()), epochs, 0
        self.first = {layer: layer.get_weights() for block in self.grouped for layer in block}

    def on_epoch_begin(self, epoch, logs=None):
        self.turn = epoch // self.epochs

    def on_train_batch_end(self, batch, logs=None):
        for number, block in enumerate(reversed(self.grouped), 1):
            for layer in block:
                if number > self.turn:
                    layer.set_weights(self.first[layer])


def with_lambda(backbone, epochs):
    grouped, kept = list(blocks(backbone).values()), []

    def begin(epoch, logs):
        number = max(0, len(grouped) - epoch // epochs)
        kept[:] = [(layer, layer.get_weights()) for block in grouped[:number] for layer in block]

    return keras.callbacks.LambdaCallback(
        on_epoch_begin=begin,
        on_train_batch_end=lambda batch, logs: [layer.set_weights(before) for layer, before in kept],
    )


class Bottom(Holding):
    def waiting(self, stage):
        return self.blocks[stage:]


class OneAtATime(Holding):
    def waiting(self, stage):
        return [block for number, block in enumerate(reversed(self.blocks), 1) if number != stage]


class OnceAnEpoch(Holding):
    on_epoch_end = Holding.on_train_batch_end

    def on_train_batch_end(self, batch, logs=None): ...


class Trainable(Holding):
    """Sets ``trainable``, which a compiled training step doesn't look at any more."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch:
            for block in self.blocks:
                for layer in block:
                    layer.trainable = block not in self.waiting(epoch // self.epochs)

    def on_train_batch_end(self, batch, logs=None): ...


class Stopping(Holding):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch >= 3


class Shrinking(Holding):
    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch)
        head = self.model.layers[-1]
        head.set_weights([0.9 * w for w in head.get_weights()])


PROOFS = (
    Proof(
        "04.e1",
        {"variables": Holding, "from the start": FromTheStart, "a LambdaCallback": with_lambda},
        (
            Wrong("trainable during fit", "all-at-once", Trainable),
            Wrong("never a block", "nothing-unfrozen", lambda b, e: Holding(b, e, lambda stage, number: 0)),
            Wrong("the top block at once", "a-stage-early", lambda b, e: Holding(b, e, lambda s, n: min(s + 1, n))),
            Wrong("from the bottom", "from-the-bottom", Bottom),
            Wrong("one at a time", "one-at-a-time", OneAtATime),
            Wrong("every epoch", "every-epoch", lambda b, e: Holding(b, 1)),
            Wrong("once an epoch", "once-an-epoch", OnceAnEpoch),
            Wrong("never the lowest", "other-parts", lambda b, e: Holding(b, e, lambda s, n: min(s, n - 1))),
            Wrong("a smaller head", "other-steps", Shrinking),
            Wrong("stops", "stopped-early", Stopping),
            Wrong("the class itself", "class-itself", lambda b, e: Holding),
            Wrong("nothing returned", "nothing-returned", lambda b, e: print()),
            Wrong("a number", "wrong-kind", lambda b, e: 3),
        ),
    ),
)
