"""The freeze lab on a model of the learner's own: its blocks, its data, its runs, and the code that does the same."""

import json
import threading

import keras
import numpy as np
import pytest
from keras import layers

from course_utils import load_backbone, trainable_summary
from course_utils.data import Split
from course_utils.errors import CourseError
from course_utils.frontend import FRONT_ENDS
from course_utils.labs import freeze_and_rate
from course_utils.labs.own_model_lab import freeze_and_rate_widget
from course_utils.labs.own_model_lab.own_blocks import MOST, find_backbone, lock, locks_of

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 6)).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.int64)
PICTURES, CLASSES = RNG.integers(0, 256, (8, 32, 32, 3), np.uint8), np.arange(8) % 2


def named_model(outputs=2, activation="softmax"):
    """Return three blocks that layers are named after, with BatchNorm in two of them, and a head."""
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, activation="relu", name="block1_dense"),
            layers.BatchNormalization(name="block1_bn"),
            layers.Dense(7, activation="relu", name="block2_dense"),
            layers.Dense(5, activation="relu", name="block_3_dense"),
            layers.BatchNormalization(name="block_3_bn"),
            layers.Dense(outputs, activation=activation, name="out"),
        ]
    )


def wrapped_model():
    """Return the embedded backbone with a head behind it."""
    backbone = load_backbone("embedded", weights=None)
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax")])


def flat_model():
    """Return a network of keras.applications whose head is part of the same graph."""
    base = keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), include_top=False, alpha=0.35)
    outputs = layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling2D()(base.output))
    return keras.Model(base.input, outputs)


def nested_model():
    """Return a model inside a model, each of whose blocks is a model again, with BatchNorm inside."""

    def block(number):
        return keras.Sequential([layers.Dense(6), layers.BatchNormalization()], name=f"stage{number}")

    body = keras.Sequential([keras.Input((6,)), *map(block, range(1, 4))], name="body")
    return keras.Sequential([keras.Input((6,)), body, layers.Dense(2, activation="softmax")])


def listed_model():
    """Return a model whose layers say nothing, and the layers of its blocks; one layer is in none."""
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(6, name="a"),
            layers.Dense(6, name="b"),
            layers.Dense(6, name="between"),
            layers.Dense(6, name="c"),
            layers.Dense(2, activation="softmax", name="out"),
        ]
    )
    return model, {"low": ["a"], "middle": ["b"], "high": ["c"]}


def opened(model=None, data=(X, Y), **more):
    lab = freeze_and_rate(model or named_model(), data, data, **more)
    lab.sent = []
    lab.send = lambda content, buffers=None: lab.sent.append(content)
    return lab


@pytest.fixture
def lab():
    lab = opened()
    yield lab
    lab.live.stop()
    lab.live.join(60)


def pressed(lab, command):
    """Send what a button of the page sends."""
    lab._handle_custom_msg({"command": command}, [])


def run(lab):
    assert lab.start()
    lab.live.join(60)
    return [message for message in lab.sent if message["kind"] == "live"][-1]


def trainable(model):
    return [weight.path for weight in model.trainable_weights]


# Blocks


def test_blocks_are_those_that_a_spec_declares():
    model = wrapped_model()
    assert find_backbone(model) is model.layers[0]
    assert [block["name"] for block in opened(model, (PICTURES, CLASSES)).data["blocks"]] == [
        f"block{number}" for number in range(1, 5)
    ]


@pytest.mark.parametrize(
    ("build", "count", "first", "last"),
    [("MobileNetV2", 18, "stem", "top"), ("ResNet50", 17, "stem", "conv5_block3")],
)
def test_networks_of_keras_applications_have_their_blocks_inside_a_model_and_in_its_own_graph(
    build, count, first, last
):
    base = getattr(keras.applications, build)(weights=None, input_shape=(32, 32, 3), include_top=False)
    pooled = layers.GlobalAveragePooling2D()
    inside = keras.Sequential([base, pooled, layers.Dense(2)])
    same_graph = keras.Model(base.input, layers.Dense(2)(pooled(base.output)))
    for model in (inside, same_graph):
        names = list(locks_of(find_backbone(model)))
        assert len(names) == count
        grouped = [block["name"] for block in opened(model, (PICTURES, CLASSES)).data["blocks"]]
        assert (grouped[0], grouped[-1]) == (first, last)


