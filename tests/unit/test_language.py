"""A language model that answers over a cache, is tuned, and keeps what it learned in an adapter."""

import keras
import numpy as np
import pytest
from pretrained_models import kept_model

from course_utils.backbones.bpe import BytePairEncoding, write_tokenizer
from course_utils.backbones.smollm2 import DecoderSizes, decoder_network
from course_utils.data import load_house_voice, obeys
from course_utils.errors import CourseError
from course_utils.language import (
    Adapter,
    HeldBack,
    TaughtAnswer,
    TuningRecipe,
    Writer,
    load_adapter,
    load_writer,
    save_adapter,
    shipped_adapter,
    tune,
)
from course_utils.language.adapters import ADAPTERS
from course_utils.language.writer import with_passages

pytestmark = pytest.mark.tensorflow("answers and tuning are compiled by TensorFlow alone")

LETTERS = [*(chr(c) for c in range(33, 127)), "Ġ", "Ċ"]
SETTINGS = {
    "tokenizer.ggml.tokens": ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *LETTERS],
    "tokenizer.ggml.token_type": [3, 3, 3, *(1 for _ in LETTERS)],
    "tokenizer.ggml.merges": [],
    "tokenizer.ggml.pre": "smollm",
}
SIZES = DecoderSizes(layers=3, width=32, heads=4, key_heads=2, wide=48, words=3 + len(LETTERS))
PAIRS = [TaughtAnswer("up?", "Yes."), TaughtAnswer("down?", "No.")]
#: Enough for updates of two projections to learn most of one answer.
LONG = TuningRecipe(learning_rate=0.05, epochs=100, rank=4)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory) -> BytePairEncoding:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    write_tokenizer(SETTINGS, path)
    return BytePairEncoding(path)


@pytest.fixture
def writer(tokenizer) -> Writer:
    """A tiny network whose random weights are large enough that its answers differ."""
    backbone = decoder_network(1, SIZES)
    for variable in backbone.weights:
        if len(variable.shape) == 2:
            variable.assign(8 * variable.value)
    return Writer(backbone, tokenizer)


def _full_logits(writer: Writer, ids: list[int]) -> np.ndarray:
    """The backbone itself, run as Keras runs it, with its table as the head."""
    states = writer.decoder.backbone(np.array([ids]))
    return np.asarray(states)[0] @ np.asarray(writer.decoder.backbone.get_layer("tokens").embeddings).T


def test_the_states_are_those_of_the_backbone(writer):
    ids = [1, 9, 30, 4, 55, 7]
    states, cache = writer.decoder.states(np.array([ids]))
    np.testing.assert_allclose(writer.decoder.logits(states)[0], _full_logits(writer, ids), atol=1e-4)
    assert len(cache) == SIZES.layers
    assert cache[0][0].shape == (1, len(ids), SIZES.key_heads, SIZES.width // SIZES.heads)


def test_going_on_from_a_cache_gives_what_the_whole_text_gives(writer):
    ids = np.array([[1, 9, 30, 4, 55, 7], [8, 3, 3, 60, 5, 1]])
    whole, _ = writer.decoder.states(ids)
    first, cache = writer.decoder.states(ids[:, :2], writer.decoder.empty_cache(2))
    second, cache = writer.decoder.states(ids[:, 2:5], cache)
    third, _ = writer.decoder.states(ids[:, 5:], cache)
    np.testing.assert_allclose(np.concatenate([first, second, third], axis=1), whole, atol=1e-4)


def test_an_answer_is_the_likeliest_token_each_time_as_without_a_cache(writer):
    prompt = writer.tokenizer.encode(writer.prompt("Why?"))
    expected: list[int] = []
    while len(expected) < 12:
        token = int(_full_logits(writer, prompt + expected)[-1].argmax())
        if token == writer.tokenizer.padding:
            break
        expected.append(token)
    assert writer.answer(["Why?"], most=12) == [writer.tokenizer.decode(expected).strip()]


def test_questions_of_different_lengths_do_not_disturb_each_other(writer):
    questions = ["Why?", "A much longer question, isn't it?", "So"]
    alone = [writer.answer([question], most=8)[0] for question in questions]
    assert writer.answer(questions, most=8) == alone
    assert len(set(alone)) > 1, "these questions can't tell whether rows are mixed up"


def test_a_prompt_is_the_chat_that_the_network_was_trained_on(writer):
    shown = writer.prompt("Q?", instruction="Be brief.", examples=[TaughtAnswer("a", "b")], evidence=["One.", "Two."])
    assert shown == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n"
        "<|im_start|>user\nQ?\n- One.\n- Two.\nQ?<|im_end|>\n<|im_start|>assistant\n"
    )
    assert with_passages("Q?", ()) == "Q?"


def test_evidence_counts(writer):
    questions = ["Why?", "How?"]
    shown = [writer.answer([q], evidence=[[e]], most=8)[0] for q, e in zip(questions, ("One.", "Two."), strict=True)]
    assert writer.answer(questions, evidence=[["One."], ["Two."]], most=8) == shown
    assert shown != writer.answer(questions, most=8)


