"""A learner's own folder: whatever lies in it gives a dataset, or one clear sentence."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from picture_folders import load, noise, write
from PIL import Image

from course_utils.data import datasets, folders, load_dataset
from course_utils.data.picture_files import find_pictures
from course_utils.errors import CourseError


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path_factory.mktemp("cache")))
    datasets._load_folder.cache_clear()


# What else lies in a folder


def test_all_damaged_files_are_named_at_once_and_the_rest_loads(tmp_path):
    write(tmp_path, {"a": 9, "b": 5})
    for i in range(6):
        (tmp_path / "a" / f"{i:02}.png").write_bytes(b"" if i else b"not a picture")
    task, said = load(tmp_path)
    assert sum(len(part) for part in (task.train, task.validation, task.test)) == 8
    assert len(said) == 1
    assert re.search(
        r"6 of 14 files were left out.*a/00\.png \(not a picture\), a/01\.png \(empty\).*and 1 more", said[0]
    )


def test_a_class_that_damage_leaves_with_two_pictures_is_refused(tmp_path):
    write(tmp_path, {"a": 3, "b": 3})
    (tmp_path / "b" / "01.png").write_bytes(b"")
    with pytest.raises(CourseError, match=r"b has 2 pictures that can be read; .*3\. 1 of 6 files was left out"):
        load(tmp_path)


def test_heic_is_named_with_the_fix(tmp_path):
    write(tmp_path, {"a": 3, "b": 3})
    (tmp_path / "a" / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    _, said = load(tmp_path)
    assert re.search(r"1 of 7 files was left out, since HEIC.*a/IMG_1\.HEIC\. Export as JPEG, or install", said[0])


def test_the_litter_of_operating_systems_is_skipped(tmp_path):
    write(tmp_path, {"a": 3, "b": 3})
    for name in ("__MACOSX", ".ipynb_checkpoints", "@eaDir", "$RECYCLE.BIN"):
        (tmp_path / name).mkdir()
        noise(0).save(tmp_path / name / "0.png")
    for name in ("._00.png", ".DS_Store", "Thumbs.db", "desktop.ini", ".hidden.png", "notes.txt"):
        (tmp_path / "a" / name).write_bytes(b"x")
        (tmp_path / name).write_bytes(b"x")
    task, said = load(tmp_path)
    assert said == []
    assert task.class_names == ("a", "b")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_links_in_a_loop_and_to_nothing_do_not_hang(tmp_path):
    write(tmp_path, {"a": 4, "b": 4})
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "loop.png").symlink_to(tmp_path / "a" / "loop.png")
    (tmp_path / "b" / "gone.png").symlink_to(tmp_path / "nothing.png")
    os.mkfifo(tmp_path / "b" / "pipe.png")  # opening it would wait for ever
    task, said = load(tmp_path)
    assert sum(len(part) for part in (task.train, task.validation, task.test)) == 8
    assert "a/loop.png (Too many levels of symbolic links)" in said[0]
    assert "b/gone.png (No such file or directory), b/pipe.png (not a file)" in said[0]


def test_a_class_may_be_a_link(tmp_path):
    write(tmp_path / "elsewhere", {"b": 4})
    write(tmp_path / "data", {"a": 4})
    (tmp_path / "data" / "b").symlink_to(tmp_path / "elsewhere" / "b")
    noise(77).save(tmp_path / "elsewhere" / "b" / "04.png")
    for i in range(4):
        noise(50 + i).save(tmp_path / "elsewhere" / "b" / f"{i:02}.png")
    assert load(tmp_path / "data")[0].class_names == ("a", "b")


@pytest.mark.parametrize("splits", [["train", "val"], ["test", "train", "valid"], ["train"]])
def test_a_folder_of_splits_says_which_to_point_at(tmp_path, splits):
    for split in splits:
        write(tmp_path / split, {"ants": 3, "bees": 3})
    with pytest.raises(CourseError, match=rf"deeper, in .*: point at {tmp_path / 'train'}\. "):
        load(tmp_path)


def test_classes_two_levels_deeper_are_found(tmp_path):
    write(tmp_path / "set" / "photos", {"ants": 3, "bees": 3})
    with pytest.raises(CourseError, match=rf"point at {tmp_path / 'set' / 'photos'}\."):
        load(tmp_path)


def test_a_folder_of_one_class_says_to_point_at_its_parent(tmp_path):
    write(tmp_path, {"ants": 3, "bees": 3})
    with pytest.raises(CourseError, match=rf"ants holds the pictures of one class: point at .*{tmp_path.name}\."):
        load(tmp_path / "ants")


def test_pictures_in_the_folder_itself(tmp_path):
    write(tmp_path, {"data": 12})
    with pytest.raises(CourseError, match=r"The 12 pictures in .* lie in the folder itself: make one sub-folder"):
        load(tmp_path / "data")
    write(tmp_path / "data", {"a": 3, "b": 3})
    _, said = load(tmp_path / "data")
    assert "12 pictures in data itself, beside the folders of the classes, were left out: 00.png" in said[0]


def test_pictures_deeper_in_a_class_are_named(tmp_path):
    write(tmp_path, {"a": 3, "b": 3})
    write(tmp_path / "a", {"more": 2})
    _, said = load(tmp_path)
    assert said == [
        f"{tmp_path.name}: The pictures in a/more were left out: a class's pictures must lie in its folder itself, not "
        "in one inside it."
    ]


@pytest.mark.parametrize(
    ("inside", "message"),
    [("notes.mov", r"Its files end in \.mov: export them"), ("deep/0.png", "folders inside it .deep. are not read")],
)
def test_a_class_without_pictures_says_what_it_holds(tmp_path, inside, message):
    write(tmp_path, {"a": 3, "b": 3})
    (tmp_path / "c" / inside).parent.mkdir(parents=True)
    (tmp_path / "c" / inside).write_bytes(b"x")
    with pytest.raises(CourseError, match=rf"c has 0 pictures; a class needs at least 3.*{message}"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["", " ", ".", "./", Path()])
def test_the_current_folder_is_never_taken_by_accident(tmp_path, monkeypatch, name):
    monkeypatch.chdir(write(tmp_path, {"a": 3, "b": 3}))
    with pytest.raises(CourseError, match=rf"names no dataset\. .*Python runs in, too: {tmp_path}"):
        load(name)
    assert load(tmp_path)[0].class_names == ("a", "b")


def test_a_file_is_not_a_folder(tmp_path):
    (tmp_path / "pictures.zip").touch()
    with pytest.raises(CourseError, match=r"pictures\.zip is a file\. Unpack it"):
        load(tmp_path / "pictures.zip")


def test_a_folder_without_permission_says_so(tmp_path, monkeypatch):
    def scandir(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(CourseError, match=r"cannot be read \(Permission denied\)\. Check its permissions"):
        find_pictures(tmp_path)


def test_a_folder_may_share_its_name_with_a_built_in_task(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "shapes", {"a": 3, "b": 3})
    assert load("shapes", image_size=32)[0].num_classes == 5
    assert load(Path("shapes"))[0].class_names == ("a", "b")


def test_wrong_arguments_are_refused(tmp_path):
    for size in (0, -1, 8.5, "8"):
        with pytest.raises(CourseError, match=rf"image_size={size!r} is impossible"):
            load(tmp_path, image_size=size)
    for name in ("~nobody-of-that-name/x", "x" * 5000, "nothing\0", None):
        with pytest.raises(CourseError, match="There is no dataset"):
            load(name)
    with pytest.raises(CourseError, match="groups is for folders of pictures; shapes is a built-in task"):
        load_dataset("shapes", groups="(a)")


def test_very_unequal_classes_are_named(tmp_path):
    _, said = load(write(tmp_path, {"many": 30, "few": 3}))
    assert len(said) == 1
    assert "many has 30 pictures, few 3. Always answering many would be right 91% of the time" in said[0]


def test_long_tiny_and_dark_pictures_are_named(tmp_path):
    write(tmp_path, {"a": 6, "b": 6})
    noise(50).resize((200, 20)).save(tmp_path / "a" / "panorama.png")
    Image.new("RGB", (1, 1)).save(tmp_path / "a" / "dot.png")
    Image.fromarray(np.full((30, 30), 900, np.uint16)).save(tmp_path / "b" / "dark.png")
    _, said = load(tmp_path)
    assert [re.search(r"\((.*)\)", text)[1] for text in said] == ["a/panorama.png", "a/dot.png", "b/dark.png"]
    assert "1 picture is more than 3 times as long as wide" in said[0]


# Many files


def test_pictures_that_do_not_fit_into_memory_are_refused_before_any_is_opened(tmp_path, monkeypatch):
    write(tmp_path, {"a": 3, "b": 3})
    monkeypatch.setattr(folders, "decoded_folder", lambda *args: pytest.fail("decoded"))
    with pytest.raises(CourseError, match=r"The 6 pictures of .* take .* GB at image_size=1000000.*at most \d+"):
        load(tmp_path, image_size=1_000_000)


def test_each_file_is_listed_once_and_none_is_opened(tmp_path, monkeypatch):
    write(tmp_path, {"a": 3, "b": 3})
    scanned = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: scanned.append(str(path)) or scandir(path))
    monkeypatch.setattr(Image, "open", lambda *args, **kwargs: pytest.fail("opened"))
    assert len(find_pictures(tmp_path).files) == 6
    assert sorted(scanned) == sorted(str(tmp_path / name) for name in ("", "a", "b"))
