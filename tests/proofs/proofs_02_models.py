"""Lesson 02: the frozen model, and training on cached features."""

import keras
import numpy as np
from proof import Proof, Wrong

from course_utils.transfer import extract_features

layers = keras.layers


# 02.e1 ------------------------------------------------------------------------------------------------
def frozen(
    backbone,
    num_classes,
    *,
    freeze=True,
    activation="softmax",
    pool=layers.GlobalAveragePooling2D,
    first=None,
):
    backbone.trainable = not freeze
    parts = [backbone, pool(), layers.Dense(num_classes, activation=activation)]
    model = keras.Sequential([first, *parts] if first else parts)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def frozen_functional(backbone, num_classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    x = layers.GlobalAveragePooling2D()(backbone(inputs, training=False))
    x = layers.Dropout(0.1)(layers.Dense(16, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy")
    return model


def frozen_subclass(backbone, num_classes):
    class Frozen(keras.Model):
        def __init__(self):
            super().__init__()
            self.backbone, self.head = backbone, layers.Dense(num_classes, activation="softmax")
            self.backbone.trainable = False

        def call(self, x):
            return self.head(keras.ops.mean(self.backbone(x, training=False), axis=(1, 2)))

    model = Frozen()
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def only(predicate):
    """Freeze the layers for which ``predicate`` holds, and build the head."""

    def build(backbone, num_classes):
        for layer in backbone.layers:
            layer.trainable = not predicate(layer)
        model = keras.Sequential(
            [backbone, layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    return build


def not_compiled(backbone, num_classes):
    backbone.trainable = False
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), layers.Dense(num_classes)])


def everything_frozen(backbone, num_classes):
    model = frozen(backbone, num_classes)
    model.trainable = False
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def without_backbone(backbone, num_classes):
    model = keras.Sequential([layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def norms_awake(backbone, num_classes):
    for layer in backbone.layers:
        layer.trainable = isinstance(layer, layers.BatchNormalization)
        if layer.trainable:
            layer.gamma.trainable = layer.beta.trainable = False
    return only(lambda layer: not layer.trainable)(backbone, num_classes)


# 02.e2 ------------------------------------------------------------------------------------------------
def cached(backbone, head, images, labels, epochs, features=None):
    features = extract_features(backbone, images) if features is None else features
    head.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    head.fit(features, labels, epochs=epochs, verbose=0)
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])


def cached_functional(backbone, head, images, labels, epochs):
    inputs = keras.Input(backbone.input_shape[1:])
    pooled = keras.Model(inputs, layers.GlobalAveragePooling2D()(backbone(inputs, training=False)))
    cached(backbone, head, images, labels, epochs, features=pooled.predict(images, verbose=0))
    return keras.Model(inputs, head(pooled(inputs)))


def cached_subclass(backbone, head, images, labels, epochs):
    class Joined(keras.Model):
        def call(self, x):
            return head(keras.ops.mean(backbone(x, training=False), axis=(1, 2)))

    cached(backbone, head, images, labels, epochs)
    return Joined()


def cached_with_numpy(backbone, head, images, labels, epochs):
    features = np.mean(backbone(images.astype("float32"), training=False), axis=(1, 2))
    return cached(backbone, head, images, labels, epochs, features=features)


def without_cache(backbone, head, images, labels, epochs):
    backbone.trainable = False
    model = keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    model.fit(images.astype("float32"), labels, epochs=epochs, verbose=0)
    return model


def features_every_epoch(backbone, head, images, labels, epochs):
    head.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    for _ in range(epochs):
        head.fit(extract_features(backbone, images), labels, verbose=0)
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])


def in_training_mode(backbone, head, images, labels, epochs):
    maps = np.asarray(backbone(images.astype("float32"), training=True))
    return cached(backbone, head, images, labels, epochs, features=maps.mean((1, 2)))


def scaled_first(backbone, head, images, labels, epochs):
    return cached(backbone, head, images, labels, epochs, features=extract_features(backbone, images / 255.0))


def another_head(backbone, head, images, labels, epochs):
    cached(backbone, head, images, labels, epochs)
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax")])


def head_untrained(backbone, head, images, labels, epochs):
    extract_features(backbone, images)
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])


def head_alone(backbone, head, images, labels, epochs):
    cached(backbone, head, images, labels, epochs)
    return head


def noise_for_features(backbone, head, images, labels, epochs):
    return cached(backbone, head, images, labels, epochs, features=np.random.rand(len(images), 8).astype("float32"))


PROOFS = (
    Proof(
        "02.e1",
        {"sequential": frozen, "functional": frozen_functional, "subclass": frozen_subclass},
        (
            Wrong("nothing frozen", "not-frozen", lambda b, n: frozen(b, n, freeze=False)),
            Wrong("only BatchNorm frozen", "not-frozen", only(lambda layer: "norm" in layer.name)),
            Wrong("only the convolutions frozen", "batchnorm-learned", only(lambda layer: "conv" in layer.name)),
            Wrong("moving statistics forgotten", "batchnorm-statistics-moved", norms_awake),
            Wrong("not compiled", "not-compiled", not_compiled),
            Wrong("everything frozen", "head-frozen", everything_frozen),
            Wrong("sigmoid", "not-probabilities", lambda b, n: frozen(b, n, activation="sigmoid")),
            Wrong("no softmax", "not-probabilities", lambda b, n: frozen(b, n, activation=None)),
            Wrong("flattened", "not-pooled", lambda b, n: frozen(b, n, pool=layers.Flatten)),
            Wrong("scaled twice", "scaled-before-backbone", lambda b, n: frozen(b, n, first=layers.Rescaling(1 / 255))),
            Wrong("one class too many", "wrong-output-shape", lambda b, n: frozen(b, n + 1)),
            Wrong("no backbone", "backbone-bypassed", without_backbone),
        ),
    ),
    Proof(
        "02.e2",
        {
            "sequential": cached,
            "functional": cached_functional,
            "subclass": cached_subclass,
            "NumPy": cached_with_numpy,
        },
        (
            Wrong("features every epoch", "features-every-epoch", features_every_epoch),
            Wrong("no cache", "features-every-epoch", without_cache),
            Wrong("training mode", "training-mode", in_training_mode),
            Wrong("scaled twice", "scaled-before-backbone", scaled_first),
            Wrong("another head", "another-head", another_head),
            Wrong("head not trained", "head-untrained", head_untrained),
            Wrong("the head alone", "head-alone", head_alone),
            Wrong("no features", "backbone-bypassed", noise_for_features),
        ),
    ),
)
