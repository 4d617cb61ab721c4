"""The fair front: what a setting runs, and how each method's setting is chosen."""

import numpy as np
import pytest

from course_utils.experiments import fair_front
from course_utils.experiments.fair_front import METHODS, at_equal_target, on_own_front, tuned_recipe, tuned_rows


def rows(method, rate, strength, target, source):
    """Two seeds around these accuracies on validation pictures; on test pictures, all is turned round."""
    return [
        {
            "method": method,
            "learning_rate": rate,
            "strength": strength,
            "seed": seed,
            "validation_target": target + off,
            "validation_source": source + off,
            "target": 1 - target,
            "source": 1 - source,
        }
        for seed, off in enumerate((-0.05, 0.05))
    ]


PLAIN = [*rows("plain", 1e-4, 0, 0.80, 0.9), *rows("plain", 3e-4, 0, 0.895, 0.7), *rows("plain", 1e-3, 0, 0.90, 0.2)]


def chosen(more=()):
    return {
        method: {(row["learning_rate"], row["strength"]) for row in selected}
        for method, selected in at_equal_target([*PLAIN, *more]).items()
    }


def test_plain_is_its_best_rate_and_a_lower_one_keeps_more_within_a_point():
    assert chosen() == {"plain": {(1e-3, 0)}, "lower rate": {(3e-4, 0)}}


def test_the_setting_that_keeps_most_is_chosen_among_those_that_learn_as_much():
    ewc = [*rows("ewc", 1e-3, 10, 0.91, 0.5), *rows("ewc", 3e-4, 10, 0.891, 0.8), *rows("ewc", 3e-4, 99, 0.88, 0.95)]
    assert chosen(ewc)["ewc"] == {(3e-4, 10)}


def test_all_seeds_of_the_chosen_setting_are_returned():
    assert [row["seed"] for row in at_equal_target(PLAIN)["lower rate"]] == [0, 1]


def test_a_method_that_never_learns_as_much_has_no_setting():
    assert chosen(rows("lora", 1e-3, 4, 0.85, 0.99))["lora"] == set()


def test_a_setting_that_another_of_its_method_beats_on_both_tasks_is_not_on_its_front():
    ewc = [*rows("ewc", 1e-3, 10, 0.91, 0.5), *rows("ewc", 3e-4, 10, 0.89, 0.8), *rows("ewc", 3e-4, 99, 0.88, 0.7)]
    kept = {(row["method"], row["learning_rate"], row["strength"]) for row in on_own_front([*PLAIN, *ewc])}
    assert kept == {("plain", rate, 0) for rate in (1e-4, 3e-4, 1e-3)} | {("ewc", 1e-3, 10), ("ewc", 3e-4, 10)}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_but_one_starts_with_a_random_head(method):
    recipe = tuned_recipe(method, 1e-4, METHODS[method].strengths[0])
    assert recipe.learning_rate == 1e-4
    assert recipe.head == ("probe" if method == "head first" else "random")


def test_strengths_reach_the_recipe():
    assert tuned_recipe("freezing", 1e-4, 2).blocks == 2
    assert tuned_recipe("rehearsal", 1e-4, 0.25).rehearsal == 0.25
    for penalty in ("l2-sp", "ewc"):
        recipe = tuned_recipe(penalty, 1e-4, 10)
        assert (recipe.penalty, recipe.strength) == (penalty, 10)


class Stub:
    """Stands in for an experiment: remembers what was run, and from which average it was measured."""

    def __init__(self, ran, rank):
        self.ran, self.rank, self.model, self.share = ran, rank, self, 1.0

    def result(self, recipe, seed):
        self.ran.append((self.rank, recipe.learning_rate, seed))
        return self.measured()

    def get_weights(self):
        return [np.ones(1)]

    def average(self, after, share):
        self.share = share

    def measured(self):
        return {"target": self.share}


def test_averages_share_one_run_and_lora_has_a_network_for_every_rank():
    ran = []
    shares = list(tuned_rows(lambda rank: Stub(ran, rank), "wise-ft", 1e-3, seed=2))
    assert ran == [(None, 1e-3, 2)]
    assert [(row["strength"], row["target"]) for row in shares] == [(s, s) for s in METHODS["wise-ft"].strengths]
    ran.clear()
    list(tuned_rows(lambda rank: Stub(ran, rank), "lora", 1e-3, seed=2))
    assert [rank for rank, *_ in ran] == list(fair_front.METHODS["lora"].strengths)
