"""The figures that count labels: what transfer saves, seed by seed, and what is only known to be larger."""

from types import SimpleNamespace

import pytest

from course_utils import experiments
from course_utils.cli.bench_labels import _transfer_against_scratch

#: Scratch reaches what transfer has with 5 labels at 20 (seed 0) or at 50 (seed 1).
SCRATCH = {0: {5: 0.4, 20: 0.8, 50: 0.9}, 1: {5: 0.4, 20: 0.6, 50: 0.8}}


def figures(monkeypatch, transfer):
    monkeypatch.setattr(experiments, "probe_accuracy", lambda features, dataset, n, seed: transfer)
    rows = [{"labels": n, "seed": seed, "accuracy": a} for seed, curve in SCRATCH.items() for n, a in curve.items()]
    dataset = SimpleNamespace(name="stones")
    return list(_transfer_against_scratch("far", dataset, ["features"], rows, least_points=10, least_factor=3))


def test_the_factor_is_that_of_the_means_and_its_band_that_of_the_seeds(monkeypatch):
    points, labels = figures(monkeypatch, 0.8)
    assert points.name == "far-points"
    assert points.ratio == pytest.approx(2)
    assert points.least == pytest.approx(1.25), "10 points more than 40 %"
    assert "stones, 5 labels per class, 2 seeds: +40.0 points; 0.800 to 0.800 against 0.400 to 0.400" in points.note
    assert labels.name == "far-labels-5"
    assert 4 < labels.ratio < 10
    assert labels.note == "stones, seed by seed 4 to 10 times"


def test_what_scratch_never_reaches_is_a_lower_bound(monkeypatch):
    _, labels = figures(monkeypatch, 0.88)
    assert labels.ratio == 10
    least = 4 * 2.5**0.8  # four fifths of the way from 20 to 50, in the logarithm
    assert labels.note.startswith(f"stones, seed by seed {least:.3g} to over 10 times; scratch never reached it")
