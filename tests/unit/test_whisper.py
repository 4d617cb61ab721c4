"""Whisper's encoder: the network of its authors, built flat, that freezes, probes and fine-tunes like every other."""

import wave
from pathlib import Path

import keras
import numpy as np
import pytest
from ctranslate2_files import ctranslate2_file
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import resample_poly
from scipy.special import erf

from course_utils.backbones import block_output, blocks, load_backbone
from course_utils.backbones.padding import QuietMark
from course_utils.backbones.whisper import convert_whisper, set_whisper_weights
from course_utils.data import Split
from course_utils.errors import CourseError
from course_utils.inspection import block_features
from course_utils.pretrained.store import kept_receipt
from course_utils.transfer import (
    Session,
    extract_features,
    freeze,
    linear_probe,
    relative_drift,
    set_linear_head,
    unfreeze_top,
    weights_of,
    with_head,
)

NAME, RATE, WIDTH = "whisper_tiny_en", 16_000, 384


def random_whisper(seed: int = 0) -> keras.Model:
    return load_backbone(NAME, weights=None, seed=seed)


@pytest.fixture(scope="module")
def pretrained() -> keras.Model:
    if kept_receipt(NAME) is None:
        pytest.skip(f"{NAME} is not on this computer: course models fetch {NAME}")
    return load_backbone(NAME)


def original_tensors() -> dict[str, np.ndarray]:
    """Return random tensors with the names, shapes and type of the published file."""
    rng = np.random.default_rng(0)

    def drawn(*shape: int) -> np.ndarray:
        return (rng.normal(size=shape) / np.sqrt(np.prod(shape[1:]) if len(shape) > 1 else 100)).astype("<f2")

    def linear(name: str, out: int, *inputs: int) -> dict[str, np.ndarray]:
        return {f"encoder/{name}/weight": drawn(out, *inputs), f"encoder/{name}/bias": drawn(out)}

    def norm(name: str) -> dict[str, np.ndarray]:
        return {f"encoder/{name}/gamma": 1 + drawn(WIDTH), f"encoder/{name}/beta": drawn(WIDTH)}

    angles = np.arange(1500)[:, None] / 10_000 ** (np.arange(192) / 191)
    encodings = np.hstack([np.sin(angles), np.cos(angles)]).astype("<f2")
    tensors = linear("conv1", WIDTH, 80, 3) | linear("conv2", WIDTH, WIDTH, 3) | norm("layer_norm")
    tensors |= {"encoder/position_encodings/encodings": encodings, "encoder/num_heads": np.array(6, "<i2")}
    for number in range(4):
        layer = f"layer_{number}"
        tensors |= norm(f"{layer}/self_attention/layer_norm") | norm(f"{layer}/ffn/layer_norm")
        tensors |= linear(f"{layer}/self_attention/linear_0", 3 * WIDTH, WIDTH)
        tensors |= linear(f"{layer}/self_attention/linear_1", WIDTH, WIDTH)
        tensors |= linear(f"{layer}/ffn/linear_0", 4 * WIDTH, WIDTH) | linear(f"{layer}/ffn/linear_1", WIDTH, 4 * WIDTH)
    return tensors | {"decoder/embeddings/weight": drawn(5, WIDTH)}