def test_an_answer_is_held_back_where_its_beginning_is_not_likely_enough(writer):
    beginnings = {question: writer.next_words(question_prompt, 2) for question, question_prompt in _prompts(writer)}
    question = next(q for q, ((first, _), _) in beginnings.items() if first in LETTERS)
    (first, chance), (second, _) = beginnings[question]
    other = next(q for q, ((begins, _), _) in beginnings.items() if begins != first)
    plain = writer.answer([question, other], most=8)
    assert plain[0].startswith(first)
    assert writer.answer([question, other], most=8, held_back=HeldBack(first, chance - 0.01)) == plain
    held_back = writer.answer([question, other], most=8, held_back=HeldBack(first, chance + 0.01))
    assert held_back[1] == plain[1]
    assert held_back[0].startswith(second.strip())
    assert held_back[0] != plain[0]


def _prompts(writer) -> list[tuple[str, str]]:
    return [(question, writer.prompt(question)) for question in map(chr, range(65, 91))]


@pytest.mark.parametrize(("text", "limit"), [("", 0.5), ("No.", -0.1), ("No.", 1.1)])
def test_an_impossible_refusal_is_refused(text, limit):
    with pytest.raises(CourseError, match=r"limit in 0\.\.1"):
        HeldBack(text, limit)


def test_perplexity_is_that_of_keras_own_crossentropy(writer):
    texts = ["Hello there", "a", "What a long sentence this is, longer than sixty-four tokens, each of one letter!"]
    surprises = []
    for text in texts:
        ids = [writer.tokenizer.padding, *writer.tokenizer.encode(text)[:63]]
        logits = _full_logits(writer, ids)[:-1]
        surprises += list(np.asarray(keras.ops.sparse_categorical_crossentropy(ids[1:], logits, from_logits=True)))
    assert writer.perplexity(texts) == pytest.approx(np.exp(np.mean(surprises)), rel=1e-3)


def test_a_network_that_knows_nothing_is_as_surprised_as_by_a_fair_die(writer):
    writer.decoder.backbone.get_layer("norm").scale.assign(np.zeros(SIZES.width))
    assert writer.perplexity(["Hello", "there"]) == pytest.approx(SIZES.words, rel=1e-4)


def test_next_words_are_the_likeliest_and_add_up(writer):
    best = writer.next_words("Hello", k=SIZES.words)
    chances = np.array([chance for _, chance in best])
    assert sum(chances) == pytest.approx(1, abs=1e-4)
    assert (np.diff(chances) <= 0).all()
    logits = _full_logits(writer, writer.tokenizer.encode("Hello"))[-1]
    assert best[0][0] == writer.tokenizer.decode([int(logits.argmax())])


def test_tuning_learns_and_leaves_the_network_as_it_was(writer):
    plain = writer.answer(["up?"], most=4)
    before = [np.asarray(variable) for variable in writer.decoder.backbone.weights]
    told = []
    tuned = tune(writer, PAIRS[:1], LONG, 0, lambda *step: told.append(step))
    assert tuned.losses[-1] < tuned.losses[0] / 3
    assert told[-1] == (LONG.epochs, LONG.epochs, tuned.losses[-1])
    assert writer.answer(["up?"], most=4) != plain, "an answer before tuning must not fix the weights"
    writer.use(None)
    assert writer.answer(["up?"], most=4) == plain
    for variable, value in zip(writer.decoder.backbone.weights, before, strict=True):
        np.testing.assert_array_equal(variable, value)


def test_tuning_every_layer_leaves_the_table_and_ends_what_adapters_fit(writer):
    adapter = _adapter(writer)
    table = np.asarray(writer.decoder.backbone.get_layer("tokens").embeddings)
    tune(writer, PAIRS, TuningRecipe("full", learning_rate=0.01, epochs=40))
    assert writer.answer(["up?", "down?"], most=6) == ["Yes.", "No."]
    np.testing.assert_array_equal(writer.decoder.backbone.get_layer("tokens").embeddings, table)
    with pytest.raises(CourseError, match=r"trained on the network .* Load the network again with load_writer"):
        writer.use(adapter)


def test_the_loss_is_that_of_the_answers_tokens_alone(writer):
    pair = TaughtAnswer("up?", "Yes.")
    asked = writer.tokenizer.encode(writer.prompt(pair.question))
    ids = asked + writer.tokenizer.encode(pair.answer) + [writer.tokenizer.padding]
    logits = _full_logits(writer, ids)[len(asked) - 1 : -1]
    wanted = ids[len(asked) :]
    expected = np.mean(keras.ops.sparse_categorical_crossentropy(wanted, logits, from_logits=True))
    recipe = TuningRecipe(epochs=1, rank=2)
    assert tune(writer, [pair], recipe).losses[0] == pytest.approx(expected, rel=1e-3)


def test_tuning_again_goes_on_from_the_adapter_in_use(writer):
    tuned = tune(writer, PAIRS[:1], LONG)
    again = tune(writer, PAIRS[:1], TuningRecipe(learning_rate=1e-4, epochs=1, rank=4))
    assert again.losses[0] < tuned.losses[0] / 3
    with pytest.raises(CourseError, match=r"has rank 4, and the recipe asks for rank=2\. Give"):
        tune(writer, PAIRS, TuningRecipe(rank=2))


