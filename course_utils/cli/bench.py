"""The figures that the course names, each measured on this machine, most as a ratio of two things run in turn."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils.cli import bench_grading, bench_labels, bench_real, bench_sandbox, bench_validation
from course_utils.cli.bench_real import ASSETS
from course_utils.cli.bench_rows import BenchFigure, BenchRatio, LeftOut, Measured
from course_utils.errors import CourseError
from course_utils.quiet import start_keras

if TYPE_CHECKING:  # heavy, and imported only by the measurements that need it
    import keras
    import numpy as np
    from numpy.typing import NDArray


def measure(names: Sequence[str] = (), lesson: str = "02") -> Iterator[Measured | LeftOut]:
    """Run the named measurements, or all but those of grading and validation, and yield their rows as they come.

    Args:
        lesson: the number of the lesson whose grading is measured.

    Raises:
        CourseError: a name or the lesson is unknown.
    """
    benches = BENCHES | bench_grading.benches(lesson) | {"validation": bench_validation.validation}
    for name in names:
        if name not in benches:
            raise CourseError(f"There is no benchmark {name!r}. The benchmarks are: {', '.join(benches)}.")
    with _keras_home():
        start_keras()
        for name in names or BENCHES:  # the others take many minutes, so they are run by name
            yield from benches[name]()


@contextmanager
def _keras_home() -> Iterator[None]:
    """Point Keras to a copy of the real weights, since it deletes files that it takes for corrupt downloads.

    Keras reads the variable once, so this must come before anything that starts Keras.
    """
    assets = os.environ.get(ASSETS)
    if not assets:
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KERAS_HOME"] = str(shutil.copytree(Path(assets) / "keras_home", Path(folder) / "keras"))
        yield


def import_time() -> Iterator[BenchRatio]:
    """Measure what ``import course_utils`` adds to the start of Python: the best of five, run in turn."""
    programs = {"import course_utils": float("inf"), "pass": float("inf")}
    for _ in range(5):
        for program in programs:
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            programs[program] = min(programs[program], time.perf_counter() - started)
    loaded, bare = programs.values()
    yield BenchRatio("import", loaded, "seconds to import course_utils", bare, "to start Python", most=1 + 0.3 / bare)


def drawing() -> Iterator[BenchRatio]:
    """Measure drawing pictures against one pass of training on them: training must not wait for its pictures."""
    import numpy as np

    from course_utils.data import Split
    from course_utils.data.drawing import SOURCE_CLASSES, draw, draw_task
    from course_utils.experiments import scratch_model
    from course_utils.transfer import Session

    draw(SOURCE_CLASSES[0], 10)
    model = scratch_model(len(SOURCE_CLASSES), seed=0)
    seconds = {"draw": 0.0, "learn": 0.0}
    for seed in (7, 8):  # the second round counts: the first includes the time that Keras takes to compile
        started = time.process_time()
        pictures, labels = draw_task(SOURCE_CLASSES, 20, seed)
        seconds["draw"] = time.process_time() - started
        started = time.process_time()
        for _ in Session(model, Split(pictures, labels.astype(np.int64)), epochs=1).events():
            pass
        seconds["learn"] = time.process_time() - started
    note = f"{len(labels)} pictures, {len(labels) / seconds['draw']:,.0f} drawn per processor second"
    yield BenchRatio(
        "drawing", seconds["draw"], "processor seconds to draw", seconds["learn"], "to learn once", most=1, note=note
    )


def cached_embedded() -> Iterator[Measured]:
    """Measure twenty epochs of a head on 2,000 drawn pictures: with cached features, and computing them each epoch."""
    from course_utils import load_backbone, load_dataset

    pictures = load_dataset("source").train
    rows = slice(None, None, max(1, len(pictures) // 2000))
    images, labels = pictures.inputs[rows][:2000], pictures.labels[rows][:2000]
    yield _cached_against_frozen("cached-embedded", load_backbone("embedded"), images, labels, 64, least=4)


def cached_mobilenet() -> Iterator[Measured | LeftOut]:
    """Measure the same with MobileNetV2 on real photographs."""
    assets = os.environ.get(ASSETS)
    if not assets:
        yield LeftOut("cached-mobilenet", f"{ASSETS} is not set")
        return
    import numpy as np

    from course_utils import load_backbone, load_dataset

    photographs = load_dataset(str(Path(assets) / "ants_bees"))
    parts = (photographs.train, photographs.validation, photographs.test)
    images = np.concatenate([part.inputs for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    yield _cached_against_frozen("cached-mobilenet", load_backbone("mobilenet_v2"), images, labels, 32, least=10)


def _cached_against_frozen(
    name: str,
    backbone: "keras.Model",
    images: "NDArray[Any]",
    labels: "NDArray[np.int64]",
    batch_size: int,
    least: float,
) -> BenchRatio:
    import keras
    import numpy as np
    from keras import layers

    from course_utils.data import Split
    from course_utils.transfer import extract_features, freeze, train

    freeze(backbone)
    classes = int(labels.max()) + 1

    def compiled(*parts: Any) -> keras.Model:
        model = keras.Sequential(parts)
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    def head() -> layers.Layer:
        return layers.Dense(classes, activation="softmax", kernel_initializer=keras.initializers.GlorotUniform(0))

    extract_features(backbone, images[:32])  # so that neither side pays for the runtime's start
    started = time.perf_counter()
    whole = compiled(backbone, layers.GlobalAveragePooling2D(), head())
    train(whole, Split(images, labels), epochs=20, batch_size=batch_size)
    frozen = time.perf_counter() - started

    started = time.perf_counter()
    features = extract_features(backbone, images)
    small = compiled(keras.Input(features.shape[1:]), head())
    train(small, Split(features, labels), epochs=20, batch_size=batch_size)
    cached = time.perf_counter() - started

    whole.layers[-1].set_weights(small.layers[-1].get_weights())
    apart = np.abs(whole.predict(images.astype(np.float32), verbose=0) - small.predict(features, verbose=0)).max()
    note = f"{len(images)} pictures, 20 epochs, batches of {batch_size}; predictions differ by at most {apart:.1e}"
    return BenchRatio(name, frozen, "seconds frozen", cached, "seconds cached", least=least, note=note)


def live_run() -> Iterator[Measured]:
    """Measure fine-tuning as a lab starts it: 200 pictures, 3 epochs, all blocks; a first run and a second one."""
    from course_utils.experiments import FineTuning, Recipe

    seconds, ft = [], None
    for seed, rate in ((0, 3e-4), (1, 1e-3)):
        started = time.process_time()
        ft = ft or FineTuning("photo-textures", 25)  # a lab makes its experiment on the first click
        for _ in ft.prepare(Recipe(learning_rate=rate, steps=19), seed).events():
            pass
        seconds.append(time.process_time() - started)
    first, second = seconds
    yield BenchFigure("live-run", first, "processor seconds from click to last epoch", most=10)
    yield BenchRatio("live-run-again", second, "processor seconds of the second run", first, "of the first", most=0.6)


def forgetting_costs() -> Iterator[Measured]:
    """Measure the cost of two remedies: EWC's Fisher against one training run, and the share of weights LoRA trains."""
    from course_utils.experiments import FineTuning, Recipe
    from course_utils.transfer import trainable_summary

    ft = FineTuning("scans", 100)
    started = time.process_time()
    ft.fisher  # noqa: B018 - computed on first use
    fisher = time.process_time() - started
    started = time.process_time()
    ft.run(Recipe(), 0)
    run = time.process_time() - started
    yield BenchRatio("fisher", fisher, "processor seconds over 500 pictures", run, "of one fine-tuning", most=2)
    trained, frozen = trainable_summary(FineTuning("scans", 100, lora_rank=4).network)
    yield BenchRatio("lora", trained, "weights trained", trained + frozen, "in all", most=0.05)


