"""Sessions: the order of events, stopping, diverging, and agreement with Keras's own ``fit``."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.data import Split
from course_utils.errors import CourseError
from course_utils.transfer import Session, shift_and_flip, train
from course_utils.transfer.sessions import Rehearsal


@pytest.fixture
def split():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 4, 4, 3)).astype(np.uint8)
    return Split(images, (images[:, 0, 0, 0] > 127).astype(np.int64))


def small_model(rate=0.01):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [layers.Input((4, 4, 3)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(2, activation="softmax")]
    )
    model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_events_come_in_order_and_the_last_says_done(split):
    events = list(Session(small_model(), split, split, epochs=2, batch_size=16).events())
    assert [e.kind for e in events] == ["step", "step", "step", "epoch"] * 2 + ["done"]
    assert [e.step for e in events if e.kind == "step"] == [1, 2, 3, 4, 5, 6]
    assert set(events[3].metrics) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_a_full_batch_run_equals_keras_fit(split):
    ours, theirs = small_model(), small_model()
    run = train(ours, split, epochs=5, batch_size=40)
    history = theirs.fit(
        split.inputs.astype(np.float32), split.labels, epochs=5, batch_size=40, shuffle=False, verbose=0
    )
    np.testing.assert_allclose(ours.get_weights()[0], theirs.get_weights()[0], atol=1e-5)
    np.testing.assert_allclose(run.history["loss"], history.history["loss"], rtol=1e-4)


def test_validation_is_what_keras_evaluates(split):
    model = small_model()
    many = Split(np.tile(split.inputs, (15, 1, 1, 1))[:590], np.tile(split.labels, 15)[:590])  # three batches
    run = train(model, split, many, epochs=1)
    loss, accuracy = model.evaluate(many.inputs.astype(np.float32), many.labels, verbose=0)
    assert run.history["val_loss"][-1] == pytest.approx(loss, rel=1e-4)
    assert run.history["val_accuracy"][-1] == pytest.approx(accuracy)


def test_an_epochs_metrics_are_means_over_all_its_pictures(split):
    model = small_model(rate=0.0)
    loss, accuracy = model.evaluate(split.inputs.astype(np.float32), split.labels, verbose=0)
    run = train(model, split, epochs=1, batch_size=8)
    assert run.history["loss"] == [pytest.approx(loss, rel=1e-4)]
    assert run.history["accuracy"] == [pytest.approx(accuracy)]


def test_the_same_seed_gives_the_same_run(split):
    runs = []
    for _ in range(2):
        model = small_model()
        train(model, split, epochs=2, batch_size=8, augment=shift_and_flip, seed=5)
        runs.append(model.get_weights()[0])
    np.testing.assert_array_equal(*runs)


def test_stop_ends_after_the_current_batch_and_keeps_what_was_learned(split):
    model = small_model()
    before = model.get_weights()[0].copy()
    session = Session(model, split, epochs=100, batch_size=8)
    kinds = []
    for event in session.events():
        kinds.append(event.kind)
        if event.step == 3:
            session.stop()
    assert kinds == ["step", "step", "step", "stopped"]
    assert (model.get_weights()[0] != before).any()


def test_stop_during_the_last_validation_still_says_stopped(split):
    model = small_model()
    session = Session(model, split, split, epochs=1, batch_size=40)
    kinds = []
    for event in session.events():
        kinds.append(event.kind)
        if event.kind == "step":
            session.stop()
    assert kinds == ["step", "stopped"]


@pytest.mark.tensorflow("JAX also traces a step to learn the shapes of its outputs")
def test_a_training_step_is_traced_once(split):
    traces = []

    class Counted(keras.layers.Layer):
        def call(self, x):
            if not isinstance(x, keras.KerasTensor):
                traces.append(1)
            return x

    model = keras.Sequential([layers.Input((4, 4, 3)), layers.Flatten(), layers.Dense(2, "softmax"), Counted()])
    model.compile(keras.optimizers.AdamW(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    traces.clear()
    train(model, split, epochs=2, batch_size=16)
    assert len(traces) == 1


def test_early_stopping_goes_back_to_the_best_epoch(split):
    model = small_model(rate=0.1)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    opposite = Split(split.inputs, 1 - split.labels)  # whatever is learned makes this worse
    start = model.get_weights()
    events = list(Session(model, split, opposite, epochs=50, batch_size=40, patience=2).events())
    epochs = [e for e in events if e.kind == "epoch"]
    assert len(epochs) == 3, "the first epoch is the best, and two more are waited for"
    assert "lowest after epoch 1" in events[-1].message
    once = small_model(rate=0.1)
    once.set_weights(start)
    train(once, split, epochs=1, batch_size=40)
    np.testing.assert_array_equal(model.get_weights()[0], once.get_weights()[0])


def test_every_batch_rehearses_the_given_share(split):
    seen = []
    old = Split(np.full((5, 4, 4, 3), 7, np.uint8), np.ones(5, np.int64))
    fresh = Split(np.zeros_like(split.inputs), np.zeros_like(split.labels))

    def note(batch, rng):
        seen.append(sorted(batch[:, 0, 0, 0].astype(int)))
        return batch

    train(small_model(), fresh, epochs=1, batch_size=8, rehearsal=Rehearsal(old, 0.25), augment=note)
    assert seen == [[0] * 6 + [7] * 2] * 7, "7 batches of 6 hold the 40 new pictures"


def test_rehearsing_nothing_is_plain_training(split):
    runs = []
    for rehearsal in (None, Rehearsal(split, 0)):
        model = small_model()
        train(model, split, epochs=2, batch_size=8, rehearsal=rehearsal, seed=3)
        runs.append(model.get_weights()[0])
    np.testing.assert_array_equal(*runs)


@pytest.mark.parametrize("fraction", [-0.1, 1, 1.5, float("nan")])
def test_a_share_of_old_pictures_out_of_range_is_refused(split, fraction):
    with pytest.raises(CourseError, match=r"fraction=.* is out of range"):
        Rehearsal(split, fraction)


def test_a_diverging_run_fails_with_an_explanation_and_no_exception(split, capsys):
    model = small_model()
    model.layers[-1].activation = keras.activations.linear  # JAX gives no gradient to probabilities of 0 and 1
    model.compile(keras.optimizers.SGD(1e38), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    run = train(model, split, epochs=50)
    assert run.outcome == "failed"
    assert "learning rate ten times lower" in run.message
    assert run.message in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": 0}, "must both be 1 or more"),
        ({"epochs": 1, "batch_size": 0}, "must both"),
        ({"epochs": 1, "patience": 2}, "needs validation pictures"),
    ],
)
def test_arguments_out_of_range_are_refused(split, arguments, message):
    with pytest.raises(CourseError, match=message):
        Session(small_model(), split, **arguments)


def test_a_model_that_is_not_compiled_is_refused(split):
    with pytest.raises(CourseError, match=r"Call model\.compile"):
        Session(keras.Sequential([layers.Dense(2)]), split, epochs=1)


def test_shift_and_flip_keeps_shape_and_range():
    rng = np.random.default_rng(0)
    batch = rng.uniform(0, 255, (6, 16, 16, 3)).astype(np.float32)
    moved = shift_and_flip(batch, rng)
    assert moved.shape == batch.shape
    assert moved.min() >= batch.min()
    assert moved.max() <= batch.max()
    assert (moved != batch).any()
