"""Every exercise: right answers in several styles pass, known wrong ones fail with the message that names them."""

import math

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from course_utils.learn.desk import load_exercises
from course_utils.learn.exercises import challenge
from course_utils.transfer import extract_features, linear_probe

layers = keras.layers


def outcome(id, answer):
    return load_exercises(id[:2])[id].check(answer)


def stub(*args, **kwargs):
    raise NotImplementedError


@pytest.mark.parametrize("id", [*load_exercises("01"), *load_exercises("02")])
def test_the_untouched_stub_is_unattempted_and_nonsense_is_told(id):
    def only_pass(*args):
        """The stub that the lesson holds."""
        pass

    assert outcome(id, stub).outcome == "unattempted"
    assert outcome(id, only_pass).outcome == "unattempted"
    for nonsense in (lambda *a, **k: "text", lambda *a, **k: object(), lambda: 1, 7):
        result = outcome(id, nonsense)
        assert result.outcome in ("wrong", "error")
        assert result.points == 0
        assert len(load_exercises(id[:2])[id].hints) >= 3


# 01.e1 -----------------------------------------------------------------------------------------------
def by_layer(backbone, name):
    return keras.Model(backbone.input, backbone.get_layer(name).output)


def by_subclass(backbone, name):
    class Extractor(keras.Model):
        def call(self, x):
            for layer in backbone.layers[1:]:
                x = layer(x)
                if layer.name == name:
                    return x

    return Extractor()


def cloned(backbone, name):
    copy = keras.models.clone_model(backbone)
    return keras.Model(copy.input, copy.get_layer(name).output)


def pooled(backbone, name):
    out = layers.GlobalAveragePooling2D()(backbone.get_layer(name).output)
    return keras.Model(backbone.input, out)


def one_too_early(backbone, name):
    return keras.Model(backbone.input, backbone.get_layer(name).input)


