"""Nearly identical answers: found whatever the names, and nobody is named for what everyone has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.grading.class_report.winnowing import COMMON, RUN, WINDOW, similar_pairs, tokens_of, winnow

TOKENS = st.lists(st.sampled_from("abcdef()=+"), max_size=60)
PROGRAM = '''
def features(backbone, pictures):
    """Return pooled features."""
    outputs = []
    for start in range(0, len(pictures), 32):
        batch = pictures[start:start + 32]
        maps = backbone(batch, training=False)
        outputs.append(keras.ops.mean(maps, axis=(1, 2)))
    if not outputs:
        raise ValueError("no pictures")
    return np.concatenate(outputs)
'''
COPIED = """
def features(net, x):
    # my own work

    found = []
    for i in range(0, len(x), 32):
        part = x[i:i + 32]
        out = net(part, training=False)
        found.append(keras.ops.mean(out, axis=(1, 2)))  # pool
    if not found:
        raise ValueError('nothing')
    return np.concatenate(found)
"""
OTHER = """
def features(backbone, pictures):
    model = keras.Sequential([backbone, keras.layers.GlobalAveragePooling2D()])
    model.trainable = False
    return model.predict(pictures, verbose=0, batch_size=64)
"""


@given(st.lists(st.sampled_from("abcdef()=+"), min_size=RUN + WINDOW - 1, max_size=30), TOKENS, TOKENS, TOKENS, TOKENS)
def test_answers_that_share_enough_tokens_share_a_fingerprint(shared, a, b, c, d) -> None:
    assert winnow([*a, *shared, *b]) & winnow([*c, *shared, *d])


@given(TOKENS)
def test_fingerprints_are_far_fewer_than_runs_but_never_none(tokens) -> None:
    prints = winnow(tokens)
    assert bool(prints) == (len(tokens) >= RUN)
    assert len(prints) <= max(0, len(tokens) - RUN + 1)


@given(st.text())
def test_any_text_can_be_read(text) -> None:
    assert isinstance(winnow(tokens_of(text)), frozenset)


def test_a_copy_with_other_names_and_remarks_is_found_and_another_way_is_not() -> None:
    copied = COPIED.replace("# my own work", '"""Return them."""')
    (pair,) = similar_pairs({"ada": PROGRAM, "bob": copied, "cyd": OTHER}, known=[])
    assert (pair.first, pair.second, pair.share) == ("ada", "bob", 1.0)


def test_everyone_in_a_ring_is_paired_with_everyone_else() -> None:
    pairs = similar_pairs({"ada": PROGRAM, "bob": COPIED, "cyd": COPIED}, known=[])
    assert {(pair.first, pair.second) for pair in pairs} == {("ada", "bob"), ("ada", "cyd"), ("bob", "cyd")}


@pytest.mark.parametrize("known", [PROGRAM, COPIED])
def test_what_the_lesson_hands_out_or_solves_says_nothing(known) -> None:
    assert similar_pairs({"ada": PROGRAM, "bob": COPIED}, [known]) == []


def test_what_many_share_and_what_is_short_say_nothing() -> None:
    crowd = {f"learner {number}": PROGRAM for number in range(COMMON + 1)}
    assert similar_pairs(crowd, []) == []
    assert len(similar_pairs(dict(list(crowd.items())[:-1]), [])) == COMMON * (COMMON - 1) / 2
    short = "def half(x):\n    return x / 2"
    assert similar_pairs({"ada": short, "bob": short}, []) == []


def test_a_huge_answer_is_read_in_part() -> None:
    assert len(tokens_of("x = 1\n" * 100_000)) < 20_000
