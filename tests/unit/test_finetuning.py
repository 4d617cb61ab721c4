"""Fine-tuning as an experiment: every run starts from the same point, and both tasks are measured honestly."""

from dataclasses import replace

import numpy as np
import pytest

from course_utils.backbones import blocks, load_source_model
from course_utils.errors import CourseError
from course_utils.experiments import FineTuning, Recipe

SHORT = Recipe(learning_rate=1e-3, steps=2, batch_size=8)


@pytest.fixture(scope="module")
def ft() -> FineTuning:
    return FineTuning("scans", per_class=8)


@pytest.fixture(scope="module")
def plain(ft) -> dict:
    return ft.run(SHORT, seed=0)


def test_before_any_training_the_source_is_as_accurate_as_the_whole_pretrained_model(ft):
    ft.prepare(SHORT, seed=0)
    pictures = ft.source.test.few(5, 0)
    logits = load_source_model("embedded").predict(pictures.inputs.astype(np.float32), verbose=0)
    assert ft.accuracies()["source"] == pytest.approx((logits.argmax(1) == pictures.labels).mean())


def test_before_any_training_the_target_head_is_the_probe(ft):
    ft.prepare(SHORT, seed=3)
    images = ft.target.test.inputs[:50]
    logits = ft.model.predict(images.astype(np.float32), verbose=0)[:, ft.tasks.columns("target")]
    few = ft.few(3)
    own = ft.probe(3).predict(ft.features[[_row(ft.target.train.inputs, picture) for picture in few.inputs]])
    learned = ft.model.predict(few.inputs.astype(np.float32), verbose=0)[:, ft.tasks.columns("target")]
    np.testing.assert_array_equal(learned.argmax(1), own)
    assert logits.shape == (50, 2)


def _row(pictures: np.ndarray, picture: np.ndarray) -> int:
    return int(np.flatnonzero((pictures == picture).all(axis=(1, 2, 3)))[0])


def test_another_run_in_between_leaves_no_trace(ft, plain):
    ft.run(replace(SHORT, learning_rate=1e-2, penalty="l2-sp", strength=1), seed=1)
    again = ft.run(SHORT, seed=0)
    assert {k: v for k, v in again.items() if k != "seconds"} == {k: v for k, v in plain.items() if k != "seconds"}


def test_a_second_run_of_the_same_blocks_compiles_nothing(ft):
    ft.run(SHORT, seed=0)
    compiled = ft.model.train_function
    ft.run(replace(SHORT, learning_rate=1e-5, rehearsal=0.25), seed=1)
    assert ft.model.train_function is compiled


@pytest.mark.tensorflow("elsewhere, a compiled step keeps the penalty's strength")
@pytest.mark.parametrize("penalty", ["l2-sp", "ewc"])
def test_another_strength_compiles_nothing_and_runs_as_if_it_had_been_compiled(ft, penalty):
    recipe = replace(SHORT, penalty=penalty, strength=100, steps=6)
    expected = ft.run(recipe, seed=0)["drift"]
    ft.run(SHORT, seed=0)
    weak = ft.run(replace(recipe, strength=0.1), seed=0)["drift"]
    compiled = ft.model.train_function
    assert ft.run(recipe, seed=0)["drift"] == expected != weak
    assert ft.model.train_function is compiled


@pytest.mark.parametrize("unfrozen", [0, 2, 4])
def test_only_the_unfrozen_blocks_drift_and_no_statistic_moves(ft, unfrozen):
    row = ft.run(replace(SHORT, blocks=unfrozen), seed=0)
    names = list(blocks(ft.network))
    assert [name for name in names if row["drift"][name] > 0] == names[len(names) - unfrozen :]
    statistics = [
        (now, was) for w, now, was in zip(ft.network.weights, ft.network.get_weights(), ft.start, strict=True)
        if "moving" in w.path
    ]  # fmt: skip
    assert all((now == was).all() for now, was in statistics)


def test_the_old_head_stays_as_it_was(ft):
    before = load_source_model("embedded").get_layer("source_head").get_weights()
    ft.run(replace(SHORT, rehearsal=0.5), seed=0)
    for now, was in zip(ft.model.get_layer("source_head").get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, was)


