"""Lesson 13: what must stay together, a model that takes raw pictures, and a card that can be computed again."""

import keras
import numpy as np
from proof import Proof, Wrong
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import beta
from sklearn.metrics import accuracy_score, recall_score


# 13.e1 ------------------------------------------------------------------------------------------------
def as_a_graph(groups, copies):
    names, number = np.unique(groups, return_inverse=True)
    edges = number[np.asarray(copies)]
    graph = coo_array((np.ones(len(edges)), edges.T), (len(names), len(names)))
    return connected_components(graph, directed=False)[1][number]


def as_names(groups, copies):
    leader = {name: name for name in groups.tolist()}

    def top(name):
        while leader[name] != name:
            name = leader[name]
        return name

    for one, other in copies.tolist():
        leader[top(groups[one])] = top(groups[other])
    return [top(name) for name in groups.tolist()]


def until_nothing_changes(groups, copies):
    unit = [groups.tolist().index(name) for name in groups]
    changed = True
    while changed:
        changed = False
        for one, other in copies:
            low, high = sorted((unit[one], unit[other]))
            if low != high:
                unit = [low if number == high else number for number in unit]
                changed = True
    return np.array(unit)


def by_group(groups, copies):
    return np.unique(groups, return_inverse=True)[1]


def only_the_picture(groups, copies):
    unit = by_group(groups, copies)
    for one, other in copies:
        unit[other] = unit[one]
    return unit


def once_over(groups, copies):
    start = by_group(groups, copies)
    unit = start.copy()
    for one, other in copies:
        unit[start == start[other]] = start[one]  # from the old numbers, so chains break
    return unit


def copies_alone(groups, copies):
    unit = np.arange(len(groups))
    for one, other in copies:
        unit[unit == unit[other]] = unit[one]
    return unit


def by_first_digit(groups, copies):
    found = as_graph_numbers(groups, copies)
    return np.minimum(found, 3)


def as_graph_numbers(groups, copies):
    return np.unique(as_a_graph(groups, copies), return_inverse=True)[1]


# 13.e2 ------------------------------------------------------------------------------------------------
def with_layers(core, mean, std):
    scale = (1 / (255 * std)).tolist()
    return keras.Sequential(
        [keras.Input(core.input_shape[1:]), keras.layers.Rescaling(scale, offset=(-mean / std).tolist()), core]
    )


def with_arithmetic(core, mean, std):
    pictures = keras.Input(core.input_shape[1:])
    return keras.Model(pictures, core((pictures / 255.0 - mean.astype("float32")) / std.astype("float32")))


def folded_by_hand(core, mean, std):
    side = core.input_shape[1]
    kernel, *rest = core.get_weights()
    centre, spread = (np.tile(values, side * side) for values in (mean, std))
    taken = keras.Input(core.input_shape[1:])
    flat = keras.layers.Flatten()(taken)
    hidden = keras.layers.Dense(kernel.shape[1], activation="relu", name="folded")
    given = keras.layers.Dense(rest[-1].shape[1], use_bias=False)
    model = keras.Model(taken, given(hidden(flat)))
    hidden.set_weights([kernel / (255 * spread)[:, None], -(centre / spread) @ kernel])
    given.set_weights(rest)
    return model


def prepared_by(rule):
    def answer(core, mean, std):
        pictures = keras.Input(core.input_shape[1:])
        return keras.Model(pictures, core(rule(pictures, mean.astype("float32"), std.astype("float32"))))

    return answer


def with_a_lambda(core, mean, std):
    pictures = keras.Input(core.input_shape[1:])
    prepared = keras.layers.Lambda(lambda x: (x / 255 - mean.astype("float32")) / std.astype("float32"))(pictures)
    return keras.Model(pictures, core(prepared))


def with_lost_numbers(core, mean, std):
    @keras.saving.register_keras_serializable("forgetful")
    class Prepare(keras.layers.Layer):
        def __init__(self, mean=0.0, std=1.0, **settings):
            super().__init__(**settings)
            self.mean, self.std = np.asarray(mean, "float32"), np.asarray(std, "float32")

        def get_config(self):
            return {"name": self.name}

        def call(self, pictures):
            return (pictures / 255.0 - self.mean) / self.std

    pictures = keras.Input(core.input_shape[1:])
    return keras.Model(pictures, core(Prepare(mean, std)(pictures)))


# 13.e3 ------------------------------------------------------------------------------------------------
def figures(probabilities, labels, **other):
    """A right card, with some figures replaced by functions of (probabilities, labels, right)."""
    right = probabilities.argmax(1) == labels
    k, n = int(right.sum()), len(labels)
    low, high = beta(k + 0.5, n - k + 0.5).ppf([0.025, 0.975])
    made = {
        "accuracy": accuracy_score(labels, probabilities.argmax(1)),
        "low": low,
        "high": high,
        "recall": recall_score(labels, probabilities.argmax(1), average=None),
        "mistakes": [row for row in np.argsort(-probabilities.max(1)) if not right[row]][:3],
    }
    return made | {name: value(probabilities, labels, right) for name, value in other.items()}


def wilson(probabilities, labels):
    right = probabilities.argmax(1) == labels
    n, p, z = len(labels), right.mean(), 1.96
    middle, reach = (p + z**2 / (2 * n)) / (1 + z**2 / n), z / (1 + z**2 / n)
    off = reach * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return figures(probabilities, labels) | {"low": middle - off, "high": middle + off}


def exact(probabilities, labels):
    k, n = int((probabilities.argmax(1) == labels).sum()), len(labels)
    return figures(probabilities, labels) | {
        "low": beta.ppf(0.025, k, n - k + 1),
        "high": beta.ppf(0.975, k + 1, n - k),
    }


