"""Pictures are decoded once, kept, and never taken from a cache that does not fit."""

import os
import time

import numpy as np
import pytest
from picture_folders import fresh, load, noise, where, write

from course_utils.data import datasets, picture_cache
from course_utils.data.array_cache import cache_folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path_factory.mktemp("cache")))
    datasets._load_folder.cache_clear()


@pytest.fixture
def decoded(monkeypatch):
    """The names of the files that were decoded."""
    names: list[str] = []
    decode = picture_cache.decode_picture

    def counting(path, side):
        names.append(path.name)
        return decode(path, side)

    monkeypatch.setattr(picture_cache, "decode_picture", counting)
    return names


def test_pictures_are_decoded_once_for_each_size(tmp_path, decoded):
    write(tmp_path, {"a": 4, "b": 4})
    first, _ = fresh(tmp_path)
    assert len(decoded) == 8
    again, _ = fresh(tmp_path, seed=0)
    assert len(decoded) == 8
    np.testing.assert_array_equal(first.test.inputs, again.test.inputs)
    fresh(tmp_path, seed=1)
    assert len(decoded) == 8
    fresh(tmp_path, image_size=9)
    assert len(decoded) == 16


def test_a_picture_that_changes_is_decoded_again(tmp_path, decoded):
    write(tmp_path, {"a": 4, "b": 4})
    fresh(tmp_path)
    noise(99).save(tmp_path / "a" / "00.png")
    os.utime(tmp_path / "a" / "00.png", (time.time() + 10, time.time() + 10))
    task, _ = load(tmp_path)  # in the same process, too
    assert where(task, noise(99))
    assert not where(task, noise(0))


def test_only_files_that_could_not_be_read_are_tried_again(tmp_path, decoded):
    write(tmp_path, {"a": 4, "b": 4})
    (tmp_path / "a" / "bad.png").write_bytes(b"bad")
    _, said = fresh(tmp_path)
    decoded.clear()
    _, again = fresh(tmp_path)
    assert decoded == ["bad.png"]
    assert again == said != []


def test_a_file_that_becomes_readable_joins_the_others_in_its_place(tmp_path, monkeypatch):
    write(tmp_path, {"a": 4, "b": 4})
    whole, _ = fresh(tmp_path, image_size=9)
    decode = picture_cache.decode_picture

    def refusing(path, side):
        if path.name == "02.png" and path.parent.name == "a":
            raise picture_cache.UnreadablePictureError("Permission denied")
        return decode(path, side)

    monkeypatch.setattr(picture_cache, "decode_picture", refusing)
    assert len(fresh(tmp_path)[1]) == 1
    monkeypatch.setattr(picture_cache, "decode_picture", decode)
    for _ in range(2):
        task, said = fresh(tmp_path)
        assert said == []
        assert list(task.train.labels) == list(whole.train.labels)
        assert all(where(task, noise(i)) == where(whole, noise(i), 9) != set() for i in range(4))


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 broken", None])
def test_a_damaged_cache_is_made_again(tmp_path, decoded, damage):
    write(tmp_path, {"a": 4, "b": 4})
    expected, _ = fresh(tmp_path)
    (kept,) = (cache_folder() / "pictures").iterdir()
    content = bytearray(kept.read_bytes())
    content[len(content) // 3] ^= 255
    kept.write_bytes(content if damage is None else damage)
    for count in (16, 16):
        task, _ = fresh(tmp_path)
        np.testing.assert_array_equal(task.train.inputs, expected.train.inputs)
        assert len(decoded) == count


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file" / "cache"))
    task, said = load(write(tmp_path / "data", {"a": 4, "b": 4}))
    assert said == []
    assert len(task.train) == 4


def test_the_arrays_used_longest_ago_are_deleted_beyond_the_limit(tmp_path, monkeypatch):
    write(tmp_path, {"a": 4, "b": 4})
    kept = cache_folder() / "pictures"
    for age, size in enumerate((40, 41, 42)):
        fresh(tmp_path, image_size=size)
        newest = max(kept.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (1000 + age, 1000 + age))
    fresh(tmp_path, image_size=40)  # now the latest used
    one = max(path.stat().st_size for path in kept.iterdir())
    monkeypatch.setattr(picture_cache, "_MOST_BYTES", 3 * one + one // 2)
    before = {path: path.stat().st_mtime for path in kept.iterdir()}
    fresh(tmp_path, image_size=43)
    gone = set(before) - set(kept.iterdir())
    assert len(gone) == 1
    assert before[gone.pop()] == 1001
