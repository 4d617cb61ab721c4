"""Lesson 10: the nearest passages, an update without training, and when to refuse."""

import numpy as np
from proof import Proof, Wrong


# 10.e1 ------------------------------------------------------------------------------------------------
def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def one_by_one(queries, passages, k):
    found = []
    for query in queries:
        cosines = [query @ p / np.sqrt((query @ query) * (p @ p)) for p in passages]
        found.append(sorted(range(len(passages)), key=cosines.__getitem__, reverse=True)[:k])
    return found


def with_scikit_learn(queries, passages, k):
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=k, metric="cosine").fit(passages).kneighbors(queries, return_distance=False)


def with_unit_distances(queries, passages, k):
    apart = ((unit(queries)[:, None] - unit(passages)[None]) ** 2).sum(axis=2)
    return np.argsort(apart, axis=1)[:, :k]


def cosine_rows(queries, passages, k):
    return np.argsort(-(unit(queries) @ unit(passages).T), axis=1)[:, :k]


# 10.e2 ------------------------------------------------------------------------------------------------
def updater(*, counts=lambda known, year: known is None or year > known[0], fresh=True, name=lambda name, year: name):
    """Make an answer that takes the letters that count, and embeds their texts or doesn't."""

    def answer(store, news, embed):
        updated = dict(store)
        for known_as, year, text in news:
            known = updated.get(known_as)
            if counts(known, year):
                vector = embed(text) if fresh or known is None else known[2]
                updated[name(known_as, year)] = (year, text, vector)
        return updated

    return answer


def by_year(store, news, embed):
    updated = {**store}
    for name, year, text in sorted(news, key=lambda letter: letter[1]):
        if name not in updated or updated[name][0] < year:
            updated[name] = [year, text, embed(text)]
    return updated


def newest_first(store, news, embed):
    newest = {}
    for letter in sorted(news, key=lambda letter: -letter[1]):
        newest.setdefault(letter[0], letter)
    changed = {n: (y, t, embed(t)) for n, y, t in newest.values() if n not in store or y > store[n][0]}
    return {**store, **changed}


def all_again(store, news, embed):
    updated = updater()(store, news, embed)
    return {name: (year, text, embed(text)) for name, (year, text, _) in updated.items()}


def old_against_store(store, news, embed):
    updated = dict(store)
    for name, year, text in news:
        if name not in store or year > store[name][0]:
            updated[name] = (year, text, embed(text))
    return updated


# 10.e3 ------------------------------------------------------------------------------------------------
def cheapest(scores, evidence, false_answer, needless):
    limits = np.append(np.sort(scores), scores.max() + 1)
    costs = [
        false_answer * np.sum((scores >= limit) & ~evidence) + needless * np.sum((scores < limit) & evidence)
        for limit in limits
    ]
    return limits[int(np.argmin(costs))]


def on_a_grid(scores, evidence, price):
    grid = np.linspace(scores.min(), scores.max(), 500)
    return min(grid, key=lambda t: price * np.sum(scores[~evidence] >= t) + np.sum(scores[evidence] < t))


def sorted_sums(scores, evidence, price):
    order = np.argsort(scores)
    refused = np.concatenate([[0], np.cumsum(evidence[order])])
    answered = np.concatenate([np.cumsum(~evidence[order][::-1])[::-1], [0]])
    return np.append(scores[order], np.inf)[np.argmin(refused + price * answered)]


def by_share(scores, evidence, price):
    """Answer where the share of evidence, fitted by a logistic regression, makes it worth the price."""
    from sklearn.linear_model import LogisticRegression

    middle, spread = scores.mean(), scores.std()
    fitted = LogisticRegression(C=1e6).fit((scores[:, None] - middle) / spread, evidence)
    wanted = np.log(price)
    return middle + spread * (wanted - fitted.intercept_[0]) / fitted.coef_[0, 0]


PROOFS = (
    Proof(
        "10.e1",
        {"one by one": one_by_one, "scikit-learn": with_scikit_learn, "distances of unit vectors": with_unit_distances},
        (
            Wrong("the product", "length-counts", lambda q, p, k: np.argsort(-(q @ p.T), axis=1)[:, :k]),
            Wrong(
                "the distance",
                "distance",
                lambda q, p, k: np.argsort(((q[:, None] - p[None]) ** 2).sum(axis=2), axis=1)[:, :k],
            ),
            Wrong("the farthest", "farthest", lambda q, p, k: np.argsort(unit(q) @ unit(p).T, axis=1)[:, :k]),
            Wrong("the nearest last", "best-last", lambda q, p, k: cosine_rows(q, p, k)[:, ::-1], "partly"),
            Wrong("the first, k times", "repeated", lambda q, p, k: np.repeat(cosine_rows(q, p, 1), k, axis=1)),
            Wrong("the first alone", "other-shape", lambda q, p, k: cosine_rows(q, p, 1)),
            Wrong("cosines", "not-rows", lambda q, p, k: -np.sort(-(unit(q) @ unit(p).T), axis=1)[:, :k]),
            Wrong("the same for all", "low-recall", lambda q, p, k: np.tile(np.arange(k), (len(q), 1))),
        ),
    ),
    Proof(
        "10.e2",
        {"one by one": updater(), "by year": by_year, "the newest letters": newest_first},
        (
            Wrong("nothing", "unchanged", lambda store, news, embed: store),
            Wrong("the last letter counts", "older-won", updater(counts=lambda known, year: True)),
            Wrong("compared with the old store", "older-won", old_against_store),
            Wrong("the old vectors", "stale-vectors", updater(fresh=False)),
            Wrong("known things alone", "no-new-ones", updater(counts=lambda known, year: known and year > known[0])),
            Wrong("new things alone", "not-updated", updater(counts=lambda known, year: known is None)),
            Wrong("both versions", "both-versions", updater(name=lambda name, year: f"{name} ({year})")),
            Wrong("everything again", "all-again", all_again, "partly"),
            Wrong(
                "the letters alone",
                "lost",
                lambda store, news, embed: {name: (year, text, embed(text)) for name, year, text in news},
            ),
        ),
    ),
    Proof(
        "10.e3",
        {"a grid": on_a_grid, "sorted sums": sorted_sums, "a logistic regression": by_share},
        (
            Wrong("never refuse", "always-answers", lambda scores, evidence, price: -100.0),
            Wrong("always refuse", "always-refuses", lambda scores, evidence, price: 100.0),
            Wrong(
                "the fewest mistakes",
                "price-ignored",
                lambda scores, evidence, price: cheapest(scores, evidence, 1, 1),
                "partly",
            ),
            Wrong(
                "the price on refusals",
                "price-turned-round",
                lambda scores, evidence, price: cheapest(scores, evidence, 1, price),
            ),
            Wrong("far too strict", "too-timid", lambda scores, evidence, price: np.quantile(scores, 0.97)),
            Wrong(
                "a third of the price",
                "too-bold",
                lambda scores, evidence, price: cheapest(scores, evidence, price / 3, 1),
            ),
            Wrong("no number", "not-a-number", lambda scores, evidence, price: np.nan),
        ),
    ),
)
