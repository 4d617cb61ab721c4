"""Lesson 13's claims: what a random deal flatters, which limits hold, and when validation promises too much."""

from functools import lru_cache

import numpy as np
import pytest

from course_utils.adapting import predict_accuracy
from course_utils.adapting.measuring import log_loss
from course_utils.backbones import load_backbone
from course_utils.data.dealing import deal
from course_utils.data.drawing.leaves import draw_plants
from course_utils.experiments import recorded
from course_utils.experiments.envelopes import HONEST, LEAK, SHIFT, WINNER
from course_utils.transfer import extract_features, linear_probe

pytestmark = pytest.mark.claims

KINDS = (HONEST, LEAK, WINNER, SHIFT)


def _by_seed(value, kind: str) -> list[float]:
    """The mean of a value over the rounds of each seed, in percent."""
    rows = [row for row in recorded("envelopes") if row["kind"] == kind]
    seeds = sorted({row["seed"] for row in rows})
    return [100 * float(np.mean([value(row) for row in rows if row["seed"] == seed])) for seed in seeds]


def _held(row: dict, by_unit: bool) -> bool:
    groups = (row["validation_groups"], row["test_groups"]) if by_unit else None
    limits = predict_accuracy(row["right_on_validation"], row["validation"], row["test"], 0.9, groups=groups)
    return limits.holds(row["accuracy"])


def _promised_too_much(row: dict) -> float:
    return row["right_on_validation"] / row["validation"] - row["accuracy"]


@lru_cache(maxsize=2)
def _leaves(other_camera: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features of the practice folder's pictures, labels, and plants."""
    pictures, labels, plants = draw_plants(20, 5, 0, other_camera=other_camera)
    return extract_features(load_backbone("efficientnet_lite0", image_size=96), pictures), labels, plants


def test_13a_a_random_deal_of_the_leaves_flatters(claims_table):
    features, labels, plants = _leaves()

    def promised(units: np.ndarray, seed: int) -> float:
        parts = deal(labels, units, seed)
        probe = linear_probe(features[parts["train"]], labels[parts["train"]])
        return 100 * float(probe.score(features[parts["validation"]], labels[parts["validation"]]))

    flattery = [promised(np.arange(len(labels)), seed) - promised(plants, seed) for seed in range(5)]
    assert claims_table.add("13a", "leaves: points that a random deal flatters", flattery, "at least 5", " pts") >= 5


def test_13b_limits_that_count_inputs_hold_less_often_than_promised(claims_table):
    held = _by_seed(lambda row: _held(row, by_unit=False), HONEST)
    assert claims_table.add("13b", "honest rounds: limits of 90 % that count inputs", held, "at most 80", " %") <= 80


def test_13c_limits_that_count_units_hold(claims_table):
    held = _by_seed(lambda row: _held(row, by_unit=True), HONEST)
    assert claims_table.add("13c", "honest rounds: limits of 90 % that count units", held, "at least 88", " %") >= 88


def test_13d_validation_of_an_honest_deal_promises_what_comes(claims_table):
    promised = _by_seed(_promised_too_much, HONEST)
    assert abs(claims_table.add("13d", "honest rounds: promised too much", promised, "within 3", " pts")) <= 3


@pytest.mark.parametrize("kind", [LEAK, WINNER, SHIFT])
def test_13e_validation_promises_too_much_after_a_leak_a_search_and_elsewhere(claims_table, kind):
    promised = _by_seed(_promised_too_much, kind)
    assert claims_table.add("13e", f"{kind}: promised too much", promised, "at least 5", " pts") >= 5


def _heads(seed: int):
    """A head of the strength that validation finds likeliest, and one of the usual strength, and the test rows."""
    features, labels, plants = _leaves()
    parts = deal(labels, plants, seed)
    train, validation = parts["train"], parts["validation"]
    fitted = [linear_probe(features[train], labels[train], c=c) for c in (0.001, 0.01, 0.1, 1.0)]
    losses = [log_loss(head.predict_proba(features[validation]), labels[validation]) for head in fitted]
    return fitted[int(np.argmin(losses))], fitted[-1], parts["test"]


def _too_sure(head, features: np.ndarray, labels: np.ndarray) -> float:
    """By how many points a head is surer than right."""
    return 100 * float(head.predict_proba(features).max(1).mean() - head.score(features, labels))


def test_13f_a_head_chosen_by_likelihood_is_less_too_sure_than_the_usual_one(claims_table):
    features, labels, _ = _leaves()
    chosen, usual = [], []
    for seed in range(10):
        likeliest, plain, test = _heads(seed)
        chosen.append(_too_sure(likeliest, features[test], labels[test]))
        usual.append(_too_sure(plain, features[test], labels[test]))
    assert abs(claims_table.add("13f", "too sure: chosen by likelihood", chosen, "within 5", " pts")) <= 5
    more = np.array(usual) - chosen
    assert claims_table.add("13f", "too sure: usual strength, beyond that", more, "at least 3", " pts") >= 3


def test_13g_another_camera_makes_it_surer_than_it_is_right(claims_table):
    (features, labels, _), more = _leaves(other_camera=True), []
    usual = _leaves()[0]
    for seed in range(10):
        _, plain, test = _heads(seed)
        more.append(_too_sure(plain, features[test], labels[test]) - _too_sure(plain, usual[test], labels[test]))
    assert claims_table.add("13g", "other camera: how much more too sure", more, "at least 5", " pts") >= 5
