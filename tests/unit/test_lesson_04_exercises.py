"""Lesson 04's exercises: right answers in several styles pass, wrong ones fail with the message that names them."""

import keras
import numpy as np
import pytest

from course_utils.learn.desk import load_exercises
from course_utils.transfer import backward_transfer, forgetting


def outcome(id, answer):
    return load_exercises(id[:2])[id].check(answer)


def stub(*args, **kwargs):
    raise NotImplementedError


@pytest.mark.parametrize("id", [*load_exercises("04")])
def test_the_untouched_stub_is_unattempted_and_nonsense_is_told(id):
    def only_pass(*args):
        """The stub that the lesson holds."""
        pass

    assert outcome(id, stub).outcome == "unattempted"
    assert outcome(id, only_pass).outcome == "unattempted"
    for nonsense in (lambda *a, **k: "text", lambda *a, **k: object(), lambda: 1, 7):
        result = outcome(id, nonsense)
        assert result.outcome in ("wrong", "error")
        assert result.points == 0
    assert len(load_exercises("04")[id].hints) >= 3


# 04.e1 -----------------------------------------------------------------------------------------------
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


@pytest.mark.parametrize(
    "right", [with_slices, with_loops, as_an_array, lambda R: (forgetting(R), backward_transfer(R))]
)
def test_forgetting_right(right):
    assert outcome("04.e1", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda R: with_slices(R)[::-1], "in each other's place"),
        (lambda R: with_slices(R.T), "the other way round"),
        (lambda R: tuple(100 * n for n in with_slices(R)), "points of 100"),
        (lambda R: (with_slices(R)[0], -with_slices(R)[1]), "wrong sign"),
        (lambda R: (-with_slices(R)[0], with_slices(R)[1]), "wrong sign"),
        (last_task_too, "Your mean runs over all tasks"),
        (from_the_diagonal, "starts from the *best*"),
        (from_the_best, "compares the end with the *diagonal*"),
        (the_end_is_among_the_best, "looks at the last row too"),
        (from_the_first_row, "start from the first row"),
        (lambda R: (np.max(R[:-1, :-1], 0).mean() - R[-1, :-1].mean(), with_slices(R)[1]), "may be NaN"),
        (lambda R: (np.nanmax(R[:-1, 0]) - R[-1, 0], R[-1, 0] - R[0, 0]), "first task only"),
        (lambda R: (0.1, 0.2), "For the matrix"),
        (lambda R: 0.3, "Give back two numbers"),
        (lambda R: print(), "Give back two numbers"),
    ],
)
def test_forgetting_wrong(wrong, says):
    result = outcome("04.e1", wrong)
    assert result.outcome in ("wrong", "partly")
    assert says in result.message


# 04.e3 -----------------------------------------------------------------------------------------------
def held(model):
    head = {id(v) for v in model.get_layer("head").variables}
    return [v for v in model.trainable_variables if id(v) not in head]


def copies(variables):
    return [keras.ops.convert_to_numpy(v).copy() for v in variables]


def by_closure(model, strength):
    variables = held(model)
    start = copies(variables)
    return lambda: strength / 2 * sum(keras.ops.sum((v - s) ** 2) for v, s in zip(variables, start, strict=True))


def by_name(model, strength):
    start = {v.path: np.array(v) for v in model.trainable_variables if not v.path.startswith("head")}

    def penalty():
        total = 0.0
        for v in model.trainable_variables:
            if v.path in start:
                total = total + keras.ops.sum(keras.ops.square(v - start[v.path]))
        return 0.5 * strength * total

    return penalty


def by_class(model, strength):
    class Spring:
        def __init__(self):
            self.variables = held(model)
            self.start = [keras.ops.convert_to_tensor(s) for s in copies(self.variables)]

        def __call__(self):
            pairs = zip(self.variables, self.start, strict=True)
            return keras.ops.sum(keras.ops.stack([keras.ops.sum((v - s) ** 2) for v, s in pairs])) * strength / 2

    return Spring()


def spring(fn, *, choose=held, start=copies):
    """An answer that does something else with each weight's distance from its start, or with other weights."""

    def answer(model, strength):
        variables = choose(model)
        begun = start(variables)
        return lambda: fn(strength, [v - s for v, s in zip(variables, begun, strict=True)])

    return answer


def half_squares(strength, distances):
    return strength / 2 * sum(keras.ops.sum(d**2) for d in distances)


