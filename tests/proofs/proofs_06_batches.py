"""Lesson 06: rehearsal batches."""

import keras
import numpy as np
from proof import Proof, Wrong

ops = keras.ops


# 06.e1 ------------------------------------------------------------------------------------------------
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


PROOFS = (
    Proof(
        "06.e1",
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
)
