"""Hand-made networks that declare their blocks, as ``load_backbone``'s do."""

import keras

from course_utils.backbones import BackboneSpec, declare


def declared(model: keras.Model, **blocks: str) -> keras.Model:
    """Return the model with its blocks declared: each one's name and the name of its last layer."""
    return declare(model, BackboneSpec(name=model.name, modality="pictures", blocks=blocks))
