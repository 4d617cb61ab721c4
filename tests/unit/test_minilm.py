"""MiniLM: the sentence encoder of its authors, and an ordinary network of the course."""

import keras
import numpy as np
import pytest
from pretrained_models import kept_model
from safetensors.numpy import save_file

from course_utils.backbones import block_output, blocks, load_backbone, load_tokenizer
from course_utils.backbones.minilm import VOCABULARY, build_minilm, convert_minilm, set_minilm_weights
from course_utils.errors import CourseError
from course_utils.inspection import block_features
from course_utils.transfer import extract_features
from course_utils.transfer.heads import pooling_layer

IDS = np.random.default_rng(0).integers(1000, 9000, (4, 9), np.int32)


@pytest.fixture(scope="module")
def random():
    return load_backbone("minilm", weights=None)


def original_tensors(model: keras.Model) -> dict[str, np.ndarray]:
    """Return a model's weights under the names and in the shapes of the original file."""
    width = model.output_shape[-1]
    get = {layer.name: layer.get_weights() for layer in model.layers}
    segments = np.stack([np.zeros(width, np.float32), np.ones(width, np.float32)])
    tensors = {
        "embeddings.word_embeddings.weight": get["words"][0],
        "embeddings.position_embeddings.weight": get["positions"][0],
        "embeddings.token_type_embeddings.weight": segments,
        "embeddings.position_ids": np.arange(512)[None],
        "pooler.dense.weight": np.zeros((width, width), np.float32),
    }

    def norm(name: str, layer: str) -> None:
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = get[layer]

    def linear(name: str, kernel: np.ndarray, bias: np.ndarray, ins: int) -> None:
        tensors[f"{name}.weight"] = np.ascontiguousarray(kernel.reshape(ins, -1).T)
        tensors[f"{name}.bias"] = bias.reshape(-1)

    norm("embeddings.LayerNorm", "embeddings_norm")
    for number in range(6):
        name, layer = f"encoder.layer.{number}", f"layer{number + 1}"
        q, qb, k, kb, v, vb, o, ob = get[f"{layer}_attention"]
        for role, kernel, bias in (("query", q, qb), ("key", k, kb), ("value", v, vb)):
            linear(f"{name}.attention.self.{role}", kernel, bias, width)
        linear(f"{name}.attention.output.dense", o, ob, width)
        norm(f"{name}.attention.output.LayerNorm", f"{layer}_attention_norm")
        linear(f"{name}.intermediate.dense", *get[f"{layer}_wide"], width)
        linear(f"{name}.output.dense", *get[f"{layer}_narrow"], 4 * width)
        norm(f"{name}.output.LayerNorm", f"{layer}_norm")
    return tensors


def test_a_file_in_the_original_layout_is_converted(random, tmp_path, monkeypatch):
    files = {"weights": tmp_path / "model.safetensors", "vocabulary": tmp_path / "vocab.txt"}
    save_file(original_tensors(random), files["weights"])
    files["vocabulary"].write_text("[PAD]\n")
    (tmp_path / "kept").mkdir()
    convert_minilm(files, tmp_path / "kept")
    assert (tmp_path / "kept" / VOCABULARY).read_text() == "[PAD]\n"
    monkeypatch.setattr("course_utils.backbones.minilm.converted_folder", lambda name, convert: tmp_path / "kept")
    np.testing.assert_allclose(
        build_minilm("pretrained", 0, 0).predict(IDS, verbose=0), random.predict(IDS, verbose=0), atol=1e-5
    )


def test_the_vector_of_the_first_segment_is_part_of_the_positions(random):
    tensors = original_tensors(random)
    tensors["embeddings.token_type_embeddings.weight"] += 0.5
    model = build_minilm(None, 1, 0)
    set_minilm_weights(model, tensors)
    difference = model.get_layer("positions").get_weights()[0] - random.get_layer("positions").get_weights()[0]
    np.testing.assert_allclose(difference, 0.5, atol=1e-6)


def test_missing_and_foreign_tensors_are_named(random, tmp_path):
    tensors = original_tensors(random)
    with pytest.raises(CourseError, match=r"lack the tensor encoder\.layer\.3\.output\.dense\.bias"):
        set_minilm_weights(random, {k: t for k, t in tensors.items() if k != "encoder.layer.3.output.dense.bias"})
    with pytest.raises(CourseError, match=r"that the network lacks: .*foreign"):
        set_minilm_weights(random, tensors | {"foreign": np.zeros(2)})
    (tmp_path / "damaged").write_bytes(b"x" * 100)
    with pytest.raises(CourseError, match="damaged is not a file of weights"):
        convert_minilm({"weights": tmp_path / "damaged", "vocabulary": tmp_path / "damaged"}, tmp_path)


