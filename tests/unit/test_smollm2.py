"""SmolLM2: a language model that goes on from a text, and a network of the course like any other."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops
from pretrained_models import kept_model

from course_utils.backbones import load_backbone, load_source_model, load_tokenizer
from course_utils.backbones.bpe import BytePairEncoding, write_tokenizer
from course_utils.backbones.smollm2 import RotaryAttention, load_smollm2_source_model, set_smollm2_weights
from course_utils.errors import CourseError

BYTES = [*(chr(c) for c in range(33, 127)), "Ġ", "Ã", "©"]
SETTINGS = {
    "tokenizer.ggml.tokens": [
        "<|endoftext|>",
        "<|im_start|>",
        "<|im_end|>",
        *BYTES,
        "he",
        "ll",
        "hell",
        "hello",
        "Ġhe",
    ],
    "tokenizer.ggml.token_type": [3, 3, 3, *(1 for _ in BYTES), 1, 1, 1, 1, 1],
    "tokenizer.ggml.merges": ["h e", "l l", "he ll", "hell o", "Ġ he"],
    "tokenizer.ggml.pre": "smollm",
}


@pytest.fixture
def tokenizer(tmp_path) -> BytePairEncoding:
    write_tokenizer(SETTINGS, tmp_path / "tokenizer.json")
    return BytePairEncoding(tmp_path / "tokenizer.json")


def test_neighbours_are_merged_in_order_and_digits_stay_apart(tokenizer):
    assert tokenizer.pieces("hello he") == ["hello", " he"]
    assert tokenizer.pieces("help") == ["he", "l", "p"]
    assert tokenizer.pieces("1234") == ["1", "2", "3", "4"]
    assert tokenizer.pieces("<|im_end|>x") == ["", "x"], "a control token stands for no text"


def test_rows_are_cut_off_and_filled_up_and_read_back(tokenizer):
    ids = tokenizer(["hello he", "h" * 9], length=4)
    assert ids.dtype == np.int32
    assert ids[0].tolist()[2:] == [tokenizer.padding] * 2
    assert tokenizer.padding == 2
    assert tokenizer.decode(ids[0]) == "hello he"
    assert tokenizer.decode(ids[1]) == "hhhh"


def test_half_a_character_is_left_out(tokenizer):
    np.testing.assert_array_equal(tokenizer(["he\ud800llo"], 3), tokenizer(["hello"], 3))
    assert tokenizer.pieces("he\udfffllo") == ["hello"]


@pytest.mark.parametrize(
    ("texts", "length", "said"),
    [
        ("text", 4, "list of strings"),
        ([], 4, "list of strings"),
        ([None], 4, "list of strings"),
        (["text"], 0, "length=0 must be a whole number"),
        (["text"], 2.5, r"length=2\.5 must be a whole number"),
        (["text", ""], 4, r"texts\[1\] is empty"),
        (["text", "\ud800"], 4, r"texts\[1\] is empty"),
    ],
)
def test_wrong_texts_and_lengths_are_named(tokenizer, texts, length, said):
    with pytest.raises(CourseError, match=said):
        tokenizer(texts, length)


def test_texts_in_an_array_are_like_those_in_a_list(tokenizer):
    np.testing.assert_array_equal(tokenizer(np.array(["he", "x"]), 3), tokenizer(["he", "x"], 3))


@pytest.mark.parametrize("number", [-1, 1000])
def test_an_id_outside_the_vocabulary_is_named(tokenizer, number):
    with pytest.raises(CourseError, match=f"{number} is not a token id: they lie in 0"):
        tokenizer.decode([3, number])


@given(st.text(st.sampled_from([*map(chr, range(33, 127)), " ", "é"]), min_size=1, max_size=30))
def test_a_text_comes_back_from_its_tokens(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "tokenizer.json"
    if not path.exists():
        write_tokenizer(SETTINGS, path)
    tokenizer = BytePairEncoding(path)
    assert tokenizer.decode(tokenizer([text], len(text.encode()))[0]) == text


def test_a_damaged_tokenizer_is_named(tmp_path):
    for change in (
        {"tokenizer.ggml.pre": "other"},
        {"tokenizer.ggml.merges": ["x y z w"]},
        {"tokenizer.ggml.tokens": []},
    ):
        with pytest.raises(CourseError, match="cannot be read"):
            write_tokenizer(SETTINGS | change, tmp_path / "tokenizer.json")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(CourseError, match=r"tokenizer\.json cannot be read as a tokenizer"):
        BytePairEncoding(tmp_path / "tokenizer.json")


def attention(heads: int, key_heads: int) -> RotaryAttention:
    layer = RotaryAttention(heads, key_heads, 10_000.0, 0)
    layer.build((None, None, 8 * heads))
    layer.set_weights([10 * weight for weight in layer.get_weights()])  # so that attention is far from even
    return layer


def test_attention_is_the_textbooks_with_turned_queries_and_keys():
    layer, x = attention(4, 2), np.random.default_rng(0).normal(size=(2, 6, 32)).astype(np.float32)
    q, k, v, o = (weight.astype(np.float64) for weight in layer.get_weights())
    angles = np.arange(6)[:, None] * 10_000.0 ** (-np.arange(4) / 4)

    def turned(projected: np.ndarray) -> np.ndarray:
        pairs = projected[..., :4] + 1j * projected[..., 4:]
        turned_pairs = pairs * np.exp(1j * angles)[None, :, None]
        return np.concatenate([turned_pairs.real, turned_pairs.imag], axis=-1)

    query = turned((x @ q).reshape(2, 6, 4, 8))
    key, value = turned((x @ k).reshape(2, 6, 2, 8)), (x @ v).reshape(2, 6, 2, 8)
    mixed = np.zeros((2, 6, 4, 8))
    for head in range(4):
        for t in range(6):
            scores = np.einsum("nc,nsc->ns", query[:, t, head], key[:, : t + 1, head // 2]) / np.sqrt(8)
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            mixed[:, t, head] = np.einsum("ns,nsc->nc", shares, value[:, : t + 1, head // 2])
    np.testing.assert_allclose(np.asarray(layer(x)), mixed.reshape(2, 6, 32) @ o, atol=1e-4)


def test_attention_is_saved_and_loaded_with_its_settings(tmp_path):
    inputs = keras.Input((None, 32))
    model = keras.Model(inputs, RotaryAttention(4, 2, 10_000.0, 3)(inputs))
    model.save(tmp_path / "model.keras")
    again, x = keras.models.load_model(tmp_path / "model.keras"), np.ones((1, 3, 32), np.float32)
    np.testing.assert_array_equal(np.asarray(again(x)), np.asarray(model(x)))


def test_foreign_weights_are_named():
    model = keras.Sequential([keras.Input((None,), dtype="int32"), keras.layers.Embedding(3, 2, name="tokens")])
    with pytest.raises(CourseError, match=r"lack the tensor token_embd\.weight, or it has another shape"):
        set_smollm2_weights(model, {"token_embd.weight": np.zeros((3, 2), np.float32)})


def test_there_is_one_pretraining_run():
    for load in (load_backbone, load_source_model):
        with pytest.raises(CourseError, match="seed=1 does not exist"):
            load("smollm2_135m", seed=1)


@pytest.fixture(scope="module")
def language_model():
    kept_model("smollm2_135m")
    return load_smollm2_source_model(0), load_tokenizer("smollm2_135m")


def test_it_knows_a_capital_and_tells_a_text_from_shuffled_tokens(language_model):
    model, tokenizer = language_model
    start = tokenizer(["The capital of France is"], length=5)
    assert tokenizer.decode([np.asarray(model(start))[0, -1].argmax()]) == " Paris"
    text = "The sun rises in the east and sets in the west, because the earth turns around its own axis once a day."
    ids = tokenizer([text], length=len(tokenizer.pieces(text)))
    shuffled = np.random.default_rng(0).permuted(ids, axis=1)

    def perplexity(row: np.ndarray) -> float:
        losses = keras.losses.sparse_categorical_crossentropy(row[:, 1:], model(row)[:, :-1], from_logits=True)
        return float(np.exp(ops.mean(losses)))

    assert perplexity(ids) < 30
    assert perplexity(shuffled) > 20 * perplexity(ids)


def test_padding_at_the_end_changes_nothing_before_it(language_model):
    model, tokenizer = language_model
    text = ["Padding changes nothing."]
    short, long = (np.asarray(model(tokenizer(text, length))) for length in (5, 9))
    np.testing.assert_allclose(long[:, :5], short, atol=2e-3)


def test_its_logits_are_those_of_keras_hubs_llama(language_model):
    hub = pytest.importorskip("keras_hub", reason="KerasHub is not installed")
    model, tokenizer = language_model
    ours = model.layers[0]
    theirs = hub.models.LlamaBackbone(
        vocabulary_size=49_152,
        num_layers=30,
        num_query_heads=9,
        num_key_value_heads=3,
        hidden_dim=576,
        intermediate_dim=1536,
        rope_max_wavelength=100_000,
        layer_norm_epsilon=1e-5,
    )
    theirs.token_embedding.embeddings.assign(ours.get_layer("tokens").embeddings)
    theirs.layer_norm.scale.assign(ours.get_layer("norm").scale)
    for number, layer in enumerate(theirs.transformer_layers, 1):

        def of(name: str, number: int = number) -> keras.layers.Layer:
            return ours.get_layer(f"layer{number}_{name}")

        mine, their = of("attention"), layer._self_attention_layer
        for one, other in (
            *((mine.query, their._query_dense), (mine.key, their._key_dense), (mine.value, their._value_dense)),
            (mine.output_dense, their._output_dense),
            *((of("gate"), layer._feedforward_gate_dense), (of("wide"), layer._feedforward_intermediate_dense)),
            (of("narrow"), layer._feedforward_output_dense),
        ):
            other.kernel.assign(ops.reshape(one.kernel, other.kernel.shape))
        layer._self_attention_layernorm.scale.assign(of("attention_norm").scale)
        layer._feedforward_layernorm.scale.assign(of("norm").scale)
    ids = tokenizer(["Transfer learning reuses what a network learned elsewhere."], length=10)
    states = theirs({"token_ids": ids, "padding_mask": np.ones_like(ids)})
    np.testing.assert_allclose(
        np.asarray(model(ids)), np.asarray(model.get_layer("source_head")(states)), atol=1e-3, rtol=0
    )
