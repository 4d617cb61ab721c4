"""Lesson 04: rehearsal batches, and the L2-SP penalty."""

import keras
import numpy as np
from proof import Proof, Wrong

ops = keras.ops


# 04.e2 ------------------------------------------------------------------------------------------------
def generator(new_images, new_labels, old_images, old_labels, batch_size, fraction, rng):
    count = round(fraction * batch_size)
    order = rng.permutation(len(new_images))
    for start in range(0, len(order), batch_size - count):
        rows = order[start : start + batch_size - count]
        again = rng.choice(len(old_images), count)
        yield (
            np.concatenate([new_images[rows], old_images[again]]),
            np.concatenate([new_labels[rows], old_labels[again]]),
        )


def shuffled_inside(*args):
    rng = args[-1]
    batches = []
    for images, labels in generator(*args):
        order = rng.permutation(len(images))
        batches.append((images[order], labels[order]))
    return batches


def last_batch_filled(new_images, new_labels, old_images, old_labels, batch_size, fraction, rng):
    count = round(fraction * batch_size)
    room = batch_size - count
    order = rng.permutation(len(new_images))
    order = np.concatenate([order, order[: -len(order) % room]])
    made = []
    for rows in order.reshape(-1, room):
        again = rng.permutation(len(old_images))[:count]
        made.append([np.concatenate([new_images[rows], old_images[again]]), [*new_labels[rows], *old_labels[again]]])
    return made


def on_top(ni, nl, oi, ol, batch_size, fraction, rng):
    return [
        (np.concatenate([x, oi[again]]), np.concatenate([y, ol[again]]))
        for x, y in generator(ni, nl, oi, ol, batch_size, 0.0, rng)
        for again in (rng.choice(len(oi), round(fraction * batch_size)),)
    ]


def all_shuffled_together(ni, nl, oi, ol, batch_size, fraction, rng):
    many = round(len(ni) * fraction / (1 - fraction))
    images, labels = np.concatenate([ni, oi[:many]]), np.concatenate([nl, ol[:many]])
    return generator(images, labels, oi, ol, batch_size, 0.0, rng)


def fraction_of_the_data(ni, nl, oi, ol, batch_size, fraction, rng):
    return generator(ni, nl, oi, ol, batch_size, round(fraction * len(oi)) / batch_size, rng)


def the_same_every_time(ni, nl, oi, ol, batch_size, fraction, rng):
    count = round(fraction * batch_size)
    return generator(ni, nl, oi[:count], ol[:count], batch_size, fraction, _Fixed(rng))


class _Fixed:
    """A generator whose choice is always the first rows."""

    def __init__(self, rng):
        self.permutation = rng.permutation

    def choice(self, many, count):
        return np.arange(count)


def labels_left_behind(*args):
    rng = args[-1]
    return [(images, rng.permutation(labels)) for images, labels in generator(*args)]


def remainder_dropped(*args):
    return [batch for batch in generator(*args) if len(batch[0]) == args[4]]


def rounded_down(ni, nl, oi, ol, batch_size, fraction, rng):
    return generator(ni, nl, oi, ol, batch_size, int(fraction * batch_size) / batch_size, rng)


def always_one(ni, nl, oi, ol, batch_size, fraction, rng):
    return generator(ni, nl, oi, ol, batch_size, max(fraction, 1 / batch_size), rng)


def unshuffled(ni, nl, oi, ol, batch_size, fraction, rng):
    order = np.argsort(rng.permutation(1))  # uses the generator, but not for the order

    class Sorted:
        permutation = staticmethod(lambda n: np.arange(n) + order[0])
        choice = staticmethod(rng.choice)

    return generator(ni, nl, oi, ol, batch_size, fraction, Sorted())


# 04.e3 ------------------------------------------------------------------------------------------------
def held(model):
    head = {id(v) for v in model.get_layer("head").variables}
    return [v for v in model.trainable_variables if id(v) not in head]


def copies(variables):
    return [ops.convert_to_numpy(v).copy() for v in variables]


def by_closure(model, strength):
    variables = held(model)
    start = copies(variables)
    return lambda: strength / 2 * sum(ops.sum((v - s) ** 2) for v, s in zip(variables, start, strict=True))


def by_name(model, strength):
    start = {v.path: np.array(v) for v in model.trainable_variables if not v.path.startswith("head")}

    def penalty():
        total = 0.0
        for v in model.trainable_variables:
            if v.path in start:
                total = total + ops.sum(ops.square(v - start[v.path]))
        return 0.5 * strength * total

    return penalty


