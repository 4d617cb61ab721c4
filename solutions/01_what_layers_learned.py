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
#         practised_by: ["01.e4", "01.q2", "01.q3", "01.q5", "01.q7"]
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
#       - id: small-lead-is-real
#         text: The block with the highest mean is the best one, however small its lead
#         caught_by: ["01.q5", "01.e4"]
#     terms: ["backbone", "block", "receptive field", "linear probe", "one-standard-error rule"]
#     given: ["99 %"]
#     prerequisites: ["00_start_here"]
#     minutes: 45
#     seconds: 60
#     data: photographs of scikit-image and scikit-learn, source-sample, shapes, photo-textures, digits, tissue, faces
#     backbone: efficientnet_lite0, embedded
# ---

# %% [markdown]
# # 01 What the layers learned
# **What is inside a pretrained network, and which part of it is useful to someone else?**
#
# A network has learned to name a thousand kinds of things in photographs. Your pictures show something else. Is any of
# what it learned of use to you, and where inside does it sit? In this lesson you open two networks, look, and then do
# what matters more: measure.
#
# You will be able to
#
# - look at first-layer filters, responses and favourite patches, and say what they do and don't show;
# - *test* whether a filter is an edge detector;
# - fit a linear probe on any block without touching the test data;
# - choose the block to transfer from, and defend the choice with validation numbers.
#
# *About 45 minutes. Before this: lesson 00, and some idea of what a convolution is.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "photo-textures"

# %%
from course_utils import backbones, blocks, check, data, extract_features, figures, inspection, labs, learn
from course_utils import linear_probe, load_backbone, load_dataset, load_source_model, predict, reveal

import keras
import numpy as np

SIZE = {"smoke": 0, "laptop": 1, "real": 1, "gpu": 2}[PROFILE]  # how much is computed
PROBE_SEEDS = range([2, 5, 10][SIZE])
PRETRAINING_RUNS = [(0,), (0, 1, 2), (0, 1, 2)][SIZE]
RANDOM_NETWORKS = [2, 20, 20][SIZE]
EVERY = [4, 1, 1][SIZE]  # of the pictures that are shown to a channel
COVER = [112, 64, 64][SIZE]  # side of the square that covers a part of a picture, in pixels
REAL = not BACKBONE.startswith("embedded")  # a real network of your choice is probed near the end
NETWORK, FAR = ("embedded", "photo-textures") if REAL else (BACKBONE, DATASET)

learn.cover("01")

# %% [markdown]
# ## Before you begin
# What you learned fades, and fades more slowly when it is asked for again. Here are three questions from the lesson
# before. Run the cell and answer below it, or write your answers in place of `None` and run it again. You may also go
# on without.

# %%
learn.review("01", first=None, second=None, third=None)

# %% [markdown]
# ## A network that has seen a million photographs
# EfficientNet-Lite0 was pretrained on ImageNet, 1.3 million photographs of 1,000 classes ([Tan and Le
# 2019](https://arxiv.org/abs/1905.11946)). That was its source task. It came with the course. The part that turns
# pictures into features is its **backbone**; the last layer, which turns features into the source classes, is its
# head. Here are its three most probable classes for three photographs.
#
# **Change this:** put `"temple"`, `"astronaut"` or `"brick"` among the names. Guess first what it will say.

# %%
imagenet = load_source_model("efficientnet_lite0")
real, head = imagenet.get_layer("efficientnet_lite0"), imagenet.get_layer("source_head")
class_names = np.array(backbones.imagenet_class_names())


def probabilities(network, pictures):
    return np.array(keras.ops.softmax(head(extract_features(network, pictures))))  # backbone, pooled, then head


for name in ("cat", "coffee", "rocket"):
    (p,) = probabilities(real, data.photograph(name)[None])
    print(f"{name}:", ", ".join(f"{class_names[i]} {p[i]:.0%}" for i in np.argsort(-p)[:3]))

