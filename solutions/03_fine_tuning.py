# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   course:
#     title: Fine-tuning
#     question: How do you touch pretrained weights without breaking them?
#     objectives:
#       - text: Fine-tune a network in the right order, and prove which weights moved and which did not
#         practised_by: ["03.e1", "03.q1", "03.q11"]
#       - text: Recognise three silent mistakes (no recompile, moving BatchNorm statistics, a random head), and fix them
#         practised_by: ["03.q1", "03.q2", "03.q3", "03.e1", "03.e5"]
#       - text: Choose a rate that is low enough for weights that are good already, and slow a backbone down by hand
#         practised_by: ["03.q4", "03.e2"]
#       - text: Say in blocks, not in layers, what is trained
#         practised_by: ["03.q10"]
#     misconceptions:
#       - id: unfrozen-learns-at-once
#         text: What was unfrozen learns at once, without compiling again
#         caught_by: ["03.q1", "03.e5"]
#       - id: trainable-on-the-model-is-harmless
#         text: Setting `trainable = True` on a whole model unfreezes everything inside, and does no harm
#         caught_by: ["03.q2", "03.e1", "03.e5"]
#       - id: first-100-layers
#         text: The first 100 layers are the same part of every network
#         caught_by: ["03.q10"]
#     terms: ["AdamW", "functional", "subclassed", "relative drift"]
#     prerequisites: ["02_feature_extraction"]
#     minutes: 45
#     seconds: 60
#     data: scans, photo-textures
#     backbone: embedded
# ---

# %% [markdown]
# # 03 Fine-tuning
# **How do you touch pretrained weights without breaking them?**
#
# A frozen network gave you good features in lesson 02, for a second of work. On the scans they fell behind a network
# that started from nothing: nobody had ever asked them to look for a faint spot. How much better can they get if you do
# ask? Unfreeze the network, train on, and the features become yours.
#
# The same step can ruin in seconds what somebody else spent days on, and no error message will tell you. So this
# lesson is about two things: how to do it, and how it goes wrong in silence.
#
# You will be able to
#
# - fine-tune in the right order, and *prove* which weights moved and which did not;
# - recognise three silent mistakes, and fix them;
# - choose a rate that is low enough for weights that are good already, and slow a backbone down by hand;
# - say in blocks, not in layers, what is trained.
#
# *About 45 minutes. Before this: lesson 02.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "scans"

# %%
from dataclasses import replace

from course_utils import (
    backbones,
    blocks,
    check,
    experiments,
    extract_features,
    figures,
    labs,
    learn,
    linear_probe,
    load_backbone,
    load_dataset,
    predict,
    reveal,
    trainable_summary,
    transfer,
    unfreeze_top,
)

import keras
import numpy as np
from keras import layers

SEEDS = range(1 if PROFILE == "smoke" else 2)  # most comparisons are repeated
STEPS = 8 if PROFILE == "smoke" else 100  # of a live run, about: it is a whole number of epochs
EPOCHS = 2 if PROFILE == "smoke" else 10
mean_over_seeds = experiments.mean_over_seeds
REAL = not BACKBONE.startswith("embedded")
SIDE = (96 if PROFILE == "smoke" else 160) if REAL else None  # pixels; at 224, real networks are better and slower

learn.cover("03")

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons, first of all those that gave you trouble. Run the cell and answer below it, or
# write your answers in place of `None` and run it again. You may also go on without.

# %%
learn.review("03", first=None, second=None, third=None)

# %% [markdown]
# ## The recipe, line by line
# Fine-tuning is feature extraction that goes on. There are four steps, and their order matters:
#
# 1. **Train the head**, with the backbone frozen. You know this from lesson 02.
# 2. **Unfreeze the top blocks**, but not their BatchNorm layers.
# 3. **Compile again**, with a learning rate 10 to 100 times lower than the head's.
# 4. **Train a few epochs more.**
#
# Why the top blocks? It is the usual place to begin, since what lies near the output was shaped most by the old task.
# Whether they are the right ones for *your* task is a question of its own, for lesson 04.
#
# The task (unless you changed `DATASET`) is the scans: half of them have a lesion, a faint, ragged spot. You have 100
# labels per class.

# %%
figures.training_plan(
    {
        "1  the head": {"block 1": 0, "block 2": 0, "block 3": 0, "block 4": 0, "head": 1e-2},
        "2-4  top blocks": {"block 1": 0, "block 2": 0, "block 3": 3e-4, "block 4": 3e-4, "head": 3e-4},
    },
    title="The recipe: what is frozen, and what learns at which rate",
)

