"""Lesson 01: extractors, honest probes, the choice of a block, selectivity."""

import math
import statistics

import keras
import numpy as np
import scipy.stats
from proof import Proof, Wrong
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from course_utils.transfer import linear_probe

layers = keras.layers


# 01.e1 ------------------------------------------------------------------------------------------------
def selective(r):
    total = r.max() + r.min()
    return 0.0 if total == 0 else (r.max() - r.min()) / total


def sorted_first(r):
    weakest, *_, strongest = sorted(map(float, r))
    return (strongest - weakest) / (strongest + weakest) if strongest else 0


def loud(formula):
    """Apply a formula to filters that answer, and give 0 for those that don't."""
    return lambda r: formula(r) if r.max() else 0.0


# 01.e2 ------------------------------------------------------------------------------------------------
def by_subclass(backbone, name):
    class Extractor(keras.Model):
        def call(self, x):
            for layer in backbone.layers[1:]:
                x = layer(x)
                if layer.name == name:
                    return x

    return Extractor()


def by_sequential(backbone, name):
    names = [layer.name for layer in backbone.layers]
    return keras.Sequential(backbone.layers[: names.index(name) + 1])


def by_search(backbone, name):
    (output,) = (layer.output for layer in backbone.layers if layer.name == name)
    return keras.Model(inputs=backbone.inputs, outputs=output)


def ends_with(change):
    return lambda backbone, name: keras.Model(backbone.input, change(backbone.get_layer(name).output))


def cloned(backbone, name):
    copy = keras.models.clone_model(backbone)
    return keras.Model(copy.input, copy.get_layer(name).output)


def scaled_first(backbone, name):
    pictures = keras.Input(backbone.input_shape[1:])
    scaled = layers.Rescaling(1 / 255)(pictures)
    return keras.Model(pictures, keras.Model(backbone.input, backbone.get_layer(name).output)(scaled))


def one_too_early(backbone, name):
    return keras.Model(backbone.input, backbone.get_layer(name).input)


def another_size(backbone, name):
    return keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3)])


# 01.e3 ------------------------------------------------------------------------------------------------
def pipeline():
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


def by_hand(t, tl, v, vl):
    mean, spread = t.mean(0), t.std(0)
    model = LogisticRegression(C=0.5, max_iter=1000).fit((t - mean) / spread, tl)
    return np.mean(model.predict((v - mean) / spread) == vl)


def step_by_step(t, tl, v, vl):
    scaler = StandardScaler()
    model = LogisticRegression(max_iter=1000).fit(scaler.fit_transform(t), tl)
    return model.score(scaler.transform(v), vl)


def scaler_on_both(t, tl, v, vl):
    scaler = StandardScaler().fit(np.concatenate([t, v]))
    return LogisticRegression(max_iter=1000).fit(scaler.transform(t), tl).score(scaler.transform(v), vl)


def scaler_apart(t, tl, v, vl):
    fresh = StandardScaler().fit_transform
    return LogisticRegression(max_iter=1000).fit(fresh(t), tl).score(fresh(v), vl)


def fitted_on_both(t, tl, v, vl):
    return pipeline().fit(np.concatenate([t, v]), np.concatenate([tl, vl])).score(v, vl)


def error_rate(t, tl, v, vl):
    return 1 - pipeline().fit(t, tl).score(v, vl)


# 01.e4 ------------------------------------------------------------------------------------------------
def error_of(values):
    return np.std(values, ddof=1) / len(values) ** 0.5


def by_loop(table):
    best, runs = -1.0, []
    for values in table.values():
        if sum(values) / len(values) > best:
            best, runs = sum(values) / len(values), values
    for name, values in table.items():
        if sum(values) / len(values) >= best - statistics.stdev(runs) / math.sqrt(len(runs)):
            return name


def by_arrays(table):
    means = np.array([np.mean(values) for values in table.values()])
    runs = list(table.values())[int(means.argmax())]
    return list(table)[int(np.argmax(means >= means.max() - scipy.stats.sem(runs)))]


def population_spread(table):
    names = sorted(table, key=lambda name: np.mean(table[name]))
    runs = table[names[-1]]
    bar = np.mean(runs) - np.std(runs) / np.sqrt(len(runs))
    return next(name for name in table if np.mean(table[name]) >= bar)


def best_by(rule):
    return lambda table: max(table, key=lambda name: rule(table[name]))


def within(margin, which=0):
    """Take the first block (or another) whose mean is within a margin of the best; the best block gives the margin."""

    def choose(table):
        runs = table[best_by(np.mean)(table)]
        return [name for name in table if np.mean(table[name]) >= np.mean(runs) - margin(runs)][which]

    return choose


def each_its_own(table):
    best = max(np.mean(values) for values in table.values())
    return next(name for name, values in table.items() if np.mean(values) + error_of(values) >= best)


