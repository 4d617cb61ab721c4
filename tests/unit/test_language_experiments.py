"""Experiments with a language model: what is counted, and what each way is shown. A stand-in answers."""

import json

import numpy as np
import pytest

from course_utils import assets
from course_utils.data import (
    REFUSAL,
    TOPICS,
    load_handbook,
    load_house_voice,
    load_practice_handbook,
    obeys,
    topic_of,
)
from course_utils.errors import CourseError
from course_utils.experiments import language_adapters, language_answers, language_facts, language_runs, language_voice
from course_utils.language import Adapter, TaughtAnswer, TuningRun, load_adapter


class StandIn:
    """Answers from a table, remembers how it was asked, and surprises with a perplexity of 40."""

    def __init__(self, table: dict[str, str]) -> None:
        self.table, self.asked = table, []
        self.base = "0123456789abcdef"
        self.adapter: Adapter | None = None

    def answer(self, questions, **how):
        self.asked.append({"questions": list(questions), **how})
        return [self.table.get(question, "I don't know.") for question in questions]

    def perplexity(self, texts):
        assert len(texts) == 40
        assert len(set(texts)) == 40
        return 40.0

    def next_words(self, text):
        return [(" Paris", 0.75), (" London", 0.25)]

    def prompt(self, question):
        return f"asked: {question}"

    def use(self, adapter):
        self.adapter = adapter
        return self


def stand_in(monkeypatch, table) -> StandIn:
    writer = StandIn(table)
    monkeypatch.setattr(language_voice, "_loaded", lambda: writer)
    return writer


def tuned_on(monkeypatch, module, taught: list) -> None:
    def tune(writer, pairs, recipe, seed, on_step=None):
        taught.append((list(pairs), recipe, seed))
        writer.adapter = Adapter(writer.base, 1, {(0, "query"): (np.ones((4, 1), "f4"), np.ones((1, 4), "f4"))})
        return TuningRun((1.0,), 12.5)

    monkeypatch.setattr(module, "tune", tune)


def without_searching(monkeypatch) -> None:
    monkeypatch.setattr(language_facts, "looked_up", lambda book, asked: [["A passage."]] * len(asked))
    monkeypatch.setattr(language_facts, "sentence_vectors", lambda texts: np.ones((len(texts), 2)))


def test_a_prompted_voice_is_shown_what_its_name_says(monkeypatch):
    voice = load_house_voice()
    table = {exchange.question: exchange.answer for exchange in voice.test[:6]}
    table[voice.test[6].question] = f"TOPIC: {voice.test[6].topic}\nNEXT: No answer."
    writer = stand_in(monkeypatch, table)
    shown = {}
    for method in ("base", "instruction", "three examples", "instruction and examples"):
        (row,) = language_voice.measure_voice({"method": method, "seed": 0})
        assert (row["obeyed"], row["right_topic"], row["perplexity"]) == (6 / 24, 6 / 24, 40.0)
        asked = writer.asked[-1]
        shown[method] = ("instruction" in asked, len(asked.get("examples", ())))
    assert list(shown.values()) == [(False, 0), (True, 0), (False, 3), (True, 3)]


def test_the_voice_is_learned_from_the_training_part_and_measured_on_the_test(monkeypatch):
    writer, taught = stand_in(monkeypatch, {}), []
    tuned_on(monkeypatch, language_voice, taught)
    (row,) = language_voice.measure_voice({"method": "LoRA", "seed": 2})
    (pairs, recipe, seed) = taught[0]
    voice = load_house_voice()
    assert [pair.question for pair in pairs] == [exchange.question for exchange in voice.train]
    assert writer.asked[0]["questions"] == [exchange.question for exchange in voice.test]
    assert (seed, recipe.method, row["seconds"], row["learning_rate"]) == (2, "lora", 12.5, recipe.learning_rate)


def finding(monkeypatch, found) -> None:
    """Let the search find what ``found(handbook, question)`` says."""
    monkeypatch.setattr(
        language_facts, "looked_up", lambda book, questions: [found(book, question) for question in questions]
    )


def test_a_reader_learns_from_what_the_search_finds_and_to_refuse_where_there_is_no_answer(monkeypatch):
    finding(monkeypatch, lambda book, question: [book.by_id[question.passage].text if question.passage else "Nothing."])
    pairs = language_facts.reader_pairs(0)
    assert len(pairs) == language_facts.PRACTICE * 184
    for pair in pairs[::50]:
        (passage,) = pair.evidence
        assert (pair.answer == REFUSAL) == (passage == "Nothing.")
        assert pair.answer == REFUSAL or pair.answer[:-1] in passage
    assert {pair.question for pair in pairs} != {pair.question for pair in language_facts.reader_pairs(1)}