# %%
keras.utils.set_random_seed(SEED)
backbone = load_backbone(BACKBONE, image_size=SIDE)
task = load_dataset(DATASET, image_size=backbone.input_shape[1])
few = task.train.few(min(100, np.bincount(task.train.labels).min()), seed=SEED)
figures.class_gallery(task, 8, title="The target task")

# %% [markdown]
# Step 1, the head. Its weights are random at first and have far to go, so its rate is high.

# %%
backbone.trainable = False
head = layers.Dense(task.num_classes, activation="softmax")
model = keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])
model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", metrics=["accuracy"])
held_out = (task.validation.inputs, task.validation.labels)
head_run = model.fit(few.inputs, few.labels, epochs=EPOCHS, validation_data=held_out, verbose=0)

# %% [markdown]
# Ten epochs need not be the best that a head can do. A linear probe is fitted to the end, on features that were
# computed once. What fine-tuning gains has to be measured from there, or you credit it with what a better head would
# have given you:

# %%
probe = linear_probe(extract_features(backbone, few.inputs), few.labels)
fitted = {
    part: probe.score(extract_features(backbone, split.inputs), split.labels)
    for part, split in {"validation": task.validation, "test": task.test}.items()
}
print(f"validation: head after {EPOCHS} epochs {head_run.history['val_accuracy'][-1]:.1%}, ", end="")
print(f"fitted head {fitted['validation']:.1%}")

# %% [markdown]
# Step 2, unfreeze the top two blocks. `blocks` sorts a network's layers by the block that they belong to.

# %%
top = [layer for block in list(blocks(backbone).values())[-2:] for layer in block]
backbone.trainable = True
for layer in backbone.layers:
    layer.trainable = layer in top and not isinstance(layer, layers.BatchNormalization)
trainable, frozen = trainable_summary(model)
print(f"{trainable:,} weights to train, {frozen:,} frozen")

# %% [markdown]
# ## Mistake 1: no recompile
# Before step 3, make the most common mistake of all: forget it. Unfreeze, and call `fit` right away. The summary above
# promises a lot of weights to train. Of all the arrays of weights in the backbone, which share will have changed after
# one epoch? **Predict:**

# %%
predict("03.moved-arrays", percent=None)  # your guess, for example percent=30

# %%
before = transfer.weights_of(backbone)  # copies
model.fit(few.inputs, few.labels, epochs=1, verbose=0)  # unfrozen, but not compiled again


def changed(before, network):
    """How many arrays of weights differ from their copies, in a single bit or more."""
    return sum(not np.array_equal(was, now) for was, now in zip(before, transfer.weights_of(network), strict=True))


without_compile = changed(before, backbone)
reveal("03.moved-arrays", without_compile / len(before))

# %% [markdown]
# No warning, no error, a falling loss (the head goes on learning), and the backbone is what it was, to the last bit.
# Keras builds its training step once and keeps it. Only `compile` makes it look again at what is trainable. So compile.
# (Sometimes you are lucky: when Keras has to rebuild the step for another reason, such as batches of another shape,
# it stops with *Unknown variable*. That message, too, means: compile again. And a later Keras may warn you.)
#
# The rate is lower now: these weights are good already, and should move a little, not leave. The head starts fitted.
# **AdamW** is Adam with decoupled weight decay: each step also shrinks every weight by a small share, apart from the
# gradient ([Loshchilov and Hutter 2019](https://arxiv.org/abs/1711.05101)). It is the usual choice for fine-tuning.

