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
#     question: When is it worth touching the pretrained weights, and how do you touch them without breaking them?
#     objectives:
#       - text: Fine-tune a network in the right order, and prove which weights moved and which did not
#         practised_by: ["03.e1", "03.q1", "03.q4", "03.q11"]
#       - text: Recognise three silent mistakes (no recompile, moving BatchNorm statistics, a random head), and fix them
#         practised_by: ["03.q1", "03.q2", "03.q3", "03.e1"]
#       - text: Choose freeze depth and learning rate together, on validation data, with the old task in view
#         practised_by: ["03.q5", "03.q8", "03.q10", "03.e3", "03.e4"]
#       - text: Give each block its own rate, and say when training the head first pays and when it does not
#         practised_by: ["03.q6", "03.q7", "03.e2"]
#       - text: Decide between features and fine-tuning from the number of labels and the distance of the task
#         practised_by: ["03.q9"]
#     misconceptions:
#       - id: thawed-learns-at-once
#         text: What was thawed learns at once, without compiling again
#         caught_by: ["03.q1"]
#       - id: trainable-on-the-model-is-harmless
#         text: Setting `trainable = True` on a whole model thaws everything inside, and does no harm
#         caught_by: ["03.q2", "03.e1"]
#       - id: fine-tuning-always-wins
#         text: Fine-tuning is always at least as good as features
#         caught_by: ["03.q9"]
#       - id: source-rate-fits
#         text: The rate that trained the source task is right for the target, too
#         caught_by: ["03.q5"]
#       - id: first-100-layers
#         text: The first 100 layers are the same part of every network
#         caught_by: ["03.q10"]
#     prerequisites: ["02_feature_extraction"]
#     minutes: 60
#     seconds: 115
#     data: scans, photo-textures
#     backbone: embedded
# ---

# %% [markdown]
# # 03 Fine-tuning
# **When is it worth touching the pretrained weights, and how do you touch them without breaking them?**
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
# - choose how deep and how fast to train, on validation data, with an eye on what the network knew before;
# - give every block its own learning rate, and say when training the head first pays;
# - decide between features and fine-tuning.
#
# *About 60 minutes. Before this: lesson 02.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "scans"

# %%
from dataclasses import replace