def test_a_prompted_reader_is_shown_a_lesson_of_each_kind_with_its_passages(monkeypatch):
    finding(monkeypatch, lambda book, question: [book.by_id[question.passage].text if question.passage else "Nothing."])
    shown = language_facts.reading_examples(0)
    kinds = {question.text: question.kind for question in load_practice_handbook(0).questions}
    asked = [example.question.splitlines() for example in shown]
    assert sorted(kinds[lines[-1]] for lines in asked) == ["confusable", "no evidence", "plain", "two versions"]
    for (_, passage, _), example in zip(asked, shown, strict=True):
        assert example.answer == REFUSAL or example.answer[:-1] in passage


def test_no_lesson_asks_for_what_the_search_missed(monkeypatch):
    finding(monkeypatch, lambda book, question: ["Something else."])
    assert {pair.answer for pair in language_facts.reader_pairs(0)} == {REFUSAL}


def test_whoever_knows_mondays_facts_alone_is_wrong_about_tuesdays(monkeypatch):
    monday = load_handbook(1)
    stand_in(monkeypatch, {question.text: question.answer for question in monday.questions})
    without_searching(monkeypatch)
    rows = {(r["day"], r["kind"]): r for r in language_facts.measure_facts({"method": "retrieved", "seed": 1})}
    evidence = sum(question.value is not None for question in monday.questions)
    assert (rows["Monday", "all"]["right"], rows["Monday", "all"]["questions"]) == (1.0, evidence)
    assert (rows["Monday", "no evidence"]["right"], rows["Monday", "no evidence"]["refused"]) == (1.0, 1.0)
    assert (rows["Tuesday", "changed"]["right"], rows["Tuesday", "changed"]["questions"]) == (0.0, 10)
    assert (rows["Tuesday", "unchanged"]["right"], rows["Tuesday", "unchanged"]["questions"]) == (1.0, evidence - 10)


def test_whoever_always_refuses_gets_nothing_but_the_questions_without_evidence(monkeypatch):
    stand_in(monkeypatch, {question.text: REFUSAL for question in load_handbook(0).questions})
    rows = {r["kind"]: r for r in language_facts.measure_facts({"method": "alone", "seed": 0}) if r["day"] == "Monday"}
    assert {kind: row["right"] for kind, row in rows.items() if kind != "no evidence"} == dict.fromkeys(
        ("all", "plain", "confusable", "two versions"), 0.0
    )
    assert rows["no evidence"]["right"] == 1.0


def test_facts_are_tuned_in_the_trained_wording_and_asked_in_both(monkeypatch):
    writer, taught = stand_in(monkeypatch, {}), []
    tuned_on(monkeypatch, language_facts, taught)
    rows = language_facts.measure_facts({"method": "tuned on facts", "seed": 0})
    monday = load_handbook(0)
    trained = [question.trained for question in monday.questions if question.value is not None]
    assert [pair.question for pair in taught[0][0]] == trained
    assert {row["wording"] for row in rows if row["day"] == "Monday"} == {"paraphrase", "trained"}
    assert trained in [asked["questions"] for asked in writer.asked]
    assert len(taught[1][0]) == 10, "Tuesday's facts alone"
    assert {row["seconds"] for row in rows} == {12.5}


def test_a_retrieving_way_is_shown_passages_and_told_how_to_read(monkeypatch):
    writer = stand_in(monkeypatch, {})
    without_searching(monkeypatch)
    language_facts.measure_facts({"method": "retrieved", "seed": 0})
    asked = writer.asked[0]
    assert asked["evidence"] == [["A passage."]] * len(asked["questions"])
    assert REFUSAL in asked["instruction"]


