"""Openly licensed photographs and recordings by name: what there is, its licence, and whether it is here."""

import re
from dataclasses import dataclass
from pathlib import Path

from course_utils.data.array_cache import cache_folder
from course_utils.errors import CourseError


@dataclass(frozen=True)
class DatasetArchive:
    """A file to download: where it lies, and what it must be."""

    urls: tuple[str, ...]
    sha256: str
    bytes: int


@dataclass(frozen=True)
class OpenDataset:
    """A dataset that anyone may use.

    Attributes:
        layout: a regular expression for the members that are wanted, with the groups ``label`` and ``file``.
        files: how many there are.
        licence: its name and where its text is.
        source: whom to name, and the page of the dataset.
        card: what it is, in one sentence.
        credits: the member that names the photographers, if there is one; kept as ``CREDITS.txt``.
        kind: what the files are, in the plural.
    """

    archives: tuple[DatasetArchive, ...]
    layout: str
    files: int
    licence: str
    source: str
    card: str
    credits: str = ""
    kind: str = "photographs"

    @property
    def megabytes(self) -> int:
        """How much is downloaded."""
        return round(sum(archive.bytes for archive in self.archives) / 1e6)

    def place(self, member: str) -> str | None:
        """Return where a member of an archive goes in the dataset's folder, or None if it is not wanted."""
        match = re.fullmatch(self.layout, member)
        if match:
            return f"{match['label']}/{match['file']}"
        return "CREDITS.txt" if member == self.credits else None


def _beans(part: str, sha256: str, size: int) -> DatasetArchive:
    commit = "27aa014ce09b193e1a6f58112d4a66e0eddb69c5"
    urls = (
        f"https://storage.googleapis.com/ibeans/{part}.zip",
        f"https://huggingface.co/datasets/AI-Lab-Makerere/beans/resolve/{commit}/data/{part}.zip",
    )
    return DatasetArchive(urls, sha256, size)


#: The hashes and sizes are those that TensorFlow Datasets publishes for the same files.
OPEN_DATASETS = {
    "tf_flowers": OpenDataset(
        archives=(
            DatasetArchive(
                (
                    "https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz",
                    "http://download.tensorflow.org/example_images/flower_photos.tgz",
                ),
                "4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c",
                228_813_984,
            ),
        ),
        layout=r"flower_photos/(?P<label>[a-z]+)/(?P<file>[\w.-]+\.jpg)",
        files=3670,
        licence="CC BY 2.0, https://creativecommons.org/licenses/by/2.0/",
        source="The TensorFlow Team, Flowers, 2019, https://www.tensorflow.org/datasets/catalog/tf_flowers",
        card="Real: photographs of daisies, dandelions, roses, sunflowers and tulips.",
        credits="flower_photos/LICENSE.txt",
    ),
    "beans": OpenDataset(
        archives=(
            _beans("train", "284fe8456ce20687f4367ae7ad94a64577e7f9fde2c2c6b1c74340ab5dc82715", 143_812_152),
            _beans("validation", "90b7aa1c26d91d9afff07a30bbc67a5ea34f1f1397f068d8675be09d7d0c602d", 18_504_213),
            _beans("test", "ca67b15d960d1e2fd9d23fd8498ce86818ead90755c630a43baf19ec4af09312", 17_708_541),
        ),
        layout=r"(?:train|validation|test)/(?P<label>[a-z_]+)/(?P<file>[\w.-]+\.jpe?g)",
        files=1295,
        licence="MIT, https://github.com/AI-Lab-Makerere/ibean",
        source="Makerere AI Lab, Bean disease dataset, 2020, https://github.com/AI-Lab-Makerere/ibean",
        card="Real: photographs of bean leaves in the field: healthy, with angular leaf spot, or with bean rust.",
    ),
    "spoken_digits": OpenDataset(
        archives=(
            DatasetArchive(
                ("https://github.com/Jakobovski/free-spoken-digit-dataset/archive/v1.0.9.tar.gz",),
                "8bc44cde129d505cbbb6b365c09f80c663f2aa77578afc634e6141a2f87100c0",
                11_975_353,
            ),
        ),
        # of each speaker and digit the first 25 takes, which the recordings of the course were made with
        layout=r"free-spoken-digit-dataset-1\.0\.9/recordings/"
        r"(?P<file>(?P<label>\d)_(?:jackson|nicolas|theo|yweweler)_(?:1?\d|2[0-4])\.wav)",
        files=1000,
        licence="CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/",
        source="Jackson et al., Free Spoken Digit Dataset, 2018, https://github.com/Jakobovski/free-spoken-digit-dataset",
        card="Real: ten digits, spoken by four people at 8 kHz.",
        kind="recordings",
    ),
}


def open_dataset_names() -> tuple[str, ...]:
    """Return the names of the datasets that ``download_dataset`` can bring onto this computer."""
    return tuple(OPEN_DATASETS)


def open_dataset_card(name: str) -> str:
    """Return what the dataset is and under which licence, in a sentence or two."""
    dataset = OPEN_DATASETS[name]
    return f"{dataset.card} {dataset.licence}. {dataset.source}."


def open_dataset_folder(name: str) -> Path:
    """Return the folder of a downloaded dataset, one sub-folder per class.

    Raises:
        CourseError: it is not on this computer; the message says how to get it and what to use without a network.
    """
    folder, dataset = open_dataset_path(name), OPEN_DATASETS[name]
    if not folder.is_dir():
        raise CourseError(
            f"{name} is not on this computer: download it once with "
            f"`from course_utils import data; data.download_dataset({name!r})` ({dataset.megabytes} MB, "
            f"{dataset.files:,} {dataset.kind}, {dataset.licence.partition(',')[0]}). {without_a_network()}"
        )
    return folder


def open_dataset_path(name: str) -> Path:
    """Return where the dataset is kept, whether it is there or not."""
    return cache_folder() / "datasets" / name


def without_a_network() -> str:
    """Say what to use where nothing can be downloaded, for the end of a message."""
    return (
        "Without a network, give load_dataset the path of a folder with your own pictures (or with this dataset, "
        "unpacked from another computer), or use a built-in task such as 'photo-textures'."
    )
