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
#         practised_by: ["03.q1", "03.q2", "03.q3", "03.e1"]
#       - text: Choose a rate that is low enough for weights that are good already, and slow a backbone down by hand
#         practised_by: ["03.q4", "03.e2"]
#       - text: Say in blocks, not in layers, what is trained
#         practised_by: ["03.q10"]
#     misconceptions:
#       - id: thawed-learns-at-once
#         text: What was thawed learns at once, without compiling again
#         caught_by: ["03.q1"]
#       - id: trainable-on-the-model-is-harmless
#         text: Setting `trainable = True` on a whole model thaws everything inside, and does no harm
#         caught_by: ["03.q2", "03.e1"]
#       - id: first-100-layers
#         text: The first 100 layers are the same part of every network
#         caught_by: ["03.q10"]
#     prerequisites: ["02_feature_extraction"]
#     minutes: 35
#     seconds: 60
#     data: scans, photo-textures
#     backbone: embedded
# ---

# %% [markdown]
# # 03 Fine-tuning
# **How do you touch pretrained weights without breaking them?**
#
# Lesson 02 ended with a sting. On the scans, features from a frozen network stayed behind a network that was trained
# from nothing: nobody had ever asked those features to look for a faint spot. You could ask them now. Thaw the
# network, train on, and the features become yours.
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
# *About 35 minutes. Before this: lesson 02.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "scans"

# %%
from dataclasses import replace

