"""Presets of KerasHub, an extra of the course: its own models, with official or with random weights."""

import importlib
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
from packaging.version import Version

from course_utils.errors import CourseError
from course_utils.pretrained.store import models_folder

_OLDEST = "0.32"


@dataclass(frozen=True)
class HubPreset:
    """A network of KerasHub with its official weights.

    Attributes:
        name: the course's name for it, and that of its folder in the course's folder of models.
        model: its class in ``keras_hub.models``.
        preset: KerasHub's name for the weights, among those of its ``family``.
        size: the arguments of the class that make a network of that size.
        part: the attribute of the model that is used, and its class; the whole model if None.
    """

    name: str
    model: str
    preset: str
    family: str
    size: dict[str, Any]
    part: tuple[str, str] | None = None

    def untrained(self) -> keras.Model:
        """Build KerasHub's own model with random weights.

        Raises:
            CourseError: KerasHub is missing or too old.
        """
        model: keras.Model = getattr(_keras_hub().models, self.part[1] if self.part else self.model)(**self.size)
        return model

    def pretrained(self) -> keras.Model:
        """Load KerasHub's own model with the official weights, from the folder of models if a preset was saved there.

        Raises:
            CourseError: KerasHub is missing or too old; the weights are not on this computer and cannot be downloaded;
                or the folder cannot be read.
        """
        model = getattr(_keras_hub().models, self.model)
        saved = self._saved()
        try:
            found: keras.Model = model.from_preset(str(saved) if saved.is_dir() else self.preset)
        except Exception as problem:  # of KerasHub, kagglehub or the network, without a common class
            raise self._unavailable(problem) from problem
        return getattr(found, self.part[0]) if self.part else found

    def is_cached(self) -> bool:
        """Return whether the weights are on this computer."""
        cache = Path(os.environ.get("KAGGLEHUB_CACHE", "~/.cache/kagglehub")).expanduser()
        downloaded = cache.glob(f"models/keras/{self.family}/*/{self.preset}/*/model.weights.h5")
        return self._saved().is_dir() or any(downloaded)

    def _saved(self) -> Path:
        return models_folder() / self.name

    def _unavailable(self, problem: Exception) -> CourseError:
        saved = self._saved()
        how = f"keras_hub.models.{self.model}.from_preset({self.preset!r}).save_to_preset(folder)"
        if saved.is_dir():
            return CourseError(
                f"{saved} cannot be read as weights of {self.name} ({problem}). Remove it, or make it on a computer "
                f"with a network: {how}."
            )
        return CourseError(
            f"The weights of {self.name} are not on this computer and could not be downloaded ({problem}). Connect to "
            "the network once; or copy KerasHub's cache from another computer and name it in KAGGLEHUB_CACHE; or make "
            f"the folder {saved} there: {how}. BACKBONE = 'efficientnet_lite0' and 'embedded' need no network."
        )


def _keras_hub() -> Any:
    """Import KerasHub, which takes seconds.

    Raises:
        CourseError: it is not installed, cannot be imported, or is too old.
    """
    try:
        hub = importlib.import_module("keras_hub")
    except ImportError as problem:
        raise CourseError(
            f"KerasHub cannot be imported ({problem}). Install it: pip install 'transfer-learning-course[hub]'. Where "
            "tensorflow-text is not available, as on Windows, take minilm or efficientnet_lite0 instead."
        ) from problem
    if Version(hub.__version__) < Version(_OLDEST):
        raise CourseError(
            f"KerasHub {hub.__version__} is too old; the course needs {_OLDEST} or later: "
            "pip install --upgrade keras-hub"
        )
    return hub


@contextmanager
def random_numbers(seed: int) -> Iterator[None]:
    """Decide what Keras draws: initializers without a seed take one from Python's own generator."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


_BASE = {"num_layers": 12, "num_heads": 12, "hidden_dim": 768}
_PICTURE = {**_BASE, "image_shape": (224, 224, 3), "patch_size": 16}
_TEXT = {**_BASE, "intermediate_dim": 3072}
_MOONSHINE = {
    **{"vocabulary_size": 32_768, "filter_dim": 288, "hidden_dim": 288, "intermediate_dim": 1152},
    **{"encoder_num_layers": 6, "decoder_num_layers": 6, "encoder_num_heads": 8, "decoder_num_heads": 8},
    "partial_rotary_factor": 0.9,
}

VIT_B16 = HubPreset("vit_b16", "ViTBackbone", "vit_base_patch16_224_imagenet", "vit", {**_PICTURE, "mlp_dim": 3072})
CLIP_VIT_B16 = HubPreset(
    "clip_vit_b16",
    "CLIPBackbone",
    "clip_vit_base_patch16",
    "clip",
    {**_PICTURE, "intermediate_dim": 3072},
    part=("vision_encoder", "CLIPVisionEncoder"),
)
BERT_BASE = HubPreset("bert_base", "BertBackbone", "bert_base_en_uncased", "bert", {**_TEXT, "vocabulary_size": 30_522})
ROBERTA_BASE = HubPreset(
    "roberta_base", "RobertaBackbone", "roberta_base_en", "roberta", {**_TEXT, "vocabulary_size": 50_265}
)
GPT2 = HubPreset("gpt2", "GPT2Backbone", "gpt2_base_en", "gpt2", {**_TEXT, "vocabulary_size": 50_257})
MOONSHINE_TINY_EN = HubPreset("moonshine_tiny_en", "MoonshineBackbone", "moonshine_tiny_en", "moonshine", _MOONSHINE)
