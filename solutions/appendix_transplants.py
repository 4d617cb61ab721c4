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
#     title: Transplants, likeness and drawings
#     question: Can blocks be copied into a new network, how alike are two networks, and what would a channel draw?
#     prerequisites: ["01_what_layers_learned"]
#     minutes: 20
#     seconds: 60
#     data: shapes, photo-textures, source-sample
#     backbone: embedded
# ---

# %% [markdown]
# # Appendix: transplants, likeness and drawings
# **Can blocks be copied into a new network, how alike are two networks, and what would a channel draw?**
#
# Lesson 01 asked a linear probe how useful each block is. Here are three other ways to look inside, for whoever wants
# to go on. Nothing here counts: there are no marks, and no later lesson needs it.

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "photo-textures"

# %%
from course_utils import blocks, extract_features, figures, inspection, linear_probe, load_backbone, load_dataset
from course_utils import train, transfer

import keras
import numpy as np

SIZE = {"smoke": 0, "laptop": 1, "real": 1, "gpu": 2}[PROFILE]  # how much is computed
SEEDS = range([1, 3, 5][SIZE])
EPOCHS = [1, 20, 60][SIZE]
DEPTHS = [(0, 4), (0, 2, 4), (0, 1, 2, 3, 4)][SIZE]  # how many blocks are copied
DRAWING_STEPS = [3, 32, 80][SIZE]
# Real networks are too large to be trained here within minutes.
NETWORK, FAR = (BACKBONE, DATASET) if BACKBONE.startswith("embedded") else ("embedded", "photo-textures")

# %%
backbone = load_backbone(NETWORK)
control = load_backbone("embedded", weights=None, seed=SEED)  # the same network with random weights
source, far = load_dataset("source-sample"), load_dataset(FAR, image_size=32)
images, labels = source.validation.inputs, source.validation.labels

# %% [markdown]
# ## Copy the first blocks, train the rest
# A probe asks a block to be useful *as it is*, to a straight cut. Another question: if the first k blocks are given to
# you, can the blocks above them be trained for your task? This is the experiment of [Yosinski et al.
# (2014)](https://arxiv.org/abs/1411.1792). Copy the first k blocks, freeze them, give everything above them new random
# weights, and train that on the target, here with 20 labels per class.


# %%
def transplant(donor, k, seed):
    """A new network whose first k blocks are copied from the donor, and frozen."""
    network = load_backbone("embedded", weights=None, seed=100 + seed)
    for name in list(blocks(network))[:k]:
        for new, old in zip(blocks(network)[name], blocks(donor)[name], strict=True):
            new.set_weights(old.get_weights())  # the transplant
            new.trainable = False
    return network


