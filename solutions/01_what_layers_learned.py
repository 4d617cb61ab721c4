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
#     title: What the layers learned
#     question: What is inside a pretrained network, and which part of it is useful to someone else?
#     objectives:
#       - text: Look at first-layer filters, responses and favourite patches, and say what they do and don't show
#         practised_by: ["01.q1", "01.q6"]
#       - text: Test whether a filter is an edge detector instead of believing it
#         practised_by: ["01.e1"]
#       - text: Fit a linear probe on any block without touching the test data
#         practised_by: ["01.e2", "01.e3", "01.q4"]
#       - text: Choose the block to transfer from, and defend the choice with validation numbers
#         practised_by: ["01.e4", "01.q2", "01.q3", "01.q7"]
#       - text: Read a CKA matrix, and say what it can't tell you
#         practised_by: ["01.q5"]
#     misconceptions:
#       - id: deepest-is-best
#         text: The last block is the best one to transfer from, whatever the target
#         caught_by: ["01.q2", "01.e4"]
#       - id: filters-recognise-things
#         text: Filters of the first layer recognise whole things, such as cats
#         caught_by: ["01.q1"]
#       - id: random-features-are-worthless
#         text: Features of a network with random weights are worth nothing
#         caught_by: ["01.q3"]
#       - id: probing-on-test-is-harmless
#         text: Scoring probes on the test data does no harm, because a probe is so simple
#         caught_by: ["01.q4", "01.e3"]
#       - id: high-cka-is-useful
#         text: Two networks with a high CKA are both useful
#         caught_by: ["01.q5"]
#     prerequisites: ["00_start_here"]
#     minutes: 45
#     seconds: 60
#     data: source-sample, shapes, photo-textures, digits
#     backbone: embedded
# ---

# %% [markdown]
# # 01 What the layers learned
# **What is inside a pretrained network, and which part of it is useful to someone else?**
#
# A network that was trained to name drawn textures, shapes, letters and fractals is of no direct use to a person
# who looks at photographs. Somewhere inside, though, it must have found things that hold for any picture, and
# others that hold for its own classes only. In this lesson you open it, look, and then do what matters more:
# measure.
#
# You will be able to
#
# - look at first-layer filters, responses and favourite patches, and say what they do and don't show;
# - *test* whether a filter is an edge detector;
# - fit a linear probe on any block without touching the test data;
# - choose the block to transfer from, and defend the choice with validation numbers;
# - read a CKA matrix, and say what it can't tell you.
#
# *About 45 minutes. Before this: lesson 00, and some idea of what a convolution is.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "photo-textures"

# %%
from course_utils import blocks, check, figures, inspection, labs, learn
from course_utils import extract_features, linear_probe, load_backbone, load_dataset, predict, reveal, train, transfer

import keras
import numpy as np
from IPython.display import display
from keras import layers

# How much is computed: for a smoke test, on a laptop, on a GPU. The main experiments run over several seeds.
SIZE = {"smoke": 0, "laptop": 1, "real": 1, "gpu": 2}[PROFILE]
PROBE_SEEDS = range([1, 3, 10][SIZE])
PRETRAINING_RUNS = [(0,), (0, 1, 2), (0, 1, 2)][SIZE]
RANDOM_NETWORKS = [1, 4, 20][SIZE]
EVERY = [4, 1, 1][SIZE]  # of the pictures that are shown to a channel
DRAWING_STEPS = [3, 32, 80][SIZE]
TRANSPLANT_SEEDS = range([1, 2, 3][SIZE])
TRANSPLANT_EPOCHS = [1, 20, 30][SIZE]
DEPTHS = [(4,), (2, 3, 4), (1, 2, 3, 4)][SIZE]
FAR_TASKS = ["digits", "tissue", "faces"][: [0, 3, 3][SIZE]]

# A real network has a section of its own, at the end; until then, this lesson stays with the embedded one.
REAL = not BACKBONE.startswith("embedded")
NETWORK, FAR = ("embedded", "photo-textures") if REAL else (BACKBONE, DATASET)

# %% [markdown]
# ## Before you begin
# What you learned fades, and fades more slowly when it is asked for again. Here are three questions from the lesson
# before. Run the cell and answer below it, or write your answers in place of `None` and run it again. You may also go
# on without.

# %%
learn.review("01", first=None, second=None, third=None)

# %% [markdown]
# ## What it was trained on
# The network was **pretrained** on a **source task**: more than a hundred classes of pictures that the course draws
# itself. Here is a picture of every sixth class.

# %%
source = load_dataset("source-sample")
one_of_each = [np.flatnonzero(source.train.labels == c)[0] for c in range(source.num_classes)]
titles = [name.removeprefix("texture: ").replace("shape: ", "").replace(":", "") for name in source.class_names]
figures.picture_grid(source.train.inputs[one_of_each], titles, columns=7, title="A sample of the source task")

