"""Keras without its remarks: stderr is silent for a while and works afterwards, whatever threads do."""

import subprocess
import sys


def test_the_garbage_collector_skips_what_keras_brings_and_nothing_else():
    program = """if True:
        import gc
        import weakref

        import course_utils

        course_utils.learn  # no Keras in it
        assert gc.get_freeze_count() == 0
        course_utils.load_backbone
        frozen = gc.get_freeze_count()
        assert frozen > 100_000
        assert gc.isenabled()

        class Circle:
            def __init__(self):
                self.self = self

        circle = weakref.ref(Circle())
        course_utils.figures
        assert gc.get_freeze_count() <= frozen  # less if one of the objects is gone
        gc.collect()
        assert circle() is None
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_stderr_is_back_after_blocks_that_overlap_in_two_threads() -> None:
    program = """if True:
        import os
        import threading

        from course_utils.quiet import without_remarks

        inside, first_has_left = threading.Event(), threading.Event()

        def second():
            with without_remarks():  # opened while the first is open, closed after it
                inside.set()
                first_has_left.wait()
                os.write(2, b"hidden")

        with without_remarks():
            other = threading.Thread(target=second)
            other.start()
            inside.wait()
        first_has_left.set()
        other.join()
        os.write(2, b"heard")
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == "heard"
