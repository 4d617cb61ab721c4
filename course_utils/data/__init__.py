"""Tasks to learn: splits of labelled inputs, drawn and real, behind ``load_dataset``."""

from course_utils.data.datasets import Dataset, Split, dataset_names, load_dataset

__all__ = ["Dataset", "Split", "dataset_names", "load_dataset"]
