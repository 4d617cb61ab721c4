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
#     terms: ["head", "global average pooling", "freezing", "inference mode", "BatchNorm", "cached features", "label-efficiency factor", "overfitting"]
#     given: ["50 %"]
#     prerequisites: ["01_what_layers_learned"]
#     minutes: 45
#     seconds: 60
#     data: shapes, photo-textures, digits, scans, tissue
#     backbone: embedded, efficientnet_lite0
# ---

# %% [markdown]
# # 02 Feature extraction
# **With 20 labelled pictures per class, what is the least you must train?**
#
# Labels are the expensive part. Somebody has to sit down and say *this one has a lesion, this one has not*, three
# hundred times over. A pretrained network has seen a great many pictures. If what it learned from them is of any use to
# you, you should need fewer labels. How many fewer? By the end of this lesson you will have measured it.
#
# You will be able to
#
# - freeze a backbone, put a head on it, and *prove* that nothing inside moved;
# - tell frozen weights from inference mode;
# - cache features, and say when you must not;
# - read off a figure how many labels a pretrained network is worth, near its own task and far from it;
# - find the faults that make a feature pipeline lie without an error message.
#
# *About 45 minutes. Before this: lesson 01.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "shapes"

# %%
from course_utils import backbones, blocks, block_output, check, data, experiments, extract_features, figures, labs
from course_utils import learn, linear_probe, load_backbone, load_dataset, predict, reveal, Split, train
from course_utils import trainable_summary

import keras
import numpy as np
from keras import layers

SMOKE = PROFILE == "smoke"
mean = experiments.mean_over_seeds
SEEDS = range(2 if SMOKE else 5)  # the main experiments are repeated, so that you see their spread
EPOCHS = 2 if SMOKE else 20
MOST_LABELS = 5 if SMOKE else 240  # per class, where curves are drawn
REAL = not BACKBONE.startswith("embedded")
SIDE = (96 if SMOKE else 160) if REAL else None  # pixels; at 224, real networks are better and slower

learn.cover("02")

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons. Run the cell and answer below it, or write your answers in place of `None`.

# %%
learn.review("02", first=None, second=None, third=None)

# %% [markdown]
# ## Five things the network has never seen
# The task (unless you changed `DATASET`): fish, houses, mushrooms, cats and sailing boats, in any colour, on any ground.
# The embedded backbone was pretrained on drawn textures, geometric shapes, invented letters and fractals. There was no
# fish.
#
# `task.train` is what you may learn from; here, 20 labels of each class. `task.validation` is for *choices*.
# `task.test` stays shut until an experiment is over, and then reports one number. (Lesson 00 left it shut, too.)

# %%
backbone = load_backbone(BACKBONE, image_size=SIDE)
task = load_dataset(DATASET, image_size=backbone.input_shape[1])
smallest = np.bincount(task.train.labels).min()  # of the classes; a folder of your own may have fewer than 20
few = task.train.few(min(20, smallest), seed=SEED)
watched = task.validation.few(3, seed=SEED) if REAL else task.validation  # every epoch; a real network is slow
print(f"backbone {BACKBONE}: {len(few)} labelled pictures to learn from, {len(task.test)} to be tested on")
figures.class_gallery(task, 8, title="The target task")

# %% [markdown]
# ## The whole trick is one line
# The **backbone** turns a picture into a stack of feature maps. **Global average pooling** shrinks each map to one
# number: how much of this feature is anywhere in the picture? A small **head** makes classes out of these numbers.
# **Freezing** means that training may not change the weights. The upper row is this lesson, the lower one the next.
#
# **Predict:** in the upper row, which share of all the weights will you train?

# %%
figures.frozen_and_unfrozen()

# %%
predict("02.trained-share", percent=None)  # your guess, for example percent=50

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
reveal("02.trained-share", trainable / (trainable + frozen))

# %% [markdown]
# `train` does what Keras's `fit` does: it shuffles, runs the epochs, measures the validation pictures after each, and
# returns the history. Did the backbone stay as it was? Don't take our word for it:

# %%
before = list(map(np.copy, backbone.get_weights()))
run = train(model, few, watched, epochs=min(EPOCHS, 5) if REAL else EPOCHS, seed=SEED)
for was, now in zip(before, backbone.get_weights(), strict=True):
    np.testing.assert_array_equal(was, now)
print(f"All {len(before)} arrays of the backbone are unchanged, to the last bit.")
figures.training_curves({"frozen backbone, new head": run.history}, title=f"{len(few)} labelled pictures")

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 1285
### END SOLUTION
check("02.q1", answer)

# %% [markdown]
# ## Frozen is not inference mode
# Two switches sit next to each other, and they are easily taken for one.
#
# - `trainable = False` says: *no gradient step may change my weights.*
# - **Inference mode** says: *behave as you do when the network is used*, not as in training.
#
# For a convolution the second changes nothing. **Dropout** switches inputs off at random in training, frozen or not.
# **BatchNorm** scales each channel by a mean and a spread: in training by those of the batch at hand, in use by running
# averages of them, the **moving statistics**. No gradient touches these. They move because pictures pass through.
#
# Keras joins the two switches for BatchNorm alone: a frozen BatchNorm layer runs in inference mode. So what if you
# freeze only the convolutions? Does `backbone(x, training=False)`, as many guides advise, save you then? It depends on
# how the model is written. Here are the two ways, functional and subclassed.


# %%
def functional(base, **switch):
    pictures = keras.Input(base.input_shape[1:])
    pooled = layers.GlobalAveragePooling2D()(base(pictures, **switch))
    return keras.Model(pictures, layers.Dense(5, activation="softmax")(pooled))


class Subclassed(keras.Model):
    def __init__(self, base):
        super().__init__()
        self.base, self.pool = base, layers.GlobalAveragePooling2D()
        self.head = layers.Dense(5, activation="softmax")

    def call(self, pictures):
        return self.head(self.pool(self.base(pictures, training=False)))


# %%
def moved(make, freeze_batchnorm=False, **switch):
    """Train for an epoch: how far did the moving mean of the last BatchNorm layer move, at most?"""
    base = load_backbone("embedded")
    for layer in base.layers:
        layer.trainable = False
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable, norm = not freeze_batchnorm, layer
    start, net = norm.moving_mean.numpy().copy(), make(base, **switch)
    net.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)  # only a few steps
    train(net, load_dataset("shapes").train.few(20), epochs=1)
    return np.abs(norm.moving_mean.numpy() - start).max()


# %%
print(f"everything frozen, functional:             {moved(functional, freeze_batchnorm=True):.4f}")
print(f"convolutions frozen, functional:           {moved(functional):.4f}")
print(f"... with training=False, functional:       {moved(functional, training=False):.4f}")
print(f"... with training=False, subclassed:       {moved(Subclassed):.4f}")

# %% [markdown]
# In the second line you thought that you had frozen the network, and it changed under you. In the third,
# `training=False` did not help: in a *functional* model, current Keras overrides it during training, whatever older
# guides say. In the fourth it did: in a *subclassed* model, `call` is run at every step, and its word counts. One thing
# works however a model is written, since it is a matter of the layer itself: freeze the *whole* backbone, BatchNorm
# included. That was the first line.

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
# Write `build_frozen(backbone, num_classes)`. It freezes the backbone, pools its output, adds a softmax head for integer
# labels, compiles, and returns the model. The check trains your model for a moment and looks at what moved. Stuck? Run
# `learn.hint("02.e1")` in a cell of your own, again and again.


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
# A frozen backbone gives the same features for the same picture in every epoch. So run it **once**, keep the numbers,
# and train the head on them: **cached features**. With 20 epochs, a twentieth of the work inside the backbone is left.
# That is worth something only if the result is *the same*: put the trained head behind the backbone again, and compare.