def encoded(spectrogram: np.ndarray, tensors: dict[str, np.ndarray]) -> np.ndarray:
    """Return what Radford et al. (2022) describe, in double precision: ``(frames, 80)`` to ``(positions, 384)``."""
    weights = {name.removeprefix("encoder/"): tensor.astype(float) for name, tensor in tensors.items()}

    def gelu(x: np.ndarray) -> np.ndarray:
        return x * (1 + erf(x / np.sqrt(2))) / 2

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return x @ weights[f"{name}/weight"].T + weights[f"{name}/bias"]

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        standard = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
        return standard * weights[f"{name}/gamma"] + weights[f"{name}/beta"]

    def convolution(x: np.ndarray, name: str, stride: int) -> np.ndarray:
        padded = np.pad(x, ((1, 1), (0, 0)))
        places = range(0, len(padded) - 2, stride)
        kernel, bias = weights[f"{name}/weight"], weights[f"{name}/bias"]
        return np.stack([np.einsum("oiw,wi->o", kernel, padded[place : place + 3]) + bias for place in places])

    x = gelu(convolution(gelu(convolution(spectrogram, "conv1", 1)), "conv2", 2))
    x = x + weights["position_encodings/encodings"][: len(x)]
    for layer in (f"layer_{number}" for number in range(4)):
        attention = f"{layer}/self_attention"
        projected = linear(norm(x, f"{attention}/layer_norm"), f"{attention}/linear_0")
        heads = []
        for query, key, value in zip(
            *(np.split(part, 6, axis=1) for part in np.split(projected, 3, axis=1)), strict=True
        ):
            scores = np.exp(query @ key.T / np.sqrt(WIDTH / 6))
            heads.append(scores / scores.sum(axis=1, keepdims=True) @ value)
        x = x + linear(np.hstack(heads), f"{attention}/linear_1")
        wide = gelu(linear(norm(x, f"{layer}/ffn/layer_norm"), f"{layer}/ffn/linear_0"))
        x = x + linear(wide, f"{layer}/ffn/linear_1")
    return norm(x, "layer_norm")


