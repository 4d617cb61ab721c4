"""Lesson 04: a rate from a range test, and fine-tuning on a budget."""

import keras
import numpy as np
from proof import Proof, Wrong

from course_utils import extract_features, train, transfer
from course_utils.backbones import blocks
from course_utils.data import Split
from course_utils.transfer import suggest_rate, unfreeze_top


# 04.e2 ------------------------------------------------------------------------------------------------
def columns(rows):
    return np.array([r["learning_rate"] for r in rows]), np.array([r["loss"] for r in rows])


def smoothed(losses, width=7):
    return np.convolve(np.pad(losses, width // 2, mode="edge"), np.ones(width) / width, "valid")


def steepest(rows):
    rates, losses = columns(rows)
    smooth = smoothed(losses)
    return rates[np.gradient(smooth, np.log(rates))[: smooth.argmin() + 1].argmin()]


def steepest_but_safe(rows):
    rates, losses = columns(rows)
    return min(steepest(rows), rates[smoothed(losses).argmin()] / 5)


def tenth_of_lowest(rows):
    rates, losses = columns(rows)
    return rates[smoothed(losses).argmin()] / 10


def halfway_down(rows):
    rates, losses = columns(rows)
    smooth = smoothed(losses)
    return rates[np.argmax(smooth < (smooth[0] + smooth.min()) / 2)]


def raw_steepest(rows):
    rates, losses = columns(rows)
    return rates[np.diff(losses).argmin()]


# 04.e3 ------------------------------------------------------------------------------------------------
def within_budget(model, pictures, labels, *, optimizer=None, epochs=3, steps=None):
    """Blocks 1 to 3 and the head learn; BatchNorm stays frozen."""
    keras.utils.set_random_seed(1)  # `fit` shuffles, but a proof must have the same outcome every time
    backbone = model.layers[1]
    features = extract_features(backbone, pictures)
    transfer.set_linear_head(model, transfer.linear_probe(features, labels))
    unfreeze_top(model, 4)
    for layer in blocks(backbone)["block4"]:
        layer.trainable = False
    model.compile(
        optimizer or keras.optimizers.Adam(transfer.warmup_cosine(7e-4, 75)), "sparse_categorical_crossentropy"
    )
    model.fit(pictures[:steps], labels[:steps], epochs=epochs, batch_size=16, verbose=0)


def with_train(model, pictures, labels):
    """The course's own loop, with a different optimizer from the lesson's."""
    within_budget(model, pictures, labels, epochs=1, steps=1, optimizer=keras.optimizers.SGD(0.0))
    model.compile(keras.optimizers.Adam(transfer.warmup_cosine(1e-3, 39)), "sparse_categorical_crossentropy")
    train(model, Split(pictures, labels), epochs=3, batch_size=32, seed=1)


def own_loop(model, pictures, labels):
    """The head from a probe, then hand-written steps on shuffled batches."""
    within_budget(model, pictures, labels, epochs=1, steps=1, optimizer=keras.optimizers.SGD(0.0))
    model.compile(keras.optimizers.AdamW(transfer.warmup_cosine(7e-4, 39)), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    for _ in range(3):
        for rows in np.array_split(rng.permutation(len(pictures)), 13):
            model.train_on_batch(pictures[rows], labels[rows])


def some_steps(model, pictures, labels, *, rate, freeze=None, steps=1):
    """A few eager steps with whatever ``freeze`` leaves trainable."""
    model.trainable = True
    if freeze:
        freeze(model)
    model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy", run_eagerly=True)
    for _ in range(steps):
        model.train_on_batch(pictures[:16].astype("float32"), labels[:16])


def trains(*numbers, norm=False):
    """Leave the blocks with these numbers trainable."""

    def freeze(model):
        unfreeze_top(model, 4)
        for name, block in blocks(model.layers[1]).items():
            for layer in block:
                keep = int(name[-1]) in numbers
                layer.trainable = keep and (norm or not isinstance(layer, keras.layers.BatchNormalization))

    return freeze


def stepped(**how):
    return lambda model, pictures, labels: some_steps(model, pictures, labels, **how)


def too_many_pictures(model, pictures, labels):
    some_steps(model, pictures, labels, rate=1e-3, freeze=trains())
    for _ in range(4):
        model(pictures.astype("float32"), training=True)


def another_head(model, pictures, labels):
    model.pop()
    model.add(keras.layers.Dense(2, activation="softmax"))
    some_steps(model, pictures, labels, rate=1e-3, freeze=trains(1, 2))


PROOFS = (
    Proof(
        "04.e2",
        {
            "suggest_rate": suggest_rate,
            "steepest, but safe": steepest_but_safe,
            "a tenth of the lowest": tenth_of_lowest,
            "halfway down": halfway_down,
        },
        (
            Wrong(
                "where it is lowest", "lowest-loss", lambda rows: min(rows, key=lambda r: r["loss"])["learning_rate"]
            ),
            Wrong("the highest rate", "highest-rate", lambda rows: rows[-1]["learning_rate"]),
            Wrong("the lowest rate", "lowest-rate", lambda rows: rows[0]["learning_rate"]),
            Wrong("always the same", "one-for-all", lambda rows: 3e-4),
            Wrong("the number of the row", "row-number", lambda rows: int(np.argmin([r["loss"] for r in rows]))),
            Wrong("a loss", "loss", lambda rows: min(r["loss"] for r in rows)),
            Wrong("noise decides", "noise", raw_steepest),
            Wrong("too high", "too-high", lambda rows: tenth_of_lowest(rows) * 8),
            Wrong("steepest without a bound", "too-high", steepest),
            Wrong("too low", "too-low", lambda rows: tenth_of_lowest(rows) / 100),
            Wrong("the exponent", "logarithm", lambda rows: float(np.log10(tenth_of_lowest(rows)))),
        ),
    ),
    Proof(
        "04.e3",
        {"Adam and fit": within_budget, "Adam and train": with_train, "a hand-written loop": own_loop},
        (
            Wrong("nothing trained", "untrained", lambda model, pictures, labels: model),
            Wrong("another model", "untrained", lambda model, *rest: keras.models.clone_model(model)),
            Wrong("all unfrozen", "too-many-weights", stepped(rate=1e-3)),
            Wrong("BatchNorm awake", "statistics-moved", stepped(rate=1e-3, freeze=trains(1, 2, norm=True))),
            Wrong("rate far too high", "blown-up", stepped(rate=1e20, freeze=trains(1, 2, 3), steps=3)),
            Wrong("the head alone", "only-the-head", stepped(rate=1e-2, freeze=trains())),
            Wrong("rate far too low", "below-goal", stepped(rate=1e-7, freeze=trains(1, 2, 3))),
            Wrong("the wrong block", "below-goal", stepped(rate=1e-3, freeze=trains(4), steps=3)),
            Wrong("another head", "layers-changed", another_head),
            Wrong("too many pictures", "too-many-pictures", too_many_pictures),
        ),
    ),
)
