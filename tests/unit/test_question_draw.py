"""Which questions a seed draws, in which variant, and in which order their choices are shown."""

from collections import Counter
from dataclasses import dataclass
from string import ascii_lowercase

from hypothesis import given
from hypothesis import strategies as st

from course_utils.learn.question_draw import SIZE, Drawn, draw


@dataclass(frozen=True)
class Choices:
    """The least that can be drawn."""

    choices: tuple[str, ...]


@st.composite
def banks(drawing):
    """A bank of up to 25 questions in up to 8 topics, each with one to four variants of up to six choices."""
    count = drawing(st.integers(0, 25))
    ids = [f"02.k{number:02}" for number in range(1, count + 1)]
    topics = {id: drawing(st.sampled_from("ABCDEFGH")) for id in ids}
    bank = {}
    for id in ids:
        choices = drawing(st.integers(0, 6))
        variants = range(drawing(st.integers(1, 4)))
        bank[id] = [Choices(tuple(f"{id} {v} {c}" for c in range(choices))) for v in variants]
    return bank, topics


@given(banks(), st.text(), st.integers(0, 10))
def test_the_same_seed_gives_the_same_draw_and_the_bank_is_left_alone(drawn_bank, seed, size):
    bank, topics = drawn_bank
    before = {id: list(variants) for id, variants in bank.items()}
    assert draw(bank, topics, seed, size) == draw(bank, topics, seed, size)
    assert bank == before


@given(banks(), st.text(), st.integers(0, 10))
def test_a_draw_has_its_size_and_spreads_over_the_topics(drawn_bank, seed, size):
    bank, topics = drawn_bank
    drawn = draw(bank, topics, seed, size)
    assert len(drawn) == min(size, len(bank))
    assert list(drawn) == [id for id in bank if id in drawn]
    there, taken = Counter(topics.values()), Counter(topics[id] for id in drawn)
    most = max(taken.values(), default=0)
    # A topic has fewer questions than another only if it has none left, or if the other got the last turn.
    assert all(taken[topic] >= min(there[topic], most - 1) for topic in there)


@given(banks(), st.text())
def test_a_question_is_one_of_its_variants_with_each_choice_shown_once(drawn_bank, seed):
    bank, topics = drawn_bank
    for id, one in draw(bank, topics, seed).items():
        assert one.question in bank[id]
        assert sorted(one.arrangement) == list(range(len(one.question.choices)))


@given(st.permutations(range(5)), st.sets(st.sampled_from("abcde"), min_size=1))
def test_letters_follow_their_choices(arrangement, letters):
    one = Drawn(Choices(("a", "b", "c", "d", "e")), tuple(arrangement))
    shown = dict(zip(ascii_lowercase, (one.question.choices[place] for place in arrangement), strict=False))
    authored = "".join(letters)
    assert [shown[letter] for letter in one.shown(authored)] == list(authored)


def test_other_seeds_draw_other_questions_variants_and_orders():
    bank = {f"02.k{n:02}": [Choices((f"{n} {v} x", f"{n} {v} y", f"{n} {v} z")) for v in range(3)] for n in range(18)}
    topics = {id: f"topic {n % SIZE}" for n, id in enumerate(bank)}
    draws = [draw(bank, topics, str(seed)) for seed in range(200)]
    assert {id for drawn in draws for id in drawn} == set(bank)
    assert {one.question for drawn in draws for one in drawn.values()} == {v for vs in bank.values() for v in vs}
    assert len({one.arrangement for drawn in draws for one in drawn.values()}) == 6
    assert len({tuple((one.question, one.arrangement) for one in drawn.values()) for drawn in draws}) == len(draws)