def test_layers_named_after_their_blocks_make_blocks_that_reach_to_the_last_of_them():
    model = named_model()
    assert [block["name"] for block in opened(model).data["blocks"]] == ["block1", "block2", "block_3"]
    assert [block["name"] for block in opened(nested_model()).data["blocks"]] == ["stage1", "stage2", "stage3"]


def test_listed_blocks_are_taken_as_they_are_and_other_layers_stay_alone():
    model, listed = listed_model()
    model.get_layer("between").trainable = False
    lab = opened(model, blocks=listed)
    lab.frozen = 1
    assert [layer.name for layer in model.layers if layer.trainable] == ["b", "c", "out"]


def test_the_lab_opens_with_what_the_model_had_frozen():
    model = named_model()
    model.get_layer("block1_dense").trainable = False
    model.get_layer("block1_bn").trainable = False
    assert opened(model).locked == [True, False, False]
    frozen = wrapped_model()
    frozen.layers[0].trainable = False
    assert opened(frozen, (PICTURES, CLASSES)).frozen == 4


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ({}, "lists no blocks"),
        ({"low": "a"}, "not a list of layers' names"),
        ({"low": []}, "not a list of layers' names"),
        ({"low": ["a", "z"]}, "names the layer 'z'"),
        ({"high": ["c"], "low": ["a"]}, "not in the order of the network"),
        ({"low": ["a", "b"], "high": ["b"]}, "not in the order of the network"),
        ({str(number): ["a"] for number in range(MOST + 1)}, "31 blocks are too many"),
    ],
)
def test_listed_blocks_that_do_not_fit_are_refused(blocks, said):
    with pytest.raises(CourseError, match=said):
        opened(listed_model()[0], blocks=blocks)


def test_a_model_without_known_blocks_is_refused_with_both_ways_out():
    with pytest.raises(CourseError, match=r"'block1_conv'.*blocks=\{'low'"):
        opened(listed_model()[0])


def test_too_many_named_blocks_are_refused():
    many = [layers.Dense(2, name=f"block{number}_dense") for number in range(MOST + 1)]
    with pytest.raises(CourseError, match="31 blocks are too many"):
        opened(keras.Sequential([keras.Input((6,)), *many, layers.Dense(2)]))


def test_a_head_that_cannot_learn_is_refused():
    model = named_model()
    model.get_layer("out").trainable = False
    with pytest.raises(CourseError, match="cannot learn"):
        opened(model)


# Freezing


@pytest.mark.parametrize("make", [named_model, nested_model])
@pytest.mark.parametrize("locked", [[True, False, False], [False, True, False], [True, True, True], [False] * 3])
def test_locks_decide_what_learns_batchnorm_never_does_and_the_page_counts_the_same(make, locked):
    model = make()
    lab = opened(model)
    lab.set_state({"locked": locked})  # as a message from the page does
    assert locks_of(find_backbone(model)) == tuple(locked)
    assert not [path for path in trainable(model) if "gamma" in path or "beta" in path]
    counted = lab.data["head"] + sum(
        block["weights"] for block, is_locked in zip(lab.data["blocks"], locked, strict=True) if not is_locked
    )
    assert counted == trainable_summary(model)[0]
    assert lab.data["total"] == sum(trainable_summary(model))


def test_a_wholly_frozen_model_gets_its_head_back():
    model = named_model()
    model.trainable = False
    lab = opened(model)
    assert lab.locked == [True, True, True]
    assert {path.split("/")[-2] for path in trainable(model)} == {"out"}