@pytest.mark.parametrize("right", [by_closure, by_name, by_class, spring(half_squares)])
def test_l2_sp_right(right):
    assert outcome("04.e3", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (spring(half_squares, start=lambda vs: [0.0] * len(vs)), "which is weight decay"),
        (spring(lambda s, ds: s * sum(keras.ops.sum(d**2) for d in ds), start=lambda vs: [0.0] * len(vs)), "decay"),
        (spring(half_squares, start=list), "it is the live variable itself"),
        (spring(half_squares, choose=lambda m: m.trainable_variables), "Only the head has moved"),
        (
            spring(
                half_squares,
                choose=lambda m: [v for v in m.weights if "head" not in v.path and "witness" not in v.path],
            ),
            "moving statistics have moved",
        ),
        (spring(lambda s, ds: s / 2 * sum(keras.ops.sum(d) for d in ds)), "without squaring"),
        (spring(lambda s, ds: s / 2 * sum(keras.ops.sum(abs(d)) for d in ds)), "without squaring"),
        (spring(lambda s, ds: 2 * half_squares(s, ds)), "twice as large"),
        (spring(lambda s, ds: half_squares(1.0, ds) * (s > 0)), "strength makes no difference"),
        (spring(lambda s, ds: half_squares(1.0, ds)), "strength 0 your penalty isn't 0"),
        (spring(lambda s, ds: s / 2 * sum(keras.ops.mean(d**2) for d in ds)), "takes means"),
        (spring(lambda s, ds: s / 2 * keras.ops.sqrt(sum(keras.ops.sum(d**2) for d in ds))), "leave the root out"),
        (spring(half_squares, choose=lambda m: [v for v in held(m) if "kernel" in v.path]), "the kernels only"),
        (lambda m, strength: by_closure(m, strength)(), "Give back a *function*"),
        (lambda m, strength: print(), "gave back nothing"),
        (lambda m, strength: lambda: None, "`penalty()` gave back nothing"),
        (spring(lambda s, ds: 3 * half_squares(s, ds)), "All 636 weights"),
    ],
)
def test_l2_sp_wrong(wrong, says):
    result = outcome("04.e3", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


# 04.e2 -----------------------------------------------------------------------------------------------
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
    order = np.argsort(rng.permutation(1))  # uses the generator, not for the order

    class Sorted:
        permutation = staticmethod(lambda n: np.arange(n) + order[0])
        choice = staticmethod(rng.choice)

    return generator(ni, nl, oi, ol, batch_size, fraction, Sorted())


@pytest.mark.parametrize("right", [generator, shuffled_inside, last_batch_filled, lambda *a: list(generator(*a))])
def test_rehearsal_right(right):
    assert outcome("04.e2", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (on_top, "take room *inside* the batch"),
        (all_shuffled_together, "chance decides"),
        (fraction_of_the_data, "a fraction of the old *data*"),
        (the_same_every_time, "The same few old pictures"),
        (labels_left_behind, "have another's label"),
        (remainder_dropped, "new pictures came up"),
        (rounded_down, "round(0.1 * 16) is 2"),
        (always_one, "Fraction 0 is plain fine-tuning"),
        (unshuffled, "in the order in which they were stored"),
        (lambda *a: generator(*a[:5], 0.0, a[6]), "isn't one old picture"),
        (lambda *a: [], "no batch at all"),
        (lambda *a: print(), "gave back nothing"),
        (lambda *a: [a[0]], "Every batch is a pair"),
        (lambda *a: 3, "should be a list of batches"),
    ],
)
def test_rehearsal_wrong(wrong, says):
    result = outcome("04.e2", wrong)
    assert result.outcome == "wrong"
    assert says in result.message


# 04.e4 -----------------------------------------------------------------------------------------------
def chooser(good, key, *, otherwise=lambda means: None, result=lambda name: name):
    """An answer that averages the rows of each setting, keeps the good ones and takes the smallest by ``key``."""

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


@pytest.mark.parametrize(
    "right",
    [
        chooser(both, megabytes),
        chooser(both, megabytes, result=list),
        chooser(both, megabytes, result=lambda name: {"method": name[0], "setting": name[1]}),
        with_a_loop,
    ],
)
def test_demands_right(right):
    assert outcome("04.e4", right).require()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (chooser(on_test, megabytes), "on *test* pictures only"),
        (chooser(lambda m, r, s, t: m["validation_source"] >= s, megabytes), "misses the other"),
        (chooser(lambda m, r, s, t: m["validation_target"] >= t, megabytes), "misses the other"),
        (chooser(lambda m, r, s, t: m["validation_source"] >= s or m["validation_target"] >= t, megabytes), ""),
        (each_row, "that one was luck"),
        (chooser(in_the_last_seed, megabytes), "that one was luck"),
        (chooser(both, lambda m: -m["validation_source"] - m["validation_target"]), "costs more than it must"),
        (chooser(both, lambda m: -m["megabytes"]), "costs more than it must"),
        (chooser(strictly, megabytes), "use `>=`"),
        (chooser(in_every_seed, megabytes), "stricter than what was asked"),
        (chooser(both, megabytes, otherwise=lambda m: max(m, key=lambda n: m[n]["validation_source"])), "say `None`"),
        (lambda rows, source, target: print(), "every setting"),
        (lambda rows, source, target: ("adapters", 3), "not among the measured settings"),
        (lambda rows, source, target: 0.1, "give back `(method, setting)`"),
    ],
)
def test_demands_wrong(wrong, says):
    result = outcome("04.e4", wrong)
    assert result.outcome == "wrong"
    assert says in result.message