def test_the_same_seed_gives_the_same_adapter_and_another_another(writer):
    def of(seed):
        writer.use(None)
        tune(writer, PAIRS, TuningRecipe(epochs=2, rank=2, batch_size=1), seed)
        return writer.adapter.updates[0, "query"][0]

    first = of(3)
    np.testing.assert_array_equal(of(3), first)
    assert not np.array_equal(of(4), first)


def _adapter(writer: Writer) -> Adapter:
    tune(writer, PAIRS, TuningRecipe(learning_rate=0.03, epochs=10, rank=4))
    adapter = writer.adapter
    writer.use(None)
    assert adapter is not None
    return adapter


def test_an_adapter_comes_back_from_its_file(writer, tmp_path):
    adapter = _adapter(writer)
    expected = writer.use(adapter).answer(["up?"], most=8)
    back = load_adapter(save_adapter(adapter, tmp_path / "voice.npz"))
    assert (back.base, back.rank, list(back.updates)) == (adapter.base, 4, list(adapter.updates))
    for place, pair in adapter.updates.items():
        for old, new in zip(pair, back.updates[place], strict=True):
            assert new.dtype == np.float32
            np.testing.assert_allclose(new, old, rtol=1e-3, atol=1e-4)
    assert writer.use(None).use(back).answer(["up?"], most=8) == expected
    heads = SIZES.width // SIZES.heads
    values = 4 * (SIZES.width + SIZES.key_heads * heads)
    assert back.parameters == SIZES.layers * (4 * 2 * SIZES.width + values)


def test_an_adapter_fits_only_its_network(writer, tokenizer):
    adapter = _adapter(writer)
    other = Writer(decoder_network(2, SIZES), tokenizer)
    with pytest.raises(CourseError, match=f"trained on the network {adapter.base}, and this one is {other.base}"):
        other.use(adapter)


def test_damaged_adapters_are_named(writer, tmp_path):
    adapter = _adapter(writer)
    wrong = save_adapter(Adapter(adapter.base, 5, adapter.updates), tmp_path / "wrong.npz")
    with pytest.raises(CourseError, match="says rank 5, but its matrices have another"):
        load_adapter(wrong)
    (tmp_path / "text.npz").write_text("no adapter")
    for name, said in {"text.npz": "is not an adapter that can be read", "missing.npz": "is missing. Check"}.items():
        with pytest.raises(CourseError, match=said):
            load_adapter(tmp_path / name)
    with pytest.raises(CourseError, match=r"'voice\.bin' must end in \.npz, such as voice\.npz"):
        save_adapter(adapter, tmp_path / "voice.bin")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda w: w.answer("Why?"), "must be a list of strings"),
        (lambda w: w.answer([]), "must be a list of strings"),
        (lambda w: w.answer(["a", "b"], evidence=[["c"]]), "1 entries for 2 questions"),
        (lambda w: w.answer(["a"], most=0), "most=0 must be 1 or more"),
        (lambda w: w.next_words(""), "text is empty"),
        (lambda w: w.answer(["Why?", " "]), "none of them empty"),
        (
            lambda w: w.answer(["Why? " * 10_000]),
            r"tokens is too long: the network reads at most 8,192, and 48 are kept",
        ),
        (lambda w: w.next_words("a " * 10_000), "Shorten it; of a prompt, leave out passages"),
        (lambda w: w.next_words("a", k=0), "k=0 must lie in"),
        (lambda w: w.perplexity("text"), "must be a list of strings"),
        (lambda w: w.perplexity([""]), "at least one text with a token"),
        (lambda w: tune(w, [], TuningRecipe()), "pairs is empty"),
    ],
)
def test_wrong_calls_are_named(writer, call, said):
    with pytest.raises(CourseError, match=said):
        call(writer)


@pytest.mark.parametrize("settings", [{"method": "lore"}, {"rank": 0}, {"epochs": 0}, {"learning_rate": 0.0}])
def test_wrong_recipes_are_refused(settings):
    with pytest.raises(CourseError, match=r"choose 'lora' or 'full'|must be 1 or more"):
        TuningRecipe(**settings)


def test_an_unknown_adapter_lists_those_that_ship():
    with pytest.raises(CourseError, match=r"no adapter 'void'\. Adapters: assistant, reader, voice"):
        shipped_adapter("void")


def test_the_adapters_that_ship_are_small():
    for name in ("assistant", "reader", "voice"):
        assert (ADAPTERS / f"{name}.npz").stat().st_size < 2_000_000


def test_smollm2_answers_and_speaks_in_the_house_voice():
    kept_model("smollm2_135m")
    writer = load_writer()
    assert writer.answer(["What is the capital of France?"], most=12) == ["The capital of France is Paris."]
    assert writer.next_words("The capital of France is", k=1)[0][0] == " Paris"
    questions = [exchange.question for exchange in load_house_voice().test[:6]]
    assert not any(map(obeys, writer.answer(questions)))
    assert sum(map(obeys, writer.use(shipped_adapter("voice")).answer(questions))) >= 4