def lessons() -> Iterator[Measured]:
    """Measure the seconds and memory of every lesson's solution against their limits."""
    from course_utils.checkout import find_checkout
    from course_utils.validation.profiles import LESSON_MEMORY_MB, PROFILES
    from course_utils.validation.validate import validate

    for profile in (PROFILES["smoke"], PROFILES["laptop"]):
        for result in validate(find_checkout(), profile=profile.name).results:
            if result.version != "solution":
                continue
            name = f"{result.lesson}-{profile.name}"
            slowest = max(cell.seconds for cell in result.cells)
            for what, value, unit, limit in (
                ("seconds", result.seconds, "seconds", result.allowed_seconds),
                ("slowest-cell", slowest, "seconds", profile.cell_seconds),
                ("memory", result.peak_mb, "MB", LESSON_MEMORY_MB),
            ):
                yield BenchFigure(f"{name}-{what}", value, unit, most=limit)


BENCHES: dict[str, Callable[[], Iterator[Measured | LeftOut]]] = {
    "import": import_time,
    "drawing": drawing,
    "cached-embedded": cached_embedded,
    "cached-mobilenet": cached_mobilenet,
    "lite0": bench_real.lite0_features,
    "photographs": bench_real.photographs,
    "models": bench_real.kept_models,
    "minilm": bench_real.sentences,
    "near": bench_labels.near_target,
    "far": bench_labels.far_target,
    "far-lite0": bench_labels.far_target_for_lite0,
    "live": live_run,
    "forgetting": forgetting_costs,
    "isolation": bench_sandbox.isolation,
    "lessons": lessons,
}
