"""Which part a picture goes to: at random, with its group, and with its copies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_folders import load, noise, where, write
from PIL import Image

from course_utils.data import datasets
from course_utils.data.dealing import deal
from course_utils.data.duplicates import exact_copies, near_duplicates, united
from course_utils.data.grouping import groups_from_names, groups_from_table
from course_utils.data.splits import PARTS
from course_utils.errors import CourseError


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path_factory.mktemp("cache")))
    datasets._load_folder.cache_clear()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(3, 40), min_size=2, max_size=4), st.integers(0, 100))
def test_without_groups_every_class_is_shuffled_and_cut_at_sixty_and_eighty_percent(counts, seed):
    labels = np.repeat(np.arange(len(counts)), counts)
    dealt = deal(labels, np.arange(len(labels)), seed)
    rng, start = np.random.default_rng(seed), 0
    expected: dict[str, list[int]] = {part: [] for part in PARTS}
    for n in counts:
        order = start + rng.permutation(n)
        train = min(max(1, round(0.6 * n)), n - 2)
        validation = min(max(1, round(0.6 * n)) + max(1, round(0.2 * n)), n - 1)
        for part, rows in zip(PARTS, np.split(order, [train, validation]), strict=True):
            expected[part] += rows.tolist()
        start += n
    assert {part: rows.tolist() for part, rows in dealt.items()} == expected


def test_a_folder_without_duplicates_is_dealt_as_it_always_was(tmp_path):
    task, said = load(write(tmp_path, {"ants": 5, "bees": 7}), seed=3)
    assert said == []
    rng = np.random.default_rng(3)
    ants, bees = rng.permutation(5), rng.permutation(7)
    for part, rows in {
        "train": [*ants[:3], *(1000 + bees[:4])],
        "validation": [ants[3], 1000 + bees[4]],
        "test": [ants[4], *(1000 + bees[5:])],
    }.items():
        expected = [np.asarray(noise(i).resize((8, 8), Image.Resampling.BICUBIC)) for i in rows]
        np.testing.assert_array_equal(getattr(task, part).inputs, expected)


grouped_rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), min_size=9, max_size=60)


@settings(max_examples=150, deadline=None)
@given(grouped_rows, st.integers(0, 20))
def test_no_group_is_split_and_every_row_is_dealt_once(rows, seed):
    labels, groups = np.array(sorted(rows)).T
    _, labels = np.unique(labels, return_inverse=True)
    dealt = deal(labels, groups, seed)
    assert sorted(np.concatenate(list(dealt.values()))) == list(range(len(rows)))
    for one in PARTS:
        for other in PARTS:
            assert one == other or not set(groups[dealt[one]]) & set(groups[dealt[other]])
    again = deal(labels, groups, seed)
    assert all(np.array_equal(dealt[part], again[part]) for part in PARTS)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(1, 6), min_size=3, max_size=12), min_size=2, max_size=4), st.integers(0, 20))
def test_every_class_of_three_groups_reaches_every_part_in_about_its_share(sizes, seed):
    counts = [sum(groups) for groups in sizes]
    labels = np.repeat(np.arange(len(sizes)), counts)
    groups = np.repeat(np.arange(sum(map(len, sizes))), [size for groups in sizes for size in groups])
    dealt = deal(labels, groups, seed)
    for part, share in zip(PARTS, (0.6, 0.2, 0.2), strict=True):
        found = np.bincount(labels[dealt[part]], minlength=len(sizes))
        assert (found > 0).all()
        for label, count in enumerate(counts):
            assert abs(found[label] - share * count) <= max(sizes[label]) + 2


def test_another_seed_deals_groups_in_another_way():
    labels, groups = np.repeat([0, 1], 40), np.repeat(np.arange(20), 4)
    tests = {tuple(sorted(set(groups[deal(labels, groups, seed)["test"]]))) for seed in range(6)}
    assert len(tests) > 3


def test_file_names_say_which_pictures_belong_together(tmp_path):
    for name in ("healthy", "ill"):
        (tmp_path / name).mkdir()
        for i in range(20):
            noise(100 * len(name) + i).save(tmp_path / name / f"patient{i % 5:02}_{i}.png")
    task, said = load(tmp_path, groups=r"(patient\d+)_")
    assert said == []
    patients = {
        part: {i % 5 for length in (3, 7) for i in range(20) if part in where(task, noise(100 * length + i))}
        for part in PARTS
    }
    assert sum(map(len, patients.values())) == 5
    assert set.union(*patients.values()) == set(range(5))


def test_a_table_says_which_pictures_belong_together(tmp_path):
    write(tmp_path, {"a": 9, "b": 9})
    lines = [f"{name}\\{i:02}.png;{'xyz'[i // 3]}" for name in "ab" for i in range(9)]
    (tmp_path / "groups.csv").write_text("\n".join(["file;group", *lines]), encoding="utf-8-sig")
    task, said = load(tmp_path)
    assert said == []
    for group in range(3):
        found = [where(task, noise(1000 * label + 3 * group + i)) for label in range(2) for i in range(3)]
        assert all(parts == found[0] for parts in found)
    assert [len(part) for part in (task.train, task.validation, task.test)] == [6, 6, 6]


def test_a_table_that_changes_is_read_again(tmp_path):
    write(tmp_path, {"a": 6, "b": 6})
    first, _ = load(tmp_path)
    (tmp_path / "groups.csv").write_text("file,group\n")
    with pytest.raises(CourseError, match=r"gives no group for 12 of 12 files: a/00\.png"):
        load(tmp_path)
    (tmp_path / "groups.csv").unlink()
    assert load(tmp_path)[0] is first


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", "is not a regular expression"),
        ("patient", "has 0 pairs of parentheses that capture"),
        ("(p)(a)", "has 2 pairs"),
        (r"(patient\d+)", r"finds no group in the names of 1 of 2 files: a/other\.jpg"),
        (r"(x*)", "finds no group in the names of 2 of 2 files"),
        (["patient"], "is not a regular expression"),
    ],
)
def test_an_expression_that_finds_no_groups_is_refused(pattern, message):
    with pytest.raises(CourseError, match=message):
        groups_from_names(["a/patient1_1.jpg", "a/other.jpg"], pattern)


def test_only_the_file_name_is_searched_for_the_group():
    assert groups_from_names(["x1/a2.jpg", "x1/a3.jpg"], r"(\d)") == ["2", "3"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a/1.jpg,x\n", "lacks the columns file and group"),
        (b"", "lacks the columns"),
        (b"file,group\na/1.jpg,x\na/1.jpg,y\n", r"puts a/1\.jpg into two groups, x and y"),
        (b"file,group\na/1.jpg,\n", r"gives no group for 1 of 1 file: a/1\.jpg"),
        (b"file,group\na/1.jpg\n", "gives no group for 1 of 1 file"),
        (b"file,group\n\xff\xfe", "cannot be read"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path, content, message):
    (tmp_path / "groups.csv").write_bytes(content)
    with pytest.raises(CourseError, match=message):
        groups_from_table(["a/1.jpg"], tmp_path / "groups.csv")


def test_too_few_groups_for_three_parts_is_refused(tmp_path):
    write(tmp_path, {"a": 9, "b": 9})
    with pytest.raises(CourseError, match=r"a has no group left for the validation part.*at least 3 groups"):
        load(tmp_path, groups="^(0)")


# Pictures that are there twice


def test_copies_go_to_one_part_whatever_they_are_called(tmp_path):
    write(tmp_path, {"a": 10, "b": 10})
    for seed in range(4):
        noise(0).save(tmp_path / "a" / f"copy {seed}.bmp")
    for seed in range(5):
        task, said = load(tmp_path, seed=seed)
        assert len(where(task, noise(0))) == 1
    assert len(said) == 1
    assert "4 pictures are there twice: a/00.png and a/copy 0.bmp" in said[0]


@pytest.mark.parametrize("change", ["jpeg", "half", "lighter", "trimmed"])
def test_near_duplicates_of_photographs_are_found(change):
    from skimage import data

    original = Image.fromarray(data.chelsea())
    width, height = original.size
    changed = {
        "jpeg": lambda: original.quantize(32).convert("RGB"),
        "half": lambda: original.resize((width // 2, height // 2)),
        "lighter": lambda: original.point(lambda value: min(255, value + 6)),
        "trimmed": lambda: original.crop((width // 100, 0, width, height)),
    }[change]()
    others = [Image.fromarray(picture) for picture in (data.astronaut(), data.coffee(), data.rocket())]
    thumbnails = [np.asarray(p.resize((18, 16), Image.Resampling.BOX)) for p in (original, *others, changed)]
    assert near_duplicates(np.stack(thumbnails)).tolist() == [[0, 4]]


def test_flat_pictures_are_not_near_duplicates_of_each_other():
    thumbnails = np.repeat(np.arange(0, 60, 2, dtype=np.uint8), 16 * 18 * 3).reshape(30, 16, 18, 3)
    assert len(near_duplicates(thumbnails)) == 0


def test_near_duplicates_are_found_across_blocks_of_rows(monkeypatch):
    from course_utils.data import duplicates

    thumbnails = np.random.default_rng(0).integers(0, 256, (30, 16, 18, 3)).astype(np.uint8)
    thumbnails[27] = thumbnails[2]
    thumbnails[13] = thumbnails[12]
    monkeypatch.setattr(duplicates, "_BLOCK", 5)
    assert near_duplicates(thumbnails).tolist() == [[2, 27], [12, 13]]


def test_near_duplicates_go_to_one_part(tmp_path):
    write(tmp_path, {"a": 8, "b": 8})
    noise(3, 48).save(tmp_path / "a" / "again.png")
    for seed in range(6):
        task, said = load(tmp_path, seed=seed)
        assert where(task, noise(3)) == where(task, noise(3, 48))
        assert len(where(task, noise(3))) == 1
    assert len(said) == 1
    assert (
        "1 pair of pictures is nearly the same: a/03.png and a/again.png. They are dealt into the same part" in said[0]
    )


def test_the_split_does_not_depend_on_the_size(tmp_path):
    write(tmp_path, {"a": 9, "b": 9})
    noise(1).save(tmp_path / "a" / "copy.png")
    labels = []
    for size in (8, 24):
        task, _ = load(tmp_path, image_size=size)
        labels.append({i: where(task, noise(i), size) for i in range(9)})
    assert labels[0] == labels[1]


def test_near_duplicates_that_would_leave_a_part_empty_are_dealt_apart_and_said(tmp_path):
    write(tmp_path, {"a": 4, "b": 4})
    for i in range(4):  # four pictures of one thing
        picture = noise(0, 48)
        picture.putpixel((i, 0), (0, 0, 0))
        picture.save(tmp_path / "a" / f"{i:02}.png")
    task, said = load(tmp_path)
    assert [set(part.labels) for part in (task.train, task.validation, task.test)] == [{0, 1}] * 3
    assert "could not all be dealt into the same part" in said[0]


def test_a_class_of_copies_is_refused(tmp_path):
    write(tmp_path, {"a": 4, "b": 4})
    for i in range(3):
        noise(9).save(tmp_path / "b" / f"{i:02}.png")
    with pytest.raises(CourseError, match="b has fewer than 3 different pictures"):
        load(tmp_path)


def test_a_picture_with_two_labels_is_named(tmp_path):
    write(tmp_path, {"a": 6, "b": 6})
    noise(2).save(tmp_path / "b" / "wrong.png")
    task, said = load(tmp_path)
    assert len(where(task, noise(2))) == 1
    assert any("The same picture is in two classes: a/02.png and b/wrong.png" in text for text in said)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=20))
def test_exact_copies_are_paired_with_the_first(kinds):
    digests = np.repeat(np.array(kinds, np.uint8)[:, None], 16, 1)
    expected = {(kinds.index(kind), row) for row, kind in enumerate(kinds) if kinds.index(kind) != row}
    assert {tuple(pair) for pair in exact_copies(digests).tolist()} == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_rows_connected_through_others_are_united(pairs):
    reach = np.eye(10, dtype=bool)
    for one, other in pairs:
        reach[one, other] = reach[other, one] = True
    for _ in range(4):
        reach = reach @ reach
    found = united(10, np.array(pairs, np.intp).reshape(-1, 2))
    np.testing.assert_array_equal(found, reach.argmax(1))