@pytest.mark.parametrize(
    ("make", "data"),
    [
        (lambda: (named_model(), None), (X, Y)),
        (lambda: (nested_model(), None), (X, Y)),
        (listed_model, (X, Y)),
        (lambda: (wrapped_model(), None), Split(PICTURES, CLASSES)),
        (lambda: (flat_model(), None), (PICTURES, CLASSES)),
    ],
    ids=["named", "nested", "listed", "wrapped", "flat"],
)
@pytest.mark.parametrize("pattern", ["none", "first", "all", "odd"])
def test_the_code_by_hand_freezes_the_same_weights(make, data, pattern):
    model, listed = make()
    lab = opened(model, data, blocks=listed)
    count = len(lab.locked)
    lab.locked = {
        "none": [False] * count,
        "first": [number < count // 2 for number in range(count)],
        "all": [True] * count,
        "odd": [number % 2 == 1 for number in range(count)],
    }[pattern]
    other = keras.models.clone_model(model)
    other.trainable = True
    freezing, _, _ = lab.code.partition("optimizer =")
    exec(freezing, {"model": other})
    assert [is_trainable(weight) for weight in other.weights] == [is_trainable(weight) for weight in model.weights]


def is_trainable(weight):
    return weight.trainable


@pytest.mark.parametrize(("data", "called"), [((X, Y), "*train"), (Split(X, Y), "train.inputs")])
def test_the_code_by_hand_compiles_and_fits_with_the_chosen_values(data, called):
    model = named_model()
    lab = opened(model, data)
    lab.frozen, lab.learning_rate, lab.epochs = 2, 3e-4, 2
    before = model.get_weights()
    space = {"model": model, "train": data, "validation": data}
    exec(lab.code, space)
    assert called in lab.code
    assert float(model.optimizer.learning_rate) == pytest.approx(3e-4)
    assert isinstance(model.loss, keras.losses.SparseCategoricalCrossentropy)
    assert len(model.history.epoch) == 2
    assert "val_accuracy" in model.history.history
    moved = [not np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True)]
    assert moved == [is_trainable(weight) for weight in model.weights]


# Data and loss


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([X], "is a list; give Split"),
        (X, "is a ndarray; give Split"),
        ((X[:0], Y[:0]), "is empty"),
        ((X, Y[:-1]), "40 inputs but 39 labels"),
        ((X, Y.astype(str)), "texts such as '1'"),
        ((X, Y + 0.5), "not whole numbers"),
        ((X, np.eye(2)[Y]), "class numbers, labels.argmax"),
        ((X, Y + 1), r"the label 2, but the outputs of model .* mean the classes 0\.\.1"),
        ((X, Y - 1), "the label -1"),
        ((X[:, :4], Y), r"have the shape \(n, 4\)"),
        ((X.astype(str), Y), "not numbers"),
    ],
)
def test_data_that_do_not_fit_are_refused(data, said):
    with pytest.raises(CourseError, match=said):
        opened(data=data)


def test_validation_is_checked_as_well_and_named():
    with pytest.raises(CourseError, match="The labels of validation"):
        freeze_and_rate(named_model(), (X, Y), (X, Y.astype(str)))


def test_labels_in_a_column_and_whole_floats_are_class_numbers():
    lab = opened(data=(X, Y[:, None].astype(np.float32)))
    assert lab.data["steps_per_epoch"] == 2


def test_a_model_without_a_head_is_refused():
    with pytest.raises(CourseError, match=r"has no head: its outputs have the shape"):
        opened(load_backbone("embedded", weights=None), (PICTURES, CLASSES))


@pytest.mark.parametrize(
    ("outputs", "activation", "loss", "options"),
    [
        (2, "softmax", "SparseCategoricalCrossentropy", {}),
        (3, None, "SparseCategoricalCrossentropy", {"from_logits": True}),
        (1, "sigmoid", "BinaryCrossentropy", {}),
        (1, None, "BinaryCrossentropy", {"from_logits": True}),
    ],
)
def test_the_loss_follows_from_the_last_layer_and_the_accuracy_is_keras_s(outputs, activation, loss, options):
    model = named_model(outputs, activation)
    lab = opened(model)
    lab.epochs = 1
    sent = run(lab)
    assert type(model.loss).__name__ == loss
    assert options.items() <= model.loss.get_config().items()
    measured = model.evaluate(X, Y, verbose=0, return_dict=True)["accuracy"]
    assert sent["stages"][-1]["accuracy"][-1][1] == pytest.approx(measured, abs=1e-3)


