"""Tasks: disjoint parts, balanced draws, and helpful refusals."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from course_utils.backbones.pretraining_recipes import RECIPES
from course_utils.data import Split, dataset_names, load_dataset, open_dataset_names, sound_names, text_names
from course_utils.data.drawing import SOURCE_CLASSES, draw_task
from course_utils.data.folders import resize
from course_utils.errors import CourseError


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.mark.parametrize("name", [n for n in dataset_names() if n != "source"])
def test_a_task_has_three_parts_that_share_no_picture(name):
    task = load_dataset(name)
    seen: set[bytes] = set()
    for part in (task.train, task.validation, task.test):
        assert part.inputs.shape[1:] == (32, 32, 3)
        assert part.inputs.dtype == np.uint8
        assert set(part.labels) == set(range(task.num_classes))
        prints = {picture.tobytes() for picture in part.inputs}
        assert not prints & seen
        seen |= prints
    assert task.card


@pytest.mark.parametrize("seed", [0, 1])
def test_the_source_task_trains_on_pictures_that_pretraining_saw_and_measures_on_unseen_ones(seed):
    task, first = load_dataset("source", seed=seed), SOURCE_CLASSES[:2]
    shown = {run: draw_task(first, RECIPES["embedded"].per_class, run)[0] for run in RECIPES["embedded"].seeds}
    assert np.array_equal(task.train.inputs[:40], shown[seed][:40])
    assert np.array_equal(task.train.inputs[40:80], shown[seed][RECIPES["embedded"].per_class :][:40])
    assert [len(part) for part in (task.train, task.validation, task.test)] == [125 * n for n in (40, 10, 20)]
    prints = {picture.tobytes() for pictures in shown.values() for picture in pictures}
    fresh = np.concatenate([part.inputs[part.labels < 2] for part in (task.validation, task.test)])
    assert len({picture.tobytes() for picture in fresh} - prints) == 2 * 30


@pytest.mark.parametrize("name", ["photo-textures", "tissue"])
def test_lightness_gives_nothing_away_in_the_photographic_tasks(name):
    task = load_dataset(name)
    means = task.train.inputs.mean((1, 2, 3))
    by_class = [means[task.train.labels == c].mean() for c in range(task.num_classes)]
    assert max(by_class) - min(by_class) < 8


@pytest.mark.parametrize("name", ["photo-textures", "tissue"])
def test_larger_pictures_are_cut_from_the_photographs_and_show_the_same_with_more_detail(name):
    small, large = (load_dataset(name, image_size=size).test for size in (32, 96))
    assert large.inputs.shape == (len(small), 96, 96, 3)
    np.testing.assert_array_equal(large.labels, small.labels)
    pictures, rows = large.inputs[..., 0].astype(float), np.arange(0, len(small), 12)
    shrunk = pictures.reshape(-1, 32, 3, 32, 3).mean((2, 4))
    assert lost_at_32_pixels(large.inputs) > 1.3 * lost_at_32_pixels(resize(small.inputs, 96))
    alike = [np.corrcoef(shrunk[i].ravel(), small.inputs[i, ..., 0].ravel())[0, 1] for i in rows]
    assert np.median(alike) > 0.9
    assert alike[0] > np.corrcoef(shrunk[0].ravel(), small.inputs[-1, ..., 0].ravel())[0, 1]


def lost_at_32_pixels(images: np.ndarray) -> float:
    """How far pictures of 96 pixels are from what is left of them at 32."""
    again = resize(resize(images, 32), 96)
    return float(np.abs(images.astype(float) - again).mean())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(2, 9), min_size=2, max_size=5), st.integers(0, 1000), st.data())
def test_few_is_balanced_and_repeatable(counts, seed, data):
    labels = np.repeat(np.arange(len(counts)), counts)
    split = Split(np.arange(len(labels), dtype=np.uint8)[:, None, None, None], labels)
    k = data.draw(st.integers(1, min(counts)))
    few = split.few(k, seed)
    assert list(np.bincount(few.labels)) == [k] * len(counts)
    assert len(np.unique(few.inputs)) == len(few)
    np.testing.assert_array_equal(few.inputs, split.few(k, seed).inputs)
    np.testing.assert_array_equal(few.labels, labels[few.inputs[:, 0, 0, 0]])


@pytest.mark.parametrize("per_class", [0, -1, 1000])
def test_few_refuses_what_it_cannot_draw(per_class):
    with pytest.raises(CourseError, match=r"per_class=.* must lie in 1\.\.90"):
        load_dataset("digits").train.few(per_class)


def test_a_task_is_loaded_once_however_it_is_asked_for():
    assert load_dataset("shapes") is load_dataset("shapes", image_size=32)
    assert load_dataset("shapes") is not load_dataset("shapes", seed=1)


def test_every_task_has_its_card():
    cards = Path(__file__).parents[2] / "datasets"
    assert {path.stem for path in cards.glob("*.md")} - {"README"} == {
        *dataset_names(),
        *open_dataset_names(),
        *text_names(),
        *sound_names(),
        "handbook",
        "house-voice",
        "leaves",
    }


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(CourseError, match=r"no dataset 'shape'.*shapes.*photo-textures"):
        load_dataset("shape")


def write_pictures(folder, classes, n):
    for number, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for i in range(n):
            Image.new("RGB", (40 + i, 30), (10 * i, 80 * number, 0)).save(folder / name / f"{i}.png")


def test_a_folder_of_pictures_is_a_task(tmp_path):
    folder = tmp_path / "my pictures é"
    write_pictures(folder, ["ants", "bees"], 10)
    task = load_dataset(str(folder), image_size=24)
    assert task.class_names == ("ants", "bees")
    assert [len(p) for p in (task.train, task.validation, task.test)] == [12, 4, 4]
    assert task.train.inputs.shape[1:] == (24, 24, 3)


@settings(max_examples=15, deadline=None)
@given(st.integers(3, 12))
def test_every_class_of_a_folder_reaches_every_part(tmp_path_factory, n):
    folder = tmp_path_factory.mktemp("pictures")
    write_pictures(folder, ["a", "b"], n)
    task = load_dataset(str(folder), image_size=8)
    for part in (task.train, task.validation, task.test):
        assert set(part.labels) == {0, 1}
    assert len(task.train) + len(task.validation) + len(task.test) == 2 * n


@pytest.mark.parametrize(
    ("classes", "n", "message"),
    [([], 0, "has 0 sub-folders"), (["a"], 5, "has 1 sub-folder;"), (["a", "b"], 2, "needs at least 3")],
)
def test_a_folder_that_is_not_a_set_of_classes_is_refused(tmp_path, classes, n, message):
    write_pictures(tmp_path, classes, n)
    with pytest.raises(CourseError, match=message):
        load_dataset(str(tmp_path))