# %%
def train_with_head(network, few, seed, rate=2e-3):
    """Train a new head, and what isn't frozen below it."""
    head = keras.layers.Dense(far.num_classes, activation="softmax")
    model = keras.Sequential([network, keras.layers.GlobalAveragePooling2D(), head])
    model.compile(keras.optimizers.AdamW(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    train(model, few, epochs=EPOCHS, augment=transfer.shift_and_flip, seed=seed)
    return model


# %% [markdown]
# **Two judges.** The head was trained along with the blocks, for as many steps. That may be too few for it, above all
# where *everything* below is frozen and the head is all that learns. So we ask twice: the head as training left it, and
# a linear probe that is fitted to the end on the finished network's features, from the same labels. Before you run it:
# which judge will be kinder to four frozen *random* blocks?


# %%
def judged(donor, k, seed):
    """Validation accuracy of a transplant, by its trained head and by a fitted one."""
    few = far.train.few(20, seed=seed)
    network = transplant(donor, k, seed)
    model = train_with_head(network, few, seed)
    predicted = np.argmax(model(far.validation.inputs, training=False), axis=1)
    probe = linear_probe(extract_features(network, few.inputs), few.labels)
    fitted = probe.score(extract_features(network, far.validation.inputs), far.validation.labels)
    return {"as trained": np.mean(predicted == far.validation.labels), "fitted": fitted}


# %%
rows = []
for weights, donor in {"pretrained": backbone, "random": control}.items():
    for k in DEPTHS:
        for seed in SEEDS:
            if k == 0 and weights == "random":  # nothing copied: the donor doesn't matter
                scores = next(r["scores"] for r in rows if r["k"] == "0" and r["seed"] == seed)
            else:
                scores = judged(donor, k, seed)
            rows.append({"donor": weights, "k": str(k), "seed": seed, "scores": scores})

# %%
lines = [
    {"copied": row["k"], "accuracy": row["scores"][judge], "from": f"{row['donor']}, {judge}"}
    for judge in ("fitted", "as trained")
    for row in rows
]
texts = {"x_label": "first blocks that were copied and frozen", "y_label": "validation accuracy"}
chance = 1 / far.num_classes
figures.line_chart(
    lines, x="copied", y="accuracy", by="from", title=f"Transplants to {far.name}", guess=chance, **texts
)

# %% [markdown]
# Compare the two judges first. Behind four frozen random blocks, the trained head is not far from guessing, and the
# fitted head reads much more out of the same features: a good part of the collapse was the head's, which had not
# finished, and not the blocks'. Judge a frozen network by a fitted head.
#
# By that judge, frozen random blocks do harm, and four of them more than two: what stands above can't repair what is
# lost below. Copied pretrained blocks beat training from scratch (0 copied), and it matters little whether the last two
# are copied too or trained from random weights. That is all that this figure shows, for one target and 20 labels per
# class.

# %% [markdown]
# Freezing is not the only thing to do with a copy. You can also go on training it, gently: **fine-tuning**. One run, by
# the same fitted judge, because its network is needed below:

# %%
fine_tuned = transplant(backbone, 4, seed=SEED)
transfer.unfreeze_top(fine_tuned, 4)  # all blocks learn again, gently; lesson 03 is about this
few = far.train.few(20, seed=SEED)
train_with_head(fine_tuned, few, SEED, rate=5e-4)
for name, network in {"copied and frozen": backbone, "copied, then fine-tuned": fine_tuned}.items():
    probe = linear_probe(extract_features(network, few.inputs), few.labels)
    print(f"{name}: {probe.score(extract_features(network, far.validation.inputs), far.validation.labels):.1%}")

# %% [markdown]
# ## How alike are two networks?
# Two networks were pretrained on the same task, from different random starts and on other pictures of its classes. Did
# they learn the same? You can't compare channel 7 with channel 7: the channels come in any order, and a mixture of
# several may stand for the same thing. **CKA** (centred kernel alignment, [Kornblith et al.
# 2019](https://arxiv.org/abs/1905.00414)) compares something else: which *pictures* a network finds alike. If two
# networks find the same pairs of pictures alike, it is 1; if they have nothing in common, 0. Before you run it: how
# high will it be between the *last* blocks of two networks that were pretrained from different seeds?

# %%
twin = load_backbone("embedded", seed=1)  # the same classes, another random start, other pictures
names = list(blocks(backbone))
alike = inspection.cka_by_block(backbone, twin, images)
figures.cka_matrix(alike, names, names, row_label="seed 0", column_label="seed 1", title="Two pretrained networks")

# %%
with_random = inspection.cka_by_block(backbone, control, images)
figures.cka_matrix(with_random, names, names, row_label="pretrained", column_label="random", title="The control")

# %% [markdown]
# The two pretrained networks agree block by block, most of all early on. With the random network there is
# little agreement behind block 1. And what did training on another task change? Compare the network with its
# fine-tuned copy from above:

# %%
before_after = inspection.cka_by_block(backbone, fine_tuned, images)
compared = {"the fine-tuned copy": before_after, "another seed": alike, "random weights": with_random}
change = [
    {"block": block, "compared with": name, "CKA": matrix[i, i]}
    for name, matrix in compared.items()
    for i, block in enumerate(names)
]
figures.bars(
    change, x="block", y="CKA", by="compared with", y_label="linear CKA", title="How alike to the pretrained one?"
)

# %% [markdown]
# A surprise: a short training on another task changed the representation more than starting all over from another
# seed did. So alike is no measure of good: compare how little the accuracy above changed.
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
# says how alike two representations arrange *these* pictures. Whether either is useful for *your* task, ask a probe.
#
# ## The picture that a channel would draw
# Instead of searching for a picture that a channel likes, you can make one: begin with smooth noise and change the
# pixels, step by step, in the direction that raises the channel's answer (*gradient ascent*). Left alone this ends in a
# kind of television snow, so each step is smoothed, shifted a little, and held at one contrast ([Olah et al.
# 2017](https://distill.pub/2017/feature-visualization)).


# %%
def drawn(network, block):
    """Six pictures, each drawn to excite one of the channels that stand out in a block."""
    channels = inspection.strongest_channels(network, images, block, k=6)
    return inspection.maximise_channels(network, block, channels, steps=DRAWING_STEPS, seed=SEED)


pictures = [picture for block in ("block1", "block3", "block4") for picture in drawn(backbone, block)]
titles = [block for block in ("block1", "block3", "block4") for _ in range(6)]
figures.picture_grid(pictures, titles, columns=6, title="Drawn by the pretrained network")

# %%
figures.picture_grid(drawn(control, "block4"), columns=6, title="Drawn by block 4 of the random network: the control")

# %% [markdown]
# Block 1 asks for plain colours and soft bars, block 3 for stripes, cells and spots, as in the source's textures. Block
# 4 crowds the picture with pieces that few would give a name to, and don't expect whole things at 32 pixels. The random
# network draws something as well, mostly noise. The pictures show one thing that excites a channel, not everything that
# does, and the smoothing has a hand in how they look: a hint of where to measure, no more.
#
# Back to [02 Feature extraction](02_feature_extraction.ipynb).