# %%
many = task.train.few(min(smallest, 20 if SMOKE else 100), seed=SEED)
cached = Split(extract_features(backbone, many.inputs), many.labels)  # the backbone runs here, once
head = keras.Sequential([keras.Input((cached.inputs.shape[1],)), layers.Dense(task.num_classes, activation="softmax")])
head.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
train(head, cached, epochs=20, batch_size=64, seed=SEED)
print(f"pictures through the backbone: {len(many):,} with the cache, {20 * len(many):,} without")

# %%
joined = head(layers.GlobalAveragePooling2D()(backbone(inputs)))
whole = keras.Model(inputs, joined)
pictures = task.validation.inputs[:64].astype("float32")
through_network = whole.predict(pictures, verbose=0)
through_cache = head.predict(extract_features(backbone, pictures), verbose=0)
difference = np.abs(through_network - through_cache).max()
print(f"largest difference between the two predictions: {difference:.1e}")
assert difference < 1e-5

# %% [markdown]
# **When caching is not allowed.** The cache holds the features of *these* pixels. Augmentation changes the pixels in
# every epoch. (The middle way: cache several augmented views of each picture.) And as soon as the backbone itself
# learns, the cache is out of date after one step.

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # one or more letters, for example "ad"
### BEGIN SOLUTION
answer = "ac"
### END SOLUTION
check("02.q6", answer)

# %% [markdown]
# ### Exercise 2: a cached pipeline that gives the same predictions
# Write `cache_then_train(backbone, head, images, labels, epochs)`: compute the pooled features once, compile the head,
# fit it on them, and return *one* model from pictures to probabilities. `head` is an uncompiled Keras model from
# features to probabilities. The check counts how often your code runs the backbone. (Hints: `learn.hint("02.e2")`.)


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
# You have *n* labels per class, and three ways to spend them:
#
# 1. **From scratch**: the same network with random weights, all of it trained, with an honest try: augmentation, weight
#    decay, 1,000 steps or 25 epochs, whichever is more, and a rate and length searched on validation pictures.
# 2. **Frozen, random**: random weights, frozen, and a linear head. If this does well, the task is easy, and no credit
#    goes to pretraining.
# 3. **Frozen, pretrained**: the same linear probe on the pretrained weights.
#
# From scratch, five times over at every budget, takes minutes: these runs were recorded, by code that you can call.
# **Change this:** with `REPEAT = True` below, one of them is run for real.
#
# Lesson 00 showed what 5 labels bring. Now give scratch more. **Predict:** how many labels per class does it need to be
# as good as the pretrained network is with 5?

# %%
predict("02.scratch-needs", labels=None)  # for example labels=20

# %%
budgets = np.array([1, 2, 5, 10, 20, 50, 100, 240])
budgets = budgets[budgets <= min(MOST_LABELS, smallest)].tolist()
rows = experiments.recorded_scratch(DATASET)  # [] for a task without a recording
recorded = bool(rows) and not SMOKE
untrained = load_backbone(BACKBONE, weights=None, seed=SEED, image_size=SIDE)
for method, network in {"pretrained, frozen": backbone, "random, frozen": untrained}.items():
    features = experiments.features_of(network, task)
    rows += experiments.probe_rows(method, features, task, budgets, SEEDS)
figures.label_budget(rows, guess=1 / task.num_classes, title="What n labels per class are worth")

# %% [markdown]
# Read the figure along a *horizontal* line. From the height of the pretrained curve at 5 labels, walk to the right
# until you meet the scratch curve. The number of labels there, divided by 5, is the **label-efficiency factor**: each
# of your labels is worth that many, because somebody else pretrained.

# %%
REPEAT = False
if REPEAT:
    again = experiments.scratch_accuracy(task, 5, SEED, on_progress=learn.progress_line("training from scratch"))
    print(f"from scratch with 5 labels per class, just now: {again:.1%}")
