"""Lesson 08's claims, on recordings: MiniLM, frozen and fine-tuned, beside bag of words."""

from itertools import product

import numpy as np
import pytest

from course_utils.experiments import gain, mean_over_seeds, recorded

pytestmark = pytest.mark.claims

NEAR = ("support", "words", "docstrings", "reviews")


def _budget(task: str) -> list[dict]:
    return [row for row in recorded("text-budgets") if row["task"] == task]


def _accuracies(task: str, method: str, labels: int) -> list[float]:
    return [row["accuracy"] for row in _budget(task) if (row["method"], row["labels"]) == (method, labels)]


@pytest.mark.parametrize(("task", "labels"), list(product(NEAR, (5, 20, 100))))
def test_08a_frozen_minilm_is_above_bag_of_words_on_every_near_task(task, labels, claims_table):
    ahead = gain(_budget(task), "MiniLM, frozen", over="bag of words", labels=labels)
    what = f"{task}, {labels} labels: frozen MiniLM minus bag of words"
    assert claims_table.add("08a", what, ahead, "above 0", " pts") > 0


def test_08a_the_ranges_are_apart_on_two_tasks_at_every_budget(claims_table):
    apart = []
    for task in NEAR:
        gaps = [
            min(_accuracies(task, "MiniLM, frozen", labels)) - max(_accuracies(task, "bag of words", labels))
            for labels in (5, 20, 100)
        ]
        if min(gaps) > 0:
            apart.append(100 * min(gaps))
    claims_table.add("08a", "tasks with ranges apart at 5, 20 and 100 labels: smallest gap", apart, "two tasks", " pts")
    assert len(apart) >= 2


@pytest.mark.parametrize("task", NEAR)
def test_08b_what_helps_was_learned_and_is_not_the_architecture(task, claims_table):
    ahead = gain(_budget(task), "MiniLM, frozen", over="random, frozen", labels=20)
    what = f"{task}, 20 labels: pretrained minus random weights, both frozen"
    assert claims_table.add("08b", what, ahead, "at least 5", " pts") >= 5


def _layer(what: str, block: str, network: str = "pretrained") -> np.ndarray:
    rows = [r for r in recorded("text-layers") if (r["what"], r["network"], r["block"]) == (what, network, block)]
    return np.array([100 * row["accuracy"] for row in sorted(rows, key=lambda row: row["seed"])])


@pytest.mark.parametrize("what", ["comma", "length"])
def test_08c_form_is_plainer_early_than_at_the_end(what, claims_table):
    fades = _layer(what, "layer1") - _layer(what, "layer6")
    assert claims_table.add("08c", f"{what}: layer 1 minus layer 6", fades, "at least 5", " pts") >= 5


def test_08c_a_comma_is_no_plainer_in_pretrained_layers_than_in_random_ones(claims_table):
    learned = _layer("comma", "layer1") - _layer("comma", "layer1", "random")
    assert claims_table.add("08c", "comma, layer 1: pretrained minus random", learned, "at most 0", " pts") <= 0


def test_08c_the_desk_is_plainer_at_the_end_than_in_the_word_vectors(claims_table):
    grows = _layer("desk", "layer6") - _layer("desk", "embeddings")
    assert claims_table.add("08c", "desk: layer 6 minus word vectors", grows, "at least 5", " pts") >= 5


def test_08d_a_hidden_word_is_plainer_in_a_middle_layer_than_in_random_weights(claims_table):
    rows = recorded("text-masked")
    pretrained, random = (
        np.array([100 * r["accuracy"] for r in rows if (r["network"], r["method"]) == (network, "layer4")])
        for network in ("pretrained", "random")
    )
    what = "one of 20 hidden words, state at the mask, layer 4: pretrained minus random"
    assert claims_table.add("08d", what, pretrained - random, "at least 5", " pts") >= 5


def test_08e_plain_1e_3_fails_in_some_draw_and_a_low_rate_in_none(claims_table):
    rows = recorded("text-rates")
    hot, low = (
        [100 * r["accuracy"] for r in rows if (r["schedule"], r["learning_rate"]) == setting]
        for setting in (("plain", 1e-3), ("gentle", 2e-5))
    )
    claims_table.add("08e", "40 words, plain at 1e-3", hot, "worst below 65", " %")
    claims_table.add("08e", "40 words, gentle at 2e-5", low, "worst above the other's", " %")
    assert min(hot) < 65
    assert min(low) > min(hot)


def test_08f_scratch_only_guesses_where_a_frozen_network_does_not(claims_table):
    rows = [r for r in recorded("text-tuned") if r["method"] == "from scratch"]
    scratch = [100 * r["accuracy"] for r in rows]
    frozen = 100 * mean_over_seeds(_budget("words"), "accuracy", method="MiniLM, frozen", labels=100)
    claims_table.add("08f", "words, 100 labels: from scratch", scratch, "all below 60", " %")
    assert max(scratch) < 60 < frozen