def test_the_loss_of_a_compiled_model_stays():
    model = named_model()
    mine = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    model.compile("sgd", mine)
    lab = opened(model)
    run(lab)
    assert model.loss is mine
    assert isinstance(model.optimizer, keras.optimizers.AdamW)
    assert "model.loss" in lab.code


@pytest.mark.parametrize(
    ("outputs", "activation", "compiled", "said"),
    [
        (3, "sigmoid", None, "ends in sigmoid with 3 outputs"),
        (2, "relu", None, "ends in relu"),
        (3, "softmax", "categorical_crossentropy", "Compile it with 'sparse_categorical_crossentropy'"),
    ],
)
def test_outputs_and_losses_that_mean_no_classes_are_refused(outputs, activation, compiled, said):
    model = named_model(outputs, activation)
    if compiled:
        model.compile("adam", compiled)
    with pytest.raises(CourseError, match=said):
        opened(model)


# Runs


def test_a_run_measures_from_its_start_to_its_end_and_reaches_the_page(lab):
    lab.frozen, lab.guess = 2, 70
    sent = run(lab)
    (stage,) = sent["stages"]
    assert (sent["phase"], sent["words"]) == ("idle", "Done after 10 steps.")
    assert (sent["run"]["total"], sent["run"]["guess"], sent["run"]["outcome"]) == (10, 70, "done")
    assert stage["setting"] == {"locked": [True, True, False], "learning_rate": 1e-3, "epochs": 5}
    assert [step for step, _ in stage["accuracy"]] == list(range(11))
    assert [step for step, _ in stage["losses"]] == list(range(1, 11))
    assert sent["drift"][:2] == [0, 0]
    assert sent["drift"][2] > 0
    assert all(len(json.dumps(message, allow_nan=False)) < 4000 for message in lab.sent)


def test_batchnorm_keeps_its_statistics():
    model = named_model()
    before = [weight.numpy() for weight in model.weights if "moving" in weight.path]
    run(opened(model))
    after = [weight.numpy() for weight in model.weights if "moving" in weight.path]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_second_run_goes_on_and_the_model_is_the_learner_s_own():
    model = named_model()
    lab = opened(model)
    run(lab)
    first = lab.sent[-1]["stages"][0]
    weights = model.get_weights()
    lab.frozen, lab.learning_rate = 3, 1e-4
    sent = run(lab)
    assert lab.model is model
    assert [stage["begins"] for stage in sent["stages"]] == [0, 10]
    assert sent["stages"][1]["accuracy"][0] == [10, first["accuracy"][-1][1]]
    assert not np.array_equal(weights[-1], model.get_weights()[-1])
    np.testing.assert_array_equal(weights[0], model.get_weights()[0])  # all blocks were frozen


def test_back_at_the_start_the_weights_are_as_they_were_and_the_runs_are_there_to_compare():
    model = named_model()
    before = model.get_weights()
    lab = opened(model)
    run(lab)
    pressed(lab, "back")
    sent = lab.sent[-1]
    assert (sent["stages"], sent["drift"], sent["words"]) == ([], None, "Back at the start.")
    assert len(sent["before"]) == 1
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    pressed(lab, "back")
    assert len(lab.sent[-1]["before"]) == 1


@pytest.fixture
def held(monkeypatch):
    """Hold every step until the gate opens; return the gate, and an event that says that training has begun."""
    gate, began = threading.Event(), threading.Event()
    real = keras.Sequential.train_on_batch

    def train_on_batch(self, *args, **kwargs):
        began.set()
        gate.wait(30)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(keras.Sequential, "train_on_batch", train_on_batch)
    yield gate, began
    gate.set()