def by_class(model, strength):
    class Penalty:
        def __init__(self):
            self.variables = held(model)
            self.start = [ops.convert_to_tensor(s) for s in copies(self.variables)]

        def __call__(self):
            pairs = zip(self.variables, self.start, strict=True)
            return ops.sum(ops.stack([ops.sum((v - s) ** 2) for v, s in pairs])) * strength / 2

    return Penalty()


def penalised(fn, *, choose=held, start=copies):
    """Make an answer with another formula for the weights' distances from their start, or with other weights."""

    def answer(model, strength):
        variables = choose(model)
        begun = start(variables)
        return lambda: fn(strength, [v - s for v, s in zip(variables, begun, strict=True)])

    return answer


def half_squares(strength, distances):
    return strength / 2 * sum(ops.sum(d**2) for d in distances)


def summed(term, *, half=True):
    """Return the formula strength / 2 times the sum of ``term`` over the distances of all weights."""
    return lambda strength, distances: strength * (0.5 if half else 1) * sum(ops.sum(term(d)) for d in distances)


def zeros(variables):
    return [0.0] * len(variables)


def with_statistics(model):
    return [v for v in model.weights if "head" not in v.path and "witness" not in v.path]


def kernels(model):
    return [v for v in held(model) if "kernel" in v.path]


PROOFS = (
    Proof(
        "04.e2",
        {
            "a generator": generator,
            "shuffled inside": shuffled_inside,
            "the last batch filled": last_batch_filled,
            "a list": lambda *a: list(generator(*a)),
        },
        (
            Wrong("on top of the batch", "on-top-of-batch", on_top),
            Wrong("all shuffled together", "left-to-chance", all_shuffled_together),
            Wrong("a fraction of the data", "fraction-of-data", fraction_of_the_data),
            Wrong("the same every time", "same-old-pictures", the_same_every_time),
            Wrong("labels left behind", "labels-left-behind", labels_left_behind),
            Wrong("the remainder dropped", "new-pictures-left-out", remainder_dropped),
            Wrong("rounded down", "another-count", rounded_down),
            Wrong("always one", "old-at-fraction-0", always_one),
            Wrong("unshuffled", "not-shuffled", unshuffled, "partly"),
            Wrong("nothing old", "nothing-old", lambda *a: generator(*a[:5], 0.0, a[6])),
            Wrong("no batch", "no-batch", lambda *a: []),
            Wrong("nothing returned", "nothing-returned", lambda *a: print()),
            Wrong("not pairs", "not-pairs", lambda *a: [a[0]]),
            Wrong("a number", "wrong-kind", lambda *a: 3),
        ),
    ),
    Proof(
        "04.e3",
        {
            "closure": by_closure,
            "by name": by_name,
            "class": by_class,
            "distances": penalised(half_squares),
        },
        (
            Wrong("weight decay", "weight-decay", penalised(half_squares, start=zeros)),
            Wrong("weight decay without half", "weight-decay", penalised(summed(ops.square, half=False), start=zeros)),
            Wrong("no copy", "live-variable", penalised(half_squares, start=list)),
            Wrong(
                "the head too",
                "head-held",
                penalised(half_squares, choose=lambda m: m.trainable_variables),
            ),
            Wrong("the statistics too", "statistics-held", penalised(half_squares, choose=with_statistics)),
            Wrong("not squared", "not-squared", penalised(summed(lambda d: d))),
            Wrong("absolute values", "not-squared", penalised(summed(ops.abs))),
            Wrong("no half", "twice-as-large", penalised(summed(ops.square, half=False))),
            Wrong("strength as a switch", "strength-ignored", penalised(lambda s, ds: half_squares(1.0, ds) * (s > 0))),
            Wrong("no strength", "not-zero-at-strength-0", penalised(lambda s, ds: half_squares(1.0, ds))),
            Wrong("means", "means-for-sums", penalised(lambda s, ds: s / 2 * sum(ops.mean(d**2) for d in ds))),
            Wrong("the root", "root-taken", penalised(lambda s, ds: s / 2 * ops.sqrt(half_squares(2.0, ds)))),
            Wrong("kernels only", "kernels-only", penalised(half_squares, choose=kernels)),
            Wrong("a number", "computed-once", lambda m, strength: by_closure(m, strength)()),
            Wrong("nothing returned", "nothing-returned", lambda m, strength: print()),
            Wrong("penalty() without return", "penalty-gave-nothing", lambda m, strength: lambda: None),
            Wrong("three times", "another-penalty", penalised(lambda s, ds: 3 * half_squares(s, ds))),
        ),
    ),
)