near = experiments.efficiency(rows, at=5) if recorded else np.nan
for n in (2, 5) if recorded else ():
    full = mean(rows, "accuracy", method="from scratch", labels=240)
    share = mean(rows, "accuracy", method="pretrained, frozen", labels=n) / full
    print(f"{n / 240:.1%} of the labels reach {share:.0%} of what scratch reaches with all of them")
reveal("02.scratch-needs", 5 * near if recorded else "not recorded for this task")

# %% [markdown]
# ### Exercise 3: compute the factor
# Write `label_efficiency(labels, accuracy_transfer, accuracy_scratch, at)`. `labels` is a list of budgets in increasing
# order; the accuracies are lists of the same length; `at` is one of the budgets. Between two budgets, interpolate
# linearly in the *logarithm* of the number of labels. If scratch never gets there, return infinity. If it is there from
# the first budget on, return `labels[0] / at`. (Hints: `learn.hint("02.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    """How many times as many labels scratch needs for what transfer reaches with `at` labels."""
    ### BEGIN SOLUTION
    goal = accuracy_transfer[labels.index(at)]
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

# %% nbgrader={"grade_id": "q7", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 24
### END SOLUTION
check("02.q7", answer)

# %% [markdown]
# ## How far does it carry?
# New shapes are *near* the source task. What about pictures that nobody drew: textures of real photographs, or
# handwriting? (From here on, the backbone is the embedded one, unless the text says otherwise.)
#
# There is one photograph per class, cut into overlapping patches; the test patches come from another region of it. No
# more training patches are independent than fit side by side, so a curve over more labels than that adds few new
# pixels, and the task says nothing about *other* photographs.
#
# Which block do you take? The rule of lesson 01 decides: the shallowest within one standard error of the best, on
# validation pictures. **Predict:** at 5 labels per class, how large is the factor here?

# %%
textures, digits = load_dataset("photo-textures"), load_dataset("digits")
print(f"{len(textures.train) // textures.num_classes} training patches per class. Side by side fit:", end="")
for name, count in data.disjoint_texture_patches("train").items():
    print(f" {name} {count};", end="")
figures.class_gallery(textures, 8, title="Far: textures of real photographs")

# %%
predict("02.far-factor", times=None)

# %%
embedded = load_backbone("embedded")


def block_for(target, labels):
    """The block that lesson 01's rule chooses on validation pictures."""
    by_block = {}
    for block in list(blocks(embedded))[-1 if SMOKE else 0 :]:
        features = experiments.features_of(block_output(embedded, block), target)
        by_block[block] = []
        for s in SEEDS:
            by_block[block].append(experiments.probe_accuracy(features, target, labels, s, part="validation"))
    return experiments.choose_block(by_block)


# %%
random_network = load_backbone("embedded", weights=None, seed=SEED)
networks = {"pretrained, frozen": embedded, "random, frozen": random_network}
far, factors = {}, {}
for target in learn.with_progress((textures, digits), "two far tasks"):
    measured, block = experiments.recorded_scratch(target.name), block_for(target, 20)
    print(f"chosen for {target.name}: {block}")
    for method, network in (networks | {"pretrained, chosen block": block_output(embedded, block)}).items():
        features = experiments.features_of(network, target)
        measured += experiments.probe_rows(method, features, target, (5, 20), SEEDS)
    far[target.name], factors[target.name] = measured, experiments.efficiency(measured, at=5)
at_block = experiments.efficiency(far["photo-textures"], 5, "pretrained, chosen block")
reveal("02.far-factor", factors["photo-textures"], with_the_chosen_block=at_block, digits=factors["digits"])

# %%
at_five = []
for name, measured in ({task.name: rows} | far).items():
    for row in measured:
        if row["labels"] == 5:
            at_five.append(row | {"target": name})
figures.bars(at_five, x="target", by="method", title="How far does it carry? (5 labels per class)")

