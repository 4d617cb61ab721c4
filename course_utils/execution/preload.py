"""The imports of the kernels' warm parent before it forks the first kernel: all that most lessons import."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # a process with threads must not be forked; each kernel sets its own number

import course_utils

with course_utils.quiet.loading_keras():
    import ipykernel.kernelapp
    import keras
    import matplotlib.figure
    import sklearn.linear_model
    import tensorflow

__all__ = ["ipykernel", "keras", "matplotlib", "sklearn", "tensorflow"]