@pytest.mark.parametrize("right", [by_layer, by_subclass])
def test_extractor_right(right):
    assert outcome("01.e1", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda b, n: b, "last layer, whatever name"),
        (lambda b, n: b.get_layer(n), "should be a `keras.Model`"),
        (cloned, "aren't the pretrained layers"),
        (pooled, "no feature map"),
        (one_too_early, ""),
    ],
)
def test_extractor_wrong(wrong, says):
    result = outcome("01.e1", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


# 01.e2 -----------------------------------------------------------------------------------------------
def pipeline():
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


def by_hand(t, tl, v, vl):
    mean, spread = t.mean(0), t.std(0)
    model = LogisticRegression(C=0.5, max_iter=1000).fit((t - mean) / spread, tl)
    return np.mean(model.predict((v - mean) / spread) == vl)


def scaler_on_both(t, tl, v, vl):
    scaler = StandardScaler().fit(np.concatenate([t, v]))
    return LogisticRegression(max_iter=1000).fit(scaler.transform(t), tl).score(scaler.transform(v), vl)


def scaler_apart(t, tl, v, vl):
    fresh = StandardScaler().fit_transform
    return LogisticRegression(max_iter=1000).fit(fresh(t), tl).score(fresh(v), vl)


def fitted_on_both(t, tl, v, vl):
    return pipeline().fit(np.concatenate([t, v]), np.concatenate([tl, vl])).score(v, vl)


@pytest.mark.parametrize(
    "right",
    [
        lambda t, tl, v, vl: pipeline().fit(t, tl).score(v, vl),
        lambda t, tl, v, vl: linear_probe(t, tl).score(v, vl),
        by_hand,
    ],
)
def test_probe_right(right):
    assert outcome("01.e2", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (scaler_on_both, "your standardiser has looked"),
        (scaler_apart, "your standardiser has looked"),
        (fitted_on_both, "seen the validation labels"),
        (lambda t, tl, v, vl: pipeline().fit(v, vl).score(v, vl), "validation"),
        (lambda t, tl, v, vl: pipeline().fit(t, tl).score(t, tl), "data the probe was fitted on"),
        (lambda t, tl, v, vl: 100 * pipeline().fit(t, tl).score(v, vl), "percentage"),
        (lambda t, tl, v, vl: 0.33, "reports 0.33"),
    ],
)
def test_probe_wrong(wrong, says):
    result = outcome("01.e2", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


# 01.e3 -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "right",
    [
        lambda table: max(table, key=lambda name: sum(table[name]) / len(table[name])),
        lambda table: sorted(table, key=lambda name: np.mean(table[name]))[-1],
        lambda table: list(table)[int(np.argmax([np.mean(v) for v in table.values()]))],
    ],
)
def test_choose_block_right(right):
    assert outcome("01.e3", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda table: list(table)[-1], "deepest"),
        (lambda table: max(table, key=lambda name: max(table[name])), "lucky seed"),
        (lambda table: min(table, key=lambda name: np.mean(table[name])), "lowest accuracy"),
        (lambda table: next(iter(table)), "higher mean"),
        (lambda table: 2, "name of one block"),
    ],
)
def test_choose_block_wrong(wrong, says):
    result = outcome("01.e3", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


# 01.e4 -----------------------------------------------------------------------------------------------
def selective(r):
    total = r.max() + r.min()
    return 0.0 if total == 0 else (r.max() - r.min()) / total


def test_selectivity_right():
    assert outcome("01.e4", selective).require()
    assert outcome("01.e4", lambda r: np.ptp(r) / max(max(r) + min(r), 1e-12)).require()


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda r: (r.max() - r.min()) / (r.max() + r.min()), "0 by 0"),
        (lambda r: r.max() - r.min(), "difference alone"),
        (lambda r: 1 - selective(r), "wrong way round"),
        (lambda r: np.std(r), "(max - min) / (max + min)"),
        (lambda r: r, "should be one number"),
    ],
)
def test_selectivity_wrong(wrong, says):
    result = outcome("01.e4", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


# 02.e1 -----------------------------------------------------------------------------------------------
def frozen(
    backbone,
    num_classes,
    *,
    freeze=True,
    activation="softmax",
    pool=layers.GlobalAveragePooling2D,
    first=None,
):
    backbone.trainable = not freeze
    parts = [backbone, pool(), layers.Dense(num_classes, activation=activation)]
    model = keras.Sequential([first, *parts] if first else parts)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def frozen_functional(backbone, num_classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    x = layers.GlobalAveragePooling2D()(backbone(inputs, training=False))
    x = layers.Dropout(0.1)(layers.Dense(16, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy")
    return model


def frozen_subclass(backbone, num_classes):
    class Frozen(keras.Model):
        def __init__(self):
            super().__init__()
            self.backbone, self.head = backbone, layers.Dense(num_classes, activation="softmax")
            self.backbone.trainable = False

        def call(self, x):
            return self.head(keras.ops.mean(self.backbone(x, training=False), axis=(1, 2)))

    model = Frozen()
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def batchnorm_left_out(backbone, num_classes):
    for layer in backbone.layers:
        layer.trainable = "norm" in layer.name
    return _headed(backbone, num_classes)


def _headed(backbone, num_classes):
    model = keras.Sequential(
        [backbone, layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def not_compiled(backbone, num_classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), layers.Dense(num_classes)])


def everything_frozen(backbone, num_classes):
    model = frozen(backbone, num_classes)
    model.trainable = False
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize("right", [frozen, frozen_functional, frozen_subclass])
def test_frozen_right(right):
    assert outcome("02.e1", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda b, n: frozen(b, n, freeze=False), "isn't frozen"),
        (batchnorm_left_out, "isn't frozen"),
        (not_compiled, "isn't compiled"),
        (everything_frozen, "head is frozen as well"),
        (lambda b, n: frozen(b, n, activation="sigmoid"), "no probabilities"),
        (lambda b, n: frozen(b, n, pool=layers.Flatten), "GlobalAveragePooling2D"),
        (lambda b, n: frozen(b, n, first=layers.Rescaling(1 / 255)), "preprocessing is inside"),
        (lambda b, n: frozen(b, n + 1), "(24, 3)"),
    ],
)
def test_frozen_wrong(wrong, says):
    result = outcome("02.e1", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


# 02.e2 -----------------------------------------------------------------------------------------------
def cached(backbone, head, images, labels, epochs, features=None):
    features = extract_features(backbone, images) if features is None else features
    head.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    head.fit(features, labels, epochs=epochs, verbose=0)
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])


def cached_functional(backbone, head, images, labels, epochs):
    inputs = keras.Input(backbone.input_shape[1:])
    pooled = keras.Model(inputs, layers.GlobalAveragePooling2D()(backbone(inputs, training=False)))
    cached(backbone, head, images, labels, epochs, features=pooled.predict(images, verbose=0))
    return keras.Model(inputs, head(pooled(inputs)))


def without_cache(backbone, head, images, labels, epochs):
    backbone.trainable = False
    model = keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    model.fit(images.astype("float32"), labels, epochs=epochs, verbose=0)
    return model


def cached_frozen_loop(backbone, head, images, labels, epochs):
    head.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    for _ in range(epochs):
        head.fit(extract_features(backbone, images), labels, verbose=0)
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])


def in_training_mode(backbone, head, images, labels, epochs):
    maps = np.asarray(backbone(images.astype("float32"), training=True))
    return cached(backbone, head, images, labels, epochs, features=maps.mean((1, 2)))


