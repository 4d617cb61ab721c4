"""Whisper's decoder: what it writes, checked by its definition and by the original runtime."""

import numpy as np
import pytest
from pretrained_models import kept_model
from scipy.special import erf

from course_utils.backbones import Transcriber, load_transcriber
from course_utils.data import load_sounds
from course_utils.errors import CourseError
from course_utils.experiments.sound_transcripts import digits_of, in_a_row

WIDTH, HEADS, PLACES = 12, 6, 40
TOKENS = ["a", "Ġb", "Ġc", "[", "Ġ", "Ġd", "<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"]


class Encoder:
    """Hears the same in every wave of 30 s."""

    def __init__(self, heard: np.ndarray) -> None:
        self.heard, self.lengths = heard, []

    def predict_on_batch(self, waves):
        self.lengths.append(waves.shape)
        return self.heard[None]


def drawn_tensors(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)

    def linear(name, out, inputs):
        return {f"{name}/weight": rng.normal(size=(out, inputs)), f"{name}/bias": rng.normal(size=out)}

    def norm(name):
        return {f"{name}/gamma": rng.normal(size=WIDTH), f"{name}/beta": rng.normal(size=WIDTH)}

    tensors = {
        "embeddings/weight": rng.normal(size=(len(TOKENS), WIDTH)),
        "position_encodings/encodings": rng.normal(size=(448, WIDTH)),
    } | norm("layer_norm")
    for number in range(2):
        block = f"layer_{number}"
        for part in ("self_attention", "attention", "ffn"):
            tensors |= norm(f"{block}/{part}/layer_norm")
        tensors |= linear(f"{block}/self_attention/linear_0", 3 * WIDTH, WIDTH)
        tensors |= linear(f"{block}/self_attention/linear_1", WIDTH, WIDTH)
        tensors |= linear(f"{block}/attention/linear_0", WIDTH, WIDTH)
        tensors |= linear(f"{block}/attention/linear_1", 2 * WIDTH, WIDTH)
        tensors |= linear(f"{block}/attention/linear_2", WIDTH, WIDTH)
        tensors |= linear(f"{block}/ffn/linear_0", 4 * WIDTH, WIDTH) | linear(f"{block}/ffn/linear_1", WIDTH, 4 * WIDTH)
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def written_by_definition(tensors: dict[str, np.ndarray], heard: np.ndarray, most: int) -> list[int]:
    """Return the likeliest tokens, each from the whole text so far at once, with a mask over what comes later."""
    w = {name: tensor.astype(float) for name, tensor in tensors.items()}

    def linear(name, x):
        return x @ w[f"{name}/weight"].T + w[f"{name}/bias"]

    def norm(name, x):
        x = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5)
        return x * w[f"{name}/gamma"] + w[f"{name}/beta"]

    def attend(queries, keys, values, masked):
        taken = np.zeros_like(queries)
        size = WIDTH // HEADS
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            scores = queries[:, part] @ keys[:, part].T / np.sqrt(size)
            if masked:
                scores[np.triu_indices(len(scores), 1)] = -np.inf
            shares = np.exp(scores - scores.max(1, keepdims=True))
            taken[:, part] = shares / shares.sum(1, keepdims=True) @ values[:, part]
        return taken

    ids = [7, 8]
    while len(ids) < most:
        x = w["embeddings/weight"][ids] + w["position_encodings/encodings"][: len(ids)]
        for block in ("layer_0", "layer_1"):
            own = linear(f"{block}/self_attention/linear_0", norm(f"{block}/self_attention/layer_norm", x))
            x = x + linear(f"{block}/self_attention/linear_1", attend(*np.split(own, 3, 1), True))
            queries = linear(f"{block}/attention/linear_0", norm(f"{block}/attention/layer_norm", x))
            keys, values = np.split(linear(f"{block}/attention/linear_1", heard), 2, 1)
            x = x + linear(f"{block}/attention/linear_2", attend(queries, keys, values, False))
            wide = linear(f"{block}/ffn/linear_0", norm(f"{block}/ffn/layer_norm", x))
            x = x + linear(f"{block}/ffn/linear_1", wide * (1 + erf(wide / np.sqrt(2))) / 2)
        logits = norm("layer_norm", x)[-1] @ w["embeddings/weight"][:7].T
        logits[[3, *([4, 6] if len(ids) == 2 else [])]] = -np.inf
        if (token := int(logits.argmax())) == 6:
            break
        ids.append(token)
    return ids[2:]


@pytest.mark.parametrize("seed", range(8))
def test_it_writes_what_the_paper_describes(seed):
    heard = np.random.default_rng(seed + 100).normal(size=(PLACES, WIDTH)).astype(np.float32)
    tensors = drawn_tensors(seed)
    encoder = Encoder(heard)
    transcriber = Transcriber(encoder, tensors, TOKENS)
    told = transcriber.tokens(heard)
    assert told[:30] == written_by_definition(tensors, heard, most=32)
    assert 3 not in told
    text = transcriber.transcribe(np.ones(1000, np.float32))
    assert text == "".join(TOKENS[token].replace("Ġ", " ") for token in told).strip()
    assert encoder.lengths == [(1, 480_000)]


@pytest.mark.parametrize("samples", [0, 480_001])
def test_an_empty_or_too_long_wave_is_refused(samples):
    transcriber = Transcriber(Encoder(np.zeros((PLACES, WIDTH), np.float32)), drawn_tensors(0), TOKENS)
    with pytest.raises(CourseError, match="can't be transcribed: give 1 to 480,000"):
        transcriber.transcribe(np.zeros(samples, np.float32))


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("7, 2, 9, 4, 1, 8.", [7, 2, 9, 4, 1, 8]),
        ("729418", [7, 2, 9, 4, 1, 8]),
        ("Nine.", [9]),
        ("One two - Three!", [1, 2, 3]),
        ("for", None),
        ("Take 5", None),
        ("someone", None),
        ("", []),
    ],
)
def test_digits_are_read_from_a_transcript(written, digits):
    assert digits_of(written) == digits


def test_recordings_are_joined_with_pauses_and_without_the_quiet_around_them():
    loud = np.concatenate([np.zeros(500), np.ones(300), np.zeros(200)]).astype(np.float32)
    joined = in_a_row([loud, loud])
    assert len(joined) == 300 + 4000 + 300
    assert joined[:300].all()
    assert not joined[300:4300].any()


@pytest.mark.parametrize(
    ("digits", "text"),
    [((7, 2, 9, 4, 1, 8), "729-418"), ((3, 0, 5, 1, 6, 2), "3 0 5 1 6 2"), ((9,), "9."), ((2,), "you.")],
)
def test_the_original_runtime_writes_the_same_text(digits, text):
    """The texts are those of CTranslate2 4.8.5: greedy search in float32, with the same signs suppressed."""
    kept_model("whisper_tiny_en")
    try:
        clips = load_sounds("spoken_digits").test
    except CourseError:
        pytest.skip("the spoken digits are not on this computer: set COURSE_REAL_ASSETS")
    waves = [clips.inputs[np.flatnonzero(clips.labels == digit)[0]] for digit in digits]
    assert load_transcriber().transcribe(in_a_row(waves)) == text