PROOFS = (
    Proof(
        "01.e1",
        {
            "NumPy": selective,
            "sorted list": sorted_first,
            "ptp": lambda r: np.ptp(r) / max(max(r) + min(r), 1e-12),
            "keras.ops": lambda r: keras.ops.divide_no_nan(
                keras.ops.max(r) - keras.ops.min(r), keras.ops.max(r) + keras.ops.min(r)
            ),
        },
        (
            Wrong("0 by 0", "zero-by-zero", lambda r: (r.max() - r.min()) / (r.max() + r.min())),
            Wrong("the difference alone", "difference-alone", lambda r: r.max() - r.min()),
            Wrong("the wrong way round", "wrong-way-round", lambda r: 1 - selective(r)),
            Wrong("divided by the strongest", "divided-by-strongest", loud(lambda r: np.ptp(r) / r.max())),
            Wrong("divided by the sum", "divided-by-sum", loud(lambda r: np.ptp(r) / r.sum())),
            Wrong(
                "first against last",
                "first-against-last",
                loud(lambda r: abs(r[-1] - r[0]) / max(r[-1] + r[0], 1)),
            ),
            Wrong("the spread", "another-number", lambda r: np.std(r)),
            Wrong("one number per angle", "wrong-kind", lambda r: r),
        ),
    ),
    Proof(
        "01.e2",
        {"subclass": by_subclass, "sequential": by_sequential, "search by name": by_search},
        (
            Wrong("the whole backbone", "always-last-layer", lambda b, n: b),
            Wrong("the layer, not a model", "wrong-kind", lambda b, n: b.get_layer(n)),
            Wrong("a fresh copy", "not-own-layers", cloned),
            Wrong("pooled", "not-a-feature-map", ends_with(layers.GlobalAveragePooling2D())),
            Wrong("flattened", "not-a-feature-map", ends_with(layers.Flatten())),
            Wrong("the layer's input", "layer-input", one_too_early),
            Wrong("scaled before", "not-own-layers", scaled_first),
            Wrong("one pooling too many", "another-shape", ends_with(layers.MaxPooling2D())),
            Wrong("another input size", "wrong-input-shape", another_size),
        ),
    ),
    Proof(
        "01.e3",
        {
            "by hand": by_hand,
            "step by step": step_by_step,
            "linear_probe": lambda t, tl, v, vl: linear_probe(t, tl).score(v, vl),
        },
        (
            Wrong("scaler sees both parts", "standardiser-saw-validation", scaler_on_both),
            Wrong("a scaler for each part", "standardiser-saw-validation", scaler_apart),
            Wrong("fitted on both parts", "validation-labels-seen", fitted_on_both),
            Wrong(
                "fitted on validation",
                "validation-labels-seen",
                lambda t, tl, v, vl: pipeline().fit(v, vl).score(v, vl),
            ),
            Wrong("scored on training", "scored-on-training", lambda t, tl, v, vl: pipeline().fit(t, tl).score(t, tl)),
            Wrong("a percentage", "percentage", lambda t, tl, v, vl: 100 * pipeline().fit(t, tl).score(v, vl)),
            Wrong("a count", "not-a-share", lambda t, tl, v, vl: 1000 * pipeline().fit(t, tl).score(v, vl)),
            Wrong("the error rate", "error-rate", error_rate),
            Wrong("a constant", "another-number", lambda t, tl, v, vl: 0.15),
        ),
    ),
    Proof(
        "01.e4",
        {
            "loop": by_loop,
            "arrays": by_arrays,
            "spread over n": population_spread,
            "shallowest within": within(error_of),
        },
        (
            Wrong("the deepest", "always-deepest", lambda table: list(table)[-1]),
            Wrong("the shallowest", "always-shallowest", lambda table: next(iter(table))),
            Wrong("the highest mean", "highest-mean", best_by(np.mean)),
            Wrong("a standard deviation", "spread-not-error", within(lambda runs: np.std(runs, ddof=1))),
            Wrong("the deepest within", "deepest-within", within(error_of, which=-1)),
            Wrong("every block's own error", "own-error", each_its_own),
            Wrong("the best single run", "best-single-run", best_by(max)),
            Wrong("the worst single run", "worst-single-run", best_by(min)),
            Wrong("the first seed only", "first-seed-only", best_by(lambda values: values[0])),
            Wrong("the last seed only", "another-block", best_by(lambda values: values[-1])),
            Wrong("the lowest mean", "lowest-accuracy", best_by(lambda values: -np.mean(values))),
            Wrong("two standard errors", "another-block", within(lambda runs: 2 * error_of(runs))),
            Wrong("a number instead of a name", "wrong-kind", lambda table: 2),
        ),
    ),
)
