"""Lesson 12: rates drawn on a logarithmic axis, halving within a budget, and seeds in pairs."""

import math

import numpy as np
from proof import Proof, Wrong
from scipy import stats


# 12.e1 ------------------------------------------------------------------------------------------------
def with_powers(low, high, count, rng):
    return 10 ** rng.uniform(np.log10(low), np.log10(high), count)


def by_ratio(low, high, count, rng):
    return [low * (high / low) ** rng.random() for _ in range(count)]


def in_order(low, high, count, rng):
    return sorted(math.exp(e) for e in rng.uniform(math.log(low), math.log(high), count))


def evenly(low, high, count, rng):
    return rng.uniform(low, high, count)


def exponents(low, high, count, rng):
    return rng.uniform(np.log10(low), np.log10(high), count)


def a_grid(low, high, count, rng):
    return np.geomspace(low, high, count)


def shuffled_grid(low, high, count, rng):
    return rng.permutation(np.geomspace(low, high, count))


def own_generator(low, high, count, rng):
    return with_powers(low, high, count, np.random.default_rng())


def fixed_generator(low, high, count, rng):
    shares = np.random.RandomState(7).rand(count)
    return low * (high / low) ** shares


def few(low, high, count, rng):
    return rng.choice(np.geomspace(low, high, 12), count)


def beyond(low, high, count, rng):
    return with_powers(low / 10, high, count, rng)


def squared(low, high, count, rng):
    return low + (high - low) * rng.random(count) ** 4


def one_short(low, high, count, rng):
    return with_powers(low, high, count - 1, rng)


