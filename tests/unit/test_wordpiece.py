"""WordPiece: the pieces of the ``tokenizers`` library, letter by letter, and clear sentences for what is not text."""

import json
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pretrained_models import kept_model
from tokenizers import Tokenizer
from tokenizers.models import WordPiece as ReferenceModel
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from course_utils.backbones import text_input
from course_utils.backbones.minilm import vocabulary_file
from course_utils.backbones.text_input import load_tokenizer
from course_utils.backbones.wordpiece import WordPiece
from course_utils.errors import CourseError

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD, UNKNOWN, START, END = range(4)
#: Few letters and few pieces, so that drawn words are often known, often cut, and often unknown.
STARTS = ("a", "b", "ab", "abb", "ba", "e", "1", ".", "!", "-", "中", "\u03c3")
VOCABULARY = (*SPECIAL, *STARTS, "##a", "##b", "##ab", "##ba", "##e", "##1", "##\u03c3")
ALPHABET = "abABeéÉ1.!-$ \t\n中Σς\u03c3\u0301\u200b\u3000\x00\ufffd\x1c\u2028"


def written(folder: Path, pieces: tuple[str, ...]) -> Path:
    path = folder / "vocabulary.txt"
    path.write_text("".join(f"{piece}\n" for piece in pieces), encoding="utf-8", newline="\n")
    return path


def library(pieces: tuple[str, ...]) -> Tokenizer:
    """Return the reference: the same vocabulary in the library that MiniLM's publisher uses."""
    ids = {piece: number for number, piece in enumerate(pieces)}
    reference = Tokenizer(ReferenceModel(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    reference.normalizer = BertNormalizer(lowercase=True)
    reference.pre_tokenizer = BertPreTokenizer()
    return reference


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> WordPiece:
    return WordPiece(written(tmp_path_factory.mktemp("vocabulary"), VOCABULARY))


REFERENCE = library(VOCABULARY)


@given(st.text(ALPHABET, max_size=40))
def test_texts_are_cut_as_the_library_cuts_them(tokenizer: WordPiece, text: str) -> None:
    assert tokenizer.pieces(text) == REFERENCE.encode(text).tokens


@given(st.text(st.characters(exclude_categories=("Cs", "Cn")), max_size=40))
def test_any_text_becomes_a_row_of_known_ids(tokenizer: WordPiece, text: str) -> None:
    (row,) = tokenizer([text], 12)
    used = np.flatnonzero(row == END)[0] + 1
    assert row[0] == START
    assert (row[used:] == PAD).all()
    assert ((row >= 0) & (row < len(VOCABULARY))).all()


def test_every_letter_that_both_know_is_cleaned_alike(tokenizer: WordPiece) -> None:
    """Both follow Unicode, but not the same edition: only letters that never changed their kind are compared."""
    letters = [
        letter
        for letter in map(chr, range(sys.maxunicode + 1))
        if (category := unicodedata.category(letter)) == unicodedata.ucd_3_2_0.category(letter)
        and category not in ("Cn", "Co", "Cs")
    ]
    assert len(letters) > 90_000
    texts = [" ".join(f"a{letter}b" for letter in letters[start::500]) for start in range(500)]
    for text, known in zip(texts, REFERENCE.encode_batch(texts), strict=True):
        assert tokenizer.pieces(text) == known.tokens


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        (" \t\n", []),
        ("abba", ["abb", "##a"]),  # the longest first
        ("ABba é!", ["abb", "##a", "e", "!"]),
        ("a1-a", ["a", "##1", "-", "a"]),
        ("abz ab", ["[UNK]", "ab"]),  # one unknown letter makes the word unknown
        ("中a中", ["中", "a", "中"]),
        ("a" * 100, ["a", *["##a"] * 99]),
        ("a" * 101, ["[UNK]"]),
        ("a\u0000\u200bb", ["ab"]),  # what nobody sees is dropped
        ("[SEP]", ["[UNK]"] * 3),  # written by someone, it ends nothing
    ],
)
def test_words_are_cut_into_the_longest_known_pieces(tokenizer: WordPiece, text: str, pieces: list[str]) -> None:
    assert tokenizer.pieces(text) == pieces


