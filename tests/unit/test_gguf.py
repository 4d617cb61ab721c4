"""The GGUF reader: what was written comes out, and a damaged file is one sentence, quickly."""

import struct
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.errors import CourseError
from course_utils.pretrained.readers.gguf import read_gguf

F32, F16, Q4_1, Q8_0 = 0, 1, 3, 8
RNG = np.random.default_rng(0)


def text(value: str) -> bytes:
    content = value.encode()
    return struct.pack("<Q", len(content)) + content


def setting(value: object) -> bytes:
    """Return a setting's kind and content."""
    if isinstance(value, str):
        return struct.pack("<I", 8) + text(value)
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    assert isinstance(value, list)
    members = [setting(member) for member in value]
    return struct.pack("<I", 9) + members[0][:4] + struct.pack("<Q", len(members)) + b"".join(m[4:] for m in members)


def gguf(
    tensors: dict[str, tuple[tuple[int, ...], int, bytes]], settings: dict[str, object] | None = None, align: int = 32
) -> bytes:
    """Write a file by hand: shapes with the slowest axis first, a kind and the raw bytes of each tensor."""
    table, data = b"", b""
    for name, (shape, kind, raw) in tensors.items():
        data += bytes(-len(data) % align)
        axes = struct.pack(f"<I{len(shape)}Q", len(shape), *reversed(shape))
        table += text(name) + axes + struct.pack("<IQ", kind, len(data))
        data += raw
    settings = settings or {}
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(settings))
    head += b"".join(text(name) + setting(value) for name, value in settings.items()) + table
    return head + bytes(-len(head) % align) + data


SMALL = gguf(
    {
        "a": ((2, 3), F32, RNG.normal(size=6).astype("<f4").tobytes()),
        "b": ((32,), Q8_0, np.float16(0.5).tobytes() + bytes(32)),
    },
    {"name": "small", "words": ["a", "bc"], "heads": 9, "rate": 0.5, "yes": True},
)
ONE_SETTING = b"GGUF" + struct.pack("<IQQ", 3, 0, 1)


def read(content: bytes, folder: Path):
    path = folder / "model.gguf"
    path.write_bytes(content)
    return read_gguf(path)


def test_floats_and_settings_come_out_as_they_went_in(tmp_path):
    full, half = RNG.normal(size=(4, 3)).astype(np.float32), RNG.normal(size=5).astype(np.float16)
    settings = {"name": "tiny", "words": ["a", "bcd", "é"], "heads": 9, "rate": 0.5, "yes": True, "of": [1, 2]}
    found = read(gguf({"full": ((4, 3), F32, full.tobytes()), "half": ((5,), F16, half.tobytes())}, settings), tmp_path)
    assert found.settings == settings
    np.testing.assert_array_equal(found.tensors["full"], full)
    np.testing.assert_array_equal(found.tensors["half"], half.astype(np.float32))


def test_eight_bits_stand_for_a_scale_times_a_whole_number(tmp_path):
    scales, numbers = RNG.normal(size=3).astype(np.float16), RNG.integers(-128, 128, (3, 32)).astype(np.int8)
    raw = b"".join(scale.tobytes() + row.tobytes() for scale, row in zip(scales, numbers, strict=True))
    found = read(gguf({"q": ((3, 32), Q8_0, raw)}), tmp_path).tensors["q"]
    np.testing.assert_array_equal(found, scales.astype(np.float32)[:, None] * numbers)


def test_four_bits_stand_for_a_scale_times_0_to_15_plus_a_minimum(tmp_path):
    scale, low, numbers = np.float16(0.25), np.float16(-2), RNG.integers(0, 16, 32)
    packed = bytes(int(first | second << 4) for first, second in zip(numbers[:16], numbers[16:], strict=True))
    found = read(gguf({"q": ((1, 32), Q4_1, scale.tobytes() + low.tobytes() + packed)}), tmp_path).tensors["q"]
    np.testing.assert_array_equal(found, 0.25 * numbers[None] - 2)


def test_tensors_are_found_at_any_alignment(tmp_path):
    values = np.arange(3, dtype="<f4")
    tensors = {name: ((3,), F32, values.tobytes()) for name in "ab"}
    found = read(gguf(tensors, {"general.alignment": 64}, align=64), tmp_path).tensors
    np.testing.assert_array_equal(found["b"], values)


@pytest.mark.parametrize("length", range(0, len(SMALL), 3))
def test_a_file_that_is_cut_off_is_refused(tmp_path, length):
    with pytest.raises(CourseError, match=r"is not a GGUF file of weights that can be read"):
        read(SMALL[:length], tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GGML" + SMALL[4:], "does not begin like"),
        (b"GGUF" + struct.pack("<IQQ", 2, 0, 0), "version is 2"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0), "claims to hold"),
        (ONE_SETTING + struct.pack("<Q", 2**62), "ends too early"),
        (ONE_SETTING + text("a") + struct.pack("<IIQ", 9, 8, 2**62), "ends too early"),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("a") + struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * 9,
            "unknown kind 9",
        ),
        (ONE_SETTING + text("a") + struct.pack("<I", 99), "unknown kind 99"),
        (gguf({"a": ((2,), 99, bytes(8))}), "tensor has the unknown kind 99"),
        (gguf({"a": ((2**40, 2**40), F32, bytes(8))}), "ends too early"),
        (gguf({"a": ((31,), Q8_0, bytes(34))}), "impossible shape"),
        (gguf({"a": ((0,), F32, bytes(8))}), "impossible shape"),
        (gguf({"a": ((1,) * 9, F32, bytes(8))}), "9 axes"),
        (gguf({"a": ((), F32, bytes(4))}), "0 axes"),
        (gguf({}, {"general.alignment": 0}), "impossible way"),
        (gguf({}, {"general.alignment": 12}), "impossible way"),
        (gguf({name: ((1,), F32, bytes(4)) for name in "ab"}, align=64), "do not lie one after the other"),
        (gguf({"a": ((1,), F32, bytes(4 + 32))}), "more after its last tensor"),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + 2 * (text("a") + setting(1)),
            "holds 'a' twice",
        ),
    ],
)
def test_what_cannot_be_is_named(tmp_path, content, said):
    with pytest.raises(CourseError, match=said):
        read(content, tmp_path)


def test_a_small_file_cannot_hold_the_same_bytes_many_times(tmp_path):
    values = np.zeros(2**16, "<f4").tobytes()
    shared = b"".join(text(f"t{number}") + struct.pack("<IQIQ", 1, 2**16, F32, 0) for number in range(1000))
    head = b"GGUF" + struct.pack("<IQQ", 3, 1000, 0) + shared
    tracemalloc.start()
    with pytest.raises(CourseError, match="do not lie one after the other"):
        read(head + bytes(-len(head) % 32) + values, tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2e6


def test_a_name_twice_and_a_missing_file_are_named(tmp_path):
    once = gguf({"a": ((1,), F32, bytes(4)), "b": ((1,), F32, bytes(4))})
    with pytest.raises(CourseError, match="holds 'a' twice"):
        read(once.replace(text("b"), text("a")), tmp_path)
    with pytest.raises(CourseError, match=r"nothing\.gguf can't be read"):
        read_gguf(tmp_path / "nothing.gguf")


@given(place=st.integers(0, len(SMALL) - 1), value=st.integers(0, 255), more=st.binary(max_size=4))
def test_no_change_of_a_byte_raises_anything_else(tmp_path_factory, place, value, more):
    changed = SMALL[:place] + bytes([value]) + more + SMALL[place + 1 :]
    with suppress(CourseError):  # and nothing else
        read(changed, tmp_path_factory.getbasetemp())