# %% [markdown]
# The part of a network that turns pictures into features is its **backbone**; the last layer, which turns features
# into the source classes, is its **head**, and we have no use for that. Our backbone is made of four **blocks**.
# Each block halves the width and height of what it gets, and has twice as many **channels** as the block before. A
# channel is one grid of numbers, a **feature map**: how much of *one particular thing* is found at each place of the
# picture?

# %%
backbone = load_backbone(NETWORK)
for name, members in blocks(backbone).items():
    _, height, width, channels = members[-1].output.shape
    weights = sum(layer.count_params() for layer in members)
    print(f"{name}: {channels:3} channels of {height:2} x {width:2}, {weights:7,} weights")

# %% [markdown]
# And this is the **control**, which will stand beside nearly everything you look at: the same network with random
# weights. It was never trained. What it can do as well is no achievement of the training. And so that nothing rests on
# one lucky network, the pretraining was run several times, from other random starts and with other pictures.

# %%
control = load_backbone("embedded", weights=None, seed=SEED)
runs = PRETRAINING_RUNS if NETWORK == "embedded" else (0,)  # only this one was pretrained several times
pretrained_networks = [load_backbone(NETWORK, seed=run) for run in runs]

# %% [markdown]
# ## The only layer you can look at
# The first layer works on red, green and blue, so its **filters** are small colour pictures themselves. A filter
# slides over the picture; wherever the picture looks like the filter, the answer is large. The deeper layers'
# filters work on feature maps, with 32 channels and more, and can't be shown like this.
#
# Some filters are selective: they like bars and edges of one *orientation*, or one *colour* and not its opposite.
# Random filters can look so by chance. We call a filter selective where it beats 99 % of random ones in one of the two,
# which about one random filter in fifty does.
#
# **Predict:** how many per cent of the 32 trained filters are selective for an orientation or a colour?

# %%
predict("01.selective", percent=None)  # for example percent=50

# %%
filters = inspection.first_layer_filters(backbone)
figures.filter_grid(filters, title="First-layer filters, pretrained")

# %%
figures.filter_grid(inspection.first_layer_filters(control), title="The same layer with random weights: the control")


# %%
def selective_share(network):
    measured = inspection.filter_selectivity(inspection.first_layer_filters(network))
    return np.mean([row["selective"] for row in measured])


random_networks = [load_backbone("embedded", weights=None, seed=s) for s in range(RANDOM_NETWORKS)]
random_shares = [selective_share(network) for network in random_networks]
pretrained_shares = [selective_share(network) for network in pretrained_networks]
reveal("01.selective", np.mean(pretrained_shares), random_weights=np.mean(random_shares))

# %% [markdown]
# Oriented edges and bars, blobs of colour: nobody asked for them. Networks trained on photographs find the same. And
# cells that answer edges and bars of one orientation were known long before, from a cat's visual cortex ([Hubel and
# Wiesel 1962](https://doi.org/10.1113/jphysiol.1962.sp006837)). They are what pictures of all kinds are made of.
#
# ### Quick check

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("01.q1", answer)

# %% [markdown]
# ## Is it an edge detector, or does it only look like one?
# Looks deceive. People who study vision show a cell **gratings**, stripes turned step by step, and note how
# strongly it answers. We do the same with filters.

# %%
angles = np.arange(0, 180, 15)
stripes = inspection.gratings(32, np.radians(angles), frequencies=[0.12], phases=[0])[:, 0, 0]
figures.picture_grid(np.uint8(127.5 + 127 * stripes), [f"{a}°" for a in angles], columns=6, title="Gratings")

# %%
measured = inspection.filter_selectivity(filters)
by_orientation = sorted(range(len(measured)), key=lambda i: measured[i]["orientation"])
answers = inspection.grating_responses(filters, np.radians(angles)).max(axis=2)  # at each angle's best stripe width
rows = [
    {"angle": angle, "response": answers[i, a] / answers[i].max(), "filter": f"filter {i}"}
    for i in (by_orientation[-1], by_orientation[-4], by_orientation[0])
    for a, angle in enumerate(angles)
]
figures.line_chart(
    rows, x="angle", y="response", by="filter", x_label="angle of the stripes, in degrees",
    y_label="response, share of the strongest", title="Three filters, turned stripes",
)  # fmt: skip

