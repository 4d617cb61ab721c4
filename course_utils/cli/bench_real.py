"""The figures of the real networks: how fast they are fetched, loaded and run, and how well they know photographs."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from course_utils.cli.bench_rows import BenchFigure, BenchRatio, LeftOut, Measured

if TYPE_CHECKING:  # heavy, and imported only by the measurements that need it
    import numpy as np
    from numpy.typing import NDArray

ASSETS = "COURSE_REAL_ASSETS"  # a folder of real weights and photographs


def lite0_features() -> Iterator[Measured | LeftOut]:
    """Measure EfficientNet-Lite0's features against a bare ``predict``, and the second time against the first."""
    import numpy as np

    from course_utils import load_backbone
    from course_utils.transfer import extract_features

    if os.environ.get(ASSETS):
        images, which = _photographs(160)[0], "photographs"
    else:
        images, which = np.random.default_rng(0).integers(0, 256, (64, 160, 160, 3)).astype(np.uint8), "noise pictures"
    backbone, decoded = load_backbone("efficientnet_lite0", image_size=160), images.astype(np.float32)
    features = predict = float("inf")
    for _ in range(4):  # the first round includes the time that Keras takes to compile; the best counts
        features = min(features, _seconds(lambda: extract_features(backbone, images)))
        predict = min(predict, _seconds(lambda: backbone.predict(decoded, verbose=0)))
    note = f"{len(images)} {which} at 160 pixels"
    yield BenchRatio("lite0-features", features, "seconds for features", predict, "to predict", most=1.3, note=note)
    if not os.environ.get(ASSETS):
        yield LeftOut("lite0-cache", f"{ASSETS} is not set, and noise says little about it")
        return
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, COURSE_CACHE=folder):
        first, *again = (_seconds(lambda: extract_features(backbone, images, cache=True)) for _ in range(11))
    yield BenchRatio("lite0-cache", first, "seconds the first time", min(again), "from disk", least=50, note=note)


def photographs() -> Iterator[Measured | LeftOut]:
    """Measure five-fold accuracy of frozen features and a linear head on photographs of ants and bees."""
    if not os.environ.get(ASSETS):
        yield LeftOut("photographs", f"{ASSETS} is not set")
        return
    from sklearn.model_selection import StratifiedKFold

    from course_utils import extract_features, linear_probe, load_backbone

    images, labels = _photographs(224)
    for name in ("efficientnet_lite0", "mobilenet_v2"):
        features = extract_features(load_backbone(name), images)
        folds = StratifiedKFold(5, shuffle=True, random_state=0).split(features, labels)
        scores = [linear_probe(features[a], labels[a]).score(features[b], labels[b]) for a, b in folds]
        note = f"five folds of {len(labels)} photographs, {min(scores):.3f} to {max(scores):.3f}"
        yield BenchFigure(f"photographs-{name}", sum(scores) / len(scores), "of them right", least=0.95, note=note)


def _photographs(side: int) -> "tuple[NDArray[np.uint8], NDArray[np.int64]]":
    """Return all photographs of ants and bees, and their labels."""
    import numpy as np

    from course_utils import load_dataset

    dataset = load_dataset(str(Path(os.environ[ASSETS]) / "ants_bees"), image_size=side)
    parts = (dataset.train, dataset.validation, dataset.test)
    return np.concatenate([part.inputs for part in parts]), np.concatenate([part.labels for part in parts])


def kept_models() -> Iterator[Measured | LeftOut]:
    """Measure how long each fetched network took to convert, and how long it takes to load."""
    from course_utils import load_backbone
    from course_utils.pretrained.lock import locked_models
    from course_utils.pretrained.store import kept_receipt

    for name in locked_models():
        receipt = kept_receipt(name)
        if receipt is None:
            yield LeftOut(f"{name}-load", f"it was not fetched: course models fetch {name}")
            continue
        yield BenchFigure(f"{name}-convert", receipt.seconds, "seconds when it was fetched", most=20)
        seconds = min(_seconds(lambda name=name: load_backbone(name)) for _ in range(2))  # type: ignore[misc]
        yield BenchFigure(f"{name}-load", seconds, "seconds to load", most=3)


def sentences() -> Iterator[Measured | LeftOut]:
    """Measure MiniLM on 400 sentences of 32 tokens, in seconds; the second round, since the first compiles."""
    import numpy as np

    from course_utils import extract_features, load_backbone
    from course_utils.pretrained.store import kept_receipt

    if kept_receipt("minilm") is None:
        yield LeftOut("minilm", "it was not fetched: course models fetch minilm")
        return
    backbone, ids = load_backbone("minilm"), np.random.default_rng(0).integers(1000, 20_000, (400, 32), np.int32)
    seconds = [_seconds(lambda: extract_features(backbone, ids)) for _ in range(2)]
    yield BenchFigure("minilm", seconds[1], "seconds for 400 sentences of 32 tokens", most=15)


def _seconds(compute: Callable[[], Any]) -> float:
    started = time.perf_counter()
    compute()
    return time.perf_counter() - started
