"""Heads: a folded probe against scikit-learn, and several tasks in one model against NumPy and Keras."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from course_utils.data import Split
from course_utils.errors import CourseError
from course_utils.transfer import TaskHeads, extract_features, linear_probe, set_linear_head, train, with_head


def tiny_backbone():
    keras.utils.set_random_seed(0)
    inputs = layers.Input((4, 4, 3))
    return keras.Model(inputs, layers.Conv2D(5, 3, activation="relu", name="block1_conv")(inputs), name="tiny")


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (60, 4, 4, 3)).astype(np.uint8)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("activation", ["softmax", None])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_folded_probe_predicts_what_the_probe_predicts(pictures, classes, activation):
    model = with_head(tiny_backbone(), classes, activation=activation)
    features = extract_features(model.layers[0], pictures)
    labels = np.argsort(features[:, 0]).argsort() * classes // len(features)
    probe = linear_probe(features, labels)
    assert set_linear_head(model, probe) is model
    predicted = model.predict(pictures.astype(np.float32), verbose=0)
    if activation is None:
        predicted = softmax(predicted)
    np.testing.assert_allclose(predicted, probe.predict_proba(features), atol=1e-5)


def test_a_probe_that_does_not_fit_is_refused(pictures):
    features = np.random.default_rng(0).normal(size=(6, 5))
    model = with_head(tiny_backbone(), 3)
    with pytest.raises(CourseError, match=r"knows the labels \[0, 2\], but 'head' takes 5 .* labels are 0\.\.2"):
        set_linear_head(model, linear_probe(features, np.array([0, 2, 2, 0, 0, 2])))
    with pytest.raises(CourseError, match="probe takes 4 features"):
        set_linear_head(model, linear_probe(features[:, :4], np.arange(6) % 3))
    with pytest.raises(CourseError, match="'block1_conv', which is not a dense layer"):
        set_linear_head(tiny_backbone(), linear_probe(features, np.arange(6) % 3))


def test_the_seed_decides_a_heads_first_weights():
    first, same, other = (with_head(tiny_backbone(), 3, seed=s).get_weights() for s in (1, 1, 2))
    np.testing.assert_array_equal(first[-2], same[-2])
    assert (first[-2] != other[-2]).any()
    with pytest.raises(CourseError, match="classes=1 is out of range"):
        with_head(tiny_backbone(), 1)


@settings(max_examples=30)
@given(
    sizes=st.lists(st.integers(2, 5), min_size=1, max_size=4),
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=8),
    seed=st.integers(0, 1000),
)
def test_loss_and_accuracy_are_those_of_each_pictures_own_task(sizes, rows, seed):
    heads = TaskHeads({f"task{i}": size for i, size in enumerate(sizes)})
    logits = np.random.default_rng(seed).normal(0, 3, (len(rows), sum(sizes))).astype(np.float32)
    joint, losses, hits = [], [], []
    for (task, label), row in zip(rows, logits, strict=True):
        task %= len(sizes)
        label %= sizes[task]
        joint.append(int(heads.labels(f"task{task}", np.array([label]))[0]))
        own = row[sum(sizes[:task]) : sum(sizes[: task + 1])]
        np.testing.assert_array_equal(own, row[heads.columns(f"task{task}")])
        losses.append(-np.log(softmax(own)[label]))
        hits.append(own.argmax() == label)
    np.testing.assert_allclose(heads.loss(np.array(joint), logits), losses, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(heads.accuracy(np.array(joint), logits), hits)


def test_a_task_trains_as_if_it_were_alone_and_an_old_head_stays_as_it_is(pictures):
    labels = np.arange(60) % 3
    old = layers.Dense(4, activation="softmax")
    old.build((None, 5))
    heads = TaskHeads({"old": old, "new": 3})
    joint = heads.on(tiny_backbone(), seed=0)
    joint.compile(keras.optimizers.Adam(0.01), heads.loss, metrics=[heads.accuracy])
    alone = with_head(tiny_backbone(), 3, seed=1, activation=None)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    alone.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    runs = [
        train(joint, Split(pictures, heads.labels("new", labels)), epochs=2, batch_size=16),
        train(alone, Split(pictures, labels), epochs=2, batch_size=16),
    ]
    for metric in ("loss", "accuracy"):
        np.testing.assert_allclose(runs[0].history[metric], runs[1].history[metric], rtol=1e-4)
    for a, b in zip(joint.get_layer("tiny").get_weights(), alone.get_layer("tiny").get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    for a, b in zip(joint.get_layer("old_head").get_weights(), old.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_old_head_gives_the_logits_that_it_gave(pictures):
    batch = pictures.astype(np.float32)
    source = with_head(tiny_backbone(), 4, seed=5)
    heads = TaskHeads({"new": 3, "old": source.layers[-1]})
    outputs = heads.on(source.layers[0]).predict(batch, verbose=0)
    np.testing.assert_allclose(softmax(outputs[:, heads.columns("old")]), source.predict(batch, verbose=0), atol=1e-5)
    only = TaskHeads({"old": source.layers[-1]})
    np.testing.assert_array_equal(only.on(source.layers[0]).predict(batch, verbose=0), outputs[:, heads.columns("old")])


def test_refusals():
    heads = TaskHeads({"old": 3, "new": 2})
    with pytest.raises(CourseError, match=r"no task 'newer'\. Tasks: old, new"):
        heads.labels("newer", np.array([0]))
    with pytest.raises(CourseError, match=r"labels of 'new' lie in 0\.\.2, but must lie in 0\.\.1"):
        heads.labels("new", np.array([0, 2]))
    for sizes in ({}, {"one": 1}):
        with pytest.raises(CourseError, match="must name one or more tasks"):
            TaskHeads(sizes)
    wide = layers.Dense(3)
    wide.build((None, 7))
    with pytest.raises(CourseError, match=r"heads\['wide'\] has weights of shapes \[\(7, 3\)"):
        TaskHeads({"wide": wide}).on(tiny_backbone())
