"""MiniLM-L6: a small BERT encoder that was trained to give sentences of the same meaning similar vectors.

Its architecture is BERT's (Devlin et al. 2019) with 6 layers of 384 channels, distilled from a larger network (Wang et
al. 2020) and then trained on pairs of sentences (Reimers and Gurevych 2019). Its weights come from a package of the
Python index that is read as data.
"""

import shutil
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import keras
from keras import layers, ops
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from course_utils.backbones.attention_weights import draw_projections, projections
from course_utils.backbones.converted import converted_folder
from course_utils.backbones.padding import PaddingMark, PaddingMask
from course_utils.backbones.spec import BackboneSpec, ModelCard, Pooling
from course_utils.errors import CourseError

_NAME, _FILE, VOCABULARY = "minilm", "backbone.weights.h5", "vocabulary.txt"
_LAYERS, _WIDTH, _HEADS, _WIDE, _WORDS, _LONGEST = 6, 384, 12, 1536, 30_522, 512
_PADDING = 0


def build_minilm(weights: str | None, seed: int, size: int) -> keras.Model:
    """Build the encoder, from token ids ``(n, length)``, 0 for padding, to ``(n, length, 384)``.

    A row has at most 512 tokens. ``size`` is ignored.

    Raises:
        CourseError: its weights are not on this computer; or ``seed`` is not 0, since there is one pretraining run.
    """
    model = _build(seed)
    if weights is not None:
        if seed != 0:
            raise CourseError(f"{_NAME} has one pretraining run, seed 0; seed={seed} does not exist.")
        model.load_weights(converted_folder(_NAME, convert_minilm) / _FILE)
    return model


def convert_minilm(files: Mapping[str, Path], folder: Path) -> None:
    """Write the encoder's weights and its vocabulary, from the original safetensors file."""
    model = _build(0)
    try:
        tensors = load_file(files["weights"])
    except SafetensorError as problem:
        raise CourseError(f"{files['weights']} is not a file of weights that can be read ({problem}).") from problem
    set_minilm_weights(model, tensors)
    model.save_weights(folder / _FILE)
    shutil.copyfile(files["vocabulary"], folder / VOCABULARY)


def vocabulary_file() -> Path:
    """Return the file of the network's vocabulary, one word piece a line.

    Raises:
        CourseError: the network is not on this computer.
    """
    return converted_folder(_NAME, convert_minilm) / VOCABULARY