def test_a_converted_file_gives_the_network_that_the_paper_describes(tmp_path: Path) -> None:
    tensors = original_tensors()
    original, folder = tmp_path / "model.bin", tmp_path / "converted"
    original.write_bytes(ctranslate2_file(tensors))
    folder.mkdir()
    (tmp_path / "vocabulary.txt").write_text("a\nb\n")
    convert_whisper({"weights": original, "vocabulary": tmp_path / "vocabulary.txt"}, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["backbone.weights.h5", "decoder.npz", "vocabulary.txt"]
    backbone = random_whisper()
    backbone.load_weights(folder / "backbone.weights.h5")
    waves = np.random.default_rng(0).normal(0, 0.1, (2, 8000)).astype(np.float32)
    spectrograms = np.asarray(backbone.get_layer("log_mel")(waves))
    expected = np.stack([encoded(spectrogram, tensors) for spectrogram in spectrograms])
    np.testing.assert_allclose(np.asarray(backbone(waves)), expected, atol=1e-4)
    # The originals have half precision, so nothing was lost on the way.
    unhalved = random_whisper(seed=1)
    set_whisper_weights(unhalved, tensors)
    for kept, whole in zip(backbone.get_weights(), unhalved.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, whole)


def test_tensors_of_another_network_are_refused() -> None:
    backbone, tensors = random_whisper(), original_tensors()
    name = "encoder/layer_3/ffn/linear_1/bias"
    with pytest.raises(CourseError, match=f"lack the tensor {name}"):
        set_whisper_weights(backbone, {other: tensor for other, tensor in tensors.items() if other != name})
    with pytest.raises(CourseError, match="hold tensors that the network lacks"):
        set_whisper_weights(backbone, {**tensors, "encoder/layer_4/ffn/linear_1/bias": tensors[name]})
    encodings = "encoder/position_encodings/encodings"
    with pytest.raises(CourseError, match="other encodings of positions"):
        set_whisper_weights(backbone, {**tensors, encodings: tensors[encodings][::-1]})


@pytest.mark.parametrize("samples", [400, 481, 16_000, 480_000])
def test_every_320_samples_have_a_position(samples: int) -> None:
    outputs = np.asarray(random_whisper()(np.zeros((1, samples), np.float32)))
    assert outputs.shape == (1, -(-(samples // 160) // 2), WIDTH)
    assert np.isfinite(outputs).all()


def test_silence_counts_in_no_average(tmp_path: Path) -> None:
    """A third of each wave sounds, at its beginning, in its middle or at its end, and very softly in one."""
    backbone, waves, sounding = random_whisper(), np.zeros((4, 4800), np.float32), np.zeros((4, 15, 1))
    for wave_, positions, begins in zip(waves, sounding, (0, 1600, 3200, 1600), strict=True):
        wave_[begins : begins + 1600] = tones().inputs[0]
        positions[begins // 320 : begins // 320 + 5] = 1
    waves[3] *= 1e-3
    expected = (np.asarray(backbone(waves)) * sounding).sum(axis=1) / 5
    np.testing.assert_allclose(extract_features(backbone, waves), expected, atol=1e-5)
    np.testing.assert_allclose(block_features(backbone, waves)["block4"], expected, atol=1e-5)
    inner = block_output(backbone, "block2")
    np.testing.assert_allclose(block_features(backbone, waves)["block2"], extract_features(inner, waves), atol=1e-5)
    model = with_head(backbone, 2, activation=None)
    kernel, bias = model.layers[-1].get_weights()
    model.save(tmp_path / "model.keras")
    for same in (model, keras.models.load_model(tmp_path / "model.keras")):
        np.testing.assert_allclose(np.asarray(same(waves)), expected @ kernel + bias, atol=1e-5)


def test_of_nothing_but_silence_all_counts() -> None:
    backbone, silence = random_whisper(), np.zeros((1, 4000), np.float32)
    expected = np.asarray(backbone(silence)).mean(axis=1)
    np.testing.assert_allclose(extract_features(backbone, silence), expected, atol=1e-5)


@given(st.integers(400, 3000), st.integers(0, 2**32 - 1))
def test_a_position_is_quiet_below_a_thousandth_of_the_loudest_power(samples: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    wave_ = rng.normal(size=samples) * 10 ** rng.uniform(-3, 0, samples // 100 + 1).repeat(100)[:samples]
    windows = np.square(wave_[: samples // 160 * 160]).reshape(-1, 160).mean(axis=1)
    power = np.append(windows, 0)[: len(windows) // 2 * 2 + 2 * (len(windows) % 2)].reshape(-1, 2).mean(axis=1)
    mask = np.asarray(QuietMark(320).compute_mask([None, wave_[None].astype(np.float32)]))[0]
    surely = np.abs(np.log10(power / power.max()) + 3) > 1e-3
    np.testing.assert_array_equal(mask[surely], (power >= 1e-3 * power.max())[surely])


def test_a_wave_too_long_for_it_is_one_sentence() -> None:
    for run in (random_whisper(), lambda waves: extract_features(random_whisper(), waves)):
        with pytest.raises(CourseError, match=r"480,001 .*480,000") as caught:
            run(np.zeros((1, 480_001), np.float32))
        assert "\n" not in str(caught.value)


def test_its_blocks_hold_every_weight_once() -> None:
    backbone = random_whisper()
    held = [id(weight) for layers in blocks(backbone).values() for layer in layers for weight in layer.weights]
    assert sorted(held) == sorted(id(weight) for weight in backbone.weights)
    assert list(blocks(backbone)) == ["conv", "block1", "block2", "block3", "block4"]
    for block in blocks(backbone):
        assert block_output(backbone, block).output_shape == (None, None, WIDTH)


def test_random_weights_are_decided_by_the_seed_and_no_two_kernels_are_alike() -> None:
    first, same, other = (random_whisper(seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first.get_weights(), same.get_weights(), strict=True))
    kernels = [
        keras.ops.convert_to_numpy(w).ravel() for m in (first, other) for w in m.weights if w.path.endswith("kernel")
    ]
    assert len({kernel[:10].tobytes() for kernel in kernels}) == len(kernels) == 2 * (2 + 4 * 6)


def test_it_has_one_pretraining_run() -> None:
    with pytest.raises(CourseError, match="seed=1 does not exist"):
        load_backbone(NAME, seed=1)


def test_it_takes_no_size() -> None:
    with pytest.raises(CourseError, match="any length"):
        load_backbone(NAME, weights=None, image_size=224)


def test_without_its_weights_it_says_how_to_get_them(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_MODELS", str(tmp_path))
    with pytest.raises(CourseError, match=f"course models fetch {NAME}"):
        load_backbone(NAME)


def tones() -> Split:
    """Return 24 tones of a tenth of a second, low or high; the label says which."""
    rng, labels = np.random.default_rng(0), np.arange(24) % 2
    hertz = np.where(labels, 2000, 300)[:, None] * rng.uniform(0.8, 1.2, (24, 1))
    return Split(np.sin(2 * np.pi * hertz * np.arange(RATE // 10) / RATE).astype(np.float32) / 2, labels)


def test_only_the_unfrozen_block_changes_in_a_short_fine_tuning() -> None:
    split, backbone = tones(), random_whisper()
    probe = linear_probe(extract_features(backbone, split.inputs), split.labels)
    model = set_linear_head(with_head(freeze(backbone), 2), probe)
    trained = unfreeze_top(model, 1)
    assert trained
    assert all(name.startswith("block4") or name == "norm" for name in trained)
    model.compile(keras.optimizers.Adam(1e-4), "sparse_categorical_crossentropy", metrics=["accuracy"])
    before, loss = weights_of(model), model.evaluate(split.inputs, split.labels, verbose=0)[0]
    *_, last = Session(model, split, split, epochs=6, batch_size=24).events()
    assert last.metrics["val_accuracy"] > 0.9
    assert last.metrics["val_loss"] < 0.9 * loss
    drift = {row["block"]: row["drift"] for row in relative_drift(before, model)}
    assert drift.pop("block4") > 0
    assert set(drift.values()) == {0}


def test_a_saved_network_hears_the_same(tmp_path: Path) -> None:
    backbone, waves = random_whisper(), tones().inputs[:2]
    backbone.save(tmp_path / "whisper.keras")
    loaded = keras.models.load_model(tmp_path / "whisper.keras")
    np.testing.assert_allclose(np.asarray(loaded(waves)), np.asarray(backbone(waves)), atol=1e-5)


def test_the_original_runtime_gives_the_same_numbers(pretrained: keras.Model) -> None:
    """The numbers come from CTranslate2 4.8.5 in float32, on librosa 0.11's log-mel spectrogram of a rising tone."""
    seconds = np.arange(RATE) / RATE
    rising = 0.5 * np.sin(2 * np.pi * (200 * seconds + 300 * seconds**2))
    outputs = np.asarray(pretrained(rising.astype(np.float32)[None]))[0]
    expected = [
        [-1.4146, -1.5035, -0.0130, -0.3525],
        [-0.3673, -1.3836, 1.0750, 1.2888],
        [0.0943, -0.3452, 0.6361, -0.1542],
        [-0.6984, -0.0325, 0.1269, 0.8900],
    ]
    np.testing.assert_allclose(outputs[np.ix_([0, 10, 25, 49], [0, 100, 200, 383])], expected, atol=5e-4)


def first_second(path: Path) -> np.ndarray:
    """Return the first second of a recording of 8 kHz, at 16 kHz, filled up with silence."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
        numbers = np.frombuffer(file.readframes(8000), "<i2")
    return resample_poly(np.pad(numbers, (0, 8000 - len(numbers))) / 2**15, 2, 1).astype(np.float32)


@pytest.mark.real
def test_it_knows_digits_of_speakers_it_has_not_heard(pretrained: keras.Model, real_assets: Path) -> None:
    def recordings(*speakers: str) -> tuple[np.ndarray, np.ndarray]:
        paths = [
            p for s in speakers for d in range(10) for p in sorted(real_assets.glob(f"spoken_digits/{d}_{s}_*"))[:5]
        ]
        assert len(paths) == 100
        return np.stack([first_second(path) for path in paths]), np.array([int(path.name[0]) for path in paths])

    heard, unheard = recordings("jackson", "nicolas"), recordings("theo", "yweweler")

    def accuracy(backbone: keras.Model) -> float:
        """Return the mean accuracy of probes of five labels per digit."""
        train, test = (extract_features(backbone, waves) for waves, _ in (heard, unheard))
        scores = []
        for seed in range(5):
            order = np.random.default_rng(seed).permutation(100)
            rows = np.concatenate([order[heard[1][order] == digit][:5] for digit in range(10)])
            scores.append(linear_probe(train[rows], heard[1][rows]).score(test, unheard[1]))
        return float(np.mean(scores))

    assert accuracy(pretrained) >= 0.85
    assert accuracy(random_whisper()) < 0.5