# %% [markdown]
# Two of the curves have a peak and a valley: these filters answer stripes near one angle most, and others much less.
# The third does not care. It may be a fine detector of something, but of edges it is none. One number says it, taken
# over the responses at all angles:
#
# **orientation selectivity = (max - min) / (max + min)**
#
# At 0 every angle is answered alike. At 1 there is an angle that gets no answer.
#
# ### Exercise 1: the test of an edge detector
# Write `orientation_selectivity(responses)`. `responses` holds one number, 0 or more, for each angle. Mind the filter
# that never answers at all: its selectivity is 0. Stuck? Run `learn.hint("01.e1")` in a cell of your own, again and
# again.


# %% nbgrader={"grade_id": "e1", "solution": true}
def orientation_selectivity(responses):
    """(max - min) / (max + min) of the responses, a number in 0..1."""
    ### BEGIN SOLUTION
    strongest, weakest = np.max(responses), np.min(responses)
    if strongest == 0:
        return 0.0
    return float((strongest - weakest) / (strongest + weakest))
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 1}
check("01.e1", orientation_selectivity)
### BEGIN HIDDEN TESTS
check("01.e1", orientation_selectivity, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## What the blocks answer
# Now send one picture through. Each row below is a block, each square one of its channels: bright means *here it is,
# the thing I look for*. Change `PICTURE` to any number below the one printed, and look at others.

# %%
PICTURE = 340
picture = source.validation.inputs[PICTURE]
print(f"{source.class_names[source.validation.labels[PICTURE]]!r}, one of {len(source.validation)} pictures")
maps = {name: inspection.activations(backbone, picture[None], name)[0] for name in blocks(backbone)}
figures.response_maps(maps, image=picture, title="Strongest channels of every block")

# %% [markdown]
# The maps of block 1 still look like the picture: one channel lights up on its left edges, another on its inside. With
# every block the maps get coarser. A deep channel says *that* something is there rather than what it looks like. (Each
# map is as bright as its own peak allows, and only the strongest six channels are shown.)
#
# ### Exercise 2: a network that ends where you like
# To get at a layer's output you need a model that ends there. Write `make_extractor(backbone, layer_name)`: it returns
# a `keras.Model` from pictures to the feature map of that layer, with the backbone's own weights. Nothing is copied and
# nothing is trained. (Hints: `learn.hint("01.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
def make_extractor(backbone, layer_name):
    """A model from pictures to the feature map of the named layer."""
    ### BEGIN SOLUTION
    return keras.Model(backbone.input, backbone.get_layer(layer_name).output)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 2}
