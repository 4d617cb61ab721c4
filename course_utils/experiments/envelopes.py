"""Rounds for the lab *ten envelopes*: what validation said of a model, and what the test part said once it was open."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from course_utils.backbones import load_backbone
from course_utils.data import PARTS, Dataset, load_dataset, load_texts
from course_utils.data.dealing import deal
from course_utils.data.drawing.leaves import draw_plants
from course_utils.experiments.sound_features import all_clips, features_of_waves
from course_utils.experiments.sound_probes import DIGITS, LAST
from course_utils.experiments.text_budgets import features_by_text, look_up
from course_utils.transfer import extract_features, linear_probe

#: How validation and test part of a round are related.
HONEST, LEAK, WINNER, SHIFT = "honest", "leak", "winner", "shift"
#: Settings among which the validation part of a ``WINNER`` chooses.
TRIED = 40
_SEEDS = range(20)
_BUDGETS = (5, 10, 20)  # labelled inputs of each class
_SIZE, _PLANTS, _PHOTOGRAPHS = 96, 24, 5
_NOISE = 0.5  # white, as a share of how loud a clip is

_Features = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Pool:
    """All inputs of a task, as features, before they are dealt.

    Attributes:
        features: float32 ``(n, channels)``.
        labels: int64 ``(n,)``, sorted.
        groups: the number of each input's plant, speaker, wording or module, ``(n,)``; each its own if nothing is said.
        thing: what a group is; empty if every input is its own.
        shifted: the features of the same inputs from elsewhere, if they were taken.
    """

    features: _Features
    labels: NDArray[np.int64]
    groups: NDArray[np.intp]
    thing: str = ""
    shifted: _Features | None = None


def _leaves() -> Pool:
    def features(other_camera: bool) -> _Features:
        pictures, _, _ = draw_plants(_PLANTS, _PHOTOGRAPHS, 0, size=_SIZE, other_camera=other_camera)
        return extract_features(load_backbone("efficientnet_lite0", image_size=_SIZE), pictures)

    _, labels, plants = draw_plants(_PLANTS, _PHOTOGRAPHS, 0, size=_SIZE)
    return Pool(features(False), labels, plants, "plant", features(True))


def _pictures(task: str) -> Pool:
    dataset = load_dataset(task)
    inputs, labels = _joined(dataset)
    features = extract_features(load_backbone("embedded"), inputs)
    order = np.argsort(labels, kind="stable")
    return Pool(features[order], labels[order], np.arange(len(order)))


def _sounds(task: str, source: str, block: str) -> Pool:
    clips = all_clips(task)
    order = np.argsort(clips.labels, kind="stable")
    waves, speakers = clips.inputs[order], np.unique(clips.speakers[order], return_inverse=True)[1]
    features, shifted = (features_of_waves(w, source)[block] for w in (waves, _noisy(waves)))
    return Pool(features, clips.labels[order], speakers, "speaker", shifted)


def _noisy(waves: NDArray[np.float32]) -> NDArray[np.float32]:
    loud = waves.std(axis=1, keepdims=True)
    noisy: NDArray[np.float32] = waves + _NOISE * loud * np.random.default_rng(0).standard_normal(
        waves.shape, dtype=np.float32
    )
    return noisy


def _texts(task: str, thing: str) -> Pool:
    dataset = load_texts(task)
    texts, labels = _joined(dataset)
    groups = np.concatenate([getattr(dataset, part).groups for part in PARTS])
    order = np.argsort(labels, kind="stable")
    features = look_up(features_by_text(task, "pretrained"), "layer6", texts[order])
    return Pool(features, labels[order], np.unique(groups[order], return_inverse=True)[1], thing)


def _joined(dataset: Dataset) -> tuple[NDArray[Any], NDArray[np.int64]]:
    parts = [getattr(dataset, part) for part in PARTS]
    return np.concatenate([p.inputs for p in parts]), np.concatenate([p.labels for p in parts])


#: Tasks by name: the network that stays frozen, and the pool.
_TASKS: dict[str, tuple[str, Callable[[], Pool]]] = {
    "leaves": ("EfficientNet-Lite0", _leaves),
    "photo-textures": ("embedded", lambda: _pictures("photo-textures")),
    "scans": ("embedded", lambda: _pictures("scans")),
    "vowels": ("Whisper", lambda: _sounds("vowels", "Whisper", LAST)),
    "digits by Whisper": ("Whisper", lambda: _sounds(DIGITS, "Whisper", LAST)),
    "digits by log-mel": ("none", lambda: _sounds(DIGITS, "log-mel", "coarse log-mel")),
    "support": ("MiniLM", lambda: _texts("support", "wording")),
    "docstrings": ("MiniLM", lambda: _texts("docstrings", "module")),
}
_GROUPED = ("leaves", "vowels", "digits by Whisper", "digits by log-mel", "support", "docstrings")
_SHIFTED = ("leaves", "vowels", "digits by Whisper")
ENVELOPE_CELLS = tuple(
    {"task": task, "kind": kind, "seed": seed}
    for kind, tasks in ((HONEST, _TASKS), (LEAK, _GROUPED), (WINNER, _TASKS), (SHIFT, _SHIFTED))
    for task, seed in product(tasks, _SEEDS)
)


@lru_cache(maxsize=len(_TASKS))
def _pool(task: str) -> Pool:
    return _TASKS[task][1]()


def measure_envelope(cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Fit a probe as the cell's kind says, and return what was known before the test part was opened, and after.

    Returns:
        A row with how many inputs are in ``train``, ``validation`` and ``test``; how many of the latter two were
        answered right (``right_on_validation``, ``right_on_test``) and of how many groups they are
        (``validation_groups``, ``test_groups``); what a group is (``thing``, empty if each input is on its own); and
        the test ``accuracy``.
    """
    task, kind = cell["task"], cell["kind"]
    pool = _pool(task)
    rng = np.random.default_rng([cell["seed"], sorted((HONEST, LEAK, WINNER, SHIFT)).index(kind)])
    dealt = deal(pool.labels, pool.groups, cell["seed"])
    if kind == LEAK:
        dealt |= _dealt_again(pool, np.concatenate([dealt["train"], dealt["validation"]]), rng)
    few = _few(pool.labels, dealt["train"], int(rng.choice(_BUDGETS)), rng)
    validation = _some(dealt["validation"], (20, 80), rng)
    test = _some(dealt["test"], (20, 120), rng)
    right, score = (_best_of_many if kind == WINNER else _fitted)(pool, few, validation, rng)
    seen = pool.shifted if kind == SHIFT and pool.shifted is not None else pool.features
    right_on_test = int((score(seen[test]) == pool.labels[test]).sum())
    return [
        {
            **cell,
            "network": _TASKS[task][0],
            "classes": int(pool.labels.max()) + 1,
            "train": len(few),
            "validation": len(validation),
            "right_on_validation": right,
            "validation_groups": len(np.unique(pool.groups[validation])),
            "test": len(test),
            "test_groups": len(np.unique(pool.groups[test])),
            "thing": pool.thing,
            "right_on_test": right_on_test,
            "accuracy": right_on_test / len(test),
        }
    ]


