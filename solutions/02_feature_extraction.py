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
#     title: Feature extraction
#     question: With 20 labelled pictures per class, what is the least you must train?
#     objectives:
#       - text: Freeze a backbone, put a head on it, and prove that nothing inside moved
#         practised_by: ["02.e1", "02.q1", "02.q4"]
#       - text: Tell frozen weights from inference mode, and say what BatchNorm and Dropout do in each
#         practised_by: ["02.q2", "02.q3", "02.e1"]
#       - text: Cache features, and know when caching is not allowed
#         practised_by: ["02.e2", "02.q6", "02.q8"]
#       - text: Read off a label-budget figure how many labels a pretrained network is worth
#         practised_by: ["02.e3", "02.q7"]
#       - text: Find the silent faults that make a feature pipeline lie
#         practised_by: ["02.e4", "02.q5"]
#     misconceptions:
#       - id: frozen-is-inference-mode
#         text: A frozen network is in inference mode
#         caught_by: ["02.q3", "02.e1"]
#       - id: more-weights-always-help
#         text: Training more weights always gives a better result
#         caught_by: ["02.q4"]
#       - id: sibling-patches-are-honest
#         text: A validation accuracy is honest although sibling patches were trained on
#         caught_by: ["02.q5", "02.e4"]
#       - id: features-need-a-gpu
#         text: Feature extraction can't be done without a GPU
#         caught_by: ["02.q8"]
#     prerequisites: ["01_what_layers_learned"]
#     minutes: 50
#     seconds: 75
#     data: shapes, photo-textures, digits, scans
#     backbone: embedded
# ---

# %% [markdown]
# # 02 Feature extraction
# **With 20 labelled pictures per class, what is the least you must train?**
#
# Labels are the expensive part. Somebody has to sit down and say *this one has a lesion, this one has not*, three
# hundred times over. A pretrained network has already seen a great many pictures. If what it learned from them is of
# any use to you, you should need fewer labels. How many fewer? By the end of this lesson you will have measured it.
#
# You will be able to
#
# - freeze a backbone, put a head on it, and *prove* that nothing inside moved;
# - tell frozen weights from inference mode (they are not the same thing);
# - cache features, and say when you must not;
# - read off a figure how many labels a pretrained network is worth, on a task near its own and on tasks far away;
# - find the faults that make a feature pipeline lie without a single error message.
#
# *About 50 minutes. Before this: lesson 01.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "shapes"

# %%
import time

from course_utils import (
    Split,
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
    train,
    trainable_summary,
    transfer,
)

import keras
import numpy as np
from keras import layers

SEEDS = range(1 if PROFILE == "smoke" else 5)  # the main experiments are repeated, so that you see their spread
EPOCHS = 2 if PROFILE == "smoke" else 20
MOST_LABELS = 5 if PROFILE == "smoke" else 240  # per class, where curves are drawn
REAL = not BACKBONE.startswith("embedded")
SIDE = (96 if PROFILE == "smoke" else 160) if REAL else None  # pixels; at 224, real networks are better and slower

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons, first of all those that gave you trouble. Run the cell and answer below it, or
# write your answers in place of `None` and run it again. You may also go on without.

# %%
learn.review("02", first=None, second=None, third=None)

# %% [markdown]
# ## Five things the network has never seen
# Here is the task (unless you changed `DATASET`): fish, houses, mushrooms, cats and sailing boats, 32 pixels wide, in
# any colour, on any ground. The embedded backbone was pretrained on drawn textures, geometric shapes, invented letters
# and fractals. There was no fish.

# %%
backbone = load_backbone(BACKBONE, image_size=SIDE)
task = load_dataset(DATASET, image_size=backbone.input_shape[1])
figures.class_gallery(task, 8, title="The target task")

# %% [markdown]
# A word on how the pictures are dealt. `task.train` is what you may learn from, and most of the time you will pretend
# to have only a few labels of it. `task.validation` is for *choices*: which head, how many epochs. `task.test` is
# looked at once, at the end of an experiment, to report a number. In this section you have 20 labels per class.

# %%
smallest = np.bincount(task.train.labels).min()  # of the classes; a folder of your own may have fewer than 20
few = task.train.few(min(20, smallest), seed=SEED)
print(f"{len(few)} labelled pictures to learn from, {len(task.test)} to be tested on")