# %% [markdown]
# ### The only layer you can look at
# The first layer works on red, green and blue, so its filters are small colour pictures themselves. A filter
# slides over the picture; wherever the picture looks like the filter, the answer is large. The deeper layers'
# filters work on the answers of the layer before, and can't be shown like this. All grey means a weight of 0.

# %%
real_filters = inspection.first_layer_filters(real)
numbers = [str(i) for i in range(real_filters.shape[-1])]
without = np.flatnonzero(np.abs(real_filters).max(axis=(0, 1, 2)) < 0.001)
print(f"no weight above 0.001: filters {', '.join(map(str, without))}, {len(without)} of {len(numbers)}")
figures.filter_grid(real_filters, titles=numbers, title="EfficientNet-Lite0: first-layer filters")

# %% [markdown]
# Plain colours, and changes from one side to the other. Some filters ended without weights: not all that a network
# has is in use. Three pixels are few to see a pattern in. The network further down has larger filters.
#
# ## What the blocks answer
# A backbone is made of **blocks**, and a block's output of channels. A channel is one grid of numbers, a feature
# map: how much of *one particular thing* is found at each place? Each row below is a block, each square one of the
# six channels that answer most. Bright means *here*; dark means nothing, or the opposite.
#
# **Change this:** take another photograph. Which map do you expect to change least?

# %%
PHOTOGRAPH = "cat"
photograph = data.photograph(PHOTOGRAPH)
depths = ("stem", "block2", "block5", "block10")
maps = {name: inspection.activations(real, photograph[None], name)[0] for name in depths}
figures.response_maps(maps, image=photograph, title="Strongest channels, from early to late")

# %% [markdown]
# The first maps still look like the picture. With depth the maps get coarser, and brightness gathers at few places. On
# the cat, several channels of block 10 are brightest at its eyes. (Each map is as bright as its own peak allows.)
#
# ### Exercise: a network that ends where you like
# To get at a layer's output you need a model that ends there. Write `make_extractor(backbone, layer_name)`: it returns
# a `keras.Model` from pictures to the feature map of that layer, with the backbone's own weights. Nothing is copied and
# nothing is trained. Stuck? Run `learn.hint("01.e2")` in a cell of your own,
# again and again.


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
# ## What excites a channel most?
# Ask a channel for its favourites: run many pictures through, and cut out the patch under its strongest answer ([Zeiler
# and Fergus 2014](https://arxiv.org/abs/1311.2901)). The pictures are squares from sixteen photographs that come with
# scikit-image and scikit-learn; each row is a channel. We take the channels that are seldom active, and then strongly.

# %%
squares = data.photograph_tiles()[::EVERY]


def favourites(network, pictures, block, k):
    channels = inspection.strongest_channels(network, pictures, block, k=k)
    patches = inspection.favourite_patches(network, pictures, block, channels)
    return figures.patch_grid(patches, [f"channel {c}" for c in channels], title=f"Favourite patches, {block}")


favourites(real, squares, "block2", k=4)

# %%
favourites(real, squares, "block5", k=5)

# %% [markdown]
# In block 2 a row holds a colour, a bright spot on dark, lines that cross. In block 5, look at channel 57: wheels,
# coins, a round badge, the cat's eyes. Nobody asked for a detector of round things. But beware: you see what these
# photographs offer, and a name for a row is your own guess.
#
# ## Where in the picture is the evidence?
# Cover one square of the picture after another with its mean colour, and note how far a class's probability falls.
# Where it falls, there the evidence was (purple); where it is orange, covering made the network surer. A map alone
# proves little: random weights must not give the same one ([Adebayo et al. 2018](https://arxiv.org/abs/1810.03292)). So
# here are three maps and that **control**, on one scale.
#
# **Predict:** where does the fall peak on the coffee: in the cup, on the spoon, or on the table?

# %%
untrained = load_backbone("efficientnet_lite0", weights=None, seed=SEED)


