"""Lesson 04: forgetting as a number, and a pair of demands."""

import numpy as np
from proof import Proof, Wrong

from course_utils.transfer import backward_transfer, forgetting


# 04.e1 ------------------------------------------------------------------------------------------------
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


# 04.e4 ------------------------------------------------------------------------------------------------
def chooser(good, key, *, otherwise=lambda means: None, result=lambda name: name):
    """Make an answer that averages each setting's rows, keeps the good ones and takes the smallest by ``key``."""

    def answer(rows, source, target):
        grouped = {}
        for row in rows:
            grouped.setdefault((row["method"], row["setting"]), []).append(row)
        means = {
            name: {c: float(np.mean([r[c] for r in members])) for c in members[0] if c not in ("method", "setting")}
            for name, members in grouped.items()
        }
        left = [name for name in means if good(means[name], grouped[name], source, target)]
        return result(min(left, key=lambda name: key(means[name]))) if left else otherwise(means)

    return answer


def both(mean, rows, source, target):
    return mean["validation_source"] >= source and mean["validation_target"] >= target


def megabytes(mean):
    return mean["megabytes"]


def with_a_loop(rows, source, target):
    best = None
    for method, setting in {(r["method"], r["setting"]) for r in rows}:
        mine = [r for r in rows if (r["method"], r["setting"]) == (method, setting)]
        kept = sum(r["validation_source"] for r in mine) / len(mine)
        learned = sum(r["validation_target"] for r in mine) / len(mine)
        if kept >= source and learned >= target:
            cost = (mine[0]["megabytes"], setting != 0.001, method, setting)
            if best is None or cost < best:
                best = cost
    return None if best is None else best[2:]


def each_row(rows, source, target):
    good = [r for r in rows if r["validation_source"] >= source and r["validation_target"] >= target]
    return min(((r["megabytes"], r["method"], r["setting"]) for r in good), default=[None])[1:] or None


def on_test(mean, rows, source, target):
    return mean["test_source"] >= source and mean["test_target"] >= target


def in_every_seed(mean, rows, source, target):
    return all(both(row, None, source, target) for row in rows)


def in_the_last_seed(mean, rows, source, target):
    return both(rows[-1], None, source, target)


def strictly(mean, rows, source, target):
    return mean["validation_source"] > source and mean["validation_target"] > target


def by_source(mean, rows, source, target):
    return mean["validation_source"] >= source


def by_target(mean, rows, source, target):
    return mean["validation_target"] >= target


def either(mean, rows, source, target):
    return mean["validation_source"] >= source or mean["validation_target"] >= target


def best_source(means):
    return max(means, key=lambda name: means[name]["validation_source"])


def accuracy_first(mean):
    return -mean["validation_source"] - mean["validation_target"]


PROOFS = (
    Proof(
        "04.e1",
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
        "04.e4",
        {
            "means, then min": chooser(both, megabytes),
            "a list": chooser(both, megabytes, result=list),
            "a row": chooser(both, megabytes, result=lambda name: {"method": name[0], "setting": name[1]}),
            "a loop": with_a_loop,
        },
        (
            Wrong("chosen on test", "chosen-on-test", chooser(on_test, megabytes)),
            Wrong("the source only", "one-of-two", chooser(by_source, megabytes)),
            Wrong("the target only", "one-of-two", chooser(by_target, megabytes)),
            Wrong("one or the other", "one-of-two", chooser(either, megabytes)),
            Wrong("any seed", "lucky-seed", each_row),
            Wrong("the last seed", "lucky-seed", chooser(in_the_last_seed, megabytes)),
            Wrong("the most accurate", "dearer-than-needed", chooser(both, accuracy_first)),
            Wrong("the dearest", "dearer-than-needed", chooser(both, lambda m: -m["megabytes"])),
            Wrong("more than demanded", "strictly-more", chooser(strictly, megabytes)),
            Wrong("every seed", "every-seed", chooser(in_every_seed, megabytes)),
            Wrong("never None", "right-but-never-none", chooser(both, megabytes, otherwise=best_source), "partly"),
            Wrong("nothing returned", "none-without-demands", lambda rows, source, target: print()),
            Wrong("a method that was not measured", "not-measured", lambda rows, source, target: ("adapters", 3)),
            Wrong("the megabytes", "wrong-kind", lambda rows, source, target: 0.1),
        ),
    ),
)