# %%
rate = 1e-4 if REAL else 3e-4  # the larger the network, the lower
transfer.set_linear_head(model, probe)
model.compile(keras.optimizers.AdamW(rate, weight_decay=0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
tuned_run = model.fit(few.inputs, few.labels, epochs=max(2, EPOCHS // 2), validation_data=held_out, verbose=0)
print(f"arrays that changed: {without_compile} without compiling, {changed(before, backbone)} of {len(before)} with it")
figures.training_curves({"1 head": head_run.history, "2 top blocks": tuned_run.history}, title="The recipe, one run")

# %%
_, tuned_accuracy = model.evaluate(task.test.inputs, task.test.labels, verbose=0)
print(f"test, once, at the end: fitted head {fitted['test']:.1%}, fine-tuned {tuned_accuracy:.1%}")
budgets = experiments.recorded("labels-scans")  # of lesson 04: every block unfrozen, five draws of labels
for n in (50, 150):
    gains = experiments.gain(budgets, "fine-tuned", over="features", labels=n)
    heads = mean_over_seeds(budgets, "accuracy", labels=n, method="features")
    print(f"scans, {n} labels per class: fitted heads {heads:.1%}; ", end="")
    print(f"unfreezing adds {np.mean(gains):.1f} points ({min(gains):.1f} to {max(gains):.1f})")

# %% [markdown]
# The first line is one run, and one run proves nothing: another draw of labels would give other numbers. The lines
# below are five draws each, recorded: short runs on the pictures as they are. Lesson 04 spends more on them. Most of the
# accuracy is there *before* anything is unfrozen. From here on, most comparisons run over several seeds, and on the
# embedded network, since its old task can be measured.

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("03.q1", answer)

# %% [markdown]
# ### A switch that does nothing
# One more surprise about `trainable`. To set it on a model sets it on every layer inside, or so one thinks. Freeze
# one layer of a network that is otherwise trainable, then unfreeze the whole network:

# %%
network = load_backbone("embedded")
network.layers[2].trainable = False
network.trainable = True  # it is True already
still_frozen = sum(not layer.trainable for layer in network.layers)
network.trainable = False
network.trainable = True
after_both = sum(not layer.trainable for layer in network.layers)
print(f"layers still frozen: {still_frozen} after True, {after_both} after False and then True")

# %% [markdown]
# With TensorFlow, Keras skips an assignment that changes nothing, and then the layers inside never hear of it. False
# and then True does reach them, and it reaches *all*: every BatchNorm layer is unfrozen as well. Neither is what
# you want. Say for each layer what it should be, as in step 2 above, and print what became trainable.

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("03.q2", answer)

# %% [markdown]
# ## Mistake 2: BatchNorm wakes up
# In step 2 the BatchNorm layers were left out. Many guides say that you need not care, if you call the backbone with
# `training=False` when you build the model. Does that help a backbone that is *unfrozen*? It depends on how the model
# is built. In a **functional** model, Keras runs the graph and passes its own `training=True` on. In a **subclassed**
# one, the call is your own code:


# %%
def functional(network):
    """The backbone in a functional model, as in most guides."""
    pictures = keras.Input(network.input_shape[1:])
    maps = layers.GlobalAveragePooling2D()(network(pictures, training=False))
    return keras.Model(pictures, layers.Dense(2, activation="softmax")(maps))


# %%
class Subclassed(keras.Model):
    """The same model, with a call of its own."""

    def __init__(self, network):
        super().__init__()
        self.network, self.pool = network, layers.GlobalAveragePooling2D()
        self.head = layers.Dense(2, activation="softmax")

    def call(self, pictures):
        return self.head(self.pool(self.network(pictures, training=False)))


# %% [markdown]
# Train each for one epoch. How far do the stored averages move, as a share of their length? Before you run it, say
# which of the three will stay at zero:

# %%
sample = load_dataset("scans").train.few(60, seed=SEED)
statistics_moved = {}
for how, build in {"functional": functional, "subclassed": Subclassed, "BatchNorm frozen": functional}.items():
    network = load_backbone("embedded")
    for layer in network.layers:
        layer.trainable = how != "BatchNorm frozen" or not isinstance(layer, layers.BatchNormalization)
    start, net = transfer.weights_of(network), build(network)
    net.compile(keras.optimizers.AdamW(1e-4), "sparse_categorical_crossentropy", run_eagerly=True)  # only a few steps
    net.fit(sample.inputs.astype("float32"), sample.labels, epochs=1, verbose=0)
    statistics_moved[how] = max(row["statistics"] for row in transfer.relative_drift(start, network))
    print(f"training=False, {how}: statistics moved by {statistics_moved[how]:.1%}")

# %% [markdown]
# The averages come from drawings of the source task. Four batches of scans moved them by that much, in the block that
# moved most. What that costs you will see in a moment. The fix that works however the model is built is the loop of
# step 2: `trainable = False` on every BatchNorm layer.
# `unfreeze_top(model, k)` is that loop over the top k blocks; it returns the names of the layers that
# became trainable:

# %%
network = load_backbone("embedded")
for k in range(len(blocks(network)) + 1):
    print(f"k={k}: {', '.join(unfreeze_top(network, k)) or 'nothing'}")

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "a"
### END SOLUTION
check("03.q3", answer)

# %% [markdown]
# ### Exercise 1: your own `unfreeze_top`
# Write `unfreeze_top_blocks(backbone, k)`. After the call, the last `k` blocks of the backbone are trainable and all
# others are not, whatever they were before. BatchNorm layers stay frozen. Return the names of the layers that are
# trainable now and have weights. `blocks(backbone)` gives you the blocks, from input to output, each a list of layers.
# The check calls it with several `k`, on networks that are frozen and on networks that are not, and then trains.
# (Hints: `learn.hint("03.e1")`.)


# %% nbgrader={"grade_id": "e1", "solution": true}
def unfreeze_top_blocks(backbone, k):
    """Unfreeze the last k blocks only, without BatchNorm; return the names of what became trainable."""
    ### BEGIN SOLUTION
    backbone.trainable = True
    names = []
    grouped = list(blocks(backbone).values())
    for number, block in enumerate(grouped):
        for layer in block:
            layer.trainable = number >= len(grouped) - k and not isinstance(layer, layers.BatchNormalization)
            if layer.trainable_weights:
                names.append(layer.name)
    return names
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 3}
check("03.e1", unfreeze_top_blocks)
### BEGIN HIDDEN TESTS
check("03.e1", unfreeze_top_blocks, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## Mistake 3: a random head
# Why train the head first? Think of the first step if you don't. The head is noise, so the errors that flow back
# through it are noise as well, and they flow into weights that were good.
#
# To see what that does, measure *two* things: the accuracy on the new task, and the accuracy on the old one, with the
# old head, which is kept for the purpose. `experiments.FineTuning` is the recipe above in one object, with both
# measurements. Each run starts again from the pretrained weights. The head starts as a linear probe (step 1), the top
# blocks are unfrozen (step 2), everything is compiled (step 3) and trained with AdamW (step 4). A
# `Recipe` says how.

# %%
textures = experiments.FineTuning("photo-textures", per_class=40)
recipe = experiments.Recipe(blocks=4, learning_rate=3e-4, steps=STEPS)
textures.prepare(recipe, SEED)  # the head is fitted, the blocks are unfrozen, nothing has moved yet
untouched = textures.accuracies()
print(f"before fine-tuning: target {untouched['target']:.1%}, source {untouched['source']:.1%}")

# %% [markdown]
# The target is the 8 real textures of lesson 02, with 40 labels per class. All four blocks are unfrozen, so that there
# is something to break. Now the same run from a random head, at the same rate. How much of the *source* accuracy is
# left then? **Predict:**

# %%
predict("03.random-head-source", percent=None)

# %%
variants = {
    "the recipe": recipe,
    "random head": replace(recipe, head="random"),
    "BatchNorm training": replace(recipe, batchnorm="training"),
}
runs = []


def run_all(name):
    """One of the variants, over all seeds."""
    for s in learn.with_progress(SEEDS, name):
        runs.append({"how": name, **textures.run(variants[name], s)})


run_all("the recipe")
run_all("random head")


# %%
reveal(
    "03.random-head-source",
    mean_over_seeds(runs, "source", how="random head"),
    the_recipe=mean_over_seeds(runs, "source", how="the recipe"),
    before_fine_tuning=untouched["source"],
)

# %% [markdown]
# How far did each block move? The **relative drift** of a block is the length of the change, divided by the length of
# the weights before.

# %%
by_block = figures.melt(runs, "drift", name="block", value="drift")
figures.bars(by_block, x="block", y="drift", by="how", y_label="relative drift", title="How far each block moved")

# %% [markdown]
# Compare the bars of each block: which start moved it farther? Note also which block moved most for its size, and
# how small a change, in per cent, it takes.
#
# And mistake 2, with the bill: the recipe, but with BatchNorm in training mode.

# %%
run_all("BatchNorm training")
figures.bars(
    figures.melt(runs, ["target", "source"]),
    x="how",
    by="measured on",
    title="Same rate, same steps, same labels: one thing changed",
)

# %% [markdown]
# Read the source bars first. Which of the two mistakes cost accuracy on the old task, and how much? Neither printed a
# warning. Then look at the target bars: how much of that would you have noticed from the new task alone? Keep these
# networks in mind. You will meet their like again in lesson 04, when the pictures change a little; and whenever a
# network has to go on doing its old work, the source bars are what counts. That is lesson 05.
#
# Three mistakes, and each was a step missing or in the wrong place. Now the whole recipe once more, from memory:

# %% nbgrader={"grade_id": "q11", "solution": true}
answer = None  # five letters in order, for example "abcde"
### BEGIN SOLUTION
answer = "dbeac"
### END SOLUTION
check("03.q11", answer)

# %% [markdown]
# ### Exercise 2: three scripts, three mistakes
# Three colleagues ask why their fine-tuning is so poor. Their scripts run without a word, and each makes a different one
# of the three mistakes. Script a is meant to unfreeze all blocks, b the top two, c the top one. The rate of 3e-2 suits
# the head of their small network.
#
# Read them, then write `corrected(name, model, backbone, pictures, labels)`, where `name` is `"a"`, `"b"` or `"c"`. It
# trains the model in place as that script was meant to, by the recipe, and returns the number of the mistake that you
# found in it: 1, 2 or 3, as in the headings. Each script is worth a point. (Hints: `learn.hint("03.e5")`.)


# %%
def compile_at(model, rate):
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")


def script_a(model, backbone, pictures, labels):
    backbone.trainable = False
    compile_at(model, 3e-2)
    model.fit(pictures, labels, epochs=8, verbose=0)
    backbone.trainable = True
    compile_at(model, 1e-3)
    model.fit(pictures, labels, epochs=2, verbose=0)


# %%
def script_b(model, backbone, pictures, labels):
    unfreeze_top(model, 2)
    compile_at(model, 1e-3)
    model.fit(pictures, labels, epochs=10, verbose=0)


def script_c(model, backbone, pictures, labels):
    backbone.trainable = False
    compile_at(model, 3e-2)
    model.fit(pictures, labels, epochs=8, verbose=0)
    unfreeze_top(model, 1)
    model.fit(pictures, labels, epochs=2, verbose=0)


# %% nbgrader={"grade_id": "e5", "solution": true}
def corrected(name, model, backbone, pictures, labels):
    """Train the model as the script of that name was meant to; return the number of the script's mistake."""
    ### BEGIN SOLUTION
    top, mistake = {"a": (3, 2), "b": (2, 3), "c": (1, 1)}[name]
    backbone.trainable = False
    compile_at(model, 3e-2)
    model.fit(pictures, labels, epochs=8, verbose=0)
    unfreeze_top(model, top)
    compile_at(model, 1e-3)
    model.fit(pictures, labels, epochs=2, verbose=0)
    return mistake
    ### END SOLUTION


# %% nbgrader={"grade_id": "e5-check", "grade": true, "points": 3}
check("03.e5", corrected)
### BEGIN HIDDEN TESTS
check("03.e5", corrected, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## How much can the rate alone break?
# Take the textures of mistake 3, change nothing but the rate, and take the one that trained the head of the recipe.
# What is left of the *target* accuracy? **Predict:**

# %%
predict("03.rash-rate", percent=None)

# %%
too_high = 1e-2  # the head's; change it afterwards, predict again, and run this cell
for s in learn.with_progress(SEEDS, "the head's rate"):
    runs.append({"how": "the head's rate", **textures.run(replace(recipe, learning_rate=too_high), s)})
hasty, careful = (mean_over_seeds(runs, "target", how=how) for how in ("the head's rate", "the recipe"))
reveal("03.rash-rate", hasty, the_recipe=careful)

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("03.q4", answer)

# %% [markdown]
# ### Exercise 3: two speeds by hand
# Write `two_speeds(backbone, factor)`. It returns a Keras callback that makes the backbone learn at `factor` times the
# speed of the head, whatever the optimizer: before each batch it copies the backbone's trainable weights, and after
# the batch it keeps only `factor` of the step that each of them made. `factor=0` leaves the backbone where it is,
# `factor=1` changes nothing. (Hints: `learn.hint("03.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
def two_speeds(backbone, factor):
    """A callback that scales every step of the backbone by a factor."""
    ### BEGIN SOLUTION

    class TwoSpeeds(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            self.before = [w.numpy().copy() for w in backbone.trainable_weights]

        def on_train_batch_end(self, batch, logs=None):
            for weight, was in zip(backbone.trainable_weights, self.before, strict=True):
                weight.assign(was + factor * (weight.numpy() - was))

    return TwoSpeeds()
    ### END SOLUTION


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 3}
check("03.e2", two_speeds)
### BEGIN HIDDEN TESTS
check("03.e2", two_speeds, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## The lab: freeze, set a rate, watch
# Lock and unlock blocks, set the rate, and guess how much of the source will be left. Reveal the recorded run, or run
# it for real: pause, step or stop it as you like. The last run with the same seed stays in the picture, so that you
# compare like with like. Try to break the source with one click, then to keep it. The text in the field *State* is all
# that the lab shows: send it to somebody, and they see the same.

# %%
labs.freeze_lab()

# %% [markdown]
# ## Two recipes that everybody meets
# You will find them in many tutorials: **MobileNetV2**, first frozen, then unfrozen as a whole and trained with AdamW
# at 1e-5; and **ResNet50** with a Dense layer of 256, its *first 100 layers* frozen, trained with Adam at 1e-5. Here is
# the first, line by line, on photographs: the textures at 96 pixels, 5 labels per class. It runs on MobileNetV2 where
# its weights are on this computer, else on EfficientNet-Lite0, a network of the same family that was installed with the
# course.

# %%
usual = "mobilenet_v2" if backbones.is_here("mobilenet_v2") else "efficientnet_lite0"
name = BACKBONE if REAL else usual
base = load_backbone(name, image_size=96)  # elsewhere: keras.applications.MobileNetV2(include_top=False)
photographs = load_dataset("photo-textures", image_size=96)
train_few, validate = photographs.train.few(5, seed=SEED), photographs.validation.few(10)
dense = keras.Sequential([layers.Dense(128, activation="relu"), layers.Dense(8, activation="softmax")])
dense.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
dense.fit(extract_features(base, train_few.inputs), train_few.labels, epochs=30, verbose=0)  # frozen: cached features
was = dense.evaluate(extract_features(base, validate.inputs), validate.labels, verbose=0)[1]
photo_model = keras.Sequential([base, layers.GlobalAveragePooling2D(), dense])

# %%
base.trainable = True  # the whole network, BatchNorm included: so the recipe says
photo_model.compile(keras.optimizers.AdamW(1e-5), "sparse_categorical_crossentropy", metrics=["accuracy"])
photo_model.run_eagerly = True  # a few steps take less time than building their graph
photo_before = transfer.weights_of(base)
photo_model.fit(train_few.inputs, train_few.labels, batch_size=20, epochs=0 if PROFILE == "smoke" else 2, verbose=0)
now = dense.evaluate(extract_features(base, validate.inputs), validate.labels, verbose=0)[1]
moved = transfer.relative_drift(photo_before, base)
print(f"{name}: validation {was:.1%} with the frozen network, {now:.1%} fine-tuned; ", end="")
print(f"weights moved by {max(row['drift'] for row in moved):.2%} at most, BatchNorm's statistics by ", end="")
print(f"{max(row['statistics'] for row in moved):.2%}")
longer = experiments.recorded("recipes-photo-textures")  # 224 pixels, 10 epochs, five draws of labels, test pictures
figures.bars(longer, x="network", by="stage", guess=1 / 8, title="The recipe on two networks, recorded")

# %% [markdown]
# Compare the last two numbers. Adam moves no weight by much more than the rate in one step, so at 1e-5 a short run
# hardly leaves the place where it began. BatchNorm's averages don't know the rate: the recipe as written lets them go
# where the batches pull. Put `unfreeze_top(photo_model, 3)` in place of its first line, and a rate of 1e-4, and run
# both cells again. (One run on a few photographs: look at the direction, not at the last point.)
#
# The bars are the same recipe at its usual 224 pixels, with ten epochs and five draws of labels. With so few labels,
# its second half brings nothing that a draw doesn't swamp.
#
# ### A network of 175 layers
# The second recipe counts layers. Where does "the first 100" cut ResNet50 ([He et al.
# 2015](https://arxiv.org/abs/1512.03385))? The structure is enough for that, so its weights may be random:

# %%
resnet = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
for layer in resnet.layers[:100]:
    layer.trainable = False
top_layers = [layers.Dense(256, activation="relu"), layers.Dense(8, activation="softmax")]
counted = keras.Sequential([resnet, layers.GlobalAveragePooling2D(), *top_layers])
counted.compile(keras.optimizers.Adam(1e-5), "sparse_categorical_crossentropy")
awake = sum(isinstance(layer, layers.BatchNormalization) and layer.trainable for layer in resnet.layers)
print(f"{trainable_summary(counted)[0]:,} weights train; {awake} BatchNorm layers are in training mode")

# %%
cuts = []
for network in (resnet, base):
    for block, (first, every) in transfer.layers_as_blocks(network, 100).items():
        if 0 < first < every:
            cuts.append({"network": network.name, "layers": len(network.layers), "cut through": block})
            cuts[-1]["of its layers frozen"] = f"{first} of {every}"
figures.Table(cuts)

# %% [markdown]
# A count of layers knows nothing of blocks, and may end inside one. In a residual block that means: one part of a sum
# can adapt and the other cannot. The same number reaches another depth in each network, and the list also counts what
# has no weights at all, such as activations and additions. So think in blocks, and write down names, not numbers:

# %%
names = unfreeze_top(resnet, 3)
kinds = {resnet.get_layer(name).__class__.__name__ for name in names}
print(f"unfreeze_top(resnet, 3): {len(names)} layers, {names[0]} to {names[-1]}, all of them {' and '.join(kinds)}")

# %% nbgrader={"grade_id": "q10", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("03.q10", answer)

# %% [markdown]
# ## Claims on trial
# What people say about fine-tuning, beside what was measured: the first on the scans (validation, each depth at its
# best rate, from the map of lesson 04), the others in this lesson. The verdicts are about this small world.

# %%
rates = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
map_rows = experiments.recorded("map-scans")
top, everything = (
    max(mean_over_seeds(map_rows, "validation_target", blocks=k, learning_rate=rate) for rate in rates) for k in (1, 4)
)
kept_by = {name: mean_over_seeds(runs, "source", how=name) for name in variants}
awake_costs = 100 * (kept_by["the recipe"] - kept_by["BatchNorm training"])
depth = f"validation: top block {top:.1%}, all {everything:.1%}"
speed = f"{too_high / recipe.learning_rate:.0f} times lower: {careful:.1%}; the head's: {hasty:.1%}"
longest = max(r["seconds"] for r in runs)
by_build = ", ".join(f"{how} {share:.1%}" for how, share in statistics_moved.items())
verdicts = {True: "holds", False: "fails here"}

# %%
trial = [
    ("Fine-tuning trains only the final layers.", depth, verdicts[everything < top + 0.02]),
    ("A rate 10 to 100 times lower.", speed, verdicts[careful > hasty + 0.02]),
    ("training=False keeps the statistics.", f"moved: {by_build}", verdicts[statistics_moved["functional"] == 0]),
    ("BatchNorm's mode is a detail.", f"it costs {awake_costs:.1f} points of the source", verdicts[awake_costs < 1]),
    ("Fine-tuning turns weeks into hours.", f"the longest run of this lesson: {longest:.0f} s", "not tested"),
]
figures.claims_on_trial(trial)

# %% [markdown]
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("03")

# %% [markdown]
# ## Key takeaways
# - **Head, unfreeze, compile, train**, in this order. Without `compile`, nothing changes, and nothing tells you.
# - **Fit the head first**, and measure from there: much of the accuracy needs no unfreezing. A random head sends noise
#   into good weights.
# - **BatchNorm stays frozen**, layer by layer; in a functional model `training=False` does not do it.
# - **A low rate** for weights that are good already, and an eye on the old task.
# - **Count blocks, not layers**, and check what became trainable.

# %% [markdown]
# ## What we measured
# The claims of this lesson, with the figures from *your* run (means over the seeds); the first from the recording that
# lesson 04 reads. The course's tests check the same claims over five seeds, some at another rate.

# %%
most = max(row["labels"] for row in budgets)
by_features, tuned = (mean_over_seeds(budgets, "accuracy", labels=most, method=m) for m in ("features", "fine-tuned"))
measured = {
    f"scans, {most} labels: fine-tuned minus fitted features": tuned - by_features,
    f"textures, target: rate {recipe.learning_rate:g} minus rate {too_high:g}": careful - hasty,
    "textures, source: BatchNorm frozen minus in training mode": kept_by["the recipe"] - kept_by["BatchNorm training"],
    "textures, source: head first minus random head": kept_by["the recipe"] - kept_by["random head"],
}
figures.Table([{"claim": claim, "points": f"{100 * value:+.1f}"} for claim, value in measured.items()])

# %%
learn.progress_card("03")

# %% [markdown]
# Next: [04 How deep, how fast?](04_how_deep_how_fast.ipynb). You can touch the weights without breaking them. Which of
# them, at which rate, and is it worth it at all?