# %% [markdown]
# ## The whole trick is one line
# The **backbone** turns a picture into a stack of feature maps. **Global average pooling** shrinks each map to one
# number: how much of this feature is anywhere in the picture? A small **head** makes classes out of these numbers.
# **Freezing** means that training may not change the backbone's weights, and it is one line.
#
# **Predict:** which share of all the weights will you train?

# %%
predict("02.trained-share", percent=None)  # your guess in percent, for example percent=50

# %%
backbone.trainable = False  # the whole trick
inputs = keras.Input(backbone.input_shape[1:])
features = backbone(inputs)
pooled = layers.GlobalAveragePooling2D()(features)
hidden = layers.Dense(128, activation="relu")(pooled)
outputs = layers.Dense(task.num_classes, activation="softmax")(hidden)
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
trainable, frozen = trainable_summary(model)
print(f"{trainable:,} weights to train, {frozen:,} frozen")

# %%
reveal("02.trained-share", trainable / (trainable + frozen))

# %% [markdown]
# `train` does what Keras's `fit` does, with the plumbing put away: it shuffles, runs the epochs, measures the
# validation pictures after each, and hands back the history.

# %%
before = [w.copy() for w in backbone.get_weights()]
run = train(model, few, task.validation, epochs=EPOCHS, seed=SEED)
figures.training_curves({"frozen backbone, new head": run.history}, title=f"{len(few)} labelled pictures")

# %% [markdown]
# Did the backbone really stay as it was? Do not take our word for it. Compare every array inside it with its copy
# from before the training, bit by bit:

# %%
for was, now in zip(before, backbone.get_weights(), strict=True):
    np.testing.assert_array_equal(was, now)
print(f"All {len(before)} arrays of the backbone are unchanged, to the last bit.")

# %% [markdown]
# ### Quick check

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 1285
### END SOLUTION
check("02.q1", answer)

# %% [markdown]
# ## Frozen is not the same as inference mode
# Two switches sit next to each other, and most people think that they are one.
#
# - `trainable = False` says: *no gradient step may change my weights.*
# - **Inference mode** says: *behave as you do when the network is used*, not as in training.
#
# For a convolution the second switch changes nothing. Two kinds of layer that you will often meet do care. **Dropout**
# switches some of its inputs off at random in training, frozen or not. **BatchNorm** scales each channel by its mean
# and spread. In training it takes them from the batch in hand and keeps a running average, the *moving statistics*; in
# use it takes the stored averages. No gradient ever touches these averages. They move because pictures pass through.
#
# Keras joins the two switches for BatchNorm alone: a frozen BatchNorm layer always runs in inference mode. So what
# happens when you freeze only the layers that "really" have weights, the convolutions? And does writing
# `backbone(x, training=False)`, as many guides advise, save you then?


# %%
def moved_statistics(freeze_batchnorm, **switch):
    """Train what is not frozen for one epoch; how far did BatchNorm's stored averages move, at most?"""
    base = load_backbone("embedded")
    for layer in base.layers:
        layer.trainable = isinstance(layer, layers.BatchNormalization) and not freeze_batchnorm
    statistics = [w for w in base.weights if "moving" in w.path]
    start = [keras.ops.convert_to_numpy(w).copy() for w in statistics]
    pictures = keras.Input(base.input_shape[1:])
    maps = layers.GlobalAveragePooling2D()(base(pictures, **switch))
    net = keras.Model(pictures, layers.Dense(5, activation="softmax")(maps))
    net.compile("adam", "sparse_categorical_crossentropy")
    train(net, load_dataset("shapes").train.few(20), epochs=1)
    return max(float(np.abs(w.numpy() - s).max()) for w, s in zip(statistics, start, strict=True))


print(f"everything frozen:                         moved by {moved_statistics(True):.4f}")
print(f"convolutions frozen:                       moved by {moved_statistics(False):.4f}")
print(f"convolutions frozen, and training=False:   moved by {moved_statistics(False, training=False):.4f}")

# %% [markdown]
# In the second case you thought you had frozen the network, and it changed under you: the same picture gives other
# features after training than before. In the third, `training=False` did not help: training overrides it in current
# Keras, whatever older guides say. One thing works, and you have seen it work to the last bit: freeze the *whole*
# backbone, BatchNorm included. Write `training=False` if you like to say what you mean; do not rely on it.

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("02.q3", answer)

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 128
### END SOLUTION
check("02.q2", answer)

