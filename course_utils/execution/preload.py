"""What the warm parent of the kernels imports before it forks the first of them: all that most lessons import."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # a process with threads must not be forked; each kernel asks for its own number

import course_utils

with course_utils.quiet.loading_keras():
    import ipykernel.kernelapp
    import keras
    import matplotlib.figure
    import sklearn.linear_model
    import tensorflow

__all__ = ["ipykernel", "keras", "matplotlib", "sklearn", "tensorflow"]
