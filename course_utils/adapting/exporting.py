"""Write a model in three formats, and read each back: a file that answers differently is not kept."""

import errno
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.data import as_model_inputs
from course_utils.errors import CourseError
from course_utils.quiet import without_remarks

#: The largest difference of a probability between a file that was read back and the model.
TOLERANCE = 1e-4

_Predict = Callable[[NDArray[Any]], NDArray[Any]]
_KERAS = "Keras"


@dataclass(frozen=True)
class Export:
    """One file that holds the model, or why there is none.

    Attributes:
        bytes: size of the file; 0 if there is none.
        difference: the largest one of a probability, on real inputs; None if there is no file.
        problem: a sentence; empty if all is well.
    """

    format: str
    file: str
    bytes: int = 0
    difference: float | None = None
    problem: str = ""


@dataclass(frozen=True)
class _Target:
    format: str
    file: str
    packages: tuple[str, ...]
    write: Callable[[keras.Model, Path], None]
    load: Callable[[Path], _Predict]


def export_model(
    model: keras.Model, folder: Path, inputs: NDArray[Any], plain: keras.Model | None = None
) -> Iterator[Export]:
    """Write the model into ``folder`` as Keras, ONNX and LiteRT file, one after the other.

    Each is loaded again by the library that will run it, which must answer within ``TOLERANCE`` of the model. A format
    that can't be written costs the others nothing.

    Args:
        model: to probabilities, from what ``inputs`` are.
        inputs: real ones, at least one: pictures uint8 ``(n, side, side, 3)``, waves float32 ``(n, samples)``, or token
            ids int32 ``(n, tokens)``.
        plain: the same model for ONNX and LiteRT, see ``exportable``. Default: ``model``.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    given = as_model_inputs(inputs)
    expected = np.asarray(model.predict_on_batch(given))
    for target in _TARGETS:
        written = model if target.format == _KERAS or plain is None else plain
        yield _exported(target, written, folder / target.file, given, expected)


def _exported(target: _Target, model: keras.Model, path: Path, inputs: NDArray[Any], expected: NDArray[Any]) -> Export:
    missing = [name for name in target.packages if find_spec(name.partition(".")[0]) is None]
    if missing:
        return Export(
            target.format,
            target.file,
            problem=f"{target.format} was left out, since {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not installed: pip install 'transfer-learning-course[export]'",
        )
    try:
        with _quietly():
            target.write(model, path)
            difference = float(np.abs(target.load(path)(inputs) - expected).max())
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        path.unlink(missing_ok=True)
        cause = " ".join(str(error).split())[:200]
        return Export(
            target.format,
            target.file,
            problem=f"{target.format} was left out: it could not be written and read back "
            f"({type(error).__name__}: {cause}).",
        )
    if not difference <= TOLERANCE:
        path.unlink()
        return Export(
            target.format,
            target.file,
            problem=f"{target.format} was left out: read back, its probabilities differ by {difference:.1g}, and the "
            f"limit is {TOLERANCE:g}.",
        )
    return Export(target.format, target.file, path.stat().st_size, difference)


@contextmanager
def _quietly() -> Iterator[None]:
    """Silence converters, which print on both streams and log; stdout belongs to ``--json``."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        with without_remarks(), Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
            yield
    finally:
        logging.disable(before)


def _write_keras(model: keras.Model, path: Path) -> None:
    model.save(path)


def _load_keras(path: Path) -> _Predict:
    model = keras.models.load_model(path, compile=False)
    return lambda inputs: np.asarray(model.predict_on_batch(inputs))


def _write_onnx(model: keras.Model, path: Path) -> None:
    model.export(path, format="onnx", verbose=False)


def _load_onnx(path: Path) -> _Predict:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda inputs: np.asarray(session.run(None, {name: inputs})[0])


def _write_litert(model: keras.Model, path: Path) -> None:
    if keras.backend.backend() != "tensorflow":
        raise CourseError("LiteRT files are written on the backend TensorFlow alone")
    model.export(path, format="litert", verbose=False)


def _load_litert(path: Path) -> _Predict:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    taken, given = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def predict(inputs: NDArray[Any]) -> NDArray[Any]:
        found = []
        for row in inputs:  # the file takes one input at a time
            interpreter.set_tensor(taken, row[None])
            interpreter.invoke()
            found.append(interpreter.get_tensor(given)[0].copy())
        return np.stack(found)

    return predict


_TARGETS = (
    _Target(_KERAS, "model.keras", (), _write_keras, _load_keras),
    _Target("ONNX", "model.onnx", ("onnx", "tf2onnx", "onnxruntime"), _write_onnx, _load_onnx),
    _Target("LiteRT", "model.tflite", ("ai_edge_litert",), _write_litert, _load_litert),
)
