"""Tasks to learn: splits of labelled inputs, drawn and real, behind ``load_dataset``."""

from course_utils.data.datasets import dataset_names, load_dataset
from course_utils.data.splits import PARTS, Dataset, PartName, Split, as_model_inputs

__all__ = ["PARTS", "Dataset", "PartName", "Split", "as_model_inputs", "dataset_names", "load_dataset"]
