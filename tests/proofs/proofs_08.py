"""Lesson 08: a mean without padding, masking, and a small text network within a budget."""

import numpy as np
from proof import Proof, Wrong


# 08.e1 ------------------------------------------------------------------------------------------------
def row_by_row(states, ids):
    return np.array([row[real != 0].mean(axis=0) for row, real in zip(states, ids, strict=True)])


def with_weights(states, ids):
    return [np.average(row, axis=0, weights=(real > 0).astype(float)) for row, real in zip(states, ids, strict=True)]


def with_einsum(states, ids):
    real = (ids != 0).astype(float)
    return np.einsum("npc,np->nc", states, real / real.sum(axis=1, keepdims=True))


def real_of(ids):
    return (ids != 0)[..., None]


def one_count(states, ids):
    real = real_of(ids)
    return (states * real).sum(axis=1) / real.sum(axis=1).mean()


def without_special(states, ids):
    real = real_of(ids) & ~np.isin(ids, (101, 102))[..., None]
    return (states * real).sum(axis=1) / real.sum(axis=1)


def zero_states_count(states, ids):
    silenced = states * real_of(ids)
    return silenced.sum(axis=1) / (ids.shape[1] + 0 * silenced[:, 0])


# 08.e2 ------------------------------------------------------------------------------------------------
def masker(
    *, share=1.0, hidden=0.8, replaced=0.1, allowed=lambda ids: ids >= 1000, label=lambda ids, given: ids, word=None
):
    """Make an answer that chooses among the allowed tokens and treats them as said."""

    def answer(ids, rate, words, rng):
        chosen = allowed(ids) & (rng.random(ids.shape) < share * rate)
        lot = rng.random(ids.shape)
        given = ids.copy()
        given[chosen & (lot < hidden)] = 103
        swap = chosen & (lot >= hidden) & (lot < hidden + replaced)
        given[swap] = rng.choice(words, swap.sum()) if word is None else word
        return given, np.where(chosen, label(ids, given), -100)

    return answer


def one_by_one(ids, rate, words, rng):
    given, labels = ids.copy(), np.full_like(ids, -100)
    for place in zip(*np.nonzero(ids >= 1000), strict=True):
        if rng.random() >= rate:
            continue
        labels[place] = ids[place]
        lot = rng.integers(10)
        if lot < 8:
            given[place] = 103
        elif lot == 8:
            given[place] = rng.choice(words)
    return given, labels


def labels_everywhere(ids, rate, words, rng):
    return masker()(ids, rate, words, rng)[0], ids


def same_count(ids, rate, words, rng):
    chosen = np.zeros(ids.shape, bool)
    for row, own in zip(ids, chosen, strict=True):
        places = np.flatnonzero(row >= 1000)
        own[rng.choice(places, round(rate * len(places)), replace=False)] = True
    given = ids.copy()
    given[chosen] = 103
    return given, np.where(chosen, ids, -100)


def damaged(ids, rate, words, rng):
    given, labels = masker()(ids, rate, words, rng)
    other = (labels == -100) & (ids >= 1000) & (rng.random(ids.shape) < 0.1)
    return np.where(other, 103, given), labels


# 08.e3 ------------------------------------------------------------------------------------------------
def trained(head, words, *, steps=60, first=0, copy=True):
    """Make an answer that goes down the gradients with two rates, the words' after the first steps."""

    def answer(network, gradients, budget):
        now = {name: array.copy() for name, array in network.items()}
        for step in range(min(steps, budget) if copy else steps):
            found = gradients(now)
            for name, rate in (("kernel", head), ("bias", head), ("words", words if step >= first else 0)):
                now[name] -= rate * found[name]
        return now

    return answer


def with_momentum(network, gradients, steps):
    now = {name: array.copy() for name, array in network.items()}
    speed = {name: np.zeros_like(array) for name, array in network.items()}
    for _ in range(steps):
        for name, gradient in gradients(now).items():
            speed[name] = 0.9 * speed[name] + gradient
            now[name] = now[name] - (0.5 if name != "words" else 0.05) * speed[name]
    return now


PROOFS = (
    Proof(
        "08.e1",
        {"row by row": row_by_row, "weights": with_weights, "einsum": with_einsum},
        (
            Wrong("all positions", "padding-counts", lambda states, ids: states.mean(axis=1)),
            Wrong("the row's length", "row-length", zero_states_count),
            Wrong("the sum", "sum", lambda states, ids: (states * real_of(ids)).sum(axis=1)),
            Wrong("the first token", "first-token", lambda states, ids: states[:, 0]),
            Wrong("the largest", "largest", lambda states, ids: np.where(real_of(ids), states, -np.inf).max(axis=1)),
            Wrong("without start and end", "without-start-and-end", without_special),
            Wrong("one count for all", "one-count-for-all", one_count),
            Wrong("all vectors of one row", "other-shape", lambda states, ids: row_by_row(states, ids)[0]),
        ),
    ),
    Proof(
        "08.e2",
        {"numpy": masker(), "one by one": one_by_one, "lists": lambda *given: [a.tolist() for a in masker()(*given)]},
        (
            Wrong("labels everywhere", "labels-everywhere", labels_everywhere),
            Wrong("special tokens too", "special-tokens", masker(allowed=lambda ids: ids >= 0)),
            Wrong("the mask as label", "labels-are-masks", masker(label=lambda ids, given: given)),
            Wrong("twice the rate", "other-rate", masker(share=2.0)),
            Wrong("all hidden", "all-hidden", masker(hidden=1.0, replaced=0.0), "partly"),
            Wrong("half hidden", "other-shares", masker(hidden=0.5, replaced=0.25)),
            Wrong("one word for all", "same-replacement", masker(word=2000)),
            Wrong("the same share of each sentence", "same-count", same_count, "partly"),
            Wrong("damage without a label", "changed-without-label", damaged),
            Wrong("nothing hidden", "nothing-hidden", masker(hidden=0.0)),
        ),
    ),
    Proof(
        "08.e3",
        {
            "the head alone": trained(3, 0),
            "the head first": trained(2, 1, first=30),
            "two rates": trained(5, 0.1),
            "momentum": with_momentum,
        },
        (
            Wrong("nothing trained", "untrained", lambda network, gradients, steps: network),
            Wrong("one step more", "too-many-steps", trained(3, 0, steps=61, copy=False)),
            Wrong("uphill", "uphill", trained(-1, -1)),
            Wrong("far too low a rate", "too-little", trained(1e-3, 1e-3)),
            Wrong("the words alone", "by-heart", trained(0, 100)),
            Wrong("far too high a rate", "blown-up", trained(1e5, 1e5)),
        ),
    ),
)
