"""Lesson 03: unfreezing the top blocks, two speeds by hand, and three scripts with a silent mistake each."""

import keras
from proof import Proof, Wrong, solution

from course_utils.backbones import blocks
from course_utils.data import Split
from course_utils.transfer import extract_features, linear_probe, set_linear_head, train, unfreeze_top

layers = keras.layers


# 03.e1 ------------------------------------------------------------------------------------------------
def unfreeze(
    backbone,
    k,
    *,
    norm=False,
    chosen=lambda grouped, k: grouped[len(grouped) - k :],
    named=lambda layer: bool(layer.trainable_weights),
):
    backbone.trainable = True
    grouped = list(blocks(backbone).values())
    for layer in backbone.layers:
        layer.trainable = False
    names = []
    for layer in (layer for block in chosen(grouped, k) for layer in block):
        layer.trainable = norm or not isinstance(layer, layers.BatchNormalization)
        if named(layer):
            names.append(layer.name)
    return names


def by_name(backbone, k):
    count = len(blocks(backbone))
    backbone.trainable = True
    for layer in backbone.layers:
        top = layer.name.startswith(tuple(f"block{i}_" for i in range(count - k + 1, count + 1)) or ("-",))
        layer.trainable = top and "norm" not in layer.name
    return {layer.name for layer in backbone.layers if layer.trainable_weights}


def freeze_by_hand(backbone, k):
    backbone.trainable = False
    backbone.trainable = True
    names = []
    for number, members in enumerate(reversed(blocks(backbone).values())):
        for layer in members:
            if number >= k or isinstance(layer, layers.BatchNormalization):
                layer.trainable = False
            elif layer.weights:
                names.append(layer.name)
    return tuple(names)


def still_frozen_whole(backbone, k):
    for block in list(blocks(backbone).values())[-k:] if k else []:
        for layer in block:
            layer.trainable = "norm" not in layer.name
    return []


def only_unfreezes(backbone, k):
    frozen = not backbone.trainable
    names = unfreeze_top(backbone, k)
    if not frozen:
        for layer in backbone.layers:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    return names


def everything(backbone, k):
    backbone.trainable = True
    return [layer.name for layer in backbone.layers]


def block_names(backbone, k):
    unfreeze_top(backbone, k)
    grouped = list(blocks(backbone))
    return grouped[len(grouped) - k :]


def one_name_only(backbone, k):
    return unfreeze_top(backbone, k)[:1]


def statistics_awake(backbone, k):
    names = unfreeze_top(backbone, k)
    for layer in backbone.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = True
            layer.gamma.trainable = layer.beta.trainable = False
    return names


def changes_weights(backbone, k):
    names = unfreeze_top(backbone, k)
    for name in names:
        layer = backbone.get_layer(name)
        layer.set_weights([0.1 * weight for weight in layer.get_weights()])
    return names


# 03.e2 ------------------------------------------------------------------------------------------------
class Scaling(keras.callbacks.Callback):
    """What the lesson asks for, and the ways to get it wrong."""

    def __init__(self, backbone, factor, *, copy=True, step=True, reverse=False):
        super().__init__()
        self.weights, self.factor = backbone.trainable_weights, 1 - factor if reverse else factor
        self.copy, self.step = copy, step

    def on_train_batch_begin(self, batch, logs=None):
        self.before = [w.numpy().copy() if self.copy else w for w in self.weights]

    def on_train_batch_end(self, batch, logs=None):
        for weight, was in zip(self.weights, self.before, strict=True):
            now = keras.ops.convert_to_numpy(weight)
            was = keras.ops.convert_to_numpy(was)
            weight.assign(was + self.factor * (now - was) if self.step else self.factor * now)


def with_lambda(backbone, factor):
    kept = {}
    return keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: kept.update(w=backbone.get_weights()),
        on_train_batch_end=lambda batch, logs: backbone.set_weights(
            [(1 - factor) * a + factor * b for a, b in zip(kept["w"], backbone.get_weights(), strict=True)]
        ),
    )