check("01.e2", make_extractor)
### BEGIN HIDDEN TESTS
check("01.e2", make_extractor, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## How much of the picture does a unit see?
# One number of a feature map, a **unit**, doesn't see the whole picture. In block 1 it sees the 7 x 7 pixels under
# its filter. A unit of block 2 looks at several units of block 1, and so sees more. The patch of pixels that can
# reach a unit is its **receptive field**.
#
# **Predict:** the picture is 32 pixels wide. How wide is the receptive field of a unit in block 3?

# %%
predict("01.field", pixels=None)

# %%
fields = inspection.receptive_fields(backbone)
others = {name: fields[name].size for name in ("block1", "block2", "block4")}
reveal("01.field", fields["block3"].size, **others)

# %%
figures.receptive_field_boxes(picture, fields, title="What the middle unit of each block can see")

# %% [markdown]
# Each time a block halves the map, every step of the next one counts double, so the field grows quickly. The deepest
# units see more than there is; the rest is padding. Note that this is geometry, not learning: the network with random
# weights has exactly the same receptive fields.
#
# ### Quick check

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 5
### END SOLUTION
check("01.q6", answer)

# %% [markdown]
# ## What excites a channel most?
# Ask a channel for its favourites: run many pictures through, and cut out the patch under its strongest unit ([Zeiler
# and Fergus 2014](https://arxiv.org/abs/1311.2901)). Each row is a channel, with its eight favourite patches. In block
# 1 we ask the filters that `filter_selectivity` ranks highest for orientation.

# %%
images, labels = source.validation.inputs[::EVERY], source.validation.labels[::EVERY]


def favourites(network, block, channels):
    patches = inspection.favourite_patches(network, images, block, channels)
    return figures.patch_grid(patches, [f"channel {c}" for c in channels], title=f"Favourite patches in {block}")


favourites(backbone, "block1", by_orientation[-4:])

# %% [markdown]
# Edges of one orientation, whatever the colours and wherever they come from. In the deeper blocks we take the
# channels that are seldom active, and then strongly.

# %%
favourites(backbone, "block3", inspection.strongest_channels(backbone, images, "block3", k=4))

# %%
favourites(backbone, "block4", inspection.strongest_channels(backbone, images, "block4", k=4))

# %% [markdown]
# Late channels like whole motifs, and often one class of the source task. Is that learned, or would any network's
# favourites look alike? Pictures that excite the same channel resemble each other even in a random network. So put
# a number on it. Take the eight favourites of every channel: how many of them belong to the same source class?


# %%
def purity(network, block):
    """Share of a channel's eight favourite pictures that are of one class, averaged over the channels."""
    peaks = inspection.activations(network, images, block).max(axis=(1, 2))  # (pictures, channels)
    favourite_labels = labels[np.argsort(-peaks, axis=0)[:8]]
    return np.mean([np.bincount(column).max() / 8 for column in favourite_labels.T])


# %%
rows = [
    {"block": block, "weights": weights, "accuracy": purity(network, block), "seed": seed}
    for weights, networks in {"pretrained": pretrained_networks, "random": random_networks}.items()
    for seed, network in enumerate(networks)
    for block in blocks(network)
]
figures.bars(rows, x="block", by="weights", y_label="favourites of one class", title="How pure a channel's taste is")

# %% [markdown]
# At the start, training has not made taste any purer: an edge is in everything. The deeper you go, the more closely
# the channels of the trained networks follow the classes of the source task, while the taste of the random ones
# fades. Keep that in mind: the deeper, the more *specific*.
#
# ## The picture that a channel would draw
# Instead of searching for a picture that a channel likes, you can make one: begin with smooth noise and change the
# pixels, step by step, in the direction that raises the channel's answer (*gradient ascent*). Left alone this ends in a
# kind of television snow, so each step is smoothed, shifted a little, and held at one contrast ([Olah et al.
# 2017](https://distill.pub/2017/feature-visualization)).


# %%
def drawn(network, block, channels):
    return inspection.maximise_channels(network, block, channels, steps=DRAWING_STEPS, seed=SEED)


chosen = {"block1": by_orientation[-6:]}
for block in ("block3", "block4"):
    chosen[block] = inspection.strongest_channels(backbone, images, block, k=6)
portraits = np.concatenate([drawn(backbone, block, channels) for block, channels in chosen.items()])
titles = [f"{block}, no. {c}" for block, channels in chosen.items() for c in channels]
figures.picture_grid(portraits, titles, columns=6, title="Drawn by the network: early, middle, late")

# %%
channels = inspection.strongest_channels(control, images, "block4", k=6)
figures.picture_grid(
    drawn(control, "block4", channels), columns=6, title="Drawn by block 4 of the random network: the control"
)

# %% [markdown]
# Edges and bars first; then patterns and parts; late, whole motifs in a crowd. The random network draws something
# as well, but nothing that you could name. A warning goes with these pictures. They show one thing that excites a
# channel, not everything that does, and the smoothing has a hand in how they look. Take them as a hint of where to
# measure.

# %% [markdown]
# ## A linear probe: how useful is a block?
# Pictures of channels are suggestive; usefulness is something else. The test for it is simple. Take a block's
# output, average every feature map to one number, and let a *linear* classifier learn a task from these numbers. If
# a straight cut through them is enough, the block has done the work. This is a **linear probe** ([Alain and Bengio
# 2017](https://arxiv.org/abs/1610.01644)).

# %%
near, far = load_dataset("shapes"), load_dataset(FAR, image_size=32)
few = near.train.few(20, seed=SEED)
learned = inspection.block_features(backbone, few.inputs)  # for each block: (pictures, channels)
measured_on = inspection.block_features(backbone, near.validation.inputs)
for name, features in learned.items():
    probe = linear_probe(features, few.labels)
    print(f"{name}: {features.shape[1]:3} features, {probe.score(measured_on[name], near.validation.labels):.0%} right")

# %% [markdown]
# The task above is **near** the source: five drawings that the network never saw, but drawings all the same. The
# pictures were dealt into three parts, and each has its use. The *training* part is learned from. The *validation*
# part is for choices, such as which block to use. The *test* part is opened once, when all is decided. Whoever
# chooses by the test pictures reports a lucky number and does not know it.
#
# ### Quick check

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("01.q4", answer)

# %% [markdown]
# ### Exercise 3: a probe that leaves the test data alone
# Write `probe_accuracy`. Standardise the features (each to mean 0 and spread 1), fit scikit-learn's
# `LogisticRegression`, and return the accuracy on the validation features, 0..1. A standardiser *learns* means and
# spreads: from which part may it? (Hints: `learn.hint("01.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def probe_accuracy(train_features, train_labels, validation_features, validation_labels):
    """Accuracy, 0..1, on the validation features of a linear probe fitted on the training features."""
    ### BEGIN SOLUTION
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    probe.fit(train_features, train_labels)  # both steps learn from the training part alone
    return probe.score(validation_features, validation_labels)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 2}