def scaled_first(backbone, head, images, labels, epochs):
    return cached(backbone, head, images, labels, epochs, features=extract_features(backbone, images / 255.0))


def another_head(backbone, head, images, labels, epochs):
    cached(backbone, head, images, labels, epochs)
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax")])


def head_untrained(backbone, head, images, labels, epochs):
    extract_features(backbone, images)
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])


@pytest.mark.parametrize("right", [cached, cached_functional])
def test_cached_right(right):
    assert outcome("02.e2", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (cached_frozen_loop, "3 times in 3 epochs"),
        (in_training_mode, "training mode"),
        (scaled_first, "scaled before"),
        (another_head, "differ by"),
        (head_untrained, "has not learned"),
        (without_cache, "epochs"),
        (lambda b, h, *rest: h, ""),
    ],
)
def test_cached_wrong(wrong, says):
    result = outcome("02.e2", wrong)
    assert result.outcome in ("wrong", "error")
    assert says in result.message


# 02.e3 -----------------------------------------------------------------------------------------------
def efficiency(labels, transfer, scratch, at, log=np.log, exp=np.exp, never=math.inf):
    target = np.interp(log(at), log(labels), transfer)
    if target > max(scratch):
        return never
    return exp(np.interp(target, scratch, log(labels))) / at


def by_segments(labels, transfer, scratch, at):
    target = dict(zip(labels.tolist(), transfer.tolist(), strict=True))[at]
    if scratch[0] >= target:
        return labels[0] / at
    for i in range(1, len(labels)):
        if scratch[i] >= target:
            share = (target - scratch[i - 1]) / (scratch[i] - scratch[i - 1])
            return labels[i - 1] * (labels[i] / labels[i - 1]) ** share / at
    return float("inf")


@pytest.mark.parametrize("right", [efficiency, by_segments])
def test_efficiency_right(right):
    assert outcome("02.e3", right).require()


def same(x):
    return np.asarray(x, float)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda *a: efficiency(*a, log=same, exp=same), "linear axis"),
        (lambda *a: efficiency(*a, never=a[0][-1] / a[3]), "math.inf"),
        (lambda *a: efficiency(*a, never=math.nan), "math.inf"),
        (lambda *a: efficiency(*a) * a[3], "Divide it by `at`"),
        (lambda *a: 1 / efficiency(*a), "upside down"),
        (lambda n, t, s, at: t[list(n).index(at)] / s[list(n).index(at)], "sideways"),
        (lambda *a: 1.0, "was expected"),
    ],
)
def test_efficiency_wrong(wrong, says):
    result = outcome("02.e3", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


# 02.e4 -----------------------------------------------------------------------------------------------
def mended(backbone, images, pictures, seed=0, *, scale=1.0, training=False, by_picture=True):
    maps = np.asarray(backbone((images * scale).astype("float32"), training=training))
    rng = np.random.default_rng(seed)
    groups = pictures if by_picture else np.arange(len(images))
    order = rng.permutation(np.unique(groups))
    held_out = np.isin(groups, order[: len(order) // 4])
    return maps.mean(axis=(1, 2)), np.flatnonzero(~held_out), np.flatnonzero(held_out)


def mended_by_sklearn(backbone, images, pictures, seed=0):
    from sklearn.model_selection import GroupShuffleSplit

    split = GroupShuffleSplit(1, test_size=0.3, random_state=seed).split(images, groups=pictures)
    train, validation = next(split)
    return extract_features(backbone, images), train, validation


@pytest.mark.parametrize("right", [mended, mended_by_sklearn])
def test_mended_right(right):
    assert outcome("02.e4", right).require().points == 3


@pytest.mark.parametrize(
    ("faults", "points", "says"),
    [
        ({"scale": 1 / 255}, 2, "scaled twice"),
        ({"training": True}, 2, "training mode"),
        ({"by_picture": False}, 2, "Split by picture"),
        ({"by_picture": False, "training": True}, 1, "1 of 3"),
        ({"by_picture": False, "training": True, "scale": 1 / 255}, 0, "0 of 3"),
    ],
)
def test_each_fault_left_in_costs_a_third(faults, points, says):
    result = outcome("02.e4", lambda *args, **kwargs: mended(*args, **kwargs, **faults))
    assert result.points == pytest.approx(points)
    assert says in result.message


def test_the_challenge_backbone_leaves_the_learners_random_state_alone():
    keras.utils.set_random_seed(3)
    expected = np.random.rand()
    keras.utils.set_random_seed(3)
    challenge.backbone()
    assert np.random.rand() == expected
