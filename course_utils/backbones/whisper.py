"""The encoder of Whisper tiny.en: a network that was trained to transcribe speech (Radford et al. 2022).

It turns a wave into one vector for every 20 ms. Its weights come from a package of the Python index that is read as
data; they are kept in half precision, as they were published, so nothing is lost. The decoder, which writes the text,
is in ``transcription``.
"""

import shutil
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from course_utils.backbones.attention_weights import draw_projections, projections
from course_utils.backbones.converted import converted_folder
from course_utils.backbones.log_mel import HOP, LONGEST, LogMel
from course_utils.backbones.padding import QuietMark
from course_utils.backbones.spec import BackboneSpec, ModelCard, Pooling
from course_utils.errors import CourseError
from course_utils.files import replacing
from course_utils.pretrained.half import save_half
from course_utils.pretrained.readers.ctranslate2 import read_ctranslate2_weights

_NAME, _FILE = "whisper_tiny_en", "backbone.weights.h5"
_OUTPUT = f"{_NAME}_output"
DECODER_FILE, VOCABULARY_FILE = "decoder.npz", "vocabulary.txt"
_WIDTH, _HEADS, _BLOCKS = 384, 6, 4
_SAMPLES = 2 * HOP  # from one position to the next: every second window
_POSITIONS = LONGEST // _SAMPLES


def build_whisper(weights: str | None, seed: int, size: int) -> keras.Model:
    """Build the encoder, from waves ``(n, samples)`` in [-1, 1] at 16 kHz to ``(n, positions, 384)``.

    A wave has 400 to 480,000 samples (30 s), and a position every 320. ``size`` is ignored.

    Raises:
        CourseError: its weights are not on this computer; or ``seed`` is not 0, since there is one pretraining run.
    """
    model = _build(seed)
    if weights is not None:
        if seed != 0:
            raise CourseError(f"{_NAME} has one pretraining run, seed 0; seed={seed} does not exist.")
        model.load_weights(converted_folder(_NAME, convert_whisper) / _FILE)
    return model


def convert_whisper(files: Mapping[str, Path], folder: Path) -> None:
    """Write the encoder, the decoder and its vocabulary, in half precision, from CTranslate2's file of the network."""
    model, tensors = _build(0), read_ctranslate2_weights(files["weights"], "WhisperSpec")
    set_whisper_weights(model, tensors)
    save_half(model, folder / _FILE)
    decoder = {name.removeprefix("decoder/"): t for name, t in tensors.items() if name.startswith("decoder/")}
    kept: dict[str, Any] = {n: tensor for n, tensor in decoder.items() if tensor.ndim and n != "projection/weight"}
    with replacing(folder / DECODER_FILE) as temporary:
        np.savez_compressed(temporary, **kept)
    shutil.copyfile(files["vocabulary"], folder / VOCABULARY_FILE)