def test_padding_changes_no_vector_and_no_feature(random):
    longer = np.pad(IDS, ((0, 0), (0, 7)))
    plain, padded = (random.predict(ids, verbose=0) for ids in (IDS, longer))
    np.testing.assert_allclose(padded[:, : IDS.shape[1]], plain, atol=1e-5)
    np.testing.assert_allclose(extract_features(random, longer), extract_features(random, IDS), atol=1e-5)
    pooled = keras.layers.GlobalAveragePooling1D()(random(longer))
    np.testing.assert_allclose(np.asarray(pooled), extract_features(random, IDS), atol=1e-5)


def test_padding_stays_hidden_in_a_network_that_is_cut_off(random):
    """A probe of a lower block must not see how long the rows were filled up."""
    cut, longer = block_output(random, "layer2"), np.pad(IDS, ((0, 0), (0, 7)))
    assert list(blocks(cut)) == ["embeddings", "layer1", "layer2"]
    features = extract_features(cut, IDS)
    np.testing.assert_allclose(extract_features(cut, longer), features, atol=1e-5)
    np.testing.assert_allclose(np.asarray(pooling_layer(cut)(cut(longer))), features, atol=1e-5)


def test_every_block_ends_where_it_is_declared_and_holds_its_weights_once(random):
    held = [id(weight) for layers in blocks(random).values() for layer in layers for weight in layer.weights]
    assert sorted(held) == sorted(id(weight) for weight in random.weights)
    assert list(blocks(random)) == ["embeddings", *(f"layer{number}" for number in range(1, 7))]
    assert block_output(random, "layer3").predict(IDS, verbose=0).shape == (4, 9, 384)


def test_random_weights_are_decided_by_the_seed_and_differ_between_projections(random):
    same, other = load_backbone("minilm", weights=None), load_backbone("minilm", weights=None, seed=1)
    assert all(np.array_equal(a, b) for a, b in zip(random.get_weights(), same.get_weights(), strict=True))
    assert not np.array_equal(random.get_weights()[0], other.get_weights()[0])
    attention = random.get_layer("layer1_attention")
    assert not np.array_equal(attention.query_dense.get_weights()[0], attention.key_dense.get_weights()[0])


def test_it_is_saved_and_loaded_like_any_model(random, tmp_path):
    random.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(IDS, verbose=0), random.predict(IDS, verbose=0))


def test_a_row_that_is_too_long_is_refused_and_so_is_another_pretraining_run(random):
    with pytest.raises(CourseError, match="at most 512"):
        random(np.ones((1, 513), np.int32))
    with pytest.raises(CourseError, match="seed=1 does not exist"):
        load_backbone("minilm", seed=1)


@pytest.mark.real
def test_its_states_are_those_of_the_original_code_in_every_layer(real_assets):
    kept_model("minilm")
    backbone = load_backbone("minilm")
    reference = np.load(real_assets / "references" / "minilm_hidden_states.npz")
    ids, real = reference["ids"].astype(np.int32), reference["ids"] != 0
    np.testing.assert_allclose(backbone.predict(ids, verbose=0)[real], reference["last"][real], atol=1e-4)
    for number, block in enumerate(blocks(backbone)):
        states = block_output(backbone, block).predict(ids[:3], verbose=0)
        np.testing.assert_allclose(states[real[:3]], reference["hidden"][number][real[:3]], atol=1e-4)


def test_sentences_of_the_same_meaning_lie_close_together():
    kept_model("minilm")
    texts = ["The film was wonderful.", "I loved this movie.", "The stock market fell sharply on Monday."]
    ids = load_tokenizer("minilm")(texts, length=16)
    vectors = extract_features(load_backbone("minilm"), ids)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > 0.6
    assert far < 0.2


def test_padding_counts_in_no_block(random):
    longer = np.pad(IDS, ((0, 0), (0, 5)))
    short, long = block_features(random, IDS), block_features(random, longer)
    for block, features in short.items():
        np.testing.assert_allclose(long[block], features, atol=1e-5, err_msg=block)
