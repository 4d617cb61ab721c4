"""Lesson 05: forgetting as a number, and the L2-SP penalty."""

import keras
import numpy as np
from proof import Proof, Wrong

from course_utils.transfer import backward_transfer, forgetting

ops = keras.ops


# 05.e1 ------------------------------------------------------------------------------------------------
def with_slices(R):
    best = np.nanmax(R[:-1, :-1], axis=0)
    return np.mean(best - R[-1, :-1]), np.mean(R[-1, :-1] - np.diag(R)[:-1])


def with_loops(R):
    tasks = len(R)
    lost = [max(R[i][j] for i in range(j, tasks - 1)) - R[tasks - 1][j] for j in range(tasks - 1)]
    moved = [R[tasks - 1][j] - R[j][j] for j in range(tasks - 1)]
    return sum(lost) / len(lost), sum(moved) / len(moved)


def as_an_array(R):
    return np.array(with_slices(np.nan_to_num(R)))


def last_task_too(R):
    return np.mean(np.nanmax(R, axis=0) - R[-1]), np.mean(R[-1] - np.diag(R))


def from_the_diagonal(R):
    return np.mean((np.diag(R) - R[-1])[:-1]), with_slices(R)[1]


def the_end_is_among_the_best(R):
    return np.mean(np.nanmax(R[:, :-1], axis=0) - R[-1, :-1]), with_slices(R)[1]


def from_the_first_row(R):
    return with_slices(R)[0], np.mean((R[-1] - R[0])[:-1])


def from_the_best(R):
    return with_slices(R)[0], -with_slices(R)[0]


def no_nan_allowed(R):
    return np.max(R[:-1, :-1], 0).mean() - R[-1, :-1].mean(), with_slices(R)[1]


# 05.e2 ------------------------------------------------------------------------------------------------
def names_in(owner):
    return list(dict.fromkeys(name for name in owner if name is not None))


def swapped(choose, result=lambda value, everything: value):
    """Make an answer that takes from after the arrays whose owner is among ``choose(block, blocks)``."""

    def answer(before, after, owner, accuracy):
        found = {}
        for block in names_in(owner):
            chosen = choose(block, names_in(owner))
            found[block] = accuracy(
                [a if name in chosen else b for b, a, name in zip(before, after, owner, strict=True)]
            )
        return {block: result(value, accuracy(before)) for block, value in found.items()}

    return answer


def with_copies(before, after, owner, accuracy):
    found = {}
    for block in names_in(owner):
        weights = list(before)
        for number, name in enumerate(owner):
            if name == block:
                weights[number] = after[number]
        found[block] = accuracy(weights)
    return found


def with_masks(before, after, owner, accuracy):
    return {
        block: accuracy([b + (name == block) * (a - b) for b, a, name in zip(before, after, owner, strict=True)])
        for block in sorted(names_in(owner))
    }


def never_put_back(before, after, owner, accuracy):
    weights, found = list(before), {}
    for block in names_in(owner):
        weights = [a if name == block else w for w, a, name in zip(weights, after, owner, strict=True)]
        found[block] = accuracy(weights)
    return found


def none_as_a_block(before, after, owner, accuracy):
    return {
        block: accuracy([a if name == block else b for b, a, name in zip(before, after, owner, strict=True)])
        for block in dict.fromkeys(owner)
    }


def how_far(before, after, owner, accuracy):
    far = [np.linalg.norm(a - b) / np.linalg.norm(b) for b, a in zip(before, after, strict=True)]
    return {block: sum(f for f, name in zip(far, owner, strict=True) if name == block) for block in names_in(owner)}


# 05.e3 ------------------------------------------------------------------------------------------------
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
        "05.e1",
        {
            "slices": with_slices,
            "loops": with_loops,
            "an array": as_an_array,
            "the library": lambda R: (forgetting(R), backward_transfer(R)),
        },
        (
            Wrong("numbers swapped", "numbers-swapped", lambda R: with_slices(R)[::-1]),
            Wrong("rows and columns", "rows-and-columns-swapped", lambda R: with_slices(R.T)),
            Wrong("percent", "percentages", lambda R: tuple(100 * n for n in with_slices(R))),
            Wrong("sign of transfer", "wrong-sign", lambda R: (with_slices(R)[0], -with_slices(R)[1]), "partly"),
            Wrong("sign of forgetting", "wrong-sign", lambda R: (-with_slices(R)[0], with_slices(R)[1]), "partly"),
            Wrong("the last task is in the mean", "last-task-in-mean", last_task_too),
            Wrong("from the diagonal", "forgetting-from-diagonal", from_the_diagonal, "partly"),
            Wrong("from the best", "transfer-from-best", from_the_best, "partly"),
            Wrong("the end is among the best", "best-includes-end", the_end_is_among_the_best, "partly"),
            Wrong("from the first row", "from-first-row", from_the_first_row, "partly"),
            Wrong("NaN", "nan-in-sum", no_nan_allowed),
            Wrong(
                "the first task only",
                "first-task-only",
                lambda R: (np.nanmax(R[:-1, 0]) - R[-1, 0], R[-1, 0] - R[0, 0]),
            ),
            Wrong("a constant", "another-number", lambda R: (0.1, 0.2)),
            Wrong("one number", "not-two-numbers", lambda R: 0.3),
            Wrong("nothing returned", "not-two-numbers", lambda R: print()),
        ),
    ),
    Proof(
        "05.e2",
        {
            "copies": with_copies,
            "masks": with_masks,
            "a set of one": swapped(lambda block, blocks: {block}),
        },
        (
            Wrong("all but this block", "all-but-this-block", swapped(lambda block, blocks: {*blocks, None} - {block})),
            Wrong("never put back", "not-put-back", never_put_back),
            Wrong("the last array, too", "last-array-too", swapped(lambda block, blocks: {block, None})),
            Wrong("nothing moved", "nothing-moved", swapped(lambda block, blocks: set())),
            Wrong("everything moved", "all-moved", swapped(lambda block, blocks: {*blocks, None})),
            Wrong(
                "what was lost", "loss", swapped(lambda block, blocks: {block}, lambda value, intact: intact - value)
            ),
            Wrong("None as a block", "other-names", none_as_a_block),
            Wrong("how far it moved", "another-number", how_far),
            Wrong("a list", "wrong-kind", lambda *a: list(with_copies(*a).values())),
            Wrong("nothing returned", "nothing-returned", lambda *a: print()),
        ),
    ),
    Proof(
        "05.e3",
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