check("01.e3", probe_accuracy)
### BEGIN HIDDEN TESTS
check("01.e3", probe_accuracy, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## Which block is useful to someone else?
# Now the main experiment: a probe on every block, on six tasks. The source itself, in new pictures of the classes from
# above; the near target; and four **far** targets from the world outside, real pictures that no code drew: digits
# written by hand, tissue under a microscope (gland or not), faces (or not), and, unless you changed `DATASET`, textures
# cut from photographs. Some of the textures have drawn imitations in the source, such as fur and gravel; these here
# come from a camera:

# %%
figures.class_gallery(far, 8, title=f"The far target: {far.name}")

# %% [markdown]
# Every probe gets 20 labels per class, and everything is repeated with other draws of labels.
#
# **Predict:** which block serves the far target best: `"block1"`, `"block2"`, `"block3"` or `"block4"`?

# %%
predict("01.best-block", block=None)  # for example block="block1"

# %%
tasks = {"source": source, "near: shapes": near, f"far: {far.name}": far}
tasks |= {f"far: {name}": load_dataset(name) for name in FAR_TASKS}
rows = []
for name, task in tasks.items():
    for weights, network in {"pretrained": backbone, "random": control}.items():
        probes = inspection.probe_blocks(network, task.train, task.validation, per_class=20, seeds=PROBE_SEEDS)
        rows += [row | {"target": name, "weights": weights} for row in probes]
figures.probe_by_block(rows, title="Linear probe on every block, 20 labels per class")


# %%
def mean_accuracy(target, weights):
    """Block -> mean accuracy over the seeds."""
    chosen = [row for row in rows if row["target"] == target and row["weights"] == weights]
    return {b: np.mean([row["accuracy"] for row in chosen if row["block"] == b]) for b in blocks(backbone)}


on_far = mean_accuracy(f"far: {far.name}", "pretrained")
best_block = max(on_far, key=on_far.get)
reveal("01.best-block", best_block)

# %% [markdown]
# In every panel, deeper is to the right. On the *source* each block adds something, down to the last. So it does on the
# near target. On most of the far targets the curve flattens or bends down at the end: the last block has specialised in
# telling source classes apart, and drops what does not serve that. Not on every one: look for a panel that goes on
# rising. Early layers are **general**, late layers **specific**, and which block is best has to be measured. How much
# does the last block gain over the first?

# %%
gains = {}
for target in tasks:
    means = mean_accuracy(target, "pretrained")
    gains[target] = means["block4"] - means["block1"]
figures.Table([{"task": t, "last block minus first block": f"{100 * gain:+.0f} points"} for t, gain in gains.items()])

# %% [markdown]
# And look at the broken lines, the control. Random filters respond differently to different pictures too, and a
# linear classifier makes something of that. On digits and faces it makes nearly everything of it: these tasks are
# so easy that pretraining has little left to give. What pretraining is worth is the distance between the two lines.
#
# ### Quick checks

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("01.q3", answer)

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("01.q2", answer)

# %% nbgrader={"grade_id": "q7", "solution": true}
answer = None  # every letter that fits, for example "ab"
### BEGIN SOLUTION
answer = "abd"
### END SOLUTION
check("01.q7", answer)

# %% [markdown]
# ### Exercise 4: choose the block, and defend the choice
# Write `choose_block(validation_accuracy)`. It gets a dictionary from the name of a block to a list of validation
# accuracies, one for each seed, and returns the name of the block to transfer from. One lucky seed must not decide.
# (Hints: `learn.hint("01.e4")`.)


# %% nbgrader={"grade_id": "e4", "solution": true}
def choose_block(validation_accuracy):
    """The name of the block with the best mean accuracy over the seeds."""
    ### BEGIN SOLUTION
    return max(validation_accuracy, key=lambda block: np.mean(validation_accuracy[block]))
    ### END SOLUTION


# %% nbgrader={"grade_id": "e4-check", "grade": true, "points": 1}
check("01.e4", choose_block)
### BEGIN HIDDEN TESTS
check("01.e4", choose_block, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# The choice is made, so the test pictures may be opened, once: the block that validation chose, beside the last
# block, which one would have taken without looking.

# %%
train_features = inspection.block_features(backbone, far.train.inputs)
test_features = inspection.block_features(backbone, far.test.inputs)
test_rows = []
for seed in PROBE_SEEDS:
    drawn_rows = far.train.few_rows(20, seed)
    for name in dict.fromkeys([best_block, "block4"]):
        probe = linear_probe(train_features[name][drawn_rows], far.train.labels[drawn_rows])
        accuracy = probe.score(test_features[name], far.test.labels)
        test_rows.append({"features": name, "accuracy": accuracy, "seed": seed})
figures.bars(test_rows, x="features", title=f"{far.name}: test pictures, 20 labels per class")

# %% [markdown]
# Compare the distance of the two bars with the spread of the dots. Where they are of one size, the choice matters
# little, and the shallower block is the cheaper one: everything behind it can be cut off.
#
# ## Where in the picture is the evidence?
# A probe is sure about a shape. Does it look at the shape, or at something in the background that gives it away? Cover
# one square after another with the picture's mean colour, and note how far the probability of the class that the probe
# names falls. Where it falls, there the evidence was ([Zeiler and Fergus 2014](https://arxiv.org/abs/1311.2901)). In
# the figure that place is purple; where it is orange, covering made the network surer.


# %%
def shape_probabilities(network):
    """A function from pictures to class probabilities: a linear probe on a network's features."""
    probe = linear_probe(extract_features(network, near.train.inputs[::4]), near.train.labels[::4])
    return lambda pictures: probe.predict_proba(extract_features(network, pictures))


probabilities = shape_probabilities(backbone)
candidates = near.validation.inputs[::10]
surest = candidates[probabilities(candidates).max(axis=1).argsort()[::-1][:8]]
figures.picture_grid(surest, [str(i) for i in range(8)], title="The pictures that the probe is surest about")

# %%
CHOSEN = 7  # a number from above
believed = probabilities(surest[[CHOSEN]])[0].argmax()
evidence = inspection.occlusion_map(probabilities, surest[CHOSEN], believed, size=10, stride=2)
figures.heat_over(surest[CHOSEN], evidence, title=f"Why does it say {near.class_names[believed]!r}?")

# %% [markdown]
# The control again: the same picture, the same class, a probe on random weights. A map that came out the same would
# say something about the picture and nothing about the network ([Adebayo et al.
# 2018](https://arxiv.org/abs/1810.03292)). Do the two point at the same place?

# %%
evidence = inspection.occlusion_map(shape_probabilities(control), surest[CHOSEN], believed, size=10, stride=2)
figures.heat_over(surest[CHOSEN], evidence, title="The same question to the network with random weights")

# %% [markdown]
# ## Copy the first blocks, train the rest
# A probe asks a block to be useful *as it is*, at once, to a straight cut. There is a fairer question: if the first
# k blocks are given to you, can the blocks above them be trained for your task? This is the experiment of [Yosinski
# et al. (2014)](https://arxiv.org/abs/1411.1792). Copy the first k blocks, freeze them, give everything above them
# new random weights, and train that on the target.


# %%
def transplant(donor, k, seed):
    """A new network whose first k blocks are copied from the donor, and frozen."""
    network = load_backbone("embedded", weights=None, seed=100 + seed)
    for name in list(blocks(network))[:k]:
        for new, old in zip(blocks(network)[name], blocks(donor)[name], strict=True):
            new.set_weights(old.get_weights())  # the transplant
            new.trainable = False
    return network


def trained_accuracy(network, seed, rate=2e-3, epochs=TRANSPLANT_EPOCHS):
    """Train what is not frozen on 20 labels per class of the far target; validation accuracy."""
    head = layers.Dense(far.num_classes, activation="softmax")
    model = keras.Sequential([network, layers.GlobalAveragePooling2D(), head])
    model.compile(keras.optimizers.AdamW(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    train(model, far.train.few(20, seed=seed), epochs=epochs, augment=transfer.shift_and_flip, seed=seed)
    predicted = np.argmax(model(far.validation.inputs, training=False), axis=1)
    return np.mean(predicted == far.validation.labels)


# %% [markdown]
# The control copies its frozen blocks from the *random* network. With k = 0 nothing is copied: that is training
# from scratch. With k = 4 all blocks are copied and only the head learns.
#
# **Predict:** all four blocks copied from the *random* network and frozen. How many per cent, on 20 labels per
# class?

# %%
predict("01.random-transplant", percent=None)

# %%
transplants = []
for k in (0, *DEPTHS):
    for seed in TRANSPLANT_SEEDS:
        accuracy = trained_accuracy(transplant(backbone, k, seed), seed)
        transplants.append({"donor": "pretrained", "k": str(k), "accuracy": accuracy, "seed": seed})

# %%
transplants += [row | {"donor": "random"} for row in transplants if row["k"] == "0"]  # nothing copied: no donor
for k in DEPTHS:
    for seed in TRANSPLANT_SEEDS:
        accuracy = trained_accuracy(transplant(control, k, seed), seed)
        transplants.append({"donor": "random", "k": str(k), "accuracy": accuracy, "seed": seed})
figures.line_chart(
    transplants, x="k", y="accuracy", by="donor", x_label="first blocks that were copied and frozen (k)",
    y_label="validation accuracy", title=f"Transplants to {far.name}", guess=1 / far.num_classes,
)  # fmt: skip


# %%
def transplanted(donor, k):
    return np.mean([row["accuracy"] for row in transplants if row["donor"] == donor and row["k"] == str(k)])


beside = {"pretrained": transplanted("pretrained", 4), "from scratch": transplanted("random", 0)}
reveal("01.random-transplant", transplanted("random", 4), **beside)

# %% [markdown]
# Two stories in one figure. Frozen random blocks do harm, and the more of them the worse: what stands above can't
# repair what is lost below. Copied pretrained blocks help, and most of all in the middle. Where the curve bends at
# the end you see specificity again: the last block was made for other classes, and a new one, trained on your few
# labels, does as well or better.
#
# Freezing is not the only thing to do with a copy. You can also go on training it, gently. That is **fine-tuning**;
# lesson 03 is about it. One run now, because you need its result below:

# %%
fine_tuned = transplant(backbone, 4, seed=SEED)
transfer.unfreeze_top(fine_tuned, 4)  # all blocks learn again; BatchNorm stays frozen (lesson 03 says why)
accuracy = trained_accuracy(fine_tuned, SEED, rate=5e-4)
print(f"four blocks copied, then fine-tuned: {accuracy:.0%}; copied and frozen: {transplanted('pretrained', 4):.0%}")

# %% [markdown]
# ## How alike are two networks?
# Two networks were pretrained on the same task, from different random starts and on other pictures of its classes. Did
# they learn the same? You can't compare channel 7 with channel 7: the channels come in any order, and a mixture of
# several may stand for the same thing. **CKA** (centred kernel alignment, [Kornblith et al.
# 2019](https://arxiv.org/abs/1905.00414)) compares something else: which *pictures* a network finds alike. If two
# networks find the same pairs of pictures alike, it is 1; if they have nothing in common, 0.
#
# **Predict:** CKA between the *last* blocks of two networks that were pretrained from different seeds, in per cent?

# %%
predict("01.cka", percent=None)

# %%
twin = load_backbone("embedded", seed=1)  # the same classes, another random start, other pictures
names = list(blocks(backbone))
alike = inspection.cka_by_block(backbone, twin, images)
with_random = inspection.cka_by_block(backbone, control, images)
reveal("01.cka", alike[-1, -1], with_a_random_network=with_random[-1, -1])

# %%
figures.cka_matrix(alike, names, names, row_label="seed 0", column_label="seed 1", title="Two pretrained networks")

# %%
figures.cka_matrix(with_random, names, names, row_label="pretrained", column_label="random", title="The control")

# %% [markdown]
# The two pretrained networks agree block by block, most of all early on: whatever the start, training finds much
# the same. With the random network the agreement is lost as you go deeper. And what did training on another task
# change? Compare the network with its fine-tuned copy from above:

# %%
before_after = inspection.cka_by_block(backbone, fine_tuned, images)
compared = {"the fine-tuned copy": before_after, "another seed": alike, "random weights": with_random}
change = [
    {"block": block, "compared with": name, "accuracy": matrix[i, i]}
    for name, matrix in compared.items()
    for i, block in enumerate(names)
]
figures.bars(change, x="block", by="compared with", y_label="CKA, %", title="How alike to the pretrained network?")

# %% [markdown]
# A surprise: a short training on another task changed the representation more than starting all over from another
# seed did. Yet the fine-tuned copy is no worse at the new task. So what does a CKA tell you?
#
# ### What CKA does not say
# High CKA sounds like *as good as*. Test it. Take the last block's features, and beside them as many random
# numbers, which know nothing of the pictures. Then give both one more channel, a loud one: the brightness of the
# picture.

# %%
rng = np.random.default_rng(SEED)
useful = inspection.block_features(backbone, images)["block4"]
useless = rng.normal(size=useful.shape)
brightness = images.mean(axis=(1, 2, 3))[:, None]
loud = 10 * brightness / brightness.std()
pair = [np.hstack([x / np.linalg.norm(x.std(axis=0)), loud]) for x in (useful, useless)]  # everything else at scale 1
print(f"without the loud channel: CKA {inspection.linear_cka(useful, useless):.2f}")
print(f"with it:                  CKA {inspection.linear_cka(*pair):.2f}")

# %%
halves = rng.permutation(len(images)) % 2 == 0  # the probe learns from one half and is measured on the other
for name, x in zip(("features of block 4", "random numbers"), pair, strict=True):
    accuracy = linear_probe(x[halves], labels[halves]).score(x[~halves], labels[~halves])
    print(f"probe on {name} with the loud channel: {accuracy:.0%}")

# %% [markdown]
# One loud channel in common, and two representations look the same to CKA, though one knows the classes and the
# other knows nothing. CKA hears the loudest directions ([Davari et al. 2023](https://arxiv.org/abs/2210.16156)). It
# says how alike two representations arrange *these* pictures. Whether either is useful for *your* task, ask a
# probe.
#
# ### Quick check

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("01.q5", answer)

# %% [markdown]
# ## Lab: the layer microscope
# Choose a picture, a block and a channel; you get the channel's favourite patches. From those, guess where in your
# picture it answers most, and plant a flag there; then reveal its map. Run over the map: the frame on the picture is
# what that position sees. *Run for real* draws the picture that excites the channel. Try this: find a channel of block 2
# that likes one orientation; then find one in block 4 that knows a single class.

# %%
labs.microscope(backbone, source.validation.inputs)

# %% [markdown]
# ## With a real model
# Everything above looked into the embedded network, but all the calls take any network whose blocks have names. Set
# `BACKBONE = "efficientnet_lite0"` at the top, and `DATASET` to a folder with one sub-folder of photographs per class,
# and the next cells look into a network that was pretrained on 1.3 million photographs of 1,000 classes, ImageNet
# ([Tan and Le 2019](https://arxiv.org/abs/1905.11946)). It came with the course. Its filters are only 3 pixels wide. One
# that is all grey has weights of 0: it died out in training.

# %%
if REAL:
    real = load_backbone(BACKBONE, image_size=96)
    display(figures.filter_grid(inspection.first_layer_filters(real), title=f"{BACKBONE}: first-layer filters"))
else:
    print("This run looks into the embedded network. Set BACKBONE to see the filters of a real one.")

# %%
if REAL:
    photographs = load_dataset(DATASET, image_size=96)
    real_rows = []
    for weights in ("pretrained", None):  # None: random weights, the control
        network = load_backbone(BACKBONE, weights=weights, image_size=96)
        for row in inspection.probe_blocks(network, photographs.train, photographs.validation):
            block = row["block"].removeprefix("block").strip("_")  # short enough to stand beside the others
            real_rows.append(row | {"block": block, "target": photographs.name, "weights": weights or "random"})
    guess = {photographs.name: 1 / photographs.num_classes}
    display(figures.probe_by_block(real_rows, guess=guess, title=f"Linear probe on every block of {BACKBONE}"))
    print(f"One validation picture is {100 / len(photographs.validation):.1f} points.")

# %% [markdown]
# Is the last block the best one for your photographs, and by how much do the pretrained weights lead? A difference of a
# few validation pictures is luck. And before you call it transfer to something new: ImageNet has many animals and
# things among its classes. If yours are there (ant and bee are), your target is a near one.

# %% [markdown]
# ## Key takeaways
# - **Early layers are general, late layers specific.** First-layer filters are edges and colours, whatever the
#   task.
# - **The deepest block fits the source best.** For a target far away, an earlier one may serve you better: choose
#   by a linear probe on validation data, over several seeds.
# - **Random features are not useless.** They are the control that pretrained features have to beat.
# - **Looking is not measuring.** A filter that looks like an edge detector has to answer turned gratings like one.
# - **CKA says alike, not useful.**
#
# ## What we measured
# The claims of this lesson, with the figures of *your* run. The course's own tests check the gain of depth, the leads
# over random weights and the filters over more seeds and three pretrained networks.

# %%
far_name = f"far: {far.name}"
leads = {f"{t}, {b}": mean_accuracy(t, "pretrained")[b] - mean_accuracy(t, "random")[b] for t in tasks for b in names}
closest = min(leads, key=leads.get)
frozen = f"{transplanted('pretrained', 4):.0%}, {transplanted('random', 4):.0%}"
measured = {
    "probe on the source, last block minus first": f"{100 * gains['source']:+.0f} points",
    f"the same on {far.name}": f"{100 * gains[far_name]:+.0f} points",
    f"best block for {far.name}, by validation": best_block,
    "probes, pretrained minus random: mean lead": f"{100 * np.mean(list(leads.values())):+.0f} points",
    f"the same, smallest lead ({closest})": f"{100 * leads[closest]:+.1f} points",
    "selective first-layer filters, pretrained": f"{min(pretrained_shares):.0%} to {max(pretrained_shares):.0%}",
    "selective first-layer filters, random": f"{min(random_shares):.0%} to {max(random_shares):.0%}",
    "all four blocks copied and frozen: pretrained, random": frozen,
    "CKA of the last blocks: another seed, random": f"{alike[-1, -1]:.2f}, {with_random[-1, -1]:.2f}",
}
figures.Table([{"claim": claim, "measured": value} for claim, value in measured.items()])

# %%
learn.progress_card("01")

# %% [markdown]
# Next: [02 Feature extraction](02_feature_extraction.ipynb), where you put a head on the frozen blocks and count
# how many labels they are worth.
