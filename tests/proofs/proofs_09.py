"""Lesson 09: merging an update, the rank of a change, and several adapters in one."""

import numpy as np
from proof import Proof, Wrong


# 09.e1 ------------------------------------------------------------------------------------------------
def merging(scale, product=None):
    """Make an answer that adds A B to the kernel, scaled by a function of alpha, A and B."""

    def answer(kernel, a, b, alpha):
        return kernel + scale(alpha, a, b) * (product or np.matmul)(a, b).reshape(kernel.shape)

    return answer


def with_einsum(kernel, a, b, alpha):
    matrix = kernel.reshape(-1, kernel.shape[-1])
    return (matrix + np.einsum("ir,ro->io", a * alpha / len(b), b)).reshape(kernel.shape)


def column_by_column(kernel, a, b, alpha):
    out = kernel.copy()
    for r in range(a.shape[1]):
        out += alpha / a.shape[1] * np.outer(a[:, r], b[r]).reshape(kernel.shape)
    return out


def as_lists(kernel, a, b, alpha):
    return merging(lambda alpha, a, b: alpha / a.shape[1])(kernel, a, b, alpha).tolist()


def in_place(kernel, a, b, alpha):
    kernel += alpha / a.shape[1] * (a @ b).reshape(kernel.shape)
    return kernel


def as_matrix(kernel, a, b, alpha):
    return kernel.reshape(-1, kernel.shape[-1]) + alpha / a.shape[1] * (a @ b)


def backwards(kernel, a, b, alpha):
    return kernel + alpha / a.shape[1] * (a @ b)[::-1].reshape(kernel.shape)


# 09.e2 ------------------------------------------------------------------------------------------------
def counting(count, power=2):
    """Make an answer that counts on the cumulative shares of the singular values to a power."""

    def answer(change, share):
        values = np.linalg.svd(change, compute_uv=False) ** power
        return count(np.cumsum(values) / values.sum(), share, values)

    return answer


def by_trial(change, share):
    u, s, v = np.linalg.svd(change, full_matrices=False)
    for rank in range(1, len(s) + 1):
        held = (u[:, :rank] * s[:rank]) @ v[:rank]
        if np.sum((change - held) ** 2) <= (1 - share) * np.sum(change**2):
            return rank


def by_eigenvalues(change, share):
    energy = np.sort(np.linalg.eigvalsh(change.T @ change))[::-1]
    return 1 + int(np.argmax(np.cumsum(energy) >= share * energy.sum()))


def in_a_loop(change, share):
    held, rank = 0.0, 0
    values = np.linalg.svd(change)[1] ** 2
    while held < share * values.sum():
        held += values[rank]
        rank += 1
    return rank


# 09.e3 ------------------------------------------------------------------------------------------------
def stacking(scale, alpha=lambda parts, rank: rank, keep=lambda parts: parts):
    """Make an answer that puts the A's side by side and the scaled B's on top of each other."""

    def answer(parts):
        chosen = keep(parts)
        a = np.concatenate([a for a, _, _ in chosen], axis=1)
        b = np.concatenate([scale(alpha, a, b) * b for a, b, alpha in chosen])
        return a, b, alpha(parts, a.shape[1])

    return answer


def own(alpha, a, b):
    return alpha / a.shape[1]


def scaled_a(parts):
    a = np.hstack([alpha / len(b) * a for a, b, alpha in parts])
    return a, np.vstack([b for _, b, _ in parts]), a.shape[1]


def refactored(parts):
    update = sum(alpha / len(b) * (a @ b) for a, b, alpha in parts)
    u, s, v = np.linalg.svd(update, full_matrices=False)
    return [u[:, :6] * s[:6], v[:6], 6]


def alpha_of_one(parts):
    a = np.hstack([a for a, _, _ in parts])
    return a, np.vstack([alpha * a.shape[1] / len(b) * b for _, b, alpha in parts]), 1


def part_by_part(parts):
    width = min(len(b) for _, b, _ in parts)
    return sum(a[:, :width] for a, _, _ in parts), sum(alpha / len(b) * b[:width] for _, b, alpha in parts), width


def full_rank(parts):
    update = sum(alpha / len(b) * (a @ b) for a, b, alpha in parts)
    return update, np.eye(update.shape[1]), update.shape[1]