def test_rows_start_end_and_are_filled_up_or_cut_off(tokenizer: WordPiece) -> None:
    rows = tokenizer(["ab a", "", "a b a b a b"], np.int64(5))
    a, b, ab = (VOCABULARY.index(piece) for piece in ("a", "b", "ab"))
    expected = [[START, ab, a, END, PAD], [START, END, PAD, PAD, PAD], [START, a, b, a, END]]
    np.testing.assert_array_equal(rows, expected)
    assert rows.dtype == np.int32
    assert tokenizer.padding == PAD


def test_ids_become_pieces_again(tokenizer: WordPiece) -> None:
    (row,) = tokenizer(["abba 1"], 8)
    assert tokenizer.pieces_of(row) == ["[CLS]", "abb", "##a", "1", "[SEP]", *["[PAD]"] * 3]
    for wrong in (-1, len(VOCABULARY)):
        with pytest.raises(CourseError, match=rf"{wrong} is not a token id.*0\.\.{len(VOCABULARY) - 1}"):
            tokenizer.pieces_of([wrong])


@pytest.mark.parametrize(
    ("texts", "length", "message"),
    [
        ("one text", 8, "list of strings"),
        (["text", None], 8, "list of strings"),
        ([b"text"], 8, "list of strings"),
        ([], 8, "empty"),
        (["text"], 2, "length=2"),
        (["text"], -1, "length=-1"),
        (["text"], 8.0, "length=8.0"),
    ],
)
def test_what_is_not_texts_is_one_sentence(tokenizer: WordPiece, texts, length, message: str) -> None:
    with pytest.raises(CourseError, match=message) as caught:
        tokenizer(texts, length)
    assert "\n" not in str(caught.value)


def test_a_damaged_vocabulary_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"vocabulary\.txt .*\[SEP\]"):
        WordPiece(written(tmp_path, tuple(piece for piece in VOCABULARY if piece != "[SEP]")))
    with pytest.raises(CourseError, match=r"vocabulary\.txt .*more than once"):
        WordPiece(written(tmp_path, (*VOCABULARY, "ab")))
    (tmp_path / "vocabulary.txt").write_bytes(b"[PAD]\n\xff\xfe\n")
    with pytest.raises(CourseError, match=r"vocabulary\.txt cannot be read"):
        WordPiece(tmp_path / "vocabulary.txt")
    with pytest.raises(CourseError, match=r"missing\.txt cannot be read"):
        WordPiece(tmp_path / "missing.txt")


def test_only_a_line_feed_ends_a_piece(tmp_path: Path) -> None:
    pieces = (*SPECIAL, "a\u2028b", "c\x85d", "e")
    tokenizer = WordPiece(written(tmp_path, pieces))
    assert tokenizer.pieces_of([5, 6, 7]) == ["a\u2028b", "c\x85d", "e"]


def test_tokenizers_are_loaded_by_the_name_of_their_network(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(text_input, "vocabulary_file", lambda: written(tmp_path, VOCABULARY))
    assert load_tokenizer("minilm").pieces("abba") == ["abb", "##a"]
    with pytest.raises(CourseError, match=r"'resnet50'.*minilm"):
        load_tokenizer("resnet50")


def test_without_the_network_it_says_how_to_get_it(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path))
    with pytest.raises(CourseError, match="course models fetch minilm"):
        load_tokenizer("minilm")


@pytest.mark.real
def test_real_sentences_get_the_ids_that_the_library_gives_them(real_assets: Path) -> None:
    kept_model("minilm")
    reviews = [
        line
        for sign in ("pos", "neg")
        for line in (real_assets / f"rotten_tomatoes/rt-polarity.{sign}").read_text(encoding="utf-8").splitlines()
    ]
    requests = json.loads((real_assets / "clinc150" / "data_small.json").read_text(encoding="utf-8"))
    texts = reviews + [text for part in requests.values() for text, _ in part]
    assert len(texts) > 20_000
    tokenizer = load_tokenizer("minilm")
    reference = library(tuple(vocabulary_file().read_text(encoding="utf-8").removesuffix("\n").split("\n")))
    for text, known in zip(texts, reference.encode_batch(texts), strict=True):
        assert tokenizer.pieces(text) == known.tokens