_Answer = Callable[[_Features], NDArray[np.int64]]


def _fitted(pool: Pool, few: NDArray[np.intp], validation: NDArray[np.intp], rng: Any) -> tuple[int, _Answer]:
    probe = linear_probe(pool.features[few], pool.labels[few])
    return int((probe.predict(pool.features[validation]) == pool.labels[validation]).sum()), probe.predict


def _best_of_many(
    pool: Pool, few: NDArray[np.intp], validation: NDArray[np.intp], rng: np.random.Generator
) -> tuple[int, _Answer]:
    """Try penalties, channels and draws of the labelled inputs, and keep what validation likes best.

    Each setting sees 70 % of the labels, so that the settings differ as runs of fine-tuning with other seeds do.
    """
    best: tuple[int, _Answer] = (-1, lambda features: np.zeros(len(features), np.int64))
    channels = pool.features.shape[1]
    for _ in range(TRIED):
        kept = rng.permutation(channels)[: max(2, channels // int(rng.choice([2, 8, 32])))]
        rows = _few(pool.labels, few, max(2, int(0.7 * len(few) / (pool.labels.max() + 1))), rng)
        probe = linear_probe(pool.features[rows][:, kept], pool.labels[rows], c=float(10 ** rng.uniform(-3, 1)))
        right = int((probe.predict(pool.features[validation][:, kept]) == pool.labels[validation]).sum())
        if right > best[0]:
            best = right, partial(_answers_on, probe, kept)
    return best


def _answers_on(probe: Pipeline, channels: NDArray[np.intp], features: _Features) -> NDArray[np.int64]:
    answers: NDArray[np.int64] = probe.predict(features[:, channels])
    return answers


def _dealt_again(pool: Pool, rows: NDArray[np.intp], rng: np.random.Generator) -> dict[Any, NDArray[np.intp]]:
    """Deal rows one by one, so that validation is of the groups that are learned from."""
    shuffled = rng.permutation(rows)
    return {"train": shuffled[len(rows) // 4 :], "validation": shuffled[: len(rows) // 4]}


def _few(
    labels: NDArray[np.int64], rows: NDArray[np.intp], per_class: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    shuffled = rng.permutation(rows)
    return np.concatenate([shuffled[labels[shuffled] == label][:per_class] for label in np.unique(labels)])


def _some(rows: NDArray[np.intp], between: tuple[int, int], rng: np.random.Generator) -> NDArray[np.intp]:
    return rng.permutation(rows)[: int(rng.integers(*between))]