def test_a_reader_refuses_only_above_the_limit_and_it_is_told_what_was_found(monkeypatch):
    monday = load_handbook(2)
    writer, taught = stand_in(monkeypatch, {question.text: question.answer for question in monday.questions}), []
    tuned_on(monkeypatch, language_facts, taught)
    plain = {question.passage for question in monday.questions if question.kind == "plain"}
    finding(monkeypatch, lambda book, q: [book.by_id[q.passage].text if q.passage in plain else "Something else."])
    monkeypatch.setattr(language_facts, "sentence_vectors", lambda texts: np.ones((len(texts), 2)))
    rows = language_facts.measure_facts({"method": "reader + retrieved", "seed": 2})
    found = {row["kind"]: row["found"] for row in rows if row["day"] == "Monday"}
    evidence = sum(question.value is not None for question in monday.questions)
    assert found == {"all": len(plain) / evidence, "plain": 1, "confusable": 0, "two versions": 0, "no evidence": 0}
    assert {asked["held_back"] for asked in writer.asked} == {language_facts.REFUSES}


def test_the_two_levers_are_pulled_one_by_one_and_together(monkeypatch):
    handbook = load_handbook(2)
    spoken = {q.text: f"TOPIC: Visits\nANSWER: It is {q.value}.\nNEXT: Come." for q in handbook.questions}
    asked = np.random.default_rng(2).permutation(sum(q.value is not None for q in handbook.questions))[:24]
    first, second = (handbook.questions[row].text for row in asked[:2])
    spoken |= {first: spoken[first].replace("NEXT", "THEN"), second: "TOPIC: Visits\nANSWER: No.\nNEXT: Come."}
    writer = stand_in(monkeypatch, spoken)
    monkeypatch.setattr(language_runs, "looked_up", lambda handbook, questions: [["A passage."]] * len(questions))
    monkeypatch.setattr(language_answers, "shipped_adapter", lambda name: name)
    used = []
    for cell in language_runs.LEVER_CELLS[-6:]:
        (row,) = language_runs.measure_levers(cell)
        assert (row["obeyed"], row["right"], row["both"]) == (23 / 24, 23 / 24, 22 / 24)
        assert ("evidence" in writer.asked[-1]) == (cell["passages"] == "retrieved")
        assert ("instruction" in writer.asked[-1]) == (cell["passages"] == "retrieved" and cell["voice"] == "none")
        assert len(writer.asked[-1]["questions"]) == 24
        used.append((cell["voice"], writer.adapter))
    assert set(used) == {("none", None), ("adapter", "voice"), ("assistant", "assistant")}


def test_an_assistant_learns_the_readers_lessons_in_the_house_voice(monkeypatch):
    finding(
        monkeypatch,
        lambda book, question: ["A passage."] if question.value is None else [book.by_id[question.passage].text],
    )
    reading = language_facts.reader_pairs(0)
    one_in_nine = {id(pair) for pair in [pair for pair in reading if pair.answer == REFUSAL][8::9]}
    kept = [pair for pair in reading if pair.answer != REFUSAL or id(pair) in one_in_nine]
    for spoken, plain in list(zip(language_facts.assistant_pairs(0), kept, strict=True))[::20]:
        assert (spoken.question, spoken.evidence) == (plain.question, plain.evidence)
        assert obeys(spoken.answer)
        assert topic_of(spoken.answer) in TOPICS
        assert plain.answer.rstrip(".") in spoken.answer


def test_next_words_are_kept_with_their_chances(monkeypatch):
    stand_in(monkeypatch, {})
    rows = [row for cell in language_runs.NEXT_CELLS for row in language_runs.measure_next(cell)]
    assert rows[0]["words"] == [[" Paris", 0.75], [" London", 0.25]]
    assert {row["likeliest"] for row in rows} == {0.75}
    assert rows[-1]["text"].startswith("asked: ")


def test_an_adapter_is_written_with_how_it_was_made(monkeypatch, tmp_path):
    writer, taught = StandIn({}), []
    finding(monkeypatch, lambda book, question: ["A passage."])
    monkeypatch.setattr(language_adapters, "load_writer", lambda: writer)
    tuned_on(monkeypatch, language_adapters, taught)
    entry = language_adapters.train_adapter("reader", 3, tmp_path)
    assert taught[0][0] == language_facts.reader_pairs(3)
    assert isinstance(taught[0][0][0], TaughtAnswer)
    assert (entry["command"], entry["seconds"]) == ("course pretrain reader --seed 3", 12)
    assert json.loads((tmp_path / "manifest.json").read_text())["files"]["reader.npz"] == entry
    assert load_adapter(assets.verified("reader.npz", tmp_path)).base == writer.base
    (tmp_path / "reader.npz").write_bytes(b"damaged")
    with pytest.raises(CourseError, match="is damaged"):
        assets.verified("reader.npz", tmp_path)