from course_utils import (
    blocks,
    check,
    experiments,
    figures,
    labs,
    learn,
    load_backbone,
    load_dataset,
    predict,
    reveal,
    train,
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
REAL = not BACKBONE.startswith("embedded")
SIDE = (96 if PROFILE == "smoke" else 160) if REAL else None  # pixels; at 224, real networks are better and slower

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
# 2. **Thaw the top blocks.** The layers near the output are the most specific to the old task, so they have most to
#    learn. BatchNorm layers stay frozen.
# 3. **Compile again**, with a learning rate 10 to 100 times lower than the head's.
# 4. **Train a few epochs more.**
#
# The task (unless you changed `DATASET`) is the scans: half of them have a lesion, a faint, ragged spot. You have 100
# labels per class.

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
# Step 2, thaw the top two blocks. `blocks` sorts a network's layers by the block that they belong to.

# %%
top = [layer for block in list(blocks(backbone).values())[-2:] for layer in block]
backbone.trainable = True
for layer in backbone.layers:
    layer.trainable = layer in top and not isinstance(layer, layers.BatchNormalization)
trainable, frozen = trainable_summary(model)
print(f"{trainable:,} weights to train, {frozen:,} frozen")

# %% [markdown]
# ## Mistake 1: no recompile
# Before step 3, make the most common mistake of all: forget it. Thaw, and call `fit` right away. The summary above
# promises a lot of weights to train. Of all the arrays of weights in the backbone, which share will have changed after
# one epoch? **Predict:**

# %%
predict("03.moved-arrays", percent=None)  # your guess, for example percent=30

# %%
before = transfer.weights_of(backbone)  # copies
model.fit(few.inputs, few.labels, epochs=1, verbose=0)  # thawed, but not compiled again


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
# The rate is lower now: these weights are good already and shall move a little, not leave.

# %%
rate = 1e-4 if REAL else 3e-4  # the larger the network, the lower
model.compile(keras.optimizers.AdamW(rate, weight_decay=0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
tuned_run = model.fit(few.inputs, few.labels, epochs=max(2, EPOCHS // 2), validation_data=held_out, verbose=0)
print(f"arrays that changed: {without_compile} without compiling, {changed(before, backbone)} of {len(before)} with it")

# %% [markdown]
# **AdamW** is Adam with decoupled weight decay: each step also shrinks every weight by a small share, apart from the
# gradient ([Loshchilov and Hutter 2019](https://arxiv.org/abs/1711.05101)). It is the usual choice for fine-tuning.

# %%
figures.training_curves({"1 head": head_run.history, "2 top blocks": tuned_run.history}, title="The recipe, one run")

# %%
_, tuned_accuracy = model.evaluate(task.test.inputs, task.test.labels, verbose=0)
print(f"validation: head only {head_run.history['val_accuracy'][-1]:.1%}, ", end="")
print(f"fine-tuned {tuned_run.history['val_accuracy'][-1]:.1%}; test, once, at the end: {tuned_accuracy:.1%}")

# %% [markdown]
# That was one run, and one run proves nothing: another draw of labels would give other numbers. From here on, most
# comparisons run over several seeds, and all of them on the embedded network, since its old task can be measured.

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("03.q1", answer)

# %% [markdown]
# ### A switch that does nothing
# One more surprise about `trainable`. To set it on a model sets it on every layer inside, or so one thinks. Freeze
# one layer of a network that is otherwise thawed, then thaw the whole network:

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
# and then True does reach them, and it reaches *all*: every BatchNorm layer is thawed as well. Neither is what you
# want. Say for each layer what it shall be, as in step 2 above, and print what became trainable.

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("03.q2", answer)

# %% [markdown]
# ## Mistake 2: BatchNorm wakes up
# In step 2 the BatchNorm layers were left out. Many guides say that you need not care, if you call the backbone with
# `training=False` once, when you build the model. Lesson 02 warned you. Here is the case that matters, a
# thawed backbone, trained for one epoch: how far did the stored averages move, as a share of their length?

# %%
sample = load_dataset("scans").train.few(60, seed=SEED)
statistics_moved = {}
for mended in (False, True):
    network = load_backbone("embedded")
    pictures = keras.Input(network.input_shape[1:])
    maps = layers.GlobalAveragePooling2D()(network(pictures, training=False))  # as the guides say
    net = keras.Model(pictures, layers.Dense(2, activation="softmax")(maps))
    for layer in network.layers:
        layer.trainable = not (mended and isinstance(layer, layers.BatchNormalization))
    net.compile(keras.optimizers.AdamW(1e-4), "sparse_categorical_crossentropy")
    start = transfer.weights_of(network)
    train(net, sample, epochs=1)
    statistics_moved[mended] = max(row["statistics"] for row in transfer.relative_drift(start, network))
print(f"training=False alone: {statistics_moved[False]:.1%}; BatchNorm layers frozen: {statistics_moved[True]:.1%}")

# %% [markdown]
# The averages come from drawings of the source task. Four batches of scans moved them by that much, in the block that
# moved most. What that costs you will see in a moment, and the fix is the loop of step 2: `trainable = False` on every
# BatchNorm layer. `unfreeze_top(model, k)` is that loop over the top k blocks; it returns the names of the layers that
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
    """Thaw the last k blocks, freeze the rest and every BatchNorm layer; names of what became trainable."""
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
# blocks are thawed (step 2), everything is compiled (step 3) and trained with AdamW (step 4). A
# `Recipe` says how; `batch_size` is 32.

# %%
textures = experiments.FineTuning("photo-textures", per_class=40)
recipe = experiments.Recipe(blocks=4, learning_rate=3e-4, steps=STEPS)
textures.prepare(recipe, SEED)  # the head is fitted and the blocks are thawed, but nothing has moved yet
untouched = textures.accuracies()
print(f"before fine-tuning: target {untouched['target']:.1%}, source {untouched['source']:.1%}")

# %% [markdown]
# The target is the 8 real textures of lesson 02, with 40 labels per class. All four blocks are thawed, so that there
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
runs, weights_after = [], {}


def run_all(name):
    """One of the variants, over all seeds; the weights are kept for later."""
    for s in SEEDS:
        runs.append({"how": name, **textures.run(variants[name], s)})
        weights_after[name, s] = textures.model.get_weights()


run_all("the recipe")
run_all("random head")


# %%
def mean_over_seeds(rows, column, **where):
    """The mean of a column over the rows that match."""
    return float(np.mean([r[column] for r in rows if all(r[key] == value for key, value in where.items())]))


reveal(
    "03.random-head-source",
    mean_over_seeds(runs, "source", how="random head"),
    the_recipe=mean_over_seeds(runs, "source", how="the recipe"),
    before_fine_tuning=untouched["source"],
)

# %% [markdown]
# And mistake 2, with the bill: the recipe, but with BatchNorm in training mode.

# %%
run_all("BatchNorm training")
two_tasks = [
    {"how": r["how"], "measured on": task_name, "accuracy": r[task_name]}
    for r in runs
    for task_name in ("target", "source")
]
figures.bars(two_tasks, x="how", by="measured on", title="Same rate, same steps, same labels: one thing changed")

# %% [markdown]
# Read the source bars first. Which of the two mistakes cost accuracy on the old task, and how much? Neither printed a
# warning. Then look at the target bars: how much of that would you have noticed from the new task alone? Keep these
# networks in mind. You will meet their like again in lesson 04, when the pictures change a little; and whenever a
# network has to go on doing its old work, the source bars are what counts. That is lesson 05.
#
# How far did each block move? The **relative drift** of a block is the length of the change, divided by the length of
# the weights before.

# %%
drift = [
    {"how": r["how"], "block": block, "drift": value}
    for r in runs
    if r["how"] != "BatchNorm training"
    for block, value in r["drift"].items()
]
figures.bars(drift, x="block", y="drift", by="how", y_label="relative drift", title="How far each block moved")

# %% [markdown]
# Compare the two bars of each block: which start moved it farther? Note also which block moved most for its size, and
# how small a change, in per cent, it takes.

# %% [markdown]
# BatchNorm in training mode does one thing more: it scales every picture by the other pictures in its batch. The
# smaller the batch, the noisier that is. On a large network, memory often forces you to take small batches. Here are
# batches of 4, judged on the *target*:

# %%
small = replace(recipe, batch_size=4, learning_rate=1e-4, steps=80)
modes = ("inference", "training") if PROFILE != "smoke" else ()  # many small steps each: not in a smoke test
small_batches = {mode: [textures.run(replace(small, batchnorm=mode), s)["target"] for s in SEEDS] for mode in modes}
for mode, values in small_batches.items():
    print(f"batches of 4, BatchNorm in {mode} mode: {np.mean(values):.1%} ({min(values):.1%} to {max(values):.1%})")

# %% [markdown]
# Three mistakes, and each was a step missing or in the wrong place. Now the whole recipe once more, from memory:

# %% nbgrader={"grade_id": "q11", "solution": true}
answer = None  # five letters in order, for example "abcde"
### BEGIN SOLUTION
answer = "dbeac"
### END SOLUTION
check("03.q11", answer)

# %% [markdown]
# ## How much can the rate alone break?
# Take the textures of mistake 3, change nothing but the rate, and take the one that trained the head of the recipe. One
# run is enough for a gap like this one:

# %%
too_high = 1e-2  # the head's
careful = next(r for r in runs if r["how"] == "the recipe")
hasty = textures.run(replace(recipe, learning_rate=too_high), careful["seed"])
for r in (careful, hasty):
    print(f"rate {r['learning_rate']:g}: target {r['target']:.1%}, source {r['source']:.1%}")

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 0.0001
### END SOLUTION
check("03.q4", answer)

# %% [markdown]
# ### Exercise 2: two speeds by hand
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
# Lock and unlock blocks, set the rate, and guess how much of the source will be left. Reveal the recorded run, or run it
# for real: pause, step or stop it as you like. The last run with the same seed stays in the picture, so that you
# compare like with like. Try to break the source with one click, then to keep it. The text in the field *State* is all
# that the lab shows: send it to somebody, and they see the same.

# %%
labs.freeze_lab()

# %% [markdown]
# ## A network of 175 layers
# Recipes on the web often say: *freeze the first 100 layers*. Here is ResNet50
# ([He et al. 2015](https://arxiv.org/abs/1512.03385)) without its classifier, with random weights, since only its
# structure matters here, and MobileNetV2 beside it. Where does "the first 100" cut them?

# %%
giants = {
    "ResNet50": keras.applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3)),
    "MobileNetV2": keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3)),
}
cuts = []
for name, giant in giants.items():
    inside = {block: n for block, n in transfer.layers_as_blocks(giant, 100).items() if block not in ("stem", "top")}
    cuts.append(
        {
            "network": name,
            "layers": len(giant.layers),
            "blocks frozen whole": f"{sum(first == every for first, every in inside.values())} of {len(inside)}",
            "cut through": "; ".join(
                f"{block}, {n[0]} of {n[1]} layers" for block, n in inside.items() if 0 < n[0] < n[1]
            ),
        }
    )
figures.Table(cuts)

# %% [markdown]
# Read the last column. A count of layers knows nothing of blocks, and may end inside one. In a residual block that
# means: one part of a sum can adapt and the other cannot. Then read the column before it: the same number reaches
# another depth in each network. The list of layers also counts what has no weights at all, such as activations and
# additions. And thawing "the rest" thaws its BatchNorm layers:

# %%
resnet = giants["ResNet50"]
for number, layer in enumerate(resnet.layers):
    layer.trainable = number >= 100  # as the recipe says
awake = sum(isinstance(layer, layers.BatchNormalization) and layer.trainable for layer in resnet.layers)
names = unfreeze_top(resnet, 3)  # in blocks instead: the last three
kinds = {resnet.get_layer(name).__class__.__name__ for name in names}
print(f"layers[100:]: {awake} BatchNorm layers in training mode")
print(f"unfreeze_top(resnet, 3): {len(names)} layers, {names[0]} to {names[-1]}, all of them {' and '.join(kinds)}")

# %% [markdown]
# So think in blocks, and write down names, not numbers.

# %% nbgrader={"grade_id": "q10", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("03.q10", answer)

# %% [markdown]
# ## With a real model
# The recipe at the top of this notebook reads `BACKBONE` and `DATASET`, and nothing in it is particular to our small
# network. Set `BACKBONE = "efficientnet_lite0"` and `DATASET` to a folder with one sub-folder of photographs per class,
# and run it again. With a network of this size, start with a rate of 1e-5 to 1e-4, and thaw the last block or two. Here
# are two more epochs of it, at the gentlest of these rates:

# %%
if REAL:
    names = unfreeze_top(model, 2)
    model.compile(
        keras.optimizers.AdamW(1e-5, weight_decay=0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    real = train(model, few, task.validation, epochs=2, seed=SEED)
    print(f"{BACKBONE}, {len(names)} layers thawed: validation {real.history['val_accuracy'][-1]:.1%}", end="; ")
    print(f"after the recipe above {tuned_run.history['val_accuracy'][-1]:.1%}")
else:
    print("To try this, set BACKBONE = 'efficientnet_lite0' at the top, and DATASET to a folder.")

# %% [markdown]
# ## Key takeaways
# - **Head, thaw, compile, train**, in this order. Without `compile`, nothing changes, and nothing tells you.
# - **BatchNorm stays frozen**, layer by layer; `training=False` does not do it.
# - **Head first** protects good features: the errors that flow back through a random head are noise.
# - **A low rate** for weights that are good already, and an eye on the old task.
# - **Count blocks, not layers**, and check what became trainable.

# %% [markdown]
# ## What we measured
# The claims of this lesson, with the figures from *your* run (means over the seeds); for the first one, from the
# recording that lesson 04 reads. The course's tests check claims of the same names over five seeds, some at another
# rate.

# %%
budgets = experiments.recorded("labels-scans")
most = max(row["labels"] for row in budgets)
by_features, tuned = (mean_over_seeds(budgets, "accuracy", labels=most, method=m) for m in ("features", "fine-tuned"))
kept_by = {name: mean_over_seeds(runs, "source", how=name) for name in variants}
measured = [
    {"claim": f"03a scans, {most} labels: fine-tuned minus features", "value": 100 * (tuned - by_features)},
    {
        "claim": f"03c textures, one seed: rate {recipe.learning_rate:g} minus rate {too_high:g}",
        "value": 100 * (careful["target"] - hasty["target"]),
    },
    {
        "claim": "03e source: BatchNorm frozen minus in training mode",
        "value": 100 * (kept_by["the recipe"] - kept_by["BatchNorm training"]),
    },
    {
        "claim": "03f source: head first minus random head",
        "value": 100 * (kept_by["the recipe"] - kept_by["random head"]),
    },
]
if small_batches:
    value = 100 * (np.mean(small_batches["inference"]) - np.mean(small_batches["training"]))
    measured.append({"claim": "03e target, batches of 4: BatchNorm frozen minus in training mode", "value": value})
figures.Table([{"claim": row["claim"], "points": f"{row['value']:+.1f}"} for row in measured])

# %%
learn.progress_card("03")

# %% [markdown]
# Next: [04 How deep, how fast?](04_how_deep_how_fast.ipynb). You can touch the weights without breaking them. Which of
# them, at which rate, and is it worth it at all?