# 12.e2 ------------------------------------------------------------------------------------------------
def halving(first=1, keep=2, worst=False, again=False, begin=None, rounds=9, whole=16, honest=True):
    """Make a successive halving: ``keep`` is by what factor each round shrinks the rest."""

    def answer(train, count, budget):
        left, stood, spent, score = list(range(count if begin is None else begin)), 0, 0, {}
        upto = first
        for _ in range(rounds):
            more = upto if again else upto - stood
            if honest and spent + more * len(left) > budget:
                break
            score = {s: train(s, more) for s in left}
            spent, stood = spent + more * len(left), upto
            if stood >= whole or len(left) == 1:
                break
            left = sorted(left, key=lambda s: score[s], reverse=not worst)[: max(1, len(left) // keep)]
            upto = min(2 * stood if keep == 2 else keep * stood, whole)
        return max(score, key=score.get)

    return answer


def in_thirds(train, count, budget):
    scores = np.array([train(s, 1) for s in range(count)])
    for keep, more in ((12, 1), (6, 2), (2, 12)):
        best = np.argsort(-scores)[:keep]
        scores = np.full(count, -1.0)
        for s in best:
            scores[s] = train(s, more)
    return np.int64(scores.argmax())


def with_a_heap(train, count, budget):
    state = sorted((-train(s, 1), s, 1) for s in range(count))
    spent = count
    while spent < budget:
        for place, (_, s, done) in enumerate(state[: max(2, count // (2 * state[0][2] + 2))]):
            more = min(done, 16 - done, budget - spent)
            if more > 0:
                state[place] = (-train(s, more), s, done + more)
                spent += more
        if all(done >= 16 for _, _, done in state[:2]):
            break
        state.sort(key=lambda entry: (-entry[2], entry[0]))
        longest = state[0][2]
        group = sorted(entry for entry in state if entry[2] == longest)
        state = group + [entry for entry in state if entry[2] != longest]
    return state[0][1]


def whole_runs(train, count, budget):
    score = {s: train(s, 16) for s in range(budget // 16)}
    return max(score, key=score.get)


def everything(train, count, budget):
    score = {s: train(s, 16) for s in range(count)}
    return max(score, key=score.get)


def one_epoch(train, count, budget):
    score = {s: train(s, 1) for s in range(count)}
    return max(score, key=score.get)


def two_each(train, count, budget):
    score = {s: train(s, 2) for s in range(count)}
    return max(score, key=score.get)


def without_training(train, count, budget):
    return 3


def untrained(train, count, budget):
    tried = [halving(begin=20)(train, count, budget)]
    return next(s for s in (31, 30) if s not in tried)


def first_two(train, count, budget):
    score = {s: train(s, 1) for s in range(count)}
    best = sorted(score, key=score.get)[-12:]
    score = {s: train(s, 1) for s in best}
    return max(score, key=score.get)


# 12.e3 ------------------------------------------------------------------------------------------------
def by(judge):
    """Make an answer from a function that returns how sure it is that a is better, beyond -1 or 1 to say so."""

    def answer(a, b):
        sure = judge(np.asarray(a), np.asarray(b))
        return "a" if sure > 1 else "b" if sure < -1 else None

    return answer


def t_of(bar, ddof=1):
    return lambda a, b: (a - b).mean() / ((a - b).std(ddof=ddof) / np.sqrt(len(a))) / bar


def scipys(a, b):
    found = stats.ttest_rel(a, b)
    return None if found.pvalue > 0.05 else "a" if found.statistic > 0 else "b"


def signed_ranks(a, b):
    return None if stats.wilcoxon(a, b).pvalue > 0.06 else "a" if np.median(a - b) > 0 else "b"


def bootstrapped(a, b):
    rng = np.random.default_rng(0)
    means = rng.choice(a - b, (400, len(a))).mean(axis=1)
    low, high = np.quantile(means, [0.01, 0.99])
    return "a" if low > 0 else "b" if high < 0 else None


def unpaired(a, b):
    found = stats.ttest_ind(a, b)
    return None if found.pvalue > 0.05 else "a" if found.statistic > 0 else "b"


def higher(judge):
    return lambda a, b: "a" if judge(a) > judge(b) else "b" if judge(b) > judge(a) else None


PROOFS = (
    Proof(
        "12.e1",
        {"powers of ten": with_powers, "by the ratio": by_ratio, "in order": in_order},
        (
            Wrong("evenly", "evenly", evenly),
            Wrong("exponents", "exponents", exponents),
            Wrong("a grid", "not-drawn", a_grid),
            Wrong("a shuffled grid", "evenly-spaced", shuffled_grid),
            Wrong("its own generator", "own-generator", own_generator),
            Wrong("a fixed generator", "not-drawn", fixed_generator),
            Wrong("twelve values", "few-values", few),
            Wrong("beyond the ends", "outside", beyond),
            Wrong("a fourth power", "unevenly", squared),
            Wrong("one short", "other-count", one_short),
            Wrong("negative", "outside", lambda low, high, count, rng: -with_powers(low, high, count, rng)),
        ),
    ),
    Proof(
        "12.e2",
        {"in halves": halving(), "in thirds": in_thirds, "a heap": with_a_heap},
        (
            Wrong("whole runs", "few-begun", whole_runs),
            Wrong("everything", "over-budget", everything),
            Wrong("begun again each time", "over-budget", halving(again=True, honest=False)),
            Wrong("the worse half", "worse-half", halving(worst=True)),
            Wrong("one epoch each", "all-alike", one_epoch),
            Wrong("two epochs each", "all-alike", two_each),
            Wrong("without training", "nothing-trained", without_training),
            Wrong("never trained", "never-trained", untrained),
            Wrong("after two epochs", "stopped-early", first_two),
            Wrong("a setting that there isn't", "no-such-setting", lambda train, count, budget: count),
            Wrong("half an epoch", "no-such-epochs", lambda train, count, budget: train(0, 0.5)),
        ),
    ),
    Proof(
        "12.e3",
        {
            "Student's t": by(t_of(2.36)),
            "scipy's paired test": scipys,
            "signed ranks": signed_ranks,
            "bootstrapped": bootstrapped,
        },
        (
            Wrong("means", "means-alone", higher(np.mean)),
            Wrong("best seeds", "best-seeds", higher(np.max)),
            Wrong("the first seed", "one-seed", higher(lambda runs: runs[0])),
            Wrong("unpaired", "unpaired", unpaired),
            Wrong("never", "never", lambda a, b: None if len(a) else "a"),
            Wrong("turned round", "turned-round", by(lambda a, b: -t_of(2.36)(a, b))),
            Wrong("one standard error", "false-alarms", by(t_of(1.0))),
            Wrong("six standard errors", "too-silent", by(t_of(6))),
            Wrong("a number", "not-a-or-b", lambda a, b: float(np.mean(a - b))),
            Wrong("another word", "not-a-or-b", lambda a, b: "first"),
        ),
    ),
)
