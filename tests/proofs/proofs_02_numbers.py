"""Lesson 02: the label-efficiency factor, and a pipeline with three faults."""

import math

import numpy as np
from proof import Proof, Wrong

from course_utils.transfer import extract_features


# 02.e3 ------------------------------------------------------------------------------------------------
def efficiency(labels, transfer, scratch, at, log=np.log, exp=np.exp, never=math.inf):
    target = np.interp(log(at), log(labels), transfer)
    if target > max(scratch):
        return never
    return exp(np.interp(target, scratch, log(labels))) / at


def by_segments(labels, transfer, scratch, at):
    target = dict(zip(labels, transfer, strict=True))[at]
    if scratch[0] >= target:
        return labels[0] / at
    for i in range(1, len(labels)):
        if scratch[i] >= target:
            share = (target - scratch[i - 1]) / (scratch[i] - scratch[i - 1])
            return labels[i - 1] * (labels[i] / labels[i - 1]) ** share / at
    return float("inf")


def right_of_numpy(labels, transfer, scratch, at):
    labels = np.array(labels)
    goal = np.array(transfer)[labels == at].item()
    return 10 ** np.interp(goal, scratch, np.log10(labels), right=np.inf) / at


def base_two(labels, transfer, scratch, at):
    return efficiency(labels, transfer, scratch, at, log=np.log2, exp=np.exp2)


def linear(x):
    return np.asarray(x, float)


# 02.e4 ------------------------------------------------------------------------------------------------
def fixed(backbone, images, pictures, seed=0, *, scale=1.0, training=False, by_picture=True, pool="mean", part=4):
    maps = np.asarray(backbone((images * scale).astype("float32"), training=training))
    rng = np.random.default_rng(seed)
    groups = pictures if by_picture else np.arange(len(images))
    order = rng.permutation(np.unique(groups))
    held_out = np.isin(groups, order[: int(len(order) / part)])
    return getattr(maps, pool)(axis=(1, 2)), np.flatnonzero(~held_out), np.flatnonzero(held_out)


def fixed_by_sklearn(backbone, images, pictures, seed=0):
    from sklearn.model_selection import GroupShuffleSplit

    split = GroupShuffleSplit(1, test_size=0.3, random_state=seed).split(images, groups=pictures)
    train, validation = next(split)
    return extract_features(backbone, images), train, validation


def fixed_with_masks(backbone, images, pictures, seed=0):
    import keras

    held_out = pictures >= 7
    pooled = keras.Sequential([backbone, keras.layers.GlobalAveragePooling2D()])
    return pooled.predict(images, verbose=0), ~held_out, held_out


def fixed_with_lists(backbone, images, pictures, seed=0):
    chosen = set(np.random.default_rng(seed).choice(10, 4, replace=False).tolist())
    rows = range(len(pictures))
    train = [row for row in rows if pictures[row] not in chosen]
    return extract_features(backbone, images), train, [row for row in rows if pictures[row] in chosen]


def with_fault(**faults):
    return lambda *args: fixed(*args, **faults)


PROOFS = (
    Proof(
        "02.e3",
        {"interp": efficiency, "by segments": by_segments, "interp's right": right_of_numpy, "base two": base_two},
        (
            Wrong("a linear axis", "linear-axis", lambda *a: efficiency(*a, log=linear, exp=linear)),
            Wrong(
                "never: the last budget", "never-reached", lambda *a: efficiency(*a, never=a[0][-1] / a[3]), "partly"
            ),
            Wrong("never: NaN", "never-reached", lambda *a: efficiency(*a, never=math.nan), "partly"),
            Wrong("labels, not a factor", "not-divided", lambda *a: efficiency(*a) * a[3]),
            Wrong("upside down", "upside-down", lambda *a: 1 / efficiency(*a)),
            Wrong(
                "ratio of accuracies",
                "ratio-of-accuracies",
                lambda n, t, s, at: t[list(n).index(at)] / s[list(n).index(at)],
            ),
            Wrong("curves swapped", "curves-swapped", lambda n, t, s, at: efficiency(n, s, t, at)),
            Wrong("a constant", "another-number", lambda *a: 1.0),
        ),
    ),
    Proof(
        "02.e4",
        {
            "NumPy": fixed,
            "scikit-learn": fixed_by_sklearn,
            "masks": fixed_with_masks,
            "lists": fixed_with_lists,
        },
        (
            Wrong("scaled twice", "scaled-twice", with_fault(scale=1 / 255), "partly"),
            Wrong("training mode", "training-mode", with_fault(training=True), "partly"),
            Wrong("split by patch", "split-by-patch", with_fault(by_picture=False), "partly"),
            Wrong("two faults left", "training-mode", with_fault(by_picture=False, training=True), "partly"),
            Wrong("all faults left", "scaled-twice", with_fault(by_picture=False, training=True, scale=1 / 255)),
            Wrong("maximum pooling", "another-pooling", with_fault(pool="max"), "partly"),
            Wrong("nearly all held out", "patches-left-out", with_fault(part=1.25), "partly"),
            Wrong("all held out", "not-row-numbers", with_fault(part=1)),
            Wrong("features only", "not-three-things", lambda *a: fixed(*a)[0]),
            Wrong("patches, not row numbers", "not-row-numbers", lambda b, i, p, seed: (fixed(b, i, p)[0], i, i)),
        ),
    ),
)
