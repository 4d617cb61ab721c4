"""Label budgets: how accurate each way of learning is with a limited number of labels."""

from collections.abc import Callable, Iterable

import keras
import numpy as np
from keras import layers

from course_utils.backbones.embedded import build_embedded
from course_utils.data import Dataset, Split
from course_utils.data.drawing import SIZE
from course_utils.quiet import start_keras
from course_utils.transfer.features import extract_features, linear_probe
from course_utils.transfer.sessions import Session, shift_and_flip


class TaskFeatures(dict[str, np.ndarray]):
    """A task's features by part, each computed when it is first asked for."""

    def __init__(self, backbone: keras.Model, dataset: Dataset) -> None:
        super().__init__()
        self.backbone, self.dataset = backbone, dataset

    def __missing__(self, part: str) -> np.ndarray:
        self[part] = extract_features(self.backbone, getattr(self.dataset, part).inputs)
        return self[part]


def features_of(backbone: keras.Model, dataset: Dataset) -> TaskFeatures:
    """Return the features of ``train``, ``validation`` and ``test``, each float32 ``(n, channels)``."""
    return TaskFeatures(backbone, dataset)


def probe_accuracy(
    features: dict[str, np.ndarray], dataset: Dataset, per_class: int, seed: int, part: str = "test"
) -> float:
    """Return the accuracy, 0..1, of a linear probe trained on ``per_class`` labels of every class."""
    rows = dataset.train.few_rows(per_class, seed)
    probe = linear_probe(features["train"][rows], dataset.train.labels[rows])
    return float(probe.score(features[part], getattr(dataset, part).labels))


def probe_on_views(features: TaskFeatures, per_class: int, seed: int, views: int) -> float:
    """Return the test accuracy, 0..1, of a probe on ``per_class`` labels that also saw each picture shifted, mirrored.

    Args:
        features: of the task; their backbone is run again on the new views.
        views: of every picture, beside the picture itself; 1 or more.
    """
    dataset, rng = features.dataset, np.random.default_rng(seed)
    rows = dataset.train.few_rows(per_class, seed)
    pictures, labels = dataset.train.inputs[rows].astype(np.float32), dataset.train.labels[rows]
    seen = [features["train"][rows]]
    seen += [extract_features(features.backbone, shift_and_flip(pictures, rng)) for _ in range(views)]
    probe = linear_probe(np.concatenate(seen), np.tile(labels, views + 1))
    return float(probe.score(features["test"], dataset.test.labels))


def scratch_model(classes: int, seed: int, learning_rate: float = 1e-3, image_size: int = SIZE) -> keras.Model:
    """Return the embedded network with random weights and a new head, compiled to train everything.

    ``image_size`` is the side of its pictures in pixels: a fair control sees as much as what it is compared with.
    """
    start_keras()
    network = build_embedded(seed, size=image_size)
    model = keras.Sequential([network, layers.GlobalAveragePooling2D(), layers.Dense(classes, activation="softmax")])
    model.compile(
        keras.optimizers.AdamW(learning_rate, weight_decay=0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def scratch_session(
    dataset: Dataset, per_class: int, seed: int, steps: int | None = None, learning_rate: float = 1e-3
) -> Session:
    """Return a session that trains the network from random weights on ``per_class`` labels of every class.

    The control gets a fair chance: weight decay, augmentation, and by default 1,000 steps or 25 epochs, whichever is
    more. Steps (400, 1,000) and rate (5e-4 to 5e-3) were searched together on validation pictures of shapes, photo
    textures and digits; these did best on average. Fewer ``steps`` make a quick demonstration.
    """
    few = dataset.train.few(per_class, seed)
    model = scratch_model(dataset.num_classes, seed, learning_rate, few.inputs.shape[1])
    epochs, batch_size = _schedule(len(few), steps)
    return Session(model, few, epochs=epochs, batch_size=batch_size, augment=shift_and_flip, seed=seed)


def scratch_steps(pictures: int) -> int:
    """Return how many optimizer steps ``scratch_session`` takes by default on so many pictures."""
    epochs, batch_size = _schedule(pictures, None)
    return epochs * -(-pictures // batch_size)  # the last batch of an epoch is filled up


def _schedule(pictures: int, steps: int | None) -> tuple[int, int]:
    """Return epochs and batch size."""
    batch_size = min(32, pictures)
    return max(1, steps * batch_size // pictures) if steps else max(25, 1000 * batch_size // pictures), batch_size


def scratch_accuracy(
    dataset: Dataset,
    per_class: int,
    seed: int,
    part: str = "test",
    steps: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> float:
    """Return the accuracy, 0..1, of that network trained on ``per_class`` labels, as ``scratch_session`` does.

    ``on_progress`` is called with (steps done, steps in total).
    """
    session = scratch_session(dataset, per_class, seed, steps)
    total = session.epochs * -(-len(session.train) // session.batch_size)
    for event in session.events():
        if on_progress and event.kind == "step":
            on_progress(event.step, total)
    return accuracy_on(session.model, getattr(dataset, part))


def accuracy_on(model: keras.Model, pictures: Split) -> float:
    """Return the accuracy, 0..1, of a classifier on pictures."""
    scores = model.predict(pictures.inputs.astype(np.float32), batch_size=256, verbose=0)
    return float((scores.argmax(1) == pictures.labels).mean())


def band(values: Iterable[float]) -> tuple[float, float, float]:
    """Return the mean, lowest and highest of several seeds' results."""
    v = np.asarray(list(values), float)
    return float(v.mean()), float(v.min()), float(v.max())


def label_efficiency(budgets: list[int], transfer: list[float], scratch: list[float], at: int) -> float:
    """Return how many times as many labels scratch training needs to match transfer with ``at`` labels.

    Args:
        budgets: labels per class, increasing, each 1 or more.
        transfer, scratch: mean accuracy, 0..1, at each budget.
        at: one of the budgets.

    Returns:
        The factor, interpolated in the logarithm of the budget; ``inf`` if scratch never gets there.
    """
    goal = transfer[budgets.index(at)]
    best = np.maximum.accumulate(scratch)
    if best[-1] < goal:
        return float("inf")
    if best[0] >= goal:
        return budgets[0] / at
    logs, i = np.log(budgets), int(np.argmax(best >= goal))
    share = (goal - best[i - 1]) / (best[i] - best[i - 1])
    return float(np.exp(logs[i - 1] + share * (logs[i] - logs[i - 1])) / at)
