"""Tasks to learn: splits of labelled inputs, drawn and real, behind ``load_dataset``."""

from course_utils.data.dataset_download import download_dataset
from course_utils.data.datasets import dataset_names, load_dataset
from course_utils.data.example_photographs import photograph, photograph_tiles
from course_utils.data.folders import PictureWarning
from course_utils.data.handbook import REFUSAL, load_handbook, right
from course_utils.data.house_voice import TOPICS, load_house_voice, obeys, topic_of
from course_utils.data.open_datasets import open_dataset_names
from course_utils.data.photographs import disjoint_texture_patches, stained_tissue
from course_utils.data.practice_folder import write_practice_folder
from course_utils.data.practice_handbook import in_house_voice, load_practice_handbook
from course_utils.data.sound_splits import SoundSplit
from course_utils.data.sound_tasks import load_own_sounds, load_sounds, sound_names
from course_utils.data.sounds import SAMPLE_RATE, SoundWarning, one_window, read_sound
from course_utils.data.splits import PARTS, Dataset, PartName, Split, as_model_inputs
from course_utils.data.synthetic_voices import draw_voices, has_synthesiser, synthetic_words
from course_utils.data.text_splits import TextSplit, deal_texts, tokenised
from course_utils.data.texts import load_texts, text_names

__all__ = [
    "PARTS",
    "REFUSAL",
    "SAMPLE_RATE",
    "TOPICS",
    "Dataset",
    "PartName",
    "PictureWarning",
    "SoundSplit",
    "SoundWarning",
    "Split",
    "TextSplit",
    "as_model_inputs",
    "dataset_names",
    "deal_texts",
    "disjoint_texture_patches",
    "download_dataset",
    "draw_voices",
    "has_synthesiser",
    "in_house_voice",
    "load_dataset",
    "load_handbook",
    "load_house_voice",
    "load_own_sounds",
    "load_practice_handbook",
    "load_sounds",
    "load_texts",
    "obeys",
    "one_window",
    "open_dataset_names",
    "photograph",
    "photograph_tiles",
    "read_sound",
    "right",
    "sound_names",
    "stained_tissue",
    "synthetic_words",
    "text_names",
    "tokenised",
    "topic_of",
    "write_practice_folder",
]
