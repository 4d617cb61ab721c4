"""Lesson 11's claims, on recordings: log-mels, a picture network and Whisper's encoder, on voices never heard."""

import numpy as np
import pytest

from course_utils.experiments import at_best_rate, gain, recorded

pytestmark = pytest.mark.claims

OURS, WITH_SILENCE = "Whisper, frozen", "Whisper, silence counted"


def _budget(task: str) -> list[dict]:
    return [row for row in recorded("sound-budgets") if row["task"] == task]


def _column(task: str, method: str, labels: int, column: str = "accuracy") -> np.ndarray:
    found = [r for r in _budget(task) if (r["method"], r["labels"]) == (method, labels)]
    return np.array([100 * row[column] for row in sorted(found, key=lambda row: row["seed"])])


def test_11a_every_voice_is_tested_equally_often_and_nobody_is_in_two_parts(claims_table):
    rows = recorded("sound-budgets")
    seeds = sorted({row["seed"] for row in rows})
    claims_table.add("11a", "draws of labels and speakers", [float(len(seeds))], "8", "")
    assert seeds == list(range(8))


@pytest.mark.parametrize("labels", [1, 5, 20])
@pytest.mark.parametrize("rival", ["log-mel", "picture network", "random Whisper"])
def test_11b_frozen_whisper_is_far_ahead_on_real_digits_of_unheard_voices(labels, rival, claims_table):
    ahead = gain(_budget("spoken_digits"), OURS, over=rival, labels=labels)
    what = f"digits, {labels} labels: frozen Whisper minus {rival}"
    assert claims_table.add("11b", what, ahead, "at least 30", " pts") >= 30
    assert min(ahead) > 0


def test_11b_five_labels_of_each_digit_are_enough_for_nine_of_ten(claims_table):
    found = _column("spoken_digits", OURS, 5)
    assert claims_table.add("11b", "digits, 5 labels: frozen Whisper, an unheard voice", found, "≥ 90", " %") >= 90


@pytest.mark.parametrize("rival", ["log-mel", OURS, "Whisper, best block"])
def test_11c_a_picture_network_wins_where_the_sound_is_a_shape(rival, claims_table):
    ahead = gain(_budget("glides"), "picture network", over=rival, labels=5)
    what = f"glides, 5 labels: picture network minus {rival}"
    assert claims_table.add("11c", what, ahead, "at least 5", " pts") >= 5


@pytest.mark.parametrize("rival", ["picture network", OURS])
def test_11d_the_log_mel_wins_where_the_answer_stands_in_it(rival, claims_table):
    ahead = gain(_budget("vowels"), "log-mel", over=rival, labels=5)
    what = f"vowels, 5 labels: log-mel minus {rival}"
    assert claims_table.add("11d", what, ahead, "at least 5", " pts") >= 5


def test_11d_not_even_its_best_block_is_ahead_of_the_log_mel_on_vowels(claims_table):
    ahead = gain(_budget("vowels"), "Whisper, best block", over="log-mel", labels=5)
    assert claims_table.add("11d", "vowels: Whisper's best block minus log-mel", ahead, "at most 3", " pts") <= 3


def test_11e_a_known_voice_flatters_the_log_mel_far_more_than_whisper(claims_table):
    leak = {
        method: _column("spoken_digits", method, 5, "heard") - _column("spoken_digits", method, 5)
        for method in ("log-mel", OURS)
    }
    assert (
        claims_table.add("11e", "digits, 5 labels, log-mel: known minus unheard", leak["log-mel"], "≥ 25", " pts") >= 25
    )
    found = claims_table.add("11e", "the same, frozen Whisper", leak[OURS], "at most 15", " pts")
    assert found <= 15


def _layer(what: str, network: str, block: str) -> np.ndarray:
    rows = [r for r in recorded("sound-layers") if (r["what"], r["network"], r["block"]) == (what, network, block)]
    return np.array([100 * row["accuracy"] for row in sorted(rows, key=lambda row: row["seed"])])


def test_11f_the_digit_rises_and_the_speaker_falls_and_random_weights_do_neither(claims_table):
    rises = _layer("digit", "pretrained", "block4") - _layer("digit", "pretrained", "conv")
    falls = _layer("speaker", "pretrained", "conv") - _layer("speaker", "pretrained", "block4")
    assert claims_table.add("11f", "digit: block4 minus conv", rises, "at least 30", " pts") >= 30
    assert claims_table.add("11f", "speaker: conv minus block4", falls, "at least 10", " pts") >= 10
    for what in ("digit", "speaker"):
        moved = _layer(what, "random", "block4") - _layer(what, "random", "conv")
        assert (
            abs(claims_table.add("11f", f"{what}, random weights: block4 minus conv", moved, "within 4", " pts")) <= 4
        )


def test_11g_three_voices_help_a_log_mel_more_than_twice_the_takes_of_one(claims_table):
    def accuracies(speakers: int, takes: int) -> np.ndarray:
        rows = recorded("sound-speakers")
        found = [r for r in rows if (r["method"], r["speakers"], r["takes"]) == ("log-mel", speakers, takes)]
        return np.array([100 * row["accuracy"] for row in sorted(found, key=lambda row: row["seed"])])

    people, takes = accuracies(3, 12) - accuracies(1, 12), accuracies(1, 24) - accuracies(1, 12)
    what = "digits, log-mel: what three voices add, minus what twice the takes add"
    assert claims_table.add("11g", what, people - takes, "at least 5", " pts") >= 5


