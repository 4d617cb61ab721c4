"""Bag of words, fine-tuning from one start, and the cells that are recorded about text."""

import numpy as np
import pytest
from pretrained_models import kept_model

from course_utils.data import Split
from course_utils.experiments import TextRecipe, TextTuning, bag_of_words
from course_utils.experiments.registry import EXPERIMENTS
from course_utils.experiments.sentence_looks import SHELF, look_at, sentences, shelf
from course_utils.experiments.text_probes import PROPERTIES


def test_bag_of_words_finds_the_telling_word_and_chooses_on_validation():
    few = Split(np.array(["a good film", "a good play", "a bad film", "a bad play"]), np.array([1, 1, 0, 0]))
    other = Split(np.array(["the good one", "the bad one"]), np.array([1, 0]))
    assert bag_of_words(few, other).score(other.inputs, other.labels) == 1


@pytest.mark.parametrize(
    ("name", "with_it", "without"),
    [
        ("comma", "Yes, it is.", "It is."),
        ("negation", "It doesn't raise.", "It raises another."),
        ("negation", "Never call it.", "Call it now."),
    ],
)
def test_a_property_is_told_from_its_absence(name, with_it, without):
    assert PROPERTIES[name](with_it)
    assert not PROPERTIES[name](without)


def test_every_recorded_cell_has_a_seed_and_is_there_once():
    for name in (name for name in EXPERIMENTS if name.startswith("text-")):
        cells = [tuple(cell.items()) for cell in EXPERIMENTS[name].cells]
        assert len(set(cells)) == len(cells)
        assert all("seed" in cell for cell in EXPERIMENTS[name].cells)


def test_the_shelf_holds_one_message_of_each_desk_before_a_second():
    messages = shelf()
    desks = [message["desk"] for message in messages]
    assert len(messages) == 5 * SHELF
    assert desks == desks[:5] * SHELF
    assert not {message["text"] for message in messages} & {sentence["text"] for sentence in sentences()}


def test_every_run_begins_at_the_same_start_and_a_gentle_one_ends_at_rate_0():
    kept_model("minilm")
    few = Split(np.tile(np.arange(2000, 2004, dtype=np.int32), (4, 1)), np.array([0, 1, 0, 1]))
    tuning = TextTuning(classes=2)
    table = tuning.network.get_layer("words").get_weights()[0]
    after = []
    for _ in range(2):
        tuning.run(few, TextRecipe(1e-3, steps=2), seed=0)
        assert float(tuning.model.optimizer.learning_rate.numpy()) == 0
        after.append(
            [tuning.model.layers[-1].get_weights()[0], tuning.network.get_layer("layer6_wide").get_weights()[0]]
        )
    for first, again in zip(*after, strict=True):
        np.testing.assert_allclose(first, again, atol=1e-5)
    assert not np.array_equal(
        after[0][1], tuning.start[[w.path for w in tuning.model.weights].index("layer6_wide/kernel")]
    )
    np.testing.assert_array_equal(tuning.network.get_layer("words").get_weights()[0], table)


def test_a_look_at_odd_texts_gives_finite_numbers():
    kept_model("minilm")
    for text in ("x", "?!...", "🙂", "Где моя посылка?", "word " * 10_000):
        looked = look_at(text)
        assert 2 < len(looked["tokens"]) <= 32
        assert looked["similar"][6][0][0] == 100
        assert len(looked["near"][0]) == 5 * SHELF
        assert -1 <= looked["nearest"] <= 1


def test_with_a_rank_the_updates_learn_and_everything_beside_them_stays():
    few = Split(np.tile(np.arange(2000, 2004, dtype=np.int32), (4, 1)), np.array([0, 1, 0, 1]))
    tuning = TextTuning(classes=2, weights=None, lora_rank=1)
    start = tuning.network.get_weights()
    assert all("lora" in weight.name for weight in tuning.network.trainable_weights)
    tuning.run(few, TextRecipe(1e-2, steps=2), seed=0)
    moved = {
        weight.name
        for weight, before, after in zip(tuning.network.weights, start, tuning.network.get_weights(), strict=True)
        if not np.array_equal(before, after)
    }
    assert moved
    assert all("lora" in name for name in moved)
