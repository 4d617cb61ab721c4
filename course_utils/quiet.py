"""Keras without its start-up remarks, which tell a learner nothing and look like errors, and without its garbage."""

import gc
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_silence = threading.Lock()
_silenced = 0  # blocks that are open now, in all threads together
_stderr = -1  # where the process's stderr leads, while it is silenced


@contextmanager
def without_remarks() -> Iterator[None]:
    """Keep everything from the process's stderr: TensorFlow starts with remarks that no setting of its own silences.

    An exception still passes, so nothing that matters is lost. Blocks may be nested, and open in several threads at
    once: stderr is back when the last of them ends.
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
    """What imports Keras for the first time is quiet, and faster ever after.

    Keras and TensorFlow come with 600,000 objects that stay until the end. Python's garbage collector would look
    through them again and again, 0.4 s each time; here it is told to leave them out.
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
    """Import Keras and start its runtime in silence; costs nothing when it runs already."""
    with loading_keras():
        import keras

        keras.ops.zeros(1)
    # A lesson makes many small networks, and compiling each is meant; TensorFlow takes it for an oversight.
    logging.getLogger("tensorflow").addFilter(_is_no_advice)


def _is_no_advice(record: logging.LogRecord) -> bool:
    return "tf.function retracing" not in record.getMessage()
