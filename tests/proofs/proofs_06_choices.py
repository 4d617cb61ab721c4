"""Lesson 06: a share for averaging, and a pair of demands."""

import numpy as np
from proof import Proof, Wrong


# 06.e2 ------------------------------------------------------------------------------------------------
def averages(before, after, share):
    return [b + share * (a - b) for b, a in zip(before, after, strict=True)]


def best_by(score, average=averages):
    """Make an answer that takes the share with the highest score of (old, new)."""

    def answer(before, after, shares, accuracies):
        share = max(shares, key=lambda s: score(*accuracies(average(before, after, s))))
        return share, average(before, after, share)

    return answer


def sum_of_both(old, new):
    return old + new


def share_in_a_loop(before, after, shares, accuracies):
    best = None
    for share in shares:
        weights = averages(before, after, share)
        total = sum(accuracies(weights))
        if best is None or total > best[0]:
            best = total, share, weights
    return list(best[1:])


def by_argmax(before, after, shares, accuracies):
    totals = [sum(accuracies(averages(before, after, share))) for share in shares]
    share = np.float64(shares[int(np.argmax(totals))])
    return share, tuple(averages(before, after, share))


def from_the_ends(before, after, shares, accuracies):
    first, last = np.array(accuracies(before)), np.array(accuracies(after))
    share = max(shares, key=lambda s: sum((1 - s) * first + s * last))
    return share, averages(before, after, share)


def the_network_from_after(before, after, shares, accuracies):
    return best_by(sum_of_both)(before, after, shares, accuracies)[0], after


# 06.e3 ------------------------------------------------------------------------------------------------
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
        "06.e2",
        {
            "max": best_by(sum_of_both),
            "a loop": share_in_a_loop,
            "argmax": by_argmax,
            "the mean of both": best_by(lambda old, new: (old + new) / 2),
        },
        (
            Wrong("the old task only", "old-task-only", best_by(lambda old, new: old)),
            Wrong("the new task only", "new-task-only", best_by(lambda old, new: new)),
            Wrong("upside down", "upside-down", best_by(sum_of_both, lambda b, a, s: averages(a, b, s))),
            Wrong("the smallest sum", "worst-share", best_by(lambda old, new: -old - new)),
            Wrong("most alike", "closest-together", best_by(lambda old, new: -abs(old - new))),
            Wrong("half and half", "one-for-all", lambda b, a, shares, accuracies: (0.5, averages(b, a, 0.5))),
            Wrong("from the two ends", "not-the-best", from_the_ends),
            Wrong("the network from after", "other-weights", the_network_from_after, "partly"),
            Wrong("between two shares", "another-share", lambda b, a, shares, accuracies: (0.45, averages(b, a, 0.45))),
            Wrong("the share alone", "not-two-things", lambda *args: best_by(sum_of_both)(*args)[0]),
            Wrong("one vector", "other-shapes", lambda b, a, shares, accuracies: (0.5, [np.zeros(3)])),
            Wrong("nothing returned", "not-two-things", lambda *args: print()),
        ),
    ),
    Proof(
        "06.e3",
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