def rolling(backbone, factor):
    class Rolling(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.last = backbone.get_weights()

        def on_train_batch_end(self, batch, logs=None):
            now = backbone.get_weights()
            self.last = [a + factor * (b - a) for a, b in zip(self.last, now, strict=True)]
            backbone.set_weights(self.last)

    return Rolling()


class Epochs(Scaling):
    on_epoch_begin = Scaling.on_train_batch_begin
    on_epoch_end = Scaling.on_train_batch_end

    def on_train_batch_begin(self, batch, logs=None): ...

    def on_train_batch_end(self, batch, logs=None): ...


class Everything(Scaling):
    def on_train_begin(self, logs=None):
        self.weights = self.model.trainable_weights


class Head(Scaling):
    def on_train_begin(self, logs=None):
        self.weights = self.model.layers[-1].trainable_weights


class MisspeltMethods(keras.callbacks.Callback):
    def on_batch_start(self, batch, logs=None): ...


# 03.e5 ------------------------------------------------------------------------------------------------
TOP, MISTAKE = {"a": 3, "b": 2, "c": 1}, {"a": 2, "b": 3, "c": 1}


def compiled(model, rate):
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return model


def by_recipe(name, model, backbone, pictures, labels, *, top=TOP, rate=1e-3, named=MISTAKE, swapped=False):
    backbone.trainable = False
    compiled(model, 3e-2).fit(pictures, labels, epochs=8, verbose=0)
    unfreeze_top(model, top[name])
    compiled(model, rate).fit(pictures, 1 - labels if swapped else labels, epochs=2, verbose=0)
    return named[name]


def head_by_probe(name, model, backbone, pictures, labels):
    set_linear_head(model, linear_probe(extract_features(backbone, pictures), labels))
    unfreeze_top(model, TOP[name])
    model.compile(keras.optimizers.AdamW(1e-3), "sparse_categorical_crossentropy")
    model.fit(pictures, labels, epochs=2, verbose=0)
    return MISTAKE[name]


def by_hand(name, model, backbone, pictures, labels):
    backbone.trainable = False
    compiled(model, 3e-2).fit(pictures, labels, epochs=8, verbose=0)
    backbone.trainable = True
    for number, block in enumerate(reversed(blocks(backbone).values())):
        for layer in block:
            layer.trainable = number < TOP[name] and "norm" not in layer.name
    compiled(model, 3e-3)
    for _ in range(5):
        model.train_on_batch(pictures, labels)
    return float(MISTAKE[name])


def by_session(name, model, backbone, pictures, labels):
    unfreeze_top(model, 0)
    train(compiled(model, 3e-2), Split(pictures, labels), epochs=8, seed=1)
    unfreeze_top(model, TOP[name])
    train(compiled(model, 1e-3), Split(pictures, labels), epochs=2, seed=1)
    return MISTAKE[name]


def with_mistake(**mistake):
    return lambda *given: by_recipe(*given, **mistake)


def as_given(*scripts):
    """Return an answer that runs these of the lesson's own scripts as they are, and names their mistakes."""

    def answer(name, *given):
        if name not in scripts:
            return by_recipe(name, *given)
        solution("03.e5").names[f"script_{name}"](*given)
        return MISTAKE[name]

    return answer


PROOFS = (
    Proof(
        "03.e1",
        {"unfreeze_top": unfreeze_top, "slices": unfreeze, "by name": by_name, "by hand": freeze_by_hand},
        (
            Wrong("BatchNorm unfrozen", "batchnorm-unfrozen", lambda b, k: unfreeze(b, k, norm=True)),
            Wrong("everything unfrozen", "batchnorm-unfrozen", everything),
            Wrong("whole model still frozen", "whole-model-frozen", still_frozen_whole),
            Wrong(
                "list[-0:]", "whole-list-for-none", lambda b, k: unfreeze(b, k, chosen=lambda grouped, k: grouped[-k:])
            ),
            Wrong("the bottom", "bottom-blocks", lambda b, k: unfreeze(b, k, chosen=lambda grouped, k: grouped[:k])),
            Wrong("only unfreezes", "lower-blocks-stay-trainable", only_unfreezes),
            Wrong("one block too many", "other-layers", lambda b, k: unfreeze_top(b, min(k + 1, len(blocks(b))))),
            Wrong("moving statistics forgotten", "batchnorm-statistics-moved", statistics_awake),
            Wrong("weights changed", "another-step", changes_weights),
            Wrong("names of blocks", "names-of-blocks", block_names, "partly"),
            Wrong(
                "layers without weights",
                "names-without-weights",
                lambda b, k: unfreeze(b, k, named=lambda _: True),
                "partly",
            ),
            Wrong("a name left out", "other-names", one_name_only, "partly"),
            Wrong("nothing returned", "nothing-returned", lambda b, k: print(unfreeze_top(b, k))),
        ),
    ),
    Proof(
        "03.e2",
        {"class": Scaling, "LambdaCallback": with_lambda, "rolling copy": rolling},
        (
            Wrong("misspelt method names", "full-speed", lambda b, f: MisspeltMethods()),
            Wrong("no copies", "full-speed", lambda b, f: Scaling(b, f, copy=False)),
            Wrong("frozen", "backbone-frozen", lambda b, f: Scaling(b, 0.0)),
            Wrong("once per epoch", "once-an-epoch", Epochs),
            Wrong("the head too", "head-slowed-too", Everything),
            Wrong("the head instead", "head-slowed", Head),
            Wrong("upside down", "upside-down", lambda b, f: Scaling(b, f, reverse=True)),
            Wrong("scales weights", "weights-scaled", lambda b, f: Scaling(b, f, step=False)),
            Wrong("squared factor", "other-weights", lambda b, f: Scaling(b, f**2)),
            Wrong("nothing returned", "nothing-returned", lambda b, f: [f].clear()),
            Wrong("the class itself", "class-itself", lambda b, f: Scaling),
        ),
    ),
    Proof(
        "03.e5",
        {"head by a probe": head_by_probe, "layer by layer": by_hand, "sessions": by_session},
        (
            Wrong("all scripts as they are", "batchnorm-awake", as_given("a", "b", "c")),
            Wrong("script a as it is", "batchnorm-awake", as_given("a"), "partly"),
            Wrong("script b as it is", "head-still-random", as_given("b"), "partly"),
            Wrong("script c as it is", "only-the-head", as_given("c"), "partly"),
            Wrong("the labels swapped", "nothing-gained", with_mistake(swapped=True)),
            Wrong("all blocks in every script", "other-blocks", with_mistake(top=dict.fromkeys("abc", 3)), "partly"),
            Wrong("the head's rate again", "too-fast", with_mistake(rate=3e-2)),
            Wrong("the same mistake in all", "another-mistake", with_mistake(named=dict.fromkeys("abc", 1)), "partly"),
            Wrong("no mistake named", "nothing-returned", with_mistake(named=dict.fromkeys("abc"))),
        ),
    ),
)