# %% [markdown]
# ### Exercise 1: build it yourself
# Write `build_frozen(backbone, num_classes)`. It freezes the backbone, pools its output, adds a
# softmax head for integer labels, compiles, and returns the model. The check trains your model for a moment and then
# looks at what moved. Stuck? Run `learn.hint("02.e1")` in a cell of your own, again and again.


# %% nbgrader={"grade_id": "e1", "solution": true}
def build_frozen(backbone, num_classes):
    """A compiled classifier with a frozen backbone and a new head."""
    ### BEGIN SOLUTION
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    pooled = layers.GlobalAveragePooling2D()(backbone(inputs))
    outputs = layers.Dense(num_classes, activation="softmax")(pooled)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 2}
check("02.e1", build_frozen)
### BEGIN HIDDEN TESTS
check("02.e1", build_frozen, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## Look at each picture once
# A frozen backbone gives the same features for the same picture, today, tomorrow and in every epoch. So why run it in
# every epoch? Run it **once**, keep the numbers, and train the head on them. That is all that *cached features* means.
#
# **Predict:** with 20 epochs, how many times faster is it to compute the features once?

# %%
predict("02.cache-speed", times=None)  # your guess, for example times=3

# %%
many = task.train.few(min(smallest, 20 if PROFILE == "smoke" else 240), seed=SEED)
start = time.perf_counter()
cached = Split(extract_features(backbone, many.inputs), many.labels)  # the backbone runs here, once
head = keras.Sequential([keras.Input((cached.inputs.shape[1],)), layers.Dense(task.num_classes, activation="softmax")])
head.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
fast = train(head, cached, epochs=20, batch_size=64, seed=SEED)
seconds_cached = time.perf_counter() - start

# %%
x = layers.GlobalAveragePooling2D()(backbone(inputs))
slow_model = keras.Model(inputs, layers.Dense(task.num_classes, activation="softmax")(x))
slow_model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
slow_epochs = 1 if PROFILE == "smoke" else 5  # enough to know what an epoch costs
first = train(slow_model, many, epochs=1, batch_size=64, seed=SEED)  # Keras builds its training step here, once
slow = train(slow_model, many, epochs=slow_epochs, batch_size=64, seed=SEED)
seconds_every_epoch = first.seconds + slow.seconds / slow_epochs * 19
reveal("02.cache-speed", seconds_every_epoch / seconds_cached)

# %% [markdown]
# The embedded backbone is tiny, so part of its time is overhead that caching cannot remove. Behind a real network,
# where one picture costs thirty times as much, nearly all the time is the forward pass and the gain is larger.
#
# Faster is worth nothing if it is not *the same*. Put the trained head behind the backbone again and compare:

# %%
joined = head(layers.GlobalAveragePooling2D()(backbone(inputs)))
whole = keras.Model(inputs, joined)
pictures = task.test.inputs[:64].astype("float32")
through_network = whole.predict(pictures, verbose=0)
through_cache = head.predict(extract_features(backbone, pictures), verbose=0)
difference = np.abs(through_network - through_cache).max()
print(f"largest difference between the two predictions: {difference:.1e}")
assert difference < 1e-5

# %% [markdown]
# **When caching is not allowed.** The cache holds the features of *these* pixels. Augmentation (shifted and mirrored
# copies, as in lesson 00) changes the pixels in every epoch, so there is nothing to reuse. There is a middle way: cache
# several augmented views of each picture, and train on all of them. And as soon as the backbone itself learns (lesson
# 03), the cache is out of date after one step.

# %%
rng = np.random.default_rng(SEED)
five = task.train.few(5, seed=SEED)
views = np.concatenate([transfer.shift_and_flip(five.inputs.astype("float32"), rng) for _ in range(8)])
one_view = linear_probe(extract_features(backbone, five.inputs), five.labels)
eight_views = linear_probe(extract_features(backbone, views), np.tile(five.labels, 8))
validation_features = extract_features(backbone, task.validation.inputs)
for name, probe in {"5 pictures per class, as they are": one_view, "8 augmented views of each": eight_views}.items():
    print(f"{name}: {probe.score(validation_features, task.validation.labels):.1%} on the validation pictures")

# %% [markdown]
# Whichever of the two is higher in your run: that is a *choice*, so it was made on validation pictures.

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # one or more letters, for example "ad"
### BEGIN SOLUTION
answer = "ac"
### END SOLUTION
check("02.q6", answer)

# %% [markdown]
# ### Exercise 2: a cached pipeline that gives the same predictions
# Write `cache_then_train(backbone, head, images, labels, epochs)`: compute the pooled features once, compile the head
# and fit it on them, and return *one* model from pictures to probabilities. `head` is an uncompiled Keras model from
# features to probabilities. The check counts how often your code runs the backbone. (Hints:
# `learn.hint("02.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
def cache_then_train(backbone, head, images, labels, epochs):
    """Train the head on cached features; return backbone, pooling and head as one model."""
    ### BEGIN SOLUTION
    features = extract_features(backbone, images)
    head.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    head.fit(features, labels, epochs=epochs, verbose=0)
    inputs = keras.Input(backbone.input_shape[1:])
    pooled = layers.GlobalAveragePooling2D()(backbone(inputs))
    return keras.Model(inputs, head(pooled))
    ### END SOLUTION


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 3}
check("02.e2", cache_then_train)
### BEGIN HIDDEN TESTS
check("02.e2", cache_then_train, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## What is a pretrained network worth, in labels?
# Now the question of this lesson. You have *n* labels per class. Three ways to spend them:
#
# 1. **From scratch**: the same network with random weights, all of it trained. It gets an honest try: augmentation,
#    weight decay (each step shrinks the weights a little), 1,000 steps or 25 epochs, whichever is more, and a learning
#    rate that was searched on validation pictures.
# 2. **Frozen, random**: the backbone with random weights, frozen, and a linear head. The control that people forget.
#    If this does well, the task is easy, and no credit goes to pretraining.
# 3. **Frozen, pretrained**: the same with the pretrained weights. The linear head is a *linear probe*.
#
# From lesson 00 you know what 5 labels per class bring: little from scratch, and a lot on top of the pretrained
# network. So give scratch more labels.
#
# **Predict:** how many labels per class does it need to be as good as the pretrained network is with 5?

# %%
predict("02.scratch-needs", labels=None)  # for example labels=20

# %%
most = min(MOST_LABELS, smallest)
budgets = [n for n in (1, 2, 5, 10, 20, 50, 100, 240) if n <= most]


def probe_rows(method, backbone, task, budgets):
    """Test accuracy of a linear probe at every budget, over several draws of the labels."""
    features = experiments.features_of(backbone, task)
    return [
        {"method": method, "labels": n, "seed": s, "accuracy": experiments.probe_accuracy(features, task, n, s)}
        for n in budgets
        for s in SEEDS
    ]


rows = probe_rows("pretrained, frozen", backbone, task, budgets)
rows += probe_rows("random, frozen", load_backbone(BACKBONE, weights=None, seed=SEED, image_size=SIDE), task, budgets)

# %% [markdown]
# Training from scratch at every budget, five times over, takes too long to wait for. So these runs were recorded, with
# the same code that you can call here; `experiments.scratch_accuracy` below repeats one of them for real. A recording
# says how it was made, and it is never touched up.

# %%
recorded = [r for r in experiments.recorded_scratch(DATASET) if r["labels"] <= MOST_LABELS]  # [] without a recording
rows += recorded
if recorded:
    live = experiments.scratch_accuracy(task, 5, SEED, steps=5 if PROFILE == "smoke" else None)
    there = [r["accuracy"] for r in recorded if r["labels"] == 5]
    print(f"from scratch with 5 labels per class, just now: {live:.1%}")
    print(f"recorded over {len(there)} seeds: {min(there):.1%} to {max(there):.1%}")
else:
    print(f"Of {task.name} there is no recording, so the figure lacks that curve. DATASET = 'shapes' has it.")

# %%
figures.label_budget(rows, guess=1 / task.num_classes, title="What n labels per class are worth")

# %% [markdown]
# Read the figure along a *horizontal* line. Take the height of the pretrained curve at 5 labels and walk to the right
# until you meet the scratch curve. The number of labels there, divided by 5, is the **label-efficiency factor**: every
# label you have is worth that many, because somebody else pretrained.


# %%
def mean_at(method, n):
    return float(np.mean([r["accuracy"] for r in rows if r["method"] == method and r["labels"] == n]))


at = sorted({r["labels"] for r in recorded} & set(budgets))  # where both curves were measured
near = {}  # labels per class -> factor
for n in (1, 5) if recorded else ():
    pretrained_curve, scratch_curve = ([mean_at(m, k) for k in at] for m in ("pretrained, frozen", "from scratch"))
    near[n] = experiments.label_efficiency(at, pretrained_curve, scratch_curve, at=n)
    more = f"more than {at[-1] / n:.0f}" if np.isinf(near[n]) else f"{near[n]:.0f}"
    print(f"labels per class: {n}; label-efficiency factor: {more}")
reveal("02.scratch-needs", 5 * near[5] if recorded else "not recorded for this task")

# %% [markdown]
# ### Exercise 3: compute the factor
# Write `label_efficiency(labels, accuracy_transfer, accuracy_scratch, at)` yourself. `labels` are the budgets in
# increasing order; the accuracies are lists of the same length; `at` is one of the budgets. Between two budgets,
# interpolate linearly in the *logarithm* of the number of labels. If scratch never gets there, return infinity.
# If it is there from the first budget on, return `labels[0] / at`. (Hints: `learn.hint("02.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    """How many times as many labels scratch needs for what transfer reaches with `at` labels."""
    ### BEGIN SOLUTION
    goal = accuracy_transfer[list(labels).index(at)]
    if max(accuracy_scratch) < goal:
        return float("inf")
    needed = np.exp(np.interp(goal, accuracy_scratch, np.log(labels)))
    return float(needed / at)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 2}