@keras.saving.register_keras_serializable("course_utils")
class LearnedPositions(layers.Layer):
    """Add to every vector ``(n, positions, channels)`` a learned one that says where it is.

    Args:
        longest: how many positions there are vectors for.
        seed: decides the random weights.
    """

    def __init__(self, longest: int, seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest, self.seed = longest, seed

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        start = keras.initializers.TruncatedNormal(stddev=0.02, seed=self.seed)
        self.table = self.add_weight(shape=(self.longest, input_shape[-1]), initializer=start, name="table")

    def call(self, inputs: Any) -> Any:
        length = inputs.shape[1]
        if length is not None and length > self.longest:
            raise CourseError(f"A row of {length} tokens is too long: at most {self.longest}. Cut it off or divide it.")
        return inputs + self.table[: ops.shape(inputs)[1]]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the inputs' shape: JAX can't find it out, since it compares no length that is left open."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that recreate this layer."""
        return {**super().get_config(), "longest": self.longest, "seed": self.seed}


def _build(seed: int) -> keras.Model:
    seeds = count(1000 * seed)

    def start() -> keras.initializers.Initializer:
        return keras.initializers.TruncatedNormal(stddev=0.02, seed=next(seeds))

    def norm(name: str) -> layers.Layer:
        return layers.LayerNormalization(epsilon=1e-12, name=name)

    ids = keras.Input((None,), dtype="int32", name="token_ids")
    mask = PaddingMask(_PADDING, name="padding_mask")(ids)
    x = layers.Embedding(_WORDS, _WIDTH, embeddings_initializer=start(), name="words")(ids)
    x = norm("embeddings_norm")(LearnedPositions(_LONGEST, next(seeds), name="positions")(x))
    for name in (f"layer{number}" for number in range(1, _LAYERS + 1)):
        attention = layers.MultiHeadAttention(_HEADS, _WIDTH // _HEADS, name=f"{name}_attention")
        x = norm(f"{name}_attention_norm")(
            layers.Add(name=f"{name}_attention_add")([x, attention(x, x, attention_mask=mask)])
        )
        draw_projections(attention, _WIDTH, seeds)
        wide = layers.Dense(_WIDE, "gelu", kernel_initializer=start(), name=f"{name}_wide")
        narrow = layers.Dense(_WIDTH, kernel_initializer=start(), name=f"{name}_narrow")
        x = norm(f"{name}_norm")(layers.Add(name=f"{name}_add")([x, narrow(wide(x))]))
    return keras.Model(ids, PaddingMark(_PADDING, name=f"{_NAME}_output")([x, ids]), name=_NAME)


def set_minilm_weights(model: keras.Model, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Put the tensors of the original file, by name, into the layers; its pooler and counters are left over.

    Raises:
        CourseError: the tensors are not those of this encoder.
    """
    left = {name: t for name, t in tensors.items() if not name.startswith("pooler.") and "position_ids" not in name}

    def take(name: str) -> NDArray[Any]:
        if name not in left:
            raise CourseError(f"The weights of {_NAME} lack the tensor {name}.")
        return left.pop(name)

    def set_norm(layer: str, name: str) -> None:
        model.get_layer(layer).set_weights([take(f"{name}.weight"), take(f"{name}.bias")])

    def linear(name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        return take(f"{name}.weight").T, take(f"{name}.bias")  # (out, in) there; (in, out) here

    model.get_layer("words").set_weights([take("embeddings.word_embeddings.weight")])
    # All tokens belong to the first of BERT's two segments, whose vector can join those of the positions.
    segment = take("embeddings.token_type_embeddings.weight")[0]
    model.get_layer("positions").set_weights([take("embeddings.position_embeddings.weight") + segment])
    set_norm("embeddings_norm", "embeddings.LayerNorm")
    for number in range(_LAYERS):
        layer, name = f"layer{number + 1}", f"encoder.layer.{number}"
        roles = (*(f"self.{role}" for role in ("query", "key", "value")), "output.dense")
        for part, role in zip(projections(model.get_layer(f"{layer}_attention")), roles, strict=True):
            kernel, bias = linear(f"{name}.attention.{role}")
            part.set_weights([kernel.reshape(part.kernel.shape), bias.reshape(part.bias.shape)])
        set_norm(f"{layer}_attention_norm", f"{name}.attention.output.LayerNorm")
        model.get_layer(f"{layer}_wide").set_weights(linear(f"{name}.intermediate.dense"))
        model.get_layer(f"{layer}_narrow").set_weights(linear(f"{name}.output.dense"))
        set_norm(f"{layer}_norm", f"{name}.output.LayerNorm")
    if left:
        raise CourseError(f"The weights of {_NAME} hold tensors that the network lacks: {sorted(left)[:3]}.")


MINILM = BackboneSpec(
    name=_NAME,
    modality="text",
    blocks={"embeddings": "embeddings_norm"}
    | {f"layer{number}": f"layer{number}_norm" for number in range(1, _LAYERS)}
    | {f"layer{_LAYERS}": f"{_NAME}_output"},
    outside=frozenset({"padding_mask"}),
    builder=build_minilm,
    longest=_LONGEST,
    preprocessing="token ids of BERT's uncased WordPiece vocabulary (load_tokenizer)",
    pooling=Pooling(padding=_PADDING),
    source_task="which sentences mean the same",
    source_data="1.17 billion pairs of English sentences and passages from the web",
    source_inputs=1_170_060_424,
    licence="Apache-2.0",
    convert=convert_minilm,
    card=ModelCard(
        parameters=22_564_608,
        paper="Wang et al. 2020, MiniLM; Reimers and Gurevych 2019, Sentence-BERT",
        score="68.06 on average over 14 tasks of sentence embedding (its publisher's figure)",
        verified="hidden states of the original PyTorch code on 8 sentences, all layers, within 5e-6",
        speed="100 sentences of 32 tokens",
    ),
)
