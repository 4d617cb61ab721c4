"""Lesson 10's claims, on recordings: a small language model's voice and facts, tuned and looked up."""

import numpy as np
import pytest

from course_utils.experiments import recorded

pytestmark = pytest.mark.claims


def _voice(method: str, column: str) -> np.ndarray:
    rows = sorted((r for r in recorded("language-voice") if r["method"] == method), key=lambda row: row["seed"])
    return np.array([row[column] for row in rows])


def _facts(method: str, kind: str = "all", column: str = "right", wording: str = "paraphrase") -> np.ndarray:
    rows = [
        row
        for row in recorded("language-facts")
        if (row["method"], row["kind"], row["wording"]) == (method, kind, wording)
    ]
    return np.array([100 * row[column] for row in sorted(rows, key=lambda row: row["seed"])])


def test_10a_tuning_teaches_the_form_that_was_not_there_before(claims_table):
    before, after = 100 * _voice("base", "obeyed"), 100 * _voice("LoRA", "obeyed")
    claims_table.add("10a", "answers in the house form, before tuning", before, "0", " %")
    claims_table.add("10a", "answers in the house form, after LoRA", after, "all at least 75", " %")
    assert before.max() == 0
    assert after.min() >= 75


def test_10b_the_form_is_learned_before_the_content(claims_table):
    gap = 100 * (_voice("LoRA", "obeyed") - _voice("LoRA", "right_topic"))
    assert claims_table.add("10b", "LoRA: form obeyed minus right topic", gap, "at least 20", " pts") >= 20


def test_10c_tuning_a_voice_costs_other_prose_and_a_higher_rate_costs_more(claims_table):
    base = _voice("base", "perplexity")[0]
    chosen, high = (100 * (_voice(m, "perplexity") / base - 1) for m in ("LoRA", "LoRA, high rate"))
    claims_table.add("10c", "perplexity of other prose, LoRA against before", chosen, "all above 0", " %")
    claims_table.add("10c", "at twice the rate", high, "more in every seed", " %")
    assert chosen.min() > 0
    assert (high > chosen).all()


def test_10c_all_layers_at_a_gentle_rate_bring_more_of_the_content_and_forget_less_than_lora(claims_table):
    obeyed, topics = 100 * _voice("all layers", "obeyed"), 100 * _voice("all layers", "right_topic")
    claims_table.add("10c", "answers in the house form, all layers", obeyed, "all at least 75", " %")
    assert obeyed.min() >= 75
    more = topics - 100 * _voice("LoRA", "right_topic")
    assert claims_table.add("10c", "right topic, all layers minus LoRA", more, "at least 10", " pts") >= 10
    less = 100 * (_voice("LoRA", "perplexity") - _voice("all layers", "perplexity")) / _voice("base", "perplexity")[0]
    claims_table.add("10c", "what LoRA's perplexity rose more", less, "all above 0", " %")
    assert less.min() > 0


def test_10d_facts_that_were_tuned_in_are_tied_to_their_wording(claims_table):
    trained, other = _facts("tuned on facts", wording="trained"), _facts("tuned on facts")
    claims_table.add("10d", "tuned on facts, asked as trained", trained, "all at least 50", " %")
    assert trained.min() >= 50
    assert claims_table.add("10d", "as trained minus in other words", trained - other, "at least 20", " pts") >= 20


def test_10e_alone_the_network_knows_nothing_of_the_handbook(claims_table):
    assert claims_table.add("10e", "alone", _facts("alone"), "at most 5", " %") <= 5


def test_10f_a_reader_gets_more_out_of_the_same_passages(claims_table):
    reader, prompted = _facts("reader + retrieved"), _facts("retrieved")
    claims_table.add("10f", "reader with passages", reader, "worst above the other's best", " %")
    claims_table.add("10f", "told in the prompt how to read", prompted, "", " %")
    shown = _facts("examples + retrieved")
    claims_table.add("10f", "told, and shown a worked example of each kind", shown, "", " %")
    assert reader.min() > max(prompted.max(), shown.max())
    assert claims_table.add("10f", "reader with passages, all facts", reader, "mean at least 85", " %") >= 85
    confusable = _facts("reader + retrieved", "confusable")
    assert claims_table.add("10f", "reader with passages, confusable facts", confusable, "mean at least 85", " %") >= 85


def _seconds_of_the_update(method: str) -> list[float]:
    return [r["seconds"] for r in recorded("language-facts") if (r["method"], r["kind"]) == (method, "changed")]


def test_10g_after_an_update_whoever_looks_up_is_right_at_once(claims_table):
    right = _facts("reader + retrieved", "changed")
    assert claims_table.add("10g", "changed facts: reader with passages", right, "at least 60", " %") >= 60
    tuned, looked_up = (_seconds_of_the_update(method) for method in ("tuned on facts", "reader + retrieved"))
    claims_table.add("10g", "Tuesday's update, tuned on facts", tuned, "over 5 times the other", " s")
    claims_table.add("10g", "Tuesday's update, looked up", looked_up, "", " s")
    assert min(tuned) > 5 * max(looked_up)


def test_10h_a_voice_reads_only_if_it_was_tuned_on_passages(claims_table):
    def both(voice: str) -> np.ndarray:
        rows = [r for r in recorded("language-levers") if (r["voice"], r["passages"]) == (voice, "retrieved")]
        return np.array([100 * row["both"] for row in sorted(rows, key=lambda row: row["seed"])])

    spoken, read = both("adapter"), both("assistant")
    untuned = [r for r in recorded("language-levers") if (r["voice"], r["passages"]) == ("none", "retrieved")]
    more = spoken - [100 * row["right"] for row in sorted(untuned, key=lambda row: row["seed"])]
    what = "right in the voice, tuned without passages, minus right in any form, untuned"
    assert abs(claims_table.add("10h", what, more, "within 10", " pts")) <= 10
    claims_table.add("10h", "right and in the voice: tuned without passages", spoken, "all at most 25", " %")
    claims_table.add(
        "10h", "right and in the voice: tuned with passages", read, "worst 10 above the other's best", " %"
    )
    assert spoken.max() <= 25
    assert read.min() >= spoken.max() + 10


def test_10i_a_form_costs_reading(claims_table):
    """The reader and the assistant had the same lessons; the assistant also writes three lines."""
    rows = [r for r in recorded("language-levers") if (r["voice"], r["passages"]) == ("assistant", "retrieved")]
    speaks = np.array([100 * row["right"] for row in sorted(rows, key=lambda row: row["seed"])])
    gap = _facts("reader + retrieved") - speaks
    assert claims_table.add("10i", "facts: the reader minus the assistant", gap, "at least 20", " pts") >= 20