@pytest.mark.parametrize("damage", ["wrong sample rate", "backwards", "pitch upside down"])
def test_11h_turned_axes_and_a_wrong_rate_cost_most_of_what_was_known(damage, claims_table):
    def accuracies(kind: str) -> np.ndarray:
        found = [r for r in recorded("sound-damage") if (r["method"], r["damage"]) == (OURS, kind)]
        return np.array([100 * row["accuracy"] for row in sorted(found, key=lambda row: row["seed"])])

    lost = accuracies("as recorded") - accuracies(damage)
    assert claims_table.add("11h", f"{damage}: points lost", lost, "at least 50", " pts") >= 50
    quieter = accuracies("as recorded") - accuracies("20 times quieter")
    assert abs(claims_table.add("11h", "20 times quieter: points lost", quieter, "within 5", " pts")) <= 5


def test_11i_a_small_network_from_scratch_is_far_behind(claims_table):
    scratch = at_best_rate(recorded("sound-scratch"), labels=5)
    found = np.array([100 * row["accuracy"] for row in sorted(scratch, key=lambda row: row["seed"])])
    behind = _column("spoken_digits", OURS, 5) - found
    assert claims_table.add("11i", "digits, 5 labels: frozen Whisper minus scratch", behind, "≥ 30", " pts") >= 30


def test_11j_a_probe_knows_digits_that_the_decoder_does_not_write(claims_table):
    rows = [row for row in recorded("sound-transcripts") if row["kind"] == "one digit"]
    written = [100 * np.mean([r["right"] for r in rows if r["seed"] == seed]) for seed in range(8)]
    probed = _column("spoken_digits", OURS, 5)
    what = "single digits: a probe on five labels minus what is written"
    assert claims_table.add("11j", what, probed - written, "at least 20", " pts") >= 20


def test_11k_synthetic_voices_teach_whisper_words_and_a_log_mel_hardly_any(claims_table):
    rows = sorted(recorded("sound-synthetic"), key=lambda row: row["seed"])
    ours, log_mel = ([100 * r["accuracy"] for r in rows if r["method"] == m] for m in (OURS, "log-mel"))
    claims_table.add(
        "11k", "digits of people, learned from synthetic voices: frozen Whisper", ours, "all at least 70", " %"
    )
    claims_table.add("11k", "digits of people, learned from synthetic voices: log-mel", log_mel, "all at most 40", " %")
    assert min(ours) >= 70
    assert max(log_mel) <= 40


def _less_the_mean(of: str, method: str = OURS, labels: int = 5) -> np.ndarray:
    wanted = (method, labels, of)
    rows = [r for r in recorded("sound-voices") if (r["method"], r["labels"], r["less the mean of"]) == wanted]
    return np.array([100 * row["accuracy"] for row in sorted(rows, key=lambda row: row["seed"])])


def _gained_by_the_mean(of: str, method: str = OURS, labels: int = 5) -> np.ndarray:
    return _less_the_mean(of, method, labels) - _less_the_mean("nothing", method, labels)


@pytest.mark.parametrize("of", ["all clips", "ten clips"])
def test_11l_less_the_mean_of_each_voice_five_labels_are_enough_for_nine_of_ten(of, claims_table):
    what = f"digits, 5 labels: frozen Whisper less the mean of {of}"
    assert claims_table.add("11l", what, _less_the_mean(of), "at least 90", " %") >= 90


@pytest.mark.parametrize("method", [OURS, "log-mel"])
def test_11l_less_the_mean_of_each_voice_an_unheard_one_is_better_understood(method, claims_table):
    gained = _gained_by_the_mean("all clips", method)
    assert claims_table.add("11l", f"digits, 5 labels, less the voice: {method}", gained, "at least 1", " pts") >= 1
    ten, one_word = (_less_the_mean(of, method) for of in ("ten clips", "ten of one word"))
    more = claims_table.add("11l", f"ten clips minus ten of one word: {method}", ten - one_word, "at least 2", " pts")
    assert more >= 2


@pytest.mark.parametrize("labels", [1, 5, 20])
def test_11l_whisper_has_less_of_the_voice_to_lose_than_a_log_mel(labels, claims_table):
    log_mel = _gained_by_the_mean("all clips", "log-mel", labels)
    assert claims_table.add("11l", f"log-mel, {labels} labels: gained", log_mel, "above 0", " pts") > 0
    more = log_mel - _gained_by_the_mean("all clips", labels=labels)
    what = f"digits, {labels} labels: what the log-mel gains more"
    assert claims_table.add("11l", what, more, "at least 10", " pts") >= 10
    behind = _less_the_mean("all clips", labels=labels) - _less_the_mean("all clips", "log-mel", labels)
    what = f"{labels} labels, both less the mean: Whisper minus log-mel"
    assert claims_table.add("11l", what, behind, "at least 10", " pts") >= 10


def test_11l_a_mean_of_one_word_takes_the_word_away(claims_table):
    lost = -_gained_by_the_mean("ten of one word")
    assert claims_table.add("11l", "lost by the mean of ten clips of one word", lost, "at least 2", " pts") >= 2


@pytest.mark.parametrize("labels", [1, 5, 20])
def test_11m_silence_left_out_of_the_average_helps_where_people_speak(labels, claims_table):
    gained = _column("spoken_digits", OURS, labels) - _column("spoken_digits", WITH_SILENCE, labels)
    what = f"digits, {labels} labels: silence left out"
    assert claims_table.add("11m", what, gained, "at least 2", " pts") >= 2


@pytest.mark.parametrize("task", ["vowels", "glides"])
def test_11m_silence_hardly_matters_where_all_voices_take_their_time_alike(task, claims_table):
    gained = _column(task, OURS, 5) - _column(task, WITH_SILENCE, 5)
    assert abs(claims_table.add("11m", f"{task}: silence left out", gained, "within 2", " pts")) <= 2