@keras.saving.register_keras_serializable("course_utils")
class SinusoidalPositions(layers.Layer):
    """Add to every vector the sines and cosines that say where it is (Vaswani et al. 2017); no weights.

    Input and output: floats ``(n, positions, channels)``, at most 1,500 positions and an even number of channels. The
    first half of the channels holds sines, the second half cosines, with periods from 2 pi to 20,000 pi positions.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        half = (input_shape[-1] or 0) // 2
        rates = 10_000 ** -np.linspace(0, 1, half)
        angles = np.arange(_POSITIONS)[:, None] * rates
        table = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
        # rounded twice, as Whisper's own: a last digit here changes the network's outputs by 1e-3
        self.table = table.astype(np.float32).astype(np.float16)

    def call(self, inputs: Any) -> Any:
        return inputs + ops.cast(self.table, inputs.dtype)[: ops.shape(inputs)[1]]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape


def _build(seed: int) -> keras.Model:
    seeds = count(1000 * seed)

    def start() -> keras.initializers.Initializer:
        return keras.initializers.GlorotUniform(next(seeds))

    def norm(name: str) -> layers.Layer:
        return layers.LayerNormalization(epsilon=1e-5, name=name)

    waves = keras.Input((None,), name="waves")
    x = LogMel(name="log_mel")(waves)
    x = layers.Conv1D(_WIDTH, 3, padding="same", kernel_initializer=start(), name="conv1")(x)
    x = layers.Activation("gelu", name="conv1_gelu")(x)
    x = layers.ZeroPadding1D(1, name="conv2_pad")(x)
    x = layers.Conv1D(_WIDTH, 3, 2, kernel_initializer=start(), name="conv2")(x)
    x = layers.Activation("gelu", name="conv2_gelu")(x)
    x = SinusoidalPositions(name="positions")(x)
    for name in (f"block{number}" for number in range(1, _BLOCKS + 1)):
        normed = norm(f"{name}_attention_norm")(x)
        attention = layers.MultiHeadAttention(_HEADS, _WIDTH // _HEADS, name=f"{name}_attention")
        x = layers.Add(name=f"{name}_attention_add")([x, attention(normed, normed)])
        draw_projections(attention, _WIDTH, seeds)
        wide = layers.Dense(4 * _WIDTH, "gelu", kernel_initializer=start(), name=f"{name}_wide")
        narrow = layers.Dense(_WIDTH, kernel_initializer=start(), name=f"{name}_narrow")
        x = layers.Add(name=f"{name}_add")([x, narrow(wide(norm(f"{name}_norm")(x)))])
    return keras.Model(waves, QuietMark(_SAMPLES, name=_OUTPUT)([norm("norm")(x), waves]), name=_NAME)


def set_whisper_weights(model: keras.Model, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Put the encoder's tensors of a CTranslate2 file, by name, into the layers.

    Raises:
        CourseError: the tensors are not those of this encoder.
    """
    left = {name.removeprefix("encoder/"): t for name, t in tensors.items() if name.startswith("encoder/") and t.ndim}

    def take(name: str) -> NDArray[Any]:
        if name not in left:
            raise CourseError(f"The weights of {_NAME} lack the tensor encoder/{name}.")
        return left.pop(name)

    def set_norm(layer: str, name: str) -> None:
        model.get_layer(layer).set_weights([take(f"{name}/gamma"), take(f"{name}/beta")])

    def set_linear(layer: str, name: str) -> None:
        # (out, in) there; (in, out) here; and (out, in, window) there, (window, in, out) here
        model.get_layer(layer).set_weights([take(f"{name}/weight").T, take(f"{name}/bias")])

    set_linear("conv1", "conv1")
    set_linear("conv2", "conv2")
    for number in range(_BLOCKS):
        block, name = f"block{number + 1}", f"layer_{number}"
        set_norm(f"{block}_attention_norm", f"{name}/self_attention/layer_norm")
        query_key_value, output = f"{name}/self_attention/linear_0", f"{name}/self_attention/linear_1"
        kernels = [*np.split(take(f"{query_key_value}/weight"), 3), take(f"{output}/weight")]
        biases = [*np.split(take(f"{query_key_value}/bias"), 3), take(f"{output}/bias")]
        for part, kernel, bias in zip(projections(model.get_layer(f"{block}_attention")), kernels, biases, strict=True):
            part.set_weights([kernel.T.reshape(part.kernel.shape), bias.reshape(part.bias.shape)])
        set_norm(f"{block}_norm", f"{name}/ffn/layer_norm")
        set_linear(f"{block}_wide", f"{name}/ffn/linear_0")
        set_linear(f"{block}_narrow", f"{name}/ffn/linear_1")
    set_norm("norm", "layer_norm")
    if not np.allclose(take("position_encodings/encodings"), model.get_layer("positions").table, atol=1e-3):
        raise CourseError(f"The weights of {_NAME} hold other encodings of positions than the network computes.")
    if left:
        raise CourseError(f"The weights of {_NAME} hold tensors that the network lacks: {sorted(left)[:3]}.")


WHISPER = BackboneSpec(
    name=_NAME,
    modality="sound",
    blocks={"conv": "positions"}
    | {f"block{number}": f"block{number}_add" for number in range(1, _BLOCKS)}
    | {f"block{_BLOCKS}": "norm"},
    builder=build_whisper,
    longest=LONGEST,
    preprocessing="waves in [-1, 1] at 16 kHz to log-mel spectrograms",
    outside=frozenset({"log_mel", _OUTPUT}),
    pooling=Pooling(hop=_SAMPLES),
    source_task="transcribing speech",
    source_data="438,000 hours of English speech with transcripts, found on the web",
    licence="MIT",
    convert=convert_whisper,
    card=ModelCard(
        parameters=7_633_920,
        paper="Radford et al. 2022, Robust Speech Recognition via Large-Scale Weak Supervision",
        score="5.6 % of words wrong on LibriSpeech test-clean, with its decoder (its authors' figure)",
        verified="outputs of CTranslate2 4.8.5 in float32 for 1 s, 5 s and 30 s of spoken digits, within 1e-4; log-mel "
        "spectrograms of librosa 0.11 and of transformers, within 2e-5; transcripts of CTranslate2, equal",
        speed="130 waves of 1 s, or 1.6 of 30 s",
    ),
)