from course_utils import (
    Split,
    blocks,
    check,
    experiments,
    extract_features,
    figures,
    labs,
    learn,
    load_backbone,
    load_dataset,
    load_source_model,
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

SEEDS = range(1 if PROFILE == "smoke" else 2)  # most comparisons are repeated; the recordings have more seeds
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
# networks in mind. You will meet them again when the pictures change a little, further down; and whenever a network has
# to go on doing its old work, the source bars are what counts. That is lesson 04.
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

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 0.0001
### END SOLUTION
check("03.q4", answer)

# %% [markdown]
# Three mistakes, and each was a step missing or in the wrong place. Now the whole recipe once more, from memory:

# %% nbgrader={"grade_id": "q11", "solution": true}
answer = None  # five letters in order, for example "abcde"
### BEGIN SOLUTION
answer = "dbeac"
### END SOLUTION
check("03.q11", answer)

# %% [markdown]
# ## How deep, and how fast?
# Two numbers decide a fine-tuning: how many blocks you thaw, and the learning rate. They belong together: a deep thaw
# at a low rate and a shallow thaw at a high one may come to the same. So somebody has to run them all: 0 to 4 blocks,
# six rates, three seeds, 100 labelled scans per class and 16 epochs, which are 112 steps. That was recorded with the
# very calls that you have just used, and every cell can be run again here.
#
# Which cell has the highest validation accuracy? **Predict:**

# %%
predict("03.best-cell", cell=None)  # for example cell="3 blocks at 1e-4"; the rates: 1e-5 1e-4 3e-4 1e-3 3e-3 1e-2

# %%
map_rows = experiments.recorded("map-scans")
cells = sorted({(r["blocks"], r["learning_rate"]) for r in map_rows})
validation = {
    (k, rate): mean_over_seeds(map_rows, "validation_target", blocks=k, learning_rate=rate) for k, rate in cells
}
chosen = max(validation, key=validation.get)
figures.depth_rate_map(
    map_rows,
    panels={f"validation_{task}": f"{task}, validation pictures" for task in ("target", "source")},
    chosen=chosen,
    title="Scans: accuracy in percent, mean and range over three seeds",
)

# %%
reveal("03.best-cell", f"{chosen[0]} blocks at {chosen[1]:.0e}".replace("e-0", "e-"))

# %% [markdown]
# Read the map twice. On the left, look for the good cells: do they lie in one column, or along a slope, with lower
# rates where more is thawed? Then find the same cells on the right. Some of them have paid for their last point on the
# target with most of the source, and nothing on the left tells you which.
#
# And do not fall in love with the best cell. It was chosen among thirty, so there is luck in it. An accuracy *p* on *n*
# pictures is uncertain by about the square root of *p* (1 - *p*) / *n*, its **standard error**. The printout counts the
# cells that lie within two standard errors of the best one, and picks the kindest to the source among them.

# %%
best, pictures = validation[chosen], len(load_dataset("scans").validation)
doubt = 2 * np.sqrt(best * (1 - best) / pictures)
equals = [cell for cell in cells if validation[cell] >= best - doubt]
safest = max(equals, key=lambda c: mean_over_seeds(map_rows, "validation_source", blocks=c[0], learning_rate=c[1]))
print(
    f"two standard errors on {pictures} pictures: {100 * doubt:.1f} points; that near to the best: {len(equals)} cells"
)
for name, (k, rate) in {"the best": chosen, "the kindest among them": safest}.items():
    where = {"blocks": k, "learning_rate": rate}
    on_test, on_source = (mean_over_seeds(map_rows, column, **where) for column in ("target", "source"))
    print(f"{name}: {k} blocks at {rate:g}: test {on_test:.1%}, source {on_source:.1%}")

# %% [markdown]
# Both were chosen on validation pictures, and only then were the test accuracies read. Compare the two lines: what does
# the best cell gain on the target, and what does it cost? Now run it for real, and see whether it falls into the
# recorded band:

# %%
scans = experiments.FineTuning("scans", per_class=100)
live = scans.run(experiments.Recipe(blocks=chosen[0], learning_rate=chosen[1], steps=STEPS), seed=SEED)
band = [r["target"] for r in map_rows if (r["blocks"], r["learning_rate"]) == chosen]
print(f"just now {live['target']:.1%}; recorded over {len(band)} seeds: {min(band):.1%} to {max(band):.1%}")

# %% [markdown]
# How much can the rate alone break? Take the textures of mistake 3, change nothing but the rate, and start them at the
# highest rate of the map. One run is enough for a gap like this one:

# %%
too_high = 1e-2
careful = next(r for r in runs if r["how"] == "the recipe")
hasty = textures.run(replace(recipe, learning_rate=too_high), careful["seed"])
for r in (careful, hasty):
    print(f"rate {r['learning_rate']:g}: target {r['target']:.1%}, source {r['source']:.1%}")

# %% [markdown]
# ### The map as a lab
# The figure shows where each run ended; the lab shows how it got there. First from memory: plant your flag in the cell
# that was best on the target, and reveal the map. Then click any cell to replay its run step by step from the
# recording, or run it for real, and watch the source while the target rises.

# %%
labs.depth_rate_map()

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("03.q5", answer)

# %% [markdown]
# ## One rate does not fit all
# The early layers hold what every picture has, the late ones what the old task needed. So give them different rates.
# Three ideas, the first two from [Howard and Ruder 2018](https://arxiv.org/abs/1801.06146):
#
# - **Discriminative learning rates**: the top block gets the full rate, each block below it 0.4 times that of the one
#   above.
# - **Gradual unfreezing**: train the head alone, then with the top block, then with two, and so on.
# - **Warm-up and cosine decay**: the rate climbs from 0 in the first tenth of the steps and then falls to 0 along half
#   a cosine. The first steps are the wildest, so they are kept small.
#
# All of them against plain AdamW at one rate, from the same trained head, for the same number of epochs. The rate is
# 1e-3, on the rash side, so that there is something to tame. "One rate" was recorded for the map; the others run now.

# %%
epochs = max(1, round(STEPS * 32 / 200))
optimizers = {
    "a rate per block": lambda net: transfer.LayerwiseAdamW(1e-3, transfer.discriminative_multipliers(net)),
    "warm-up, cosine": lambda net: keras.optimizers.AdamW(transfer.warmup_cosine(1e-3, 7 * epochs), weight_decay=0.01),
}
old = load_source_model("embedded")  # the network with its old head
new = transfer.with_head(transfer.backbone_of(old), 2)  # the same network with a new one
pretrained, old_task = old.get_weights(), scans.source.test.few(5, seed=0)
unfreeze_top(new, 4)
print("multipliers:", {k: round(v, 3) for k, v in transfer.discriminative_multipliers(new).items()})


# %%
def start_again(seed):
    """The pretrained weights, the probe as the new head, all blocks thawed."""
    old.set_weights(pretrained)
    transfer.set_linear_head(new, scans.probe(seed))
    unfreeze_top(new, 4)


def accuracy(net, split):
    """The share of right answers of the network with the head of ``net``."""
    kernel, bias = net.layers[-1].get_weights()
    logits = extract_features(transfer.backbone_of(net), split.inputs) @ kernel + bias
    return float((logits.argmax(1) == split.labels).mean())


# %%
at_one_rate = [r for r in map_rows if (r["blocks"], r["learning_rate"]) == (4, 1e-3) and r["seed"] in SEEDS]
tamed = [{"how": "one rate", "target": r["target"], "source": r["source"]} for r in at_one_rate]
for name, optimizer in optimizers.items():
    for s in SEEDS:
        start_again(s)
        new.compile(optimizer(new), "sparse_categorical_crossentropy", metrics=["accuracy"])
        train(new, scans.few(s), epochs=epochs, seed=s)
        tamed.append({"how": name, "target": accuracy(new, scans.target.test), "source": accuracy(old, old_task)})

# %% [markdown]
# Gradual unfreezing has five stages, the head alone and one for each block, and compiles at each, which takes its time:
# one seed of it. It gets about the same number of epochs in all.

# %%
if PROFILE != "smoke":
    start_again(SEEDS[0])
    stage = max(1, round(epochs / 5))
    few_scans = scans.few(SEEDS[0])
    transfer.gradual_unfreezing(new, few_scans, learning_rate=1e-3, epochs_per_stage=stage, seed=SEEDS[0])
    tamed.append({"how": "gradual", "target": accuracy(new, scans.target.test), "source": accuracy(old, old_task)})
figures.bars(
    [{"how": r["how"], "measured on": on, "accuracy": r[on]} for r in tamed for on in ("target", "source")],
    x="how",
    by="measured on",
    title="Scans, rate 1e-3: four ways to spend the same epochs",
)

# %% [markdown]
# Ask two questions of each pair of bars. Did the taming cost anything on the target? And how much of the source did
# it save? These are small runs, so look at the dots, not only at the heights, before you call one of them better.
#
# And look at the last pair, a single run though it is: a method with a good name is no guarantee. Gradual unfreezing
# begins each stage with a new optimizer, which has no memory yet and takes full steps at once, and at this rate full
# steps are rash. Its authors combined it with rates that fall from block to block and with a warm-up. Run its cell again
# at a rate of 1e-4.

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 6.4e-5
### END SOLUTION
check("03.q6", answer)

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
# ## Train the head first: always?
# *Linear probing, then fine-tuning* (**LP-FT**) is what you have done all along: head first. [Kumar et al.
# 2022](https://arxiv.org/abs/2202.10054) found that plain fine-tuning from a random head *distorts* good features: it
# fits the training pictures as well, and does worse on pictures of another kind, most of all where the difference is
# large.
#
# The networks of mistake 3 are still there, so test that. Take the same test textures, and take the picture
# differently: less contrast, inverted, darker, or with the noise of a poor camera. No label changes.

# %%
rng = np.random.default_rng(SEED)
pictures = textures.target.test.inputs.astype("float32")
middle = pictures.mean(axis=(1, 2, 3), keepdims=True)
shifted = {
    "as trained": pictures,
    "less contrast": (pictures - middle) * 0.4 + middle,
    "inverted": 255 - pictures,
    "darker": pictures * 0.6,
    "noise": np.clip(pictures + rng.normal(0, 30, pictures.shape), 0, 255),
}
figures.picture_grid([np.uint8(images[0]) for images in shifted.values()], list(shifted), title="One texture")

# %% [markdown]
# By how many points is LP-FT ahead of the random head on the pictures with less contrast? **Predict:**

# %%
predict("03.lpft-shift", points=None)  # for example points=5; below 0 if it is behind

# %%
shift_rows = []
for name, label in {"the recipe": "head first (LP-FT)", "random head": "random head"}.items():
    for s in SEEDS:
        textures.model.set_weights(weights_after[name, s])
        kernel, bias = textures.model.get_layer("target_head").get_weights()
        for shift, images in list(shifted.items())[: 2 if PROFILE == "smoke" else None]:
            logits = extract_features(textures.network, images) @ kernel + bias
            right = float((logits.argmax(1) == textures.target.test.labels).mean())
            shift_rows.append({"test pictures": shift, "fine-tuned from": label, "accuracy": right})
figures.bars(shift_rows, x="test pictures", by="fine-tuned from", guess=1 / 8, title="Same networks, other pictures")


# %%
def lead(shift):
    """How far head-first is ahead on these pictures, as a share."""
    head_first, random_head = (
        mean_over_seeds(shift_rows, "accuracy", **{"test pictures": shift, "fine-tuned from": label})
        for label in ("head first (LP-FT)", "random head")
    )
    return head_first - random_head


shifts = dict.fromkeys(r["test pictures"] for r in shift_rows)
reveal("03.lpft-shift", lead("less contrast"), **{name.replace(" ", "_"): lead(name) for name in shifts})

# %% [markdown]
# Look at the first pair of bars, then at each of the others. What the head was at the start is the only difference
# between the two networks. On the pictures as trained you would hardly know. And compare the shifts: no method helps
# against all of them alike.
#
# Now the honest part. The theory says that a random head distorts *good* features. What if they are not so good? On
# the scans the probe was weak to begin with. The same comparison there, with the map's own runs as the head-first
# side:

# %%
scan_recipe = experiments.Recipe(blocks=4, learning_rate=3e-4, steps=STEPS)
from_random = [scans.run(replace(scan_recipe, head="random"), s) for s in SEEDS]
head_first = [r for r in map_rows if (r["blocks"], r["learning_rate"]) == (4, 3e-4) and r["seed"] in SEEDS]
for name, rows in {"head first": head_first, "random head": from_random}.items():
    each = ", ".join(f"{r['target']:.1%}" for r in rows)
    print(f"scans, {name}: target {each}; source {mean_over_seeds(rows, 'source'):.1%}; ", end="")
    print(f"drift of block 1 {np.mean([r['drift']['block1'] for r in rows]):.1%}")
probe_fit = [
    scans.probe(s).score(extract_features(load_backbone(), scans.few(s).inputs), scans.few(s).labels) for s in SEEDS
]
print(f"the probe on its own training scans: {np.mean(probe_fit):.1%}")

# %% [markdown]
# Compare the two lines, target against target and source against source. The last line offers an explanation. A probe
# on 256 features is right on most of the 200 scans that it was fitted on. So the loss starts low, the errors that flow
# down are smaller than a random head's, and the backbone moves less. That protects what it knows. If what it knows is
# not what you need, it also keeps the network from learning it. So:
#
# - **Head first** when the features are good for the target, when the network has to stay robust, or when the old task
#   still matters.
# - **Compare with a random head** on validation data when the probe is weak and the old task is nobody's business.

# %% nbgrader={"grade_id": "q7", "solution": true}
answer = None  # one or more letters, for example "ad"
### BEGIN SOLUTION
answer = "bd"
### END SOLUTION
check("03.q7", answer)

# %% [markdown]
# ## Find a rate before you train, stop when you should
# You will not always have a map. The **learning-rate range test** ([Smith 2017](https://arxiv.org/abs/1506.01186)) is
# the cheap substitute: one short run in which the rate grows at every step, from far too low to far too high. Write
# down the loss at each step. First nothing happens, then the loss falls, then it blows up.

# %%
tested = transfer.with_head(load_backbone("embedded"), 2, seed=SEED)
unfreeze_top(tested, 4)
tested.compile(keras.optimizers.AdamW(1e-3, weight_decay=0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
before_test = transfer.weights_of(tested)
range_rows = transfer.rate_range_test(tested, scans.few(SEED), steps=10 if PROFILE == "smoke" else 80, seed=SEED)
assert changed(before_test, tested) == 0  # the test puts every weight back
suggested = transfer.suggest_rate(range_rows)
print(f"{len(range_rows)} steps; suggested rate: {suggested:.1e}")

# %%
at_suggested = min(range_rows, key=lambda row: abs(np.log(row["learning_rate"] / suggested)))
figures.line_chart(
    [{**row, "": "loss of each batch"} for row in range_rows] + [{**at_suggested, "": "suggested rate"}],
    x="learning_rate",
    y="loss",
    by="",
    log_x=True,
    x_label="learning rate",
    y_label="training loss",
    title="Learning-rate range test on the scans",
)

# %% [markdown]
# Why not take the rate where the loss is lowest? There it is about to blow up, and the test got there on the way that
# all the smaller rates had prepared. Take the rate at which the loss falls *fastest*, or stay a factor of ten below the
# lowest point, whichever is less. The second marker shows what that rule gives. One run has noise in it, so smooth it
# before you look for the steepest place. How good is the advice? Look the nearest rate up in the map. (The map's runs
# start from a fitted head, and this test did not, so it is a rough check.)

# %%
rates = sorted({rate for _, rate in cells})
nearest = min(rates, key=lambda rate: abs(np.log(rate / suggested)))
row_of_map = {rate: validation[4, rate] for rate in rates}
print(f"all blocks thawed at {nearest:g}: {row_of_map[nearest]:.1%} on validation pictures; ", end="")
print(f"the best rate of that row, {max(row_of_map, key=row_of_map.get):g}: {max(row_of_map.values()):.1%}")

# %% [markdown]
# ### Exercise 3: pick a rate
# Write `pick_rate(rows)`. `rows` are those of a range test, dicts with `learning_rate` and `loss`, rates increasing.
# Return a rate that is safe to train with: where the loss is clearly falling, and at most a third of the rate where it
# is lowest. The check draws curves of its own, with noise, at other rates, and lists that end early. (Hints:
# `learn.hint("03.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def pick_rate(rows):
    """A learning rate, from the rows of a range test."""
    ### BEGIN SOLUTION
    rates = np.array([row["learning_rate"] for row in rows])
    losses = np.array([row["loss"] for row in rows])
    width = max(3, len(rows) // 8) | 1
    padded = np.pad(losses, width // 2, mode="edge")
    smooth = np.convolve(padded, np.ones(width) / width, "valid")
    lowest = int(smooth.argmin())
    steepest = int(np.gradient(smooth, np.log(rates))[: lowest + 1].argmin())
    return float(min(rates[steepest], rates[lowest] / 4))
    ### END SOLUTION


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 2}
check("03.e3", pick_rate)
### BEGIN HIDDEN TESTS
check("03.e3", pick_rate, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# The other half of the question is when to stop. **Early stopping** watches the validation loss and ends the run when
# it has not fallen for `patience` epochs; then it puts the weights of the best epoch back. Here the rate is
# high on purpose. One run goes on to the end, its twin has patience 2:

# %%
stopped = {}
twins = {"patience 2": 2} if PROFILE == "smoke" else {"to the end": None, "patience 2": 2}
for name, patience in twins.items():
    start_again(SEED)
    new.compile(
        keras.optimizers.AdamW(1e-3, weight_decay=0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    run = train(new, scans.few(SEED), scans.target.validation, epochs=3 * EPOCHS // 2, patience=patience, seed=SEED)
    print(f"{name}: {len(run.history['loss'])} epochs; ", end="")
    print(f"{accuracy(new, scans.target.validation):.1%} on validation pictures. {run.message}")
    stopped[name] = run
figures.training_curves({name: run.history for name, run in stopped.items()}, title="When to stop")

# %% [markdown]
# Early stopping is a choice made on validation pictures, like any other. It watches the *loss*, which is smoother than
# the accuracy; the two need not be best at the same epoch. And it is a gamble: a run that looks done may have a better
# epoch ahead of it. Patience is how long you are willing to wait.

# %% nbgrader={"grade_id": "q8", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("03.q8", answer)

# %% [markdown]
# ## The lab: freeze, set a rate, watch
# Lock and unlock blocks, set the rate, and guess how much of the source will be left. Reveal the recorded run, or run it
# for real: pause, step or stop it as you like. The last run with the same seed stays in the picture, so that you
# compare like with like. Try to break the source with one click, then to keep it. The text in the field *State* is all
# that the lab shows: send it to somebody, and they see the same.

# %%
labs.freeze_lab()

# %% [markdown]
# ## When does fine-tuning win?
# Everything so far had a fixed number of labels. Now let it grow. On each budget two rivals: a linear probe on frozen
# **features**, and **fine-tuning** of all blocks from that probe. Each run takes between 70 and 320 steps, in whole
# epochs, and the rate, 1e-4 or 3e-4, was chosen on validation pictures. Five seeds, over three pretraining runs,
# recorded.
#
# From how many labels per class on is fine-tuning ahead on the scans, on every single seed? **Predict:**

# %%
predict("03.crossing", labels=None)

# %%
label_rows = {name: experiments.recorded(f"labels-{name}") for name in ("scans", "photo-textures")}
figures.label_budget(label_rows["scans"], guess=1 / 2, title="Scans: far from the source")

# %%
figures.label_budget(label_rows["photo-textures"], guess=1 / 8, title="Real textures: far, but nearer than the scans")


# %%
def gain(rows, labels):
    """Fine-tuned minus features at one budget, for each seed, in points."""
    of = {(r["method"], r["seed"]): r["accuracy"] for r in rows if r["labels"] == labels}
    seeds = sorted({seed for _, seed in of})
    return [100 * (of["fine-tuned", s] - of["features", s]) for s in seeds]


gains = {name: {n: gain(rows, n) for n in sorted({r["labels"] for r in rows})} for name, rows in label_rows.items()}
figures.Table(
    [
        {"task": name, "labels": n, "mean gain": f"{np.mean(g):+.1f}", "seeds": f"{min(g):+.1f} to {max(g):+.1f}"}
        for name, by_budget in gains.items()
        for n, g in by_budget.items()
    ]
)

# %%
ahead = [n for n in gains["scans"] if all(min(g) > 0 for m, g in gains["scans"].items() if m >= n)]
reveal("03.crossing", ahead[0] if ahead else float("inf"))

# %% [markdown]
# Below that budget look at the last column: where the seeds lie on both sides of 0, the mean decides nothing. Two rules
# come out, and you can read both off the table:
#
# - **On the far task, more labels give more reason to fine-tune.** Compare the first rows of the scans with their last.
#   With few labels there is little to be learned from them that the features do not have already: the mean gains
#   little, some seeds lose, and the probe costs a second. On the textures, see whether the gain grows at all.
# - **The farther the task, the more there is to gain.** Compare the two tasks at their largest budget.

# %% nbgrader={"grade_id": "q9", "solution": true}
answer = None  # one or more letters, for example "ad"
### BEGIN SOLUTION
answer = "bc"
### END SOLUTION
check("03.q9", answer)

# %% [markdown]
# ### Exercise 4: on a budget
# Write `fine_tune(model, pictures, labels)`. `model` is the pretrained network with a new, random head; the pictures
# are 400 scans. Train it so that it reaches **85 %** on scans that you do not get to see. You may show it at most
# **1,280 pictures** in training (40 steps of 32), and at most **300,000 weights** may change, which is about half of
# the network. BatchNorm stays in inference mode. The check measures all of it. The top block alone has nearly 300,000
# weights. Is it the right place to spend them? The task is *far*. (Hints: `learn.hint("03.e4")`.)


# %% nbgrader={"grade_id": "e4", "solution": true}
def fine_tune(model, pictures, labels):
    """Train the model in place, within the budget."""
    ### BEGIN SOLUTION
    backbone = transfer.backbone_of(model)
    transfer.set_linear_head(model, transfer.linear_probe(extract_features(backbone, pictures), labels))
    unfreeze_top(model, 4)
    for layer in blocks(backbone)["block4"]:
        layer.trainable = False
    optimizer = keras.optimizers.AdamW(transfer.warmup_cosine(1e-3, 39), weight_decay=0.01)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    train(model, Split(pictures, labels), epochs=3, batch_size=32, seed=1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e4-check", "grade": true, "points": 3}
check("03.e4", fine_tune)
### BEGIN HIDDEN TESTS
check("03.e4", fine_tune, seed=1)
### END HIDDEN TESTS

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
# - **Depth and rate are one choice.** Make it on validation data, and look at the old task beside it.
# - **Head first** protects good features, under shift above all. Where the features are poor, it can hold you back.
# - **Few labels: features are hardly behind, and cheaper. Many labels and a far task: fine-tune.** In between, measure.
# - **Count blocks, not layers**, and check what became trainable.

# %% [markdown]
# ## What we measured
# The claims of this lesson, with the figures from *your* run and its recordings (means over the seeds). The course's
# tests check claims of the same names over five seeds, some at another rate or under another shift.

# %%
most, least = max(gains["scans"]), min(gains["scans"])
kept_by = {name: mean_over_seeds(runs, "source", how=name) for name in variants}
measured = [
    {"claim": f"03a scans, {most} labels: fine-tuned minus features", "value": np.mean(gains["scans"][most])},
    {"claim": f"03b scans, {least} labels: features minus fine-tuned", "value": -np.mean(gains["scans"][least])},
    {
        "claim": f"03c textures, one seed: rate {recipe.learning_rate:g} minus rate {too_high:g}",
        "value": 100 * (careful["target"] - hasty["target"]),
    },
    {"claim": "03d textures: LP-FT minus random head, as trained", "value": 100 * lead("as trained")},
    {"claim": "03d textures: LP-FT minus random head, less contrast", "value": 100 * lead("less contrast")},
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
# Next: [04 Catastrophic forgetting](04_catastrophic_forgetting.ipynb). You have seen the source accuracy fall beside
# every gain. What exactly is lost, where, and how do you keep it?