def evidence(network, name, wanted):
    """A photograph, and how far the probability of the wanted classes falls where a square of it is covered."""

    def probability(pictures):
        return probabilities(network, pictures)[:, np.isin(class_names, wanted)].sum(axis=1, keepdims=True)

    picture = data.photograph(name)
    return picture, inspection.occlusion_map(probability, picture, 0, size=COVER, stride=COVER // 2)


# %%
cats = ["tabby", "tiger cat", "Persian cat", "Siamese cat", "Egyptian cat"]
panels = {"a cat": evidence(real, "cat", cats), "espresso": evidence(real, "coffee", ["espresso"])}
panels |= {"missile": evidence(real, "rocket", ["missile"]), "a cat, random weights": evidence(untrained, "cat", cats)}
figures.heat_over(panels, title="What is missed when it is covered?")

# %% [markdown]
# The espresso is missed when the cup is covered, the missile when the rocket's tip is. The cat is missed nowhere: no
# single square is needed, since the rest still says *cat*. An empty map doesn't mean that nothing was used. And the
# random network misses nothing, because its features say nothing to the head.
#
# ## The same in small
# Looking is over; from here on you measure. That takes hundreds of pictures and several networks, so we change to the
# embedded network. It takes pictures of 32 pixels, and was pretrained on more than a hundred classes that the course
# draws itself; every sixth is shown. The control stands beside everything from now on: the same network with random
# weights, never trained. And so that nothing rests on one lucky network, there are several of both kinds.

# %%
source = load_dataset("source-sample")
one_of_each = [np.flatnonzero(source.train.labels == c)[0] for c in range(source.num_classes)]
titles = [name.removeprefix("texture: ").replace("shape: ", "").replace(":", "") for name in source.class_names]
figures.picture_grid(source.train.inputs[one_of_each], titles, columns=7, title="A sample of the source task")

# %%
backbone = load_backbone(NETWORK)
runs = PRETRAINING_RUNS if NETWORK == "embedded" else (0,)  # only this one was pretrained several times
pretrained_networks = [load_backbone(NETWORK, seed=run) for run in runs]
random_networks = [load_backbone("embedded", weights=None, seed=SEED + s) for s in range(RANDOM_NETWORKS)]
control = random_networks[0]
for name, members in blocks(backbone).items():
    _, height, width, channels = members[-1].output.shape
    print(f"{name}: {channels:3} channels of {height:2} x {width:2}")

# %% [markdown]
# ## How much of the picture does a unit see?
# One number of a feature map, a unit, doesn't see the whole picture. In block 1 it sees the 7 x 7 pixels under
# its filter. A unit of block 2 looks at several units of block 1, and so sees more. The patch of pixels that can
# reach a unit is its **receptive field**.
#
# **Predict:** the picture is 32 pixels wide. How wide is the receptive field of a unit in block 3?

# %%
predict("01.field", pixels=None)  # for example pixels=10

# %%
fields = inspection.receptive_fields(backbone)
others = {name: fields[name].size for name in ("block1", "block2", "block4")}
reveal("01.field", fields["block3"].size, **others)

# %%
figures.receptive_field_boxes(source.validation.inputs[340], fields, title="What the middle unit of each block can see")

# %% [markdown]
# Each time a block halves the map, every step of the next one counts double, so the field grows quickly. Where it is
# wider than the picture, the rest is padding (grey). This is geometry, not learning: random weights have the same
# fields.
#
# ### Quick check

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 5
### END SOLUTION
check("01.q6", answer)

# %% [markdown]
# ## Is it an edge detector, or does it only look like one?
# Below are the 32 filters of block 1, each 7 pixels wide, and eight random ones. Some are said to like one
# *orientation*, or one *colour* and not its opposite. Random filters can look so by chance. We call a filter selective
# where it beats 99 % of random ones in orientation or in colour. By that rule alone about two random filters in a
# hundred pass.
#
# **Predict:** how many per cent of the trained filters are selective?

# %%
predict("01.selective", percent=None)  # for example percent=50

# %%
filters = inspection.first_layer_filters(backbone)
numbers = [str(i) for i in range(filters.shape[-1])]
beside = inspection.first_layer_filters(control)[..., :8]  # the control
titles = [*numbers, *(f"random {i}" for i in range(8))]
figures.filter_grid(np.concatenate([filters, beside], axis=-1), titles=titles, title="First-layer filters")


# %%
def shares(networks, kind):
    """The share of filters of a kind ("oriented", "coloured", or either: "selective"), for each network."""
    tested = [inspection.filter_selectivity(inspection.first_layer_filters(network)) for network in networks]
    return [np.mean([row[kind] for row in rows]) for rows in tested]


either = {"pretrained": shares(pretrained_networks, "selective"), "random": shares(random_networks, "selective")}
reveal("01.selective", np.mean(either["pretrained"]), random_weights=np.mean(either["random"]))

# %%
groups = {"pretrained": pretrained_networks, "random": random_networks}
rows = [
    {"selective for": words, "weights": weights, "share": share}
    for words, kind in {"an orientation": "oriented", "a colour": "coloured", "either": "selective"}.items()
    for weights, networks in groups.items()
    for share in shares(networks, kind)
]
figures.bars(rows, x="selective for", y="share", by="weights", y_label="share of filters", title="Selective filters")

# %% [markdown]
# Both kinds are far more frequent than among random filters, and colour is the more frequent of the two: *edge
# detectors* are only part of the story. Nobody asked for either. Cells that answer edges of one orientation were known
# long before, from a cat's visual cortex ([Hubel and Wiesel 1962](https://doi.org/10.1113/jphysiol.1962.sp006837)).
#
# ### Quick check

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("01.q1", answer)

# %% [markdown]
# Now one filter at a time. People who study vision show a cell gratings, stripes turned step by step, and note how
# strongly it answers. The angle is read as on a protractor: 0° lies, 90° stands.

# %%
angles = np.arange(0, 180, 15)
stripes = inspection.gratings(32, np.radians(angles), frequencies=[0.12], phases=[0])[:, 0, 0]
figures.picture_grid(np.uint8(127.5 + 127 * stripes), [f"{a}°" for a in angles], columns=6, title="Gratings")

# %%
tested = inspection.filter_selectivity(filters)
by_orientation = sorted(range(len(tested)), key=lambda i: tested[i]["orientation"])
answers = inspection.grating_responses(filters, np.radians(angles)).max(axis=2)  # at each angle's best stripe width
with_weights = np.flatnonzero(np.abs(filters).max(axis=(0, 1, 2)) > 0.01)
flattest = min(with_weights, key=lambda i: np.ptp(answers[i] / answers[i].max()))
rows = [
    {"angle": angle, "response": answers[i, a] / answers[i].max(), "filter": f"filter {i}"}
    for i in (by_orientation[-1], by_orientation[-4], flattest)
    for a, angle in enumerate(angles)
]
labels = {"x_label": "angle of the stripes, in degrees", "y_label": "response, share of the strongest"}
figures.line_chart(rows, x="angle", y="response", by="filter", title="Three filters, turned stripes", **labels)

# %% [markdown]
# Find the three in the grid above. Two answer stripes near one angle most, and others much less. The third hardly
# cares: it may detect something else, but not edges. One number says it, taken over the responses at all angles:
#
# **orientation selectivity = (max - min) / (max + min)**
#
# At 0 every angle is answered alike. At 1 there is an angle that gets no answer.
#
# ### Exercise: the test of an edge detector
# Write `orientation_selectivity(responses)`. `responses` holds one number, 0 or more, for each angle. Mind the filter
# that never answers at all: its selectivity is 0. (Hints: `learn.hint("01.e1")`.)


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
# ## Do late channels follow classes?
# The favourites of block 4, in the network that was trained on these classes:

# %%
images, labels = source.validation.inputs[::EVERY], source.validation.labels[::EVERY]
favourites(backbone, images, "block4", k=4)

# %% [markdown]
# Often one class. Is that learned, or would any network's favourites look alike? Put a number on it. Take the eight
# favourites of every channel: how many belong to the class that is most frequent among them? Purity is the mean
# share.
#
# **Predict:** does training make the channels of block 1 purer?


# %%
def purity(ranked):
    """Mean share of the most frequent class among the first eight pictures of every channel (column)."""
    return np.mean([np.bincount(column).max() / 8 for column in labels[ranked[:8]].T])


rows = []
for block in blocks(backbone):
    for weights, networks in {"pretrained": pretrained_networks, "random": random_networks[:4]}.items():
        for network in networks:
            peaks = inspection.activations(network, images, block).max(axis=(1, 2))  # (pictures, channels)
            rows.append({"block": block, "weights": weights, "purity": purity(np.argsort(-peaks, axis=0))})

# %%
blindly = np.argsort(np.random.default_rng(SEED).random((len(images), 1000)), axis=0)
chance = purity(blindly)
labels_of = {"x": "block", "y": "purity", "by": "weights", "y_label": "purity of favourites"}
figures.bars(rows, **labels_of, guess=chance, title="Do channels follow classes?")

# %% [markdown]
# The dotted line is what eight pictures drawn blindly reach. In block 1 training has made nothing purer: pictures of
# one class share their edges and colours anyway. In blocks 3 and 4 the trained channels follow the source classes much
# more closely than random ones do, though far from one class per channel. The deeper, the more *specific*.
#
# ## A linear probe: how useful is a block?
# Specific is not the same as useful. The test of usefulness is simple. Take a block's
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
# pictures were dealt into three parts. The *training* part is learned from. The *validation*
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
# ### Exercise: a probe that leaves the test data alone
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
# above; the near target; and four **far** targets, real pictures that no code drew: digits written by hand, tissue
# under a microscope (gland or not), faces (or not), and, unless you changed `DATASET`, the textures below, cut from
# photographs. Every probe gets 20 labels per class, and everything is repeated with other draws of labels.
#
# **Predict:** which block serves the textures best: `"block1"`, `"block2"`, `"block3"` or `"block4"`?

# %%
figures.class_gallery(far, 8, title=f"The far target: {far.name}")

# %%
predict("01.best-block", block=None)  # for example block="block1"

# %%
PER_CLASS = 20
tasks = {"source": source, "near: shapes": near, f"far: {far.name}": far}
tasks |= {f"far: {name}": load_dataset(name) for name in ("digits", "tissue", "faces") if SIZE}
rows = []
for name, task in learn.with_progress(list(tasks.items()), "probes, task by task"):
    for weights, network in {"pretrained": backbone, "random": control}.items():
        probes = inspection.probe_blocks(network, task.train, task.validation, per_class=PER_CLASS, seeds=PROBE_SEEDS)
        rows += [row | {"target": name, "weights": weights} for row in probes]
guesses = {name: 1 / task.num_classes for name, task in tasks.items()}
figures.probe_by_block(rows, guess=guesses, title=f"Linear probe on every block, {PER_CLASS} labels per class")


# %%
def accuracies(target, weights):
    """Block -> accuracies on validation pictures, one for each draw of labels."""
    chosen = [row for row in rows if row["target"] == target and row["weights"] == weights]
    return {b: [row["accuracy"] for row in chosen if row["block"] == b] for b in blocks(backbone)}


def means(target, weights):
    return {block: np.mean(values) for block, values in accuracies(target, weights).items()}


far_name = f"far: {far.name}"
on_far = means(far_name, "pretrained")
best_block = max(on_far, key=on_far.get)
reveal("01.best-block", best_block)

# %% [markdown]
# In every panel, deeper is to the right. On the source and on the near target depth pays most: the last block is far
# ahead of the first. On the far targets it gains much less. On textures and digits the curve even bends down at the
# end; on tissue it rises to the last block. Early layers are called general, late ones specific. So much is shown.
# *Why* is not: the last block may have dropped what its own classes don't need, or these tasks may need nothing deep.
#
# Now the broken lines, the control. Random filters respond differently to different pictures too, and a linear
# classifier makes something of that. On digits and faces it makes nearly everything of it. What pretraining is worth is
# the distance between the lines; on faces, of which there are few pictures, it is one picture or two, and the order may
# turn.
#
# **Change this:** set `PER_CLASS = 5`. Which curves do you expect to fall most?
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

# %% [markdown]
# ## A lead, or luck?
# With other labels the numbers come out a little different. How sure is a mean? Its standard error is the standard
# deviation over the seeds, divided by the root of their number. The **one-standard-error rule** ([Breiman et al.
# 1984](https://doi.org/10.1201/9781315139470)) makes a habit of it: take the *simplest* candidate whose mean is within
# one standard error of the best mean. Simplest is here the shallowest block, since everything behind it can be cut off
# and need never be computed.


# %%
def mean_and_error(values):
    return f"{np.mean(values):.1%} ± {np.std(values, ddof=1) / np.sqrt(len(values)):.1%}"


table = accuracies(far_name, "pretrained")
figures.Table([{"block": block, far_name: mean_and_error(values)} for block, values in table.items()])

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("01.q5", answer)

# %% nbgrader={"grade_id": "q7", "solution": true}
answer = None  # every letter that fits, for example "ab"
### BEGIN SOLUTION
answer = "abd"
### END SOLUTION
check("01.q7", answer)

# %% [markdown]
# ### Exercise: choose the block, and defend the choice
# Write `choose_block(validation_accuracy)`. It gets a dictionary from the name of a block, the shallowest first, to a
# list of validation accuracies, one for each seed (two or more). It returns the name of the block that the
# one-standard-error rule chooses. (Hints: `learn.hint("01.e4")`.)


# %% nbgrader={"grade_id": "e4", "solution": true}
def choose_block(validation_accuracy):
    """The shallowest block whose mean is within one standard error of the best mean."""
    ### BEGIN SOLUTION
    means = {block: np.mean(values) for block, values in validation_accuracy.items()}
    best = max(means, key=means.get)
    runs = validation_accuracy[best]
    error = np.std(runs, ddof=1) / np.sqrt(len(runs))
    return next(block for block in means if means[block] >= means[best] - error)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e4-check", "grade": true, "points": 1}
check("01.e4", choose_block)
### BEGIN HIDDEN TESTS
check("01.e4", choose_block, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# Let your function choose for the far target. Then the test pictures may be opened, once: the block that validation
# chose beside the last one, which one would have taken without looking.

# %%
yours = choose_block(table)
chosen_block = yours if yours in table else best_block  # until your function works: the highest mean
train_features = inspection.block_features(backbone, far.train.inputs)
test_features = inspection.block_features(backbone, far.test.inputs)
test_rows = []
for seed in PROBE_SEEDS:
    drawn_rows = far.train.few_rows(20, seed)
    for name in dict.fromkeys([chosen_block, "block4"]):
        probe = linear_probe(train_features[name][drawn_rows], far.train.labels[drawn_rows])
        accuracy = probe.score(test_features[name], far.test.labels)
        test_rows.append({"features": name, "accuracy": accuracy, "seed": seed})
figures.bars(test_rows, x="features", title=f"{far.name}: your choice and the last block")

# %% [markdown]
# Compare the distance of the two bars with the spread of the dots. Where they are of one size, the choice matters
# little, and the shallower block is the cheaper one. A standard error over draws of labels knows nothing of other
# pictures: eight photographs, however often they are cut, remain eight photographs.
#
# ## Lab: the layer microscope
# Choose a picture, a block and a channel; you get the channel's favourite patches. From those, guess where in your
# picture it answers most, and plant a flag there; then reveal its map. Run over the map: the frame on the picture is
# what that position sees. *Run for real* draws a picture that excites the channel. Try this: find a channel of block 2
# that likes one orientation; then find one in block 4 whose favourites are all of one class.

# %%
labs.microscope(backbone, source.validation.inputs)

# %% [markdown]
# ## With a real network
# The same probes on a network that learned from photographs, beside the same architecture with random weights. Set
# `BACKBONE` and, at the top, `DATASET` to a folder with one sub-folder of photographs per class, and it is your choice
# of network and your pictures. Without, it is EfficientNet-Lite0 and the photographs' textures again, cut at 96 pixels.
#
# **Predict:** is the last block the best one this time?

# %%
real_name = BACKBONE if REAL else "efficientnet_lite0"
photographs = load_dataset(DATASET, image_size=96)
parts = photographs.train, photographs.validation
each = min([5, 20, 20][SIZE], *(np.bincount(part.labels).min() for part in parts))  # pictures per class
few_labels, held_out = (part.few(each, seed=SEED) for part in parts)
real_rows = []
for weights in learn.with_progress(("pretrained", None), "probes of each block"):  # None: random weights, the control
    network = load_backbone(real_name, weights=weights, image_size=96)
    for row in inspection.probe_blocks(network, few_labels, held_out):
        real_rows.append(row | {"target": photographs.name, "weights": weights or "random"})
title = f"{real_name}: probes (one picture is {100 / len(held_out):.1f} points)"
figures.probe_by_block(real_rows, guess={photographs.name: 1 / photographs.num_classes}, title=title)

# %% [markdown]
# With EfficientNet-Lite0, the curve rises steeply at first and then stays high: here the late blocks serve the textures
# as well as any. So "early is better for a far target" is not a law: how far a target is depends on the source, and
# among ImageNet's classes are cats and a stone wall. The random network loses with depth. Mind the size of one picture.
# And if your own classes are among ImageNet's (ant and bee are), your target is a near one.
#
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("01")

# %% [markdown]
# ## Key takeaways
# - **Depth fits the source.** There, each block adds something. For a target far away the last block adds less, or
#   takes away: choose by a linear probe on validation data, over several seeds.
# - **A small lead may be luck.** Within one standard error, take the cheaper block.
# - **Random features are not useless.** They are the control that pretrained features have to beat.
# - **Looking is not measuring.** A filter that looks like an edge detector has to answer turned gratings like one.
#
# Two more ways to look inside, and what they can't tell you: the optional appendix [Transplants, likeness and
# drawings](appendix_transplants.ipynb).
#
# ## What we measured
# What people say, beside *your* run. "Holds near": on the source and the near target, but not on every far one.

# %%
pretrained, random = ({task: means(task, weights) for task in tasks} for weights in ("pretrained", "random"))
gains = {task: 100 * (pretrained[task]["block4"] - pretrained[task]["block1"]) for task in tasks}
far_gains = [gain for task, gain in gains.items() if task.startswith("far")]
leads = {f"{t}, {b}": 100 * (pretrained[t][b] - random[t][b]) for t in tasks for b in random[t]}
closest = min(leads, key=leads.get)
deepest = [task for task in tasks if max(pretrained[task], key=pretrained[task].get) == "block4"]
ahead = [task for task in tasks if all(lead > 0 for case, lead in leads.items() if case.startswith(task))]


def verdict(held):
    """The verdict on a claim that holds on these tasks."""
    near_ones = "holds near" if {"source", "near: shapes"} <= set(held) else "fails here"
    return "holds" if set(held) == set(tasks) else near_ones


# %%
late = f"block 4 minus 1: source {gains['source']:+.0f} points, far {min(far_gains):+.0f} to {max(far_gains):+.0f}"
won = f"{sum(lead > 0 for lead in leads.values())} of {len(leads)} cases; least {leads[closest]:+.1f} points: {closest}"
oriented, coloured = (np.mean(shares(pretrained_networks, what)) for what in ("oriented", "coloured"))
selective = f"{oriented:.0%} of the filters are selective for an orientation, {coloured:.0%} for a colour"
trial = [
    ("Early is general, late is specific.", late, "holds" if gains["source"] > max(far_gains) else "fails here"),
    ("The deepest layer transfers best.", f"best on {', '.join(deepest)}", verdict(deepest)),
    ("Pretrained features beat random ones.", f"in {won}", verdict(ahead)),
    ("The first layer detects edges.", selective, "holds" if oriented > 0.5 else "fails here"),
]
figures.claims_on_trial(trial)

# %%
learn.progress_card("01")

# %% [markdown]
# Next: [02 Feature extraction](02_feature_extraction.ipynb), where you put a head on the frozen blocks and count
# how many labels they are worth.