check("02.e3", label_efficiency)
### BEGIN HIDDEN TESTS
check("02.e3", label_efficiency, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## The honest part: how far does it carry?
# New shapes are *near* the source task. What about pictures that nobody drew: textures cut from real photographs, or
# scanned handwriting? Look at them first. (From here on, the backbone is the embedded one, unless the text says
# otherwise.)

# %%
textures = load_dataset("photo-textures")
figures.class_gallery(textures, 8, title="Far: textures of real photographs (the test patches come from other regions)")

# %% [markdown]
# **Predict:** at 5 labels per class, how large is the label-efficiency factor on these real textures?

# %%
predict("02.far-factor", times=None)

# %%
embedded = load_backbone("embedded")
digits = load_dataset("digits")
random_network = load_backbone("embedded", weights=None, seed=SEED)
far_rows = {}
for far in (textures, digits):
    far_rows[far.name] = [r for r in experiments.recorded_scratch(far.name) if r["labels"] <= MOST_LABELS]
    recorded_at = sorted({r["labels"] for r in far_rows[far.name]})
    far_rows[far.name] += probe_rows("pretrained, frozen", embedded, far, recorded_at)
    far_rows[far.name] += probe_rows("random, frozen", random_network, far, recorded_at)
figures.label_budget(far_rows["photo-textures"], guess=1 / 8, title="Far: real textures")

# %%
figures.label_budget(far_rows["digits"], guess=1 / 10, title="Easy: handwritten digits")


# %%
def curves(rows):
    """Budgets, and the mean accuracies of transfer and of scratch at each."""
    labels = sorted({r["labels"] for r in rows})
    means = {
        method: [np.mean([r["accuracy"] for r in rows if r["method"] == method and r["labels"] == n]) for n in labels]
        for method in ("pretrained, frozen", "from scratch")
    }
    return labels, means["pretrained, frozen"], means["from scratch"]


factors = {name: experiments.label_efficiency(*curves(rows_), at=5) for name, rows_ in far_rows.items()}
reveal("02.far-factor", factors["photo-textures"], digits=factors["digits"])

# %% [markdown]
# Three tasks, three stories, and all of them are true.
#
# - **Near** the source, on the drawn shapes, the gain is enormous.
# - **Far** away it is real, and much smaller. The network learned edges, spots and grain, and photographs have those
# too.
# - On **digits** there is nothing to gain: with 5 labels per class a random frozen network and training from scratch do
#   at least as well as the pretrained one. (That is what the control is for.)
#
# And on every task, follow the curves to the right: with labels enough they meet, or nearly so. Where pretraining
# helps, it is worth most when you have least.

# %% nbgrader={"grade_id": "q7", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 24
### END SOLUTION
check("02.q7", answer)

# %% [markdown]
# ## Choose your source
# If near is better than far, then the *source* is a choice too. Two more backbones ship with the course: the same
# network pretrained on textures alone, and on invented letters (glyphs) alone. **Predict:** by how many
# points of accuracy does the one from textures beat the one from letters on the real textures? (Below 0 if it loses.)

# %%
predict("02.source-gap", percent=None)

# %%
sources = {name: load_backbone(name) for name in ("embedded-textures", "embedded-glyphs", "embedded")}
source_rows = []
for target in (textures, load_dataset("shapes"), digits)[: 1 if PROFILE == "smoke" else 3]:
    for name, source in sources.items():
        features = experiments.features_of(source, target)
        source_rows += [
            {
                "target": target.name,
                "source": name,
                "seed": s,
                "accuracy": experiments.probe_accuracy(features, target, 5, s, part="validation"),
            }
            for s in SEEDS
        ]
figures.bars(
    source_rows, x="target", by="source", y_label="validation accuracy",
    title="The closer the source, the better (5 labels per class)",
)  # fmt: skip


# %%
def source_mean(target, source):
    return np.mean([r["accuracy"] for r in source_rows if (r["target"], r["source"]) == (target, source)])


reveal(
    "02.source-gap",
    source_mean("photo-textures", "embedded-textures") - source_mean("photo-textures", "embedded-glyphs"),
)

# %% [markdown]
# Textures help with textures, and letters help with digits. Now look at the third bar of each group: the backbone that
# saw everything is best or second best on each, because something in its source was near to each of the targets. If you
# know your target, take a source that is *near*. If you don't know it yet, take one that is *broad*. That is why people
# reach for a network that saw a thousand classes of photographs.

# %% [markdown]
# ## The lab: set the budget yourself
# Choose one of the three tasks and slide the labels per class: above the chart you see the very pictures that one
# would learn from. From memory: how many labels does a network from scratch need to reach the level of the pretrained
# one, if it ever does? Drag the marker there, reveal the curve, then slide the budget again and watch the crossing
# move. *Run for real* trains a network from scratch on the pictures that you see.

# %%
labs.label_budget()

# %% [markdown]
# ## A case in full: three hundred scans
# Here are phantom scans. A phantom is an object with known contents that is used to test scanners; these ones are
# drawn. Half of them have a *lesion*: one faint, ragged spot, a little brighter than its surroundings. The small sharp
# bright dots are vessels, and they are innocent.

# %%
scans = load_dataset("scans")
figures.class_gallery(scans, 10, title="Healthy, or with a lesion?")

# %% [markdown]
# You have 300 labelled scans, and you train the network from nothing. Watch the two lines: accuracy on the scans it
# learns from, and on validation scans.

# %%
three_hundred = scans.train.few(20 if PROFILE == "smoke" else 150, seed=SEED)
scratch = experiments.scratch_model(2, seed=SEED)
from_nothing = train(scratch, three_hundred, scans.validation, epochs=EPOCHS, seed=SEED)
scan_features = experiments.features_of(embedded, scans)
rows_of_few = scans.train.few_rows(20 if PROFILE == "smoke" else 150, seed=SEED)
scan_head = keras.Sequential([keras.Input((256,)), layers.Dense(2, activation="softmax")])
scan_head.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", metrics=["accuracy"])
scan_train = Split(scan_features["train"][rows_of_few], scans.train.labels[rows_of_few])
on_features = train(
    scan_head, scan_train, Split(scan_features["validation"], scans.validation.labels), epochs=EPOCHS, seed=SEED
)

# %%
figures.training_curves(
    {"from scratch": from_nothing.history, "frozen features": on_features.history}, title="300 labelled scans"
)


# %%
def gap(run):
    """Training accuracy minus validation accuracy at the end, in points."""
    return 100 * (run.history["accuracy"][-1] - run.history["val_accuracy"][-1])


print(
    f"gap between training and validation: scratch {gap(from_nothing):.0f} points, features {gap(on_features):.0f} points"
)

# %% [markdown]
# The network from scratch has more than half a million weights and three hundred scans. It soon knows every scan by
# heart, while its validation line wobbles below: the distance between the two lines is **overfitting**. The head on
# frozen features has a few hundred weights and can hardly memorise anything, so its two lines stay closer together.
#
# Now be honest and compare the two *validation* lines. Staying together is not the same as being good. A faint spot is
# small, local evidence, far from anything in the source task, and averaging over the picture waters it down. In most
# runs the other network, with three hundred labels, learns to look for it and ends higher. This is one run of each, on
# 200 validation scans: try another `SEED` before you believe the distance. With features from a distant source you buy
# stability, and sometimes you pay for it in accuracy. Lesson 03 shows how to get both.

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("02.q4", answer)

# %% [markdown]
# ## What silently breaks it
# None of the following raises an error. Most of them cost accuracy, and the last one, which is worse, *pretends* to
# give you some.
#
# The first four, tried on your `BACKBONE`, prepare the training pictures correctly and the new pictures differently, as
# happens when training and use are two scripts. "Training mode" leaves BatchNorm's training switch on, so that a
# picture's features depend on which other pictures happen to share its batch; here each picture comes alone. "BGR"
# swaps red and blue, as some libraries for pictures do; "scaled twice" divides by 255 before the network does so
# itself.


# %%
def in_training_mode(images):
    """Pooled features with the training switch left on, one picture at a time."""
    network = load_backbone(BACKBONE, image_size=SIDE)
    maps = [network(image[None].astype("float32"), training=True) for image in images]
    return np.concatenate([keras.ops.convert_to_numpy(m).mean((1, 2)) for m in maps])


new = task.validation.few(min(1 if PROFILE == "smoke" else 20, np.bincount(task.validation.labels).min()), seed=SEED)
probe = linear_probe(extract_features(backbone, few.inputs), few.labels)
prepared = {
    "right": extract_features(backbone, new.inputs),
    "BGR": extract_features(backbone, new.inputs[..., ::-1]),
    "upside down": extract_features(backbone, new.inputs[:, ::-1]),
    "scaled twice": extract_features(backbone, new.inputs / 255),
    "training mode": in_training_mode(new.inputs),
}
faults = [{"new pictures": name, "accuracy": probe.score(f, new.labels)} for name, f in prepared.items()]
figures.bars(
    faults, x="new pictures", y_label="validation accuracy", guess=1 / task.num_classes,
    title="One probe, five ways to feed it",
)  # fmt: skip

# %% [markdown]
# The probe is the same in all five bars. `load_backbone` carries its preprocessing inside as its first layer, so that
# you cannot forget it. You *can* still do it twice. And a fault need not show: the drawn shapes come in any colour, so
# it hardly matters to them which channel is red and which is blue. To photographs it may.
#
# The next fault is the most expensive one in practice, because it makes results look *better*. Suppose that 60 small
# photographs were each cut into 8 overlapping patches, and that the labels are **coin flips**: one flip per
# photograph. There is nothing to learn, and an honest accuracy is about 50 %. Shuffle all patches, hold out a quarter,
# and measure. **Predict:** how many per cent?

# %%
predict("02.leak", percent=None)

# %%
rng = np.random.default_rng(SEED)
photo_of_patch = np.repeat(np.arange(60), 8)
coin = rng.permutation(np.repeat([0, 1], 30))[photo_of_patch]  # one flip per photograph: pure chance
photographs = textures.train.few(8, seed=SEED).inputs
patches = np.stack([np.roll(photographs[p], rng.integers(-3, 4, 2), axis=(0, 1)) for p in photo_of_patch])
patch_features = extract_features(embedded, patches)


def honest_or_not(held_out):
    """Accuracy on the held-out rows, for labels that mean nothing."""
    return linear_probe(patch_features[~held_out], coin[~held_out]).score(patch_features[held_out], coin[held_out])


by_patch, by_photograph = [], []
for s in SEEDS:
    draw = np.random.default_rng(s)
    by_patch.append(honest_or_not(draw.random(len(coin)) < 0.25))
    by_photograph.append(honest_or_not(np.isin(photo_of_patch, draw.permutation(60)[:15])))
reveal("02.leak", float(np.mean(by_patch)), split_by_photograph=float(np.mean(by_photograph)))

# %% [markdown]
# Split by patch, the probe recognises *which photograph a patch came from* and remembers its coin flip. Split by
# photograph, the truth comes out. Whenever several of your pictures share a source (a patient, a video, a photo
# session), all of them go to the same side. Our photo textures have one photograph a class, so they can't be dealt like
# that. They are dealt by region, so that no two parts share a pixel. That is the second best, and their card says so.

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("02.q5", answer)

# %% [markdown]
# ### Exercise 4: three faults in a few lines
# This pipeline runs, and lies. It was made from the faults that you have just seen: find all three.


# %%
def broken_pipeline(backbone, images, pictures, seed=0):
    """Features of all patches, and which rows to train and to validate on. Three faults inside."""
    rng = np.random.default_rng(seed)
    scaled = images / 255
    maps = keras.ops.convert_to_numpy(backbone(scaled.astype("float32"), training=True))
    features = maps.mean(axis=(1, 2))
    rows = rng.permutation(len(images))
    held_out = len(images) // 4
    return features, rows[held_out:], rows[:held_out]


# %% [markdown]
# Write `mended_pipeline` with the same arguments and results. `images` are patches in 0..255; `pictures` holds, for
# each
# patch, the number of the picture it was cut from; the backbone carries its own preprocessing. Hold out between a tenth
# and half of the patches. Each fault that you fix is worth a point. (Hints:
# `learn.hint("02.e4")`.)


# %% nbgrader={"grade_id": "e4", "solution": true}
def mended_pipeline(backbone, images, pictures, seed=0):
    """Features of all patches, and which rows to train and to validate on."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    features = extract_features(backbone, images)
    sources = rng.permutation(np.unique(pictures))
    held_out = np.isin(pictures, sources[: max(1, len(sources) // 4)])
    return features, np.flatnonzero(~held_out), np.flatnonzero(held_out)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e4-check", "grade": true, "points": 3}
check("02.e4", mended_pipeline)
### BEGIN HIDDEN TESTS
check("02.e4", mended_pipeline, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## With a real model
# Nothing above depends on our small network. The cells on the task, the frozen model, the cache and the label budget
# read `BACKBONE` and `DATASET` from the top of this notebook. Put a folder with one sub-folder of photographs per class
# there, and `BACKBONE = "efficientnet_lite0"`, a network with 3.4 million weights that was pretrained on 1.3 million
# photographs of 1,000 classes ([Tan and Le 2019](https://arxiv.org/abs/1905.11946)) and that came with the course, and
# run it all again. This is the shortest form:

# %%
if REAL:
    real_features = experiments.features_of(backbone, task)
    real_probe = linear_probe(real_features["train"], task.train.labels)
    print(
        f"{BACKBONE} on {task.name}: {real_probe.score(real_features['test'], task.test.labels):.1%} on test pictures"
    )
else:
    print("To try this, set BACKBONE = 'efficientnet_lite0' at the top, and DATASET to a folder.")

# %% [markdown]
# Mind three things. Every family of networks wants its pictures prepared in its own way, which is why `load_backbone`
# attaches the preprocessing. The pictures must be loaded at the network's size: `load_dataset(folder,
# image_size=backbone.input_shape[1])`. And if your classes are among the thousand that it was trained to name (ant and
# bee are), the task is a near one, and the accuracy flatters.

# %% nbgrader={"grade_id": "q8", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("02.q8", answer)

# %% [markdown]
# ## Key takeaways
# - **Freeze, pool, head.** The least you must train is a head. With few labels on a near task, that is nearly all there
#   is to win.
# - **Frozen is not inference mode.** Freeze the whole model, so that BatchNorm's averages stay put, and prove it by
#   comparing the weights.
# - **Cache features** whenever neither the pictures nor the backbone change.
# - **The nearer the source, the larger the gain,** and the fewer the labels, the more each one is worth. Where labels
#   abound or the task is easy, the gain is gone.
# - **Always show the control:** the same network with random frozen weights, and scratch training that was given a
#   fair chance.
# - **Split by source, not by patch.** A leak makes noise look like skill.

# %% [markdown]
# ## What we measured
# The claims of this lesson, with the figures from *your* run (mean over the seeds; the course's tests check the same
# claims
# over five).

# %%
worth = ({task.name: near[5]} if near else {}) | factors
measured = [
    {"claim": "weights trained", "value": f"{trainable:,} of {trainable + frozen:,}"},
    {"claim": "cached features: largest difference of a prediction", "value": f"{difference:.0e}"},
    {"claim": "cached features: times faster over 20 epochs", "value": f"{seconds_every_epoch / seconds_cached:.1f}"},
    {"claim": f"{task.name}, 5 labels: pretrained frozen", "value": f"{mean_at('pretrained, frozen', 5):.1%}"},
    {"claim": f"{task.name}, 5 labels: random frozen", "value": f"{mean_at('random, frozen', 5):.1%}"},
    *[{"claim": f"{name}, 5 labels: label-efficiency factor", "value": f"{f:.1f}"} for name, f in worth.items()],
    {"claim": "coin-flip labels: split by patch", "value": f"{np.mean(by_patch):.1%}"},
    {"claim": "coin-flip labels: split by photograph", "value": f"{np.mean(by_photograph):.1%}"},
]
figures.Table(measured)

# %%
learn.progress_card("02")

# %% [markdown]
# Next: [03 Fine-tuning](03_fine_tuning.ipynb), where you touch the pretrained weights and learn how not to break them.
