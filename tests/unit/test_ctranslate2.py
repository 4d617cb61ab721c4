"""The reader of CTranslate2's files: exact on good ones, and no other file leads to more than one sentence."""

import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from ctranslate2_files import KINDS, ctranslate2_file, tensor, text
from hypothesis import given
from hypothesis import strategies as st

from course_utils.errors import CourseError
from course_utils.pretrained.readers.ctranslate2 import read_ctranslate2_weights

GOOD = {
    "encoder/weight": np.arange(6, dtype="<f2").reshape(2, 3),
    "encoder/bias": np.array([1.5, -2], "<f4"),
    "encoder/num_heads": np.array(6, "<i2"),
}
ALIASES = {"decoder/weight": "encoder/weight"}
FILE = ctranslate2_file(GOOD, ALIASES)


def read(folder: Path, content: bytes) -> dict[str, np.ndarray]:
    path = folder / "model.bin"
    path.write_bytes(content)
    return read_ctranslate2_weights(path, "WhisperSpec")


@given(st.lists(st.tuples(st.sampled_from(list(KINDS)), st.lists(st.integers(1, 4), max_size=4)), max_size=5))
def test_tensors_come_out_as_they_went_in(tmp_path_factory, kinds_and_shapes) -> None:
    rng = np.random.default_rng(0)
    tensors = {
        f"layer{number}/weight": rng.integers(-100, 100, shape).astype(kind)
        for number, (kind, shape) in enumerate(kinds_and_shapes)
    }
    found = read(tmp_path_factory.mktemp("w"), ctranslate2_file(tensors))
    assert list(found) == list(tensors)
    for name, array in tensors.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)


def test_an_alias_names_the_tensor_that_it_stands_for(tmp_path: Path) -> None:
    found = read(tmp_path, FILE)
    assert found.keys() == GOOD.keys() | ALIASES.keys()
    assert np.shares_memory(found["decoder/weight"], found["encoder/weight"])
    assert found["encoder/num_heads"] == 6


def test_a_file_cut_off_anywhere_ends_too_early(tmp_path: Path) -> None:
    for length in range(len(FILE)):
        with pytest.raises(CourseError, match="it ends too early"):
            read(tmp_path, FILE[:length])


ONE = np.ones(4, "<f4")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (ctranslate2_file(GOOD, version=5), "its version is 5, not 6"),
        (ctranslate2_file(GOOD, specification="TransformerSpec"), "it holds 'TransformerSpec', not 'WhisperSpec'"),
        (FILE + b"\0", "there is more after its last alias"),
        (ctranslate2_file({"w": tensor(ONE, kind=5)}), "the unknown type 5"),
        (ctranslate2_file({"w": tensor(ONE, shape=[5])}), "does not fit its shape"),
        (ctranslate2_file({"w": tensor(ONE, size=15)}), "does not fit its shape"),
        (ctranslate2_file({"w": tensor(ONE, shape=[2**32 - 1] * 8)}), "does not fit its shape"),
        (ctranslate2_file({"w": tensor(ONE, shape=[0, 2**32 - 1], size=0)}), "does not fit its shape"),
        (ctranslate2_file({"w": tensor(ONE, shape=[2**30 - 1], size=2**32 - 4)}), "it ends too early"),
        (ctranslate2_file({"w": tensor(ONE, shape=[1] * 9)}), "a tensor has 9 axes"),
        (ctranslate2_file({"w": ONE}, count=2**32 - 1), "claims to hold 4,294,967,295 tensors"),
        (ctranslate2_file({"w": ONE}, {"v": "u"}), "its alias 'v' stands for nothing"),
        (ctranslate2_file({"w": ONE, "v": ONE}, {"v": "w"}), "its alias 'v' stands for nothing, or for two things"),
        (ctranslate2_file({"v\0w": ONE}), "a name in it is damaged"),
        (struct.pack("<IH", 6, 3) + b"abc", "a name in it is damaged"),
        (struct.pack("<I", 6) + text("Whisper\xe9"), "a name in it is damaged"),
        (
            ctranslate2_file({"w": tensor(ONE) + text("w") + tensor(ONE)}, count=2),
            "it holds 'w' twice",
        ),
        (b"PK\x03\x04 a zip file", "its version is 67324752, not 6"),
    ],
)
def test_what_is_no_such_file_is_one_sentence_with_the_fix(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(CourseError) as caught:
        read(tmp_path, content)
    message = str(caught.value)
    assert str(tmp_path / "model.bin") in message
    assert reason in message
    assert "Fetch it again" in message
    assert "\n" not in message


def test_a_file_that_claims_to_be_huge_takes_no_memory(tmp_path: Path) -> None:
    claims = ctranslate2_file({"w": tensor(ONE, shape=[2**30 - 1], size=2**32 - 4)})
    tracemalloc.start()
    with pytest.raises(CourseError):
        read(tmp_path, claims)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1e6


def test_a_file_too_large_to_be_one_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    with path.open("wb") as file:
        file.truncate(2**31 + 1)  # takes no room on the disk
    with pytest.raises(CourseError, match="larger than 2,147,483,648 bytes"):
        read_ctranslate2_weights(path, "WhisperSpec")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"none\.bin can't be read"):
        read_ctranslate2_weights(tmp_path / "none.bin", "WhisperSpec")


@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_file_is_refused_or_holds_no_more_than_itself(tmp_path_factory, damage) -> None:
    content = bytearray(FILE)
    for place, byte in damage:
        content[place] = byte
    try:
        found = read(tmp_path_factory.mktemp("w"), bytes(content))
    except CourseError:
        return
    assert all(array.nbytes < len(FILE) for array in found.values())


@given(st.binary(max_size=300))
def test_no_bytes_lead_to_anything_but_a_refusal(tmp_path_factory, content) -> None:
    with pytest.raises(CourseError):
        read(tmp_path_factory.mktemp("w"), content)