def test_batchnorm_in_training_mode_moves_its_statistics(ft):
    ft.run(replace(SHORT, batchnorm="training"), seed=0)
    moved = [
        (now != was).any()
        for w, now, was in zip(ft.network.weights, ft.network.get_weights(), ft.start, strict=True)
        if "moving" in w.path
    ]
    assert all(moved)


@pytest.mark.parametrize("penalty", ["l2-sp", "ewc"])
def test_a_penalty_of_strength_0_is_plain_fine_tuning_and_a_strong_one_holds_still(ft, plain, penalty):
    none = ft.run(replace(SHORT, penalty=penalty, strength=0), seed=0)
    assert none["drift"] == pytest.approx(plain["drift"], rel=1e-3)
    held = ft.run(replace(SHORT, penalty=penalty, strength=1e6, steps=20), seed=0)
    free = ft.run(replace(SHORT, steps=20), seed=0)
    assert held["drift"]["block1"] < free["drift"]["block1"] / 2


def test_averaging_goes_from_the_start_to_the_end_of_the_run(ft):
    ft.run(SHORT, seed=0)
    after, start = ft.model.get_weights(), ft.before
    for share, expected in ((0, start), (1, after)):
        ft.average(after, share)
        for now, wanted in zip(ft.model.get_weights(), expected, strict=True):
            np.testing.assert_array_equal(now, wanted)


def test_a_curve_measures_both_tasks_as_it_goes(ft):
    row = ft.run(replace(SHORT, steps=4), seed=0, every=2)
    assert [point["step"] for point in row["curve"]] == [2, 4]
    assert set(row["curve"][0]) == {"step", "target", "source"}
    last = row["curve"][-1]
    assert (row["validation_target"], row["validation_source"]) == (last["target"], last["source"])
    assert (row["target"], row["source"]) == tuple(ft.accuracies("test").values())


def test_a_run_that_diverges_fails_without_an_exception(ft):
    assert ft.run(replace(SHORT, learning_rate=1e30, steps=10), seed=0)["outcome"] == "failed"


def test_low_rank_updates_change_the_outputs_and_leave_the_kernels():
    ft = FineTuning("scans", per_class=8, lora_rank=2)
    pictures = ft.target.validation.inputs[:4].astype(np.float32)
    outputs = np.asarray(ft.network(pictures, training=False))
    kernels = [w.numpy().copy() for w in ft.network.weights if "kernel" in w.path]
    row = ft.run(replace(SHORT, steps=6), seed=0)
    assert row["outcome"] == "done"
    assert len(kernels) == 6
    for was, now in zip(kernels, (w.numpy() for w in ft.network.weights if "kernel" in w.path), strict=True):
        np.testing.assert_array_equal(was, now)
    assert np.abs(np.asarray(ft.network(pictures, training=False)) - outputs).max() > 1e-3
    assert sum(int(np.prod(w.shape)) for w in ft.network.trainable_weights) < 0.05 * ft.network.count_params()


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        ({"learning_rate": 0}, "learning_rate=0"),
        ({"learning_rate": -1e-3}, "learning_rate=-0.001"),
        ({"learning_rate": float("nan")}, "learning_rate=nan"),
        ({"steps": 0}, "steps=0"),
        ({"blocks": 9}, r"k=9 is out of range.*0\.\.4"),
        ({"rehearsal": 1.5}, "fraction=1.5 is out of range"),
        ({"penalty": "l2-sp", "strength": -1}, "strength=-1 is out of range"),
    ],
)
def test_arguments_out_of_range_are_refused(ft, recipe, message):
    with pytest.raises(CourseError, match=message):
        ft.prepare(Recipe(**{"steps": 2, **recipe}), seed=0)


def test_a_budget_that_the_classes_do_not_have_is_refused():
    with pytest.raises(CourseError, match=r"per_class=601 cannot be drawn: it must lie in 1\.\.600"):
        FineTuning("scans", per_class=601)