# %% [markdown]
# Three tasks, three stories. **Near** the source the factor is large. On the **textures** it is smaller, though every
# texture here also has a drawn imitation in the source task: the pictures are far, what they show less so. On
# **digits**, look at the control: a *random* frozen network does as well as the pretrained one. (This one does a little
# better; over several networks of each kind they tie.) The chosen block is hardly better.
#
# ## Choose your source
# Two more backbones ship with the course: the same network pretrained on textures alone, and on invented letters
# (glyphs) alone. Which bars of the next figure will be tallest?

# %%
sources = {"random weights": random_network, "embedded": embedded}
for name in ("embedded-textures", "embedded-glyphs"):
    sources[name] = load_backbone(name)
source_rows = []
targets = (load_dataset("shapes"), textures, digits)[: 1 if SMOKE else 3]
for target in learn.with_progress(targets, "four sources on each task"):
    for name, source in sources.items():
        features = experiments.features_of(source, target)
        for row in experiments.probe_rows(name, features, target, [5], SEEDS, part="validation"):
            source_rows.append(row | {"target": target.name, "source": name})
title, label = "How much depends on the source (5 labels per class)", "validation accuracy"
figures.bars(source_rows, x="target", by="source", y_label=label, title=title)

# %% [markdown]
# Textures help with textures, and letters help with digits. The backbone that saw everything is first or second on each
# of the three. If you know your target, a *near* source is a good bet; if you don't, a *broad* one. Now hold each group
# against its random bar: on the digits, two of three sources are worth nothing, or less.
#
# ## The lab: set the budget yourself
# Choose one of the three tasks and slide the labels per class: above the chart you see the pictures that one would learn
# from. How many labels does a network from scratch need to reach the level of the pretrained one, if it ever does? Drag
# the marker there from memory, reveal the curve, then slide the budget again and watch the crossing move.

# %%
labs.label_budget()

# %% [markdown]
# ## A case in full: three hundred scans
# Here are phantom scans, drawn ones. Half of them have a *lesion*: one faint, ragged spot, a little brighter than its
# surroundings. The small sharp bright dots are vessels, and innocent. You have 300 labelled scans. One way: train the
# network from nothing, on scans that are shifted and mirrored differently in every epoch; its rate and length were
# chosen on validation scans, and the runs recorded. The other: a linear head, *fitted to the end*, on frozen features.
#
# **Predict:** by how many points of accuracy on new scans is the head on frozen features ahead? (Below 0 if behind.)

# %%
scans = load_dataset("scans")
figures.class_gallery(scans, 10, title="Healthy, or with a lesion?")

# %%
predict("02.scans", points=None)

# %%
SCANS = [10] if SMOKE else [10, 50, 150]  # of each class
block = block_for(scans, SCANS[-1])  # chosen on validation scans, like the rate and the length of scratch
scan_features = experiments.features_of(block_output(embedded, block), scans)
print(f"chosen for the scans: {block}")
scan_rows = experiments.recorded_scratch("scans")
scan_rows += experiments.probe_rows("pretrained, frozen", scan_features, scans, SCANS, SEEDS)
figures.label_budget(scan_rows, guess=1 / 2, title="What n labelled scans of each class are worth")

# %%
with_copies = np.mean([experiments.probe_on_views(scan_features, SCANS[-1], s, views=4) for s in SEEDS])
with_features = mean(scan_rows, "accuracy", method="pretrained, frozen", labels=SCANS[-1])
with_scratch = mean(scan_rows, "accuracy", method="from scratch", labels=SCANS[-1])
reveal("02.scans", with_features - with_scratch, head_on_shifted_copies_too=with_copies - with_scratch)

# %% [markdown]
# Scratch wins at every budget, and the bands don't touch. It isn't the shifted copies: a head that sees them as well is
# no better. Why then? A guess: averaging a frozen map over the picture waters a faint spot down, and no head brings back
# what the features don't hold; a network that may change *all* its weights can learn to look for the one thing that
# counts. What could *pretrained* weights do here if they were allowed to move, and would it be the pretraining or just
# the moving? That question is for the next lessons.
#
# But don't so many weights for 300 scans ask for **overfitting**? Below is an ordinary short run, without
# augmentation. The gap between its lines says that it knows its own pictures better than new ones. It doesn't say which
# network is better on new ones: for that, compare *new with new*, after an honest try for both.