def test_a_stop_keeps_what_was_learned_and_the_next_run_goes_on(lab, held):
    gate, began = held
    before = lab.model.get_weights()
    lab.start()
    assert began.wait(60)
    pressed(lab, "stop")
    gate.set()
    lab.live.join(60)
    assert "The weights learned so far are kept" in lab.live.words
    assert not np.array_equal(before[0], lab.model.get_weights()[0])
    sent = run(lab)
    assert [stage["begins"] for stage in sent["stages"]] == [0, 1]


def test_locks_moved_during_a_run_count_from_its_end_on(lab, held):
    gate, began = held
    learning = trainable(lab.model)
    lab.start()
    assert began.wait(60)
    lab.frozen, lab.learning_rate = 3, 1e-5
    pressed(lab, "back")
    assert trainable(lab.model) == learning
    gate.set()
    lab.live.join(60)
    assert locks_of(lab._trainee.network) == (True, True, True)
    assert lab.sent[-1]["run"]["setting"] == {"locked": [False] * 3, "learning_rate": 1e-3, "epochs": 5}
    assert len(lab.sent[-1]["stages"]) == 1


def test_a_model_in_training_is_refused_until_its_run_has_ended(lab, held, monkeypatch):
    gate, began = held
    lab.start()
    assert began.wait(60)
    monkeypatch.setattr(freeze_and_rate_widget, "close_open", lambda name: None)  # as from another cell
    with pytest.raises(CourseError, match="Another lab is training model"):
        freeze_and_rate(lab.model, (X, Y), (X, Y))
    gate.set()
    lab.live.join(60)
    assert freeze_and_rate(lab.model, (X, Y), (X, Y)).model is lab.model


def test_running_the_cell_again_ends_the_run_of_its_lab_first(held):
    gate, began = held
    model = named_model()
    first = freeze_and_rate(model, (X, Y), (X, Y))
    first.start()
    assert began.wait(60)
    gate.set()
    second = freeze_and_rate(model, (X, Y), (X, Y))
    assert first.live.phase == "idle"
    assert second.start()
    second.live.join(60)


def test_a_run_that_diverges_says_so_and_the_start_can_be_had_again():
    model = named_model()
    model.compile("adam", lambda labels, outputs: keras.ops.mean(outputs) * float("nan"))
    lab = opened(model)
    sent = run(lab)
    assert "diverged at step 1" in sent["words"]
    assert (sent["run"]["outcome"], sent["run"]["loss"]) == ("failed", None)
    json.dumps(sent, allow_nan=False)
    pressed(lab, "back")
    assert np.isfinite(model.get_weights()[0]).all()


# The widget


@pytest.mark.parametrize(
    ("name", "value"), [("frozen", 4), ("locked", [True]), ("learning_rate", 0.5), ("epochs", 21), ("guess", 101)]
)
def test_a_value_that_no_control_has_is_refused(lab, name, value):
    with pytest.raises(CourseError, match="Choose one from its controls"):
        setattr(lab, name, value)
    assert (lab.locked, lab.learning_rate, lab.epochs, lab.guess) == ([False] * 3, 1e-3, 5, None)


def test_the_page_gets_the_code_when_it_opens_and_when_a_control_moves(lab):
    pressed(lab, "show")
    assert {message["kind"] for message in lab.sent} == {"live", "code"}
    lab.sent.clear()
    lab.learning_rate = 1e-4
    assert [message["code"] for message in lab.sent] == [lab.code]
    assert "AdamW(1e-4)" in lab.code


def test_without_a_front_end_there_is_the_strip_with_words(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    model = named_model()
    lab = freeze_and_rate(model, (X, Y), (X, Y))
    lab.frozen = 1
    bundle = lab._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "<img" in bundle["text/html"]
    assert "block1, block2, block_3. These learn: block2, block_3; with the head, 115 weights" in bundle["text/plain"]
    assert trainable_summary(model)[0] == 115


def test_locking_by_hand_is_the_same_as_by_the_lab():
    one, other = named_model(), named_model()
    opened(one).locked = [True, False, True]
    lock(other, find_backbone(other), [True, False, True])
    assert [is_trainable(weight) for weight in one.weights] == [is_trainable(weight) for weight in other.weights]