def in_lists(probabilities, labels):
    p, y = probabilities.tolist(), labels.tolist()
    said = [row.index(max(row)) for row in p]
    right = [a == b for a, b in zip(said, y, strict=True)]
    recall = []
    for k in range(len(p[0])):
        own = [r for r, label in zip(right, y, strict=True) if label == k]
        recall.append(sum(own) / len(own))
    share, n = sum(right) / len(right), len(right)
    off = 1.96 * (share * (1 - share) / n) ** 0.5
    wrong = sorted((row for row in range(n) if not right[row]), key=lambda row: max(p[row]), reverse=True)
    return {"accuracy": share, "low": share - off, "high": share + off, "recall": recall, "mistakes": wrong[:3]}


def instead(**other):
    return lambda probabilities, labels: figures(probabilities, labels, **other)


def standard_error(p, y, right):
    return np.sqrt(right.mean() * (1 - right.mean()) / len(right))


def without(key):
    return lambda p, y: {name: value for name, value in figures(p, y).items() if name != key}


PROOFS = (
    Proof(
        "13.e1",
        {"a graph": as_a_graph, "leaders": as_names, "until nothing changes": until_nothing_changes},
        (
            Wrong("one unit", "one-unit", lambda groups, copies: np.zeros(len(groups), int)),
            Wrong("each alone", "each-alone", lambda groups, copies: np.arange(len(groups))),
            Wrong("groups alone", "copy-apart", by_group),
            Wrong("copies alone", "group-torn", copies_alone),
            Wrong("the picture without its group", "group-torn", only_the_picture),
            Wrong("from the old numbers", "copy-apart", once_over),
            Wrong("too coarse", "too-coarse", by_first_digit),
            Wrong("a number for each pair", "other-count", lambda groups, copies: np.arange(len(copies))),
        ),
    ),
    Proof(
        "13.e2",
        {"layers": with_layers, "arithmetic": with_arithmetic, "folded into the weights": folded_by_hand},
        (
            Wrong("the core", "core-alone", lambda core, mean, std: core),
            Wrong("divided by 255", "only-divided", prepared_by(lambda x, mean, std: x / 255.0)),
            Wrong("not divided", "not-divided", prepared_by(lambda x, mean, std: (x - mean) / std)),
            Wrong("centred", "only-centred", prepared_by(lambda x, mean, std: x / 255.0 - mean)),
            Wrong("multiplied", "multiplied", prepared_by(lambda x, mean, std: (x / 255.0 - mean) * std)),
            Wrong("divided first", "divided-first", prepared_by(lambda x, mean, std: x / 255.0 / std - mean)),
            Wrong("the variance", "variance", prepared_by(lambda x, mean, std: (x / 255.0 - mean) / std**0.5)),
            Wrong("from -1 to 1", "minus-one-to-one", prepared_by(lambda x, mean, std: x / 127.5 - 1.0)),
            Wrong(
                "twice", "twice", prepared_by(lambda x, mean, std: (((x / 255.0 - mean) / std) / 255.0 - mean) / std)
            ),
            Wrong("a lambda", "does-not-load", with_a_lambda, "partly"),
            Wrong("numbers that are not kept", "loads-as-another", with_lost_numbers, "partly"),
            Wrong("the other way round", "other-answers", prepared_by(lambda x, mean, std: -(x / 255.0 - mean) / std)),
        ),
    ),
    Proof(
        "13.e3",
        {"Jeffreys": figures, "Wilson": wilson, "exact": exact, "lists": in_lists},
        (
            Wrong("a tuple", "no-dict", lambda p, y: (0.8, 0.7, 0.9)),
            Wrong("no recall", "missing-key", without("recall")),
            Wrong("percent", "percent", instead(accuracy=lambda p, y, right: 100 * right.mean())),
            Wrong("confidence", "confidence", instead(accuracy=lambda p, y, right: p.max(1).mean())),
            Wrong("another accuracy", "accuracy", instead(accuracy=lambda p, y, right: 1 - right.mean())),
            Wrong(
                "one standard error",
                "one-error",
                instead(
                    low=lambda *a: a[2].mean() - standard_error(*a), high=lambda *a: a[2].mean() + standard_error(*a)
                ),
            ),
            Wrong(
                "three of them",
                "limits-wide",
                instead(
                    low=lambda *a: a[2].mean() - 3 * standard_error(*a),
                    high=lambda *a: a[2].mean() + 3 * standard_error(*a),
                ),
            ),
            Wrong("turned round", "no-limits", instead(low=lambda p, y, right: 0.99, high=lambda p, y, right: 0.2)),
            Wrong(
                "precision",
                "precision",
                instead(recall=lambda p, y, right: [right[p.argmax(1) == k].mean() for k in range(p.shape[1])]),
            ),
            Wrong("one for all", "same-for-all", instead(recall=lambda p, y, right: np.full(p.shape[1], right.mean()))),
            Wrong(
                "over everything",
                "over-everything",
                instead(recall=lambda p, y, right: [right[y == k].sum() / len(y) for k in range(p.shape[1])]),
            ),
            Wrong(
                "least sure",
                "least-sure",
                instead(mistakes=lambda p, y, right: [r for r in np.argsort(p.max(1)) if not right[r]][:3]),
            ),
            Wrong(
                "sure and right",
                "right-ones",
                instead(mistakes=lambda p, y, right: [r for r in np.argsort(-p.max(1)) if right[r]][:3]),
            ),
            Wrong(
                "the first ones",
                "mistakes",
                instead(mistakes=lambda p, y, right: np.flatnonzero(~right)[-3:]),
            ),
            Wrong(
                "in another order",
                "mistakes-order",
                lambda p, y: (made := figures(p, y)) | {"mistakes": made["mistakes"][::-1]},
                "partly",
            ),
        ),
    ),
)