# %%
three_hundred = scans.train.few(SCANS[-1], seed=SEED)
scratch = experiments.scratch_model(2, seed=SEED)
short = train(scratch, three_hundred, scans.validation, epochs=EPOCHS // 2, seed=SEED)
same = scans.train.few_rows(SCANS[-1], seed=SEED)
fitted = linear_probe(scan_features["train"][same], three_hundred.labels)
learned = fitted.score(scan_features["train"][same], three_hundred.labels)
on_new = fitted.score(scan_features["validation"], scans.validation.labels)
gap = short.history["accuracy"][-1] - short.history["val_accuracy"][-1]
print(f"training minus validation: scratch {100 * gap:.0f} points, fitted head {100 * (learned - on_new):.0f} points")
figures.training_curves({"from scratch": short.history}, title="A short run without augmentation")

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("02.q4", answer)

# %% [markdown]
# ## With a real network: the recipe that everybody meets
# MobileNetV2 at 224 pixels, frozen, its own `preprocess_input`, global average pooling, Dense 128 with ReLU, softmax,
# Adam: you will find these lines in a hundred tutorials. If MobileNetV2's weights are on this computer, they are used;
# otherwise EfficientNet-Lite0 ([Tan and Le 2019](https://arxiv.org/abs/1905.11946)), which came with the course. Both
# were pretrained on 1.3 million photographs. `load_backbone` makes the network's own preprocessing its first layer.

# %%
NAME = "mobilenet_v2" if backbones.is_here("mobilenet_v2") else "efficientnet_lite0"
PIXELS = 96 if SMOKE else 224
base = load_backbone(NAME, image_size=PIXELS)  # preprocess_input is its first layer
base.trainable = False
inputs = keras.Input((PIXELS, PIXELS, 3))
pooled = layers.GlobalAveragePooling2D()(base(inputs, training=False))
top = keras.Sequential([layers.Dense(128, activation="relu"), layers.Dense(8, activation="softmax")])
recipe = keras.Model(inputs, top(pooled))
top.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
print(f"{NAME}: {trainable_summary(recipe)[0]:,} weights to train, {trainable_summary(recipe)[1]:,} frozen")

# %%
patches = load_dataset("photo-textures", image_size=96)  # cut from the photographs again, with more pixels
learn_from, others = patches.train.few(5, seed=SEED), patches.test.few(2 if SMOKE else 10, seed=SEED)
enlarge = layers.Resizing(PIXELS, PIXELS)
once = extract_features(base, np.array(enlarge(learn_from.inputs)))  # frozen, so each picture goes through once
train(top, Split(once, learn_from.labels), epochs=40, seed=SEED)
right = int((recipe.predict(enlarge(others.inputs), verbose=0).argmax(axis=1) == others.labels).sum())
low, high = experiments.wilson_interval(right, len(others))
at_96 = mean(experiments.recorded("scratch-photo-textures-96"), "accuracy", labels=5)
print(f"{NAME}: {right} of {len(others)} test patches right; 95 % interval from {low:.0%} to {high:.0%}")
usual = experiments.recorded("recipes-photo-textures")
at_224 = mean(usual, "accuracy", network="mobilenet_v2", stage="frozen")
print(f"recorded: from scratch on 96 pixels {at_96:.0%}; mobilenet_v2 on patches enlarged to 224 {at_224:.0%}")

# %% [markdown]
# The first line is one draw of labels, and so few patches leave a wide interval; as they overlap, the true one is wider
# still. Scratch was trained on 96 pixels, not on the 32 of the sections above, with 5 labels as well: a fair control
# sees about as much as what it is compared with. The last number is the recipe to the letter, over five draws.
#
# ## What silently breaks it
# None of the following raises an error. Here are windows of one stained section, gland or not. The real network gets
# them as they are, and then with red and blue swapped (BGR), as some libraries read pictures. Two more faults: "scaled
# twice" divides by 255 before the network scales for itself; "switch" leaves BatchNorm's training switch on, at the
# usual 32 pictures a batch: once mixed, once sorted as in a folder, where a batch holds a single class. Which of the
# five bars will be lowest?

# %%
tissue = data.stained_tissue("train", 16)
section, kinds = data.stained_tissue("test", 8 if SMOKE else 32)
shown = np.concatenate([section[:4], section[-4:], section[:4, ..., ::-1], section[-4:, ..., ::-1]])
titles = ["connective"] * 4 + ["gland"] * 4 + ["BGR"] * 8
figures.picture_grid(shown, titles, columns=8, title="What the network is shown")

# %%
small = load_backbone(NAME, image_size=96)
probe = linear_probe(extract_features(small, tissue[0]), tissue[1])
prepared = {"right": extract_features(small, section)}
prepared["BGR"] = extract_features(small, section[..., ::-1])
prepared["scaled twice"] = extract_features(small, section / 255)
in_order, mixed = np.arange(len(section)), np.random.default_rng(SEED).permutation(len(section))
prepared["switch, sorted"] = experiments.features_in_training_mode(small, section, in_order)
prepared["switch, mixed"] = experiments.features_in_training_mode(small, section, mixed)
faults = []
for name, found in prepared.items():
    faults.append({"new pictures": name, "accuracy": probe.score(found, kinds)})
figures.bars(faults, x="new pictures", guess=1 / 2, title=f"{NAME}: one probe, five ways to feed it")

# %% [markdown]
# The probe is the same in all five bars; only the new pictures were treated differently from those it learned from, as
# happens when training and use are two scripts. A fault need not show: grey pictures don't care for BGR.
#
# The next fault makes results look *better*. Suppose that 60 small photographs were each cut into 8 overlapping
# patches, and that the labels are **coin flips**, one per photograph. There is nothing to learn, and an honest accuracy
# is about 50 %. Shuffle all patches, hold out a quarter, and measure. **Predict:** how many per cent?

# %%
predict("02.leak", percent=None)

# %%
photographs = textures.train.few(8, seed=SEED).inputs[:60]
patches, coin, photograph = experiments.coin_flip_patches(photographs, SEED)
patch_features = extract_features(embedded, patches)


def honest_or_not(held_out):
    """Accuracy on the held-out rows, for labels that mean nothing."""
    return linear_probe(patch_features[~held_out], coin[~held_out]).score(patch_features[held_out], coin[held_out])


by_patch, by_photograph = [], []
for s in SEEDS:
    draw = np.random.default_rng(s)
    by_patch.append(honest_or_not(draw.random(len(coin)) < 0.25))
    by_photograph.append(honest_or_not(np.isin(photograph, draw.permutation(60)[:15])))
reveal("02.leak", float(np.mean(by_patch)), split_by_photograph=float(np.mean(by_photograph)))

# %% [markdown]
# Split by patch, the probe recognises *which photograph a patch came from*, and remembers its coin flip. Whenever
# several pictures share a source (a patient, a video, a session), all of them go to the same side. Our photo textures
# have one photograph a class and can't be dealt like that: they are dealt by region, which is second best.

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("02.q5", answer)

# %% [markdown]
# ### Exercise 4: three faults in a few lines
# The pipeline below runs, and lies: it was made from faults that you have just seen. Write `fixed_pipeline` with the
# same arguments and results. `images` are patches in 0..255; `pictures` holds, for each patch, the number of the picture
# it was cut from; the backbone carries its own preprocessing. Hold out between a tenth and half of the patches. Each
# fault that you fix is worth a point. (Hints: `learn.hint("02.e4")`.)


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


# %% nbgrader={"grade_id": "e4", "solution": true}
def fixed_pipeline(backbone, images, pictures, seed=0):
    """Features of all patches, and which rows to train and to validate on."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    features = extract_features(backbone, images)
    sources = rng.permutation(np.unique(pictures))
    held_out = np.isin(pictures, sources[: max(1, len(sources) // 4)])
    return features, np.flatnonzero(~held_out), np.flatnonzero(held_out)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e4-check", "grade": true, "points": 3}
check("02.e4", fixed_pipeline)
### BEGIN HIDDEN TESTS
check("02.e4", fixed_pipeline, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q8", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("02.q8", answer)

# %% [markdown]
# ## Claims on trial
# What people say about feature extraction, beside what was measured in *your* run, in this world of small pictures.
# *Holds near* means: on the task near the source.

# %%
trial, far_factor = [], min(factors.values())
told = f"factor at 5 labels: {task.name} {near:.0f}, textures {factors['photo-textures']:.1f}, digits {factors['digits']:.1f}"
for said, least in (("It saves labels 10 to 100 times over.", 10), ("It is almost always better than scratch.", 1)):
    held = "holds" if far_factor >= least else "holds near" if near >= least else "fails here"
    trial.append((said, told, held if recorded else "not tested"))
if recorded:
    share = mean(rows, "accuracy", method="pretrained, frozen", labels=2) / full
    kept = f"{task.name}, {2 / 240:.1%} of the labels: {share:.0%} of scratch with all of them"
    trial.append(("1 % of the labels give 90 to 95 %.", kept, "holds near" if share >= 0.9 else "fails here"))
measured = f"300 drawn scans: features {with_features:.0%}, scratch {with_scratch:.0%}; no X-rays"
trial.append(("On X-rays: 94 % with transfer, 60 % without.", measured, "not tested"))
figures.claims_on_trial(trial)

# %% [markdown]
# The first claim is about a *near* source and *few* labels, and is mostly told without either. The scans show the
# other side: far away, a network that may change everything can win, even with few labels.
#
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("02")

# %% [markdown]
# ## Key takeaways
# - **Freeze, pool, head.** The least you must train is a head. With few labels on a near task, that is nearly all there
#   is to win.
# - **Frozen is not inference mode.** Freeze the whole model, BatchNorm included, and compare the weights.
# - **Cache features** whenever neither the pictures nor the backbone change.
# - **Near sources and few labels** make pretraining worth most. Where labels abound, the gain is gone; where the task
#   is far, frozen features can lose to a network that may change.
# - **Always show the controls:** random frozen weights, a fitted head, scratch with honest effort.
# - **Split by source, not by patch.** A leak makes noise look like skill.
#
# Next: [03 Fine-tuning](03_fine_tuning.ipynb), where you touch the pretrained weights and learn how not to break them.
#
# ## What we measured
# The figures of *your* run, means over the seeds. The course's tests check the same claims over five.

# %%
measured = {"weights trained": f"{trainable:,} of {trainable + frozen:,}"}
measured["cached features: largest difference of a prediction"] = f"{difference:.0e}"
few_labels = budgets[:3][-1]  # 5, unless a class has fewer
for method in ("pretrained, frozen", "random, frozen"):
    accuracy = mean(rows, "accuracy", method=method, labels=few_labels)
    measured[f"{task.name}, {few_labels} labels: {method}"] = f"{accuracy:.1%}"
measured["300 scans: frozen features"] = f"{with_features:.1%}"
measured["300 scans: tuned training from scratch"] = f"{with_scratch:.1%}"
measured[f"textures, 5 labels: {NAME}, one draw"] = f"{right / len(others):.0%} (interval {low:.0%} to {high:.0%})"
measured["coin-flip labels: split by patch"] = f"{np.mean(by_patch):.1%}"
measured["coin-flip labels: split by photograph"] = f"{np.mean(by_photograph):.1%}"
figures.Table([{"claim": claim, "value": value} for claim, value in measured.items()])

# %%
learn.progress_card("02")
