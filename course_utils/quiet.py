"""Start Keras without its messages, which look like errors to a learner, and without slow garbage collection."""

import gc
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_silence = threading.Lock()
_silenced = 0  # open blocks, in all threads together
_stderr = -1  # a copy of the process's stderr while it is silenced


@contextmanager
def without_remarks() -> Iterator[None]:
    """Silence the process's stderr: TensorFlow prints start-up messages that none of its settings turns off.

    Exceptions still pass, so nothing important is lost. Blocks may be nested, and open in several threads at once:
    stderr is restored when the last of them ends.
    """
    global _silenced, _stderr
    with _silence:
        if not _silenced:
            sys.stderr.flush()
            _stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
        _silenced += 1
    try:
        yield
    finally:
        with _silence:
            _silenced -= 1
            if not _silenced:
                os.dup2(_stderr, 2)
                os.close(_stderr)


@contextmanager
def loading_keras() -> Iterator[None]:
    """Make the first import of Keras quiet, and garbage collection after it fast.

    Keras and TensorFlow create 600,000 objects that live until the process ends. Python's garbage collector would scan
    them again and again, 0.4 s each time; this excludes them.
    """
    first, collects = "keras" not in sys.modules, gc.isenabled()
    if first:
        gc.disable()
    try:
        with without_remarks():
            yield
    finally:
        if first and "keras" in sys.modules:
            gc.freeze()
        if collects:
            gc.enable()


def start_keras() -> None:
    """Import Keras and start its runtime quietly; costs nothing if it is already running."""
    with loading_keras():
        import keras

        keras.ops.zeros(1)
    # A lesson compiles many small networks on purpose; TensorFlow takes that for an oversight.
    logging.getLogger("tensorflow").addFilter(_is_not_retracing_advice)


def _is_not_retracing_advice(record: logging.LogRecord) -> bool:
    return "tf.function retracing" not in record.getMessage()
