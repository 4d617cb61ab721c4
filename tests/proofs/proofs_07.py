"""Lesson 07: a cheap strategy, where transfer hurts, and an advisor."""

import numpy as np
from proof import Proof, Wrong


# 07.e1 ------------------------------------------------------------------------------------------------
def means(rows, column):
    names = dict.fromkeys(row["strategy"] for row in rows)
    return {name: np.mean([row[column] for row in rows if row["strategy"] == name]) for name in names}


def within(points, column="validation", pick=min):
    """Make an answer that takes the cheapest (or dearest) strategy within some points of the best."""

    def answer(rows):
        mean, cost = means(rows, column), means(rows, "multiplications")
        good = [name for name in mean if mean[name] >= max(mean.values()) - points / 100 - 1e-9]
        return pick(good, key=lambda name: cost[name])

    return answer


def by_sorting(rows):
    mean, cost = means(rows, "validation"), means(rows, "multiplications")
    for name in sorted(cost, key=cost.get):
        if round(100 * (max(mean.values()) - mean[name]), 6) <= 2:
            return name


def in_a_loop(rows):
    mean, cost = means(rows, "validation"), means(rows, "multiplications")
    best = None
    for name, accuracy in mean.items():
        if max(mean.values()) - accuracy < 0.0201 and (best is None or cost[name] < cost[best]):
            best = name
    return np.str_(best)


def highest(rows):
    mean = means(rows, "validation")
    return max(mean, key=lambda name: mean[name])


def first_seed(rows):
    return within(2)([row for row in rows if row["seed"] == 0])


# 07.e2 ------------------------------------------------------------------------------------------------
def budgets(hurts, *, best=max, result=sorted):
    """Make an answer that keeps the budgets at which ``hurts(scratch, transfer)`` holds, arrays by seed."""

    def answer(rows):
        kept = []
        for n in {row["labels"] for row in rows}:
            by = {}
            for row in sorted(rows, key=lambda row: row["seed"]):
                if row["labels"] == n:
                    by.setdefault(row["strategy"], []).append(row["accuracy"])
            scratch = np.array(by.pop("from scratch"))
            if hurts(scratch, np.array(best(by.values(), key=np.mean))):
                kept.append(n)
        return result(kept)

    return answer


def on_every_seed(scratch, transfer):
    return (scratch > transfer).all()


def with_dicts(rows):
    table = {(r["labels"], r["strategy"], r["seed"]): r["accuracy"] for r in rows}
    ns, ways, seeds = (sorted(set(part)) for part in zip(*table, strict=True))
    ways.remove("from scratch")
    out = []
    for n in ns:
        way = max(ways, key=lambda w: sum(table[n, w, s] for s in seeds))
        if min(table[n, "from scratch", s] - table[n, way, s] for s in seeds) > 0:
            out.append(n)
    return out


# 07.e3 ------------------------------------------------------------------------------------------------
def outside(cells, labels, head_start):
    counts, starts = [c["labels"] for c in cells], [c["head_start"] for c in cells]
    far = head_start < min(starts) - 10 or head_start > max(starts) + 10
    return far or labels < min(counts) / 2 or labels > 2 * max(counts)


def nearest(k=1, apart=None, pick=min, unknown=outside):
    """Make an advisor that averages the regrets of the k nearest cells."""

    def far(cell, labels, head_start):
        return np.hypot(np.log2(cell["labels"] / labels), (cell["head_start"] - head_start) / 10)

    def answer(cells, labels, head_start):
        if unknown(cells, labels, head_start):
            return None
        near = sorted(cells, key=lambda cell: (apart or far)(cell, labels, head_start))[:k]
        regret = {name: np.mean([cell["regret"][name] for cell in near]) for name in near[0]["regret"]}
        return pick(regret, key=lambda name: regret[name])

    return answer


def never(cells, labels, head_start):
    return False


def weighted(cells, labels, head_start):
    if outside(cells, labels, head_start):
        return None
    away = [abs(np.log2(c["labels"] / labels)) + abs(c["head_start"] - head_start) / 15 for c in cells]
    weights = np.exp(-np.array(away))
    total = {n: sum(w * c["regret"][n] for w, c in zip(weights, cells, strict=True)) for n in cells[0]["regret"]}
    return min(total, key=lambda name: total[name])


def thumb(cells, labels, head_start):
    if outside(cells, labels, head_start):
        return None
    return "features" if labels <= 20 else "top block" if labels <= 100 else "everything"


PROOFS = (
    Proof(
        "07.e1",
        {"within two": within(2), "by sorting": by_sorting, "a loop": in_a_loop},
        (
            Wrong("the best", "the-best", highest),
            Wrong("the cheapest of all", "cheapest-of-all", within(1000)),
            Wrong("on test", "chosen-on-test", within(2, "test")),
            Wrong("one seed", "one-seed", first_seed),
            Wrong("the dearest", "dearest", within(2, pick=max)),
            Wrong("less than two", "less-than-two", within(1.95)),
            Wrong("a hundredth of two points", "the-best", within(0.02)),
            Wrong("a number", "wrong-kind", lambda rows: 3),
            Wrong("another name", "not-a-strategy", lambda rows: "magic"),
        ),
    ),
    Proof(
        "07.e2",
        {
            "on every seed": budgets(on_every_seed),
            "a tuple": budgets(on_every_seed, result=lambda kept: tuple(sorted(kept))),
            "dicts": with_dicts,
            "an array": budgets(on_every_seed, result=lambda kept: np.array(sorted(kept))),
        },
        (
            Wrong("the mean", "mean-alone", budgets(lambda s, t: s.mean() > t.mean())),
            Wrong("any seed", "any-seed", budgets(lambda s, t: (s > t).any())),
            Wrong("the worst way", "against-the-worst", budgets(on_every_seed, best=min)),
            Wrong("turned round", "turned-round", budgets(lambda s, t: (s < t).all())),
            Wrong("ties count", "ties-count", budgets(lambda s, t: (s >= t).all())),
            Wrong("without overlap", "unpaired", budgets(lambda s, t: s.min() > t.max())),
            Wrong("never", "never", lambda rows: []),
            Wrong("falling", "not-rising", budgets(on_every_seed, result=lambda k: sorted(k)[::-1]), "partly"),
            Wrong("a number", "wrong-kind", lambda rows: 3),
            Wrong("another budget", "not-a-budget", lambda rows: [12345]),
        ),
    ),
    Proof(
        "07.e3",
        {"the nearest": nearest(), "the nearest three": nearest(3), "weighted": weighted},
        (
            Wrong("the rule of thumb", "rule-of-thumb", thumb),
            Wrong("labels alone", "labels-alone", nearest(1, lambda c, n, h: abs(np.log2(c["labels"] / n)))),
            Wrong("the head start alone", "head-start-alone", nearest(1, lambda c, n, h: abs(c["head_start"] - h))),
            Wrong("most regret", "most-regret", nearest(1, pick=max)),
            Wrong("one for all", "one-for-all", lambda c, n, h: None if outside(c, n, h) else "top block"),
            Wrong("never unknown", "never-unknown", nearest(unknown=never), "partly"),
            Wrong("always unknown", "always-unknown", lambda c, n, h: c[0].get("nothing")),
            Wrong("unknown inside", "unknown-inside", lambda c, n, h: "features" if n > 16 else None),
            Wrong("all cells alike", "one-for-all", nearest(25)),
            Wrong("another name", "not-a-strategy", lambda c, n, h: "magic"),
            Wrong("a number", "wrong-kind", lambda c, n, h: 3),
        ),
    ),
)