PROOFS = (
    Proof(
        "09.e1",
        {
            "alpha over rank": merging(lambda alpha, a, b: alpha / a.shape[1]),
            "einsum": with_einsum,
            "column by column": column_by_column,
            "lists": as_lists,
        },
        (
            Wrong("no scale", "no-scale", merging(lambda alpha, a, b: 1)),
            Wrong("alpha alone", "alpha-alone", merging(lambda alpha, a, b: alpha)),
            Wrong("rank alone", "rank-alone", merging(lambda alpha, a, b: 1 / a.shape[1])),
            Wrong("turned round", "turned-round", merging(lambda alpha, a, b: a.shape[1] / alpha)),
            Wrong("taken away", "taken-away", merging(lambda alpha, a, b: -alpha / a.shape[1])),
            Wrong("the kernel alone", "kernel-alone", lambda kernel, a, b, alpha: kernel.copy()),
            Wrong("the rows for the rank", "other-side", merging(lambda alpha, a, b: alpha / len(a))),
            Wrong("the update alone", "update-alone", lambda k, a, b, alpha: (alpha / len(b) * a @ b).reshape(k.shape)),
            Wrong("in place", "changes-its-input", in_place),
            Wrong("a matrix", "other-shape", as_matrix),
            Wrong("backwards", "other-kernels", backwards),
        ),
    ),
    Proof(
        "09.e2",
        {"by trial": by_trial, "eigenvalues": by_eigenvalues, "a loop": in_a_loop},
        (
            Wrong("not squared", "not-squared", counting(lambda c, share, v: np.searchsorted(c, share) + 1, power=1)),
            Wrong("a place", "one-too-few", counting(lambda c, share, v: np.argmax(c >= share))),
            Wrong("one more", "one-too-many", counting(lambda c, share, v: np.argmax(c >= share) + 2)),
            Wrong("the smallest first", "from-the-smallest", lambda m, share: _smallest_first(m, share)),
            Wrong("large ones", "below-the-largest", lambda m, share: _large_ones(m, share)),
            Wrong("full rank", "all-of-them", lambda m, share: np.linalg.matrix_rank(m)),
            Wrong("a share of them", "share-of-the-number", lambda m, share: np.ceil(share * min(m.shape))),
            Wrong("half", "other-ranks", lambda m, share: min(m.shape) // 2),
            Wrong("a share", "not-whole", counting(lambda c, share, v: c[0])),
        ),
    ),
    Proof(
        "09.e3",
        {"scaled B's": stacking(own), "scaled A's": scaled_a, "refactored": refactored, "alpha of one": alpha_of_one},
        (
            Wrong("part by part", "other-update", part_by_part),
            Wrong("averaged", "averaged", stacking(lambda alpha, a, b: own(alpha, a, b) / 3)),
            Wrong("no scale", "no-scale", stacking(lambda alpha, a, b: 1)),
            Wrong("alpha alone", "alpha-alone", stacking(lambda alpha, a, b: alpha)),
            Wrong("over the new rank", "over-the-new-rank", stacking(lambda alpha, a, b: alpha, lambda parts, rank: 1)),
            Wrong("scales lost", "scale-lost", stacking(lambda alpha, a, b: 1, lambda parts, rank: 1)),
            Wrong("scaled once more", "twice-over", stacking(own, lambda parts, rank: 1)),
            Wrong("scaled twice", "scaled-twice", stacking(lambda alpha, a, b: own(alpha, a, b) ** 2)),
            Wrong("the first", "first-alone", stacking(own, keep=lambda parts: parts[:1])),
            Wrong("the last", "last-alone", stacking(own, keep=lambda parts: parts[-1:])),
            Wrong("a whole kernel", "not-small", full_rank),
            Wrong("two things", "not-three-things", lambda parts: stacking(own)(parts)[:2]),
        ),
    ),
)


def _smallest_first(change, share):
    values = np.linalg.svd(change, compute_uv=False)[::-1] ** 2
    return int(np.argmax(np.cumsum(values) >= share * values.sum())) + 1


def _large_ones(change, share):
    values = np.linalg.svd(change, compute_uv=False)
    return int((values >= (1 - share) * values[0]).sum())
