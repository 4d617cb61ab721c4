"""CKA, probes by block and occlusion: measures checked against independent ones."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_utils.backbones.embedded import build_embedded
from course_utils.data import Split
from course_utils.errors import CourseError
from course_utils.inspection import block_features, cka_by_block, linear_cka, occlusion_map, probe_blocks


def hsic_cka(X: np.ndarray, Y: np.ndarray) -> float:
    """CKA by the Hilbert-Schmidt independence criterion of the two kernels between pictures."""
    n = len(X)
    centring = np.eye(n) - np.full((n, n), 1 / n)

    def hsic(K: np.ndarray, L: np.ndarray) -> float:
        return float(np.trace(K @ centring @ L @ centring))

    K, L = X @ X.T, Y @ Y.T
    return hsic(K, L) / np.sqrt(hsic(K, K) * hsic(L, L))


seeds = st.integers(0, 2**31)
sizes = st.tuples(st.integers(3, 30), st.integers(1, 8), st.integers(1, 8))


@given(seeds, sizes)
@settings(max_examples=60, deadline=None)
def test_cka_is_the_same_by_the_other_formula(seed: int, size: tuple[int, int, int]) -> None:
    n, p, q = size
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(n, p)), rng.normal(size=(n, q))
    assert linear_cka(X, Y) == pytest.approx(hsic_cka(X, Y), abs=1e-9)


@given(seeds, sizes, st.floats(1e-3, 1e3))
@settings(max_examples=60, deadline=None)
def test_rotation_scale_and_shift_do_not_change_cka(seed: int, size: tuple[int, int, int], scale: float) -> None:
    n, p, q = size
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(n, p)), rng.normal(size=(n, q))
    rotation = np.linalg.qr(rng.normal(size=(p, p)))[0]
    assert linear_cka(X @ rotation * scale + rng.normal(size=p), Y) == pytest.approx(linear_cka(X, Y), abs=1e-7)
    assert linear_cka(X, Y) == pytest.approx(linear_cka(Y, X), abs=1e-9)
    assert linear_cka(X, X @ rotation) == pytest.approx(1)


@given(arrays(np.float32, (6, 3), elements=st.floats(-100, 100, width=32)))
@settings(max_examples=60, deadline=None)
def test_cka_is_a_share_or_a_refusal(X: np.ndarray) -> None:
    Y = np.arange(6.0)[:, None]
    try:
        assert 0 <= linear_cka(X, Y) <= 1
    except CourseError:
        assert np.ptp(X, axis=0).max() <= 1e-6 * np.abs(X).max()


def test_independent_features_of_many_pictures_have_little_in_common() -> None:
    rng = np.random.default_rng(0)
    assert linear_cka(rng.normal(size=(5000, 4)), rng.normal(size=(5000, 4))) < 0.01


@pytest.mark.parametrize(("x", "y"), [((3, 2), (4, 2)), ((3,), (3, 1)), ((1, 2), (1, 2))])
def test_cka_of_unlike_tables_is_refused(x: tuple[int, ...], y: tuple[int, ...]) -> None:
    with pytest.raises(CourseError, match="shape"):
        linear_cka(np.ones(x), np.ones(y))


def test_cka_of_a_constant_is_refused() -> None:
    with pytest.raises(CourseError, match="same numbers"):
        linear_cka(np.full((5, 2), 0.1), np.arange(5.0)[:, None])


@pytest.fixture(scope="module")
def backbone() -> keras.Model:
    return build_embedded(0)


def stripes(n: int, seed: int) -> Split:
    """Pictures of upright (0) and lying (1) stripes."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    waves = 127 + 100 * np.sin(np.arange(32) / 1.5 + rng.uniform(0, 6, (n, 1)))
    images = np.repeat(waves[:, None, :, None], 32, axis=1).repeat(3, axis=3)
    images[labels == 1] = images[labels == 1].swapaxes(1, 2)
    return Split(np.clip(images + rng.normal(0, 10, images.shape), 0, 255).astype(np.uint8), labels)


def test_a_network_agrees_with_itself_block_by_block(backbone: keras.Model) -> None:
    images = stripes(40, 0).inputs
    matrix = cka_by_block(backbone, backbone, images)
    assert matrix.shape == (4, 4)
    np.testing.assert_allclose(np.diag(matrix), 1)
    np.testing.assert_allclose(matrix, matrix.T)


def test_probes_report_every_block_and_seed(backbone: keras.Model) -> None:
    train, validation = stripes(60, 1), stripes(40, 2)
    rows = probe_blocks(backbone, train, validation, per_class=10, seeds=(0, 1))
    assert [(row["seed"], row["block"]) for row in rows] == [(s, f"block{b}") for s in (0, 1) for b in (1, 2, 3, 4)]
    assert rows[0]["accuracy"] > 0.9, "even random first filters tell upright from lying"
    shuffled = Split(train.inputs, np.random.default_rng(0).permutation(train.labels))
    assert np.mean([r["accuracy"] for r in probe_blocks(backbone, shuffled, validation)]) < 0.8


def test_probes_do_not_touch_the_backbone(backbone: keras.Model) -> None:
    before = [w.copy() for w in backbone.get_weights()]
    probe_blocks(backbone, stripes(20, 1), stripes(10, 2))
    for old, new in zip(before, backbone.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_too_many_labels_are_refused(backbone: keras.Model) -> None:
    with pytest.raises(CourseError, match="per_class"):
        probe_blocks(backbone, stripes(10, 0), stripes(10, 1), per_class=6)


def corner_brightness(pictures: np.ndarray) -> np.ndarray:
    bright = pictures[:, :8, :8].mean(axis=(1, 2, 3)) / 255
    return np.stack([1 - bright, bright], axis=1)


def test_occlusion_points_at_the_only_pixels_that_count() -> None:
    image = np.full((30, 40, 3), 50, np.uint8)
    image[:8, :8] = 250
    heat = occlusion_map(corner_brightness, image, 1, size=8, stride=3)
    assert heat.shape == (30, 40)
    assert np.unravel_index(heat.argmax(), heat.shape) < (8, 8)
    assert heat[:8, :8].min() > 0
    np.testing.assert_allclose(heat[20:, 20:], 0, atol=1e-6)
    np.testing.assert_allclose(heat, -occlusion_map(corner_brightness, image, 0, size=8, stride=3), atol=1e-6)


def test_occlusion_takes_a_keras_model(backbone: keras.Model) -> None:
    model = keras.Sequential([backbone, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(3, "softmax")])
    heat = occlusion_map(model, stripes(1, 0).inputs[0], 2, size=16, stride=16)
    assert heat.shape == (32, 32)
    assert np.isfinite(heat).all()


@pytest.mark.parametrize(
    "wrong", [{"size": 0}, {"size": 31}, {"stride": 0}, {"size": 4, "stride": 5}, {"class_index": 2}]
)
def test_occlusion_refuses_what_does_not_fit(wrong: dict[str, int]) -> None:
    arguments = {"class_index": 1, "size": 8, "stride": 4} | wrong
    with pytest.raises(CourseError, match=next(iter(wrong))):
        occlusion_map(corner_brightness, np.zeros((30, 40, 3), np.uint8), **arguments)


def test_pooled_features_hold_a_row_for_every_picture(backbone: keras.Model) -> None:
    shapes = {block: f.shape for block, f in block_features(backbone, stripes(6, 0).inputs).items()}
    assert shapes == {"block1": (6, 32), "block2": (6, 64), "block3": (6, 128), "block4": (6, 256)}
