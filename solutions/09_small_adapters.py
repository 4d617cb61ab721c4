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
#     title: Small adapters
#     question: How few weights must move?
#     objectives:
#       - text: Write LoRA by hand, start it at zero, and merge it without changing an output
#         practised_by: ["09.e1", "09.q1"]
#       - text: Choose rank and rate together, and hold LoRA against full fine-tuning that is tuned as well
#         practised_by: ["09.q2", "09.q3"]
#       - text: Read from a spectrum how low the rank of a change is
#         practised_by: ["09.e2"]
#       - text: Keep many adapters on one base, swap them and add them
#         practised_by: ["09.e3", "09.q5"]
#       - text: Say what an adapter saves, and what it doesn't
#         practised_by: ["09.q4"]
#     misconceptions:
#       - id: merging-changes-outputs
#         text: Merging an update changes what the network answers
#         caught_by: ["09.e1", "09.q1"]
#       - id: lora-cannot-forget
#         text: LoRA can't forget, because the old weights are frozen
#         caught_by: ["09.q3"]
#       - id: higher-rank-is-better
#         text: The higher the rank, the better
#         caught_by: ["09.e2", "09.e3", "09.q2"]
#       - id: same-rate-fits
#         text: The rate that suits full fine-tuning suits LoRA
#         caught_by: ["09.q2"]
#       - id: fewer-weights-faster
#         text: With a hundredth of the weights, training is a hundred times faster
#         caught_by: ["09.q4"]
#       - id: adapters-add-up-by-parts
#         text: Two adapters are added by adding their parts
#         caught_by: ["09.e3", "09.q5"]
#     terms: ["adapter", "rank", "alpha", "merging", "spectrum", "BitFit", "bottleneck adapter", "prompt"]
#     given: []
#     prerequisites: ["08_text"]
#     requires: ["minilm"]
#     minutes: 45
#     seconds: 60
#     data: scans, photo-textures, words
#     backbone: embedded
# ---

# %% [markdown]
# # 09 Small adapters
# **How few weights must move?**
#
# You run a reading room for scans. Fifty clinics want a network that is tuned to their own machines, and each update of
# yours goes out by a thin line. Must you keep fifty whole networks, and send each of them again and again? Or is what a
# clinic changes so small that it fits beside the network?
#
# You will be able to
#
# - write LoRA by hand, start it at zero, and merge it without changing an output;
# - choose rank and rate together, and hold LoRA against full fine-tuning that is tuned as well;
# - read from a spectrum how low the rank of a change is;
# - keep many adapters on one base, swap them and add them;
# - say what an adapter saves, and what it doesn't.
#
# *About 45 minutes. Before this: lesson 08.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "scans"

# %%
from course_utils import (
    backbones,
    check,
    experiments,
    extract_features,
    figures,
    labs,
    learn,
    load_backbone,
    predict,
    reveal,
    trainable_summary,
    transfer,
)

import tempfile
from pathlib import Path

import keras
import numpy as np
from IPython.display import display
from keras import layers

SMOKE = PROFILE == "smoke"
HERE = backbones.is_here("minilm")

learn.cover("09")

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons, first of all those that gave you trouble. Run the cell to see them, write your
# answers in place of `None`, and run it again. You may also go on without.

# %%
learn.review("09", first=None, second=None, third=None)

# %% [markdown]
# ## LoRA in fifteen lines
# An **adapter** is a small set of new weights that changes what a frozen network does. You met one in lesson 06: LoRA
# ([Hu et al. 2021](https://arxiv.org/abs/2106.09685)). Beside a frozen kernel K of a thousand rows lie two thin matrices,
# A and B. Their product has K's shape, but only the **rank** of A B, the number of A's columns, decides how many weights
# it has.

# %%
figures.lora_beside_a_weight(title="LoRA beside a kernel of 3 x 3 x 64, with 128 filters")


# %%
class ByHand(layers.Layer):
    """A frozen dense layer, and a low-rank update beside it."""

    def __init__(self, dense, rank, alpha):
        super().__init__()
        dense.trainable = False
        self.dense, self.scale = dense, alpha / rank
        inputs, outputs = dense.kernel.shape
        self.a = self.add_weight(shape=(inputs, rank), initializer="he_uniform")
        self.b = self.add_weight(shape=(rank, outputs), initializer="zeros")

    def call(self, x):
        return self.dense(x) + self.scale * ((x @ self.a) @ self.b)


# %% [markdown]
# Three details carry the idea. B starts at 0, so that at first *nothing* changes. The layer itself is frozen. And the update
# counts **alpha** / rank times, so that another rank needs no other rate (more on that soon). Check all of them:

# %%
keras.utils.set_random_seed(SEED)
dense = layers.Dense(64)
x = keras.random.normal((5, 256), seed=SEED)
before = dense(x)
updated = ByHand(dense, rank=4, alpha=8)  # change the rank: how does the share of trained weights change?
np.testing.assert_array_equal(updated(x), before)
learning, frozen = trainable_summary(updated)
print(
    f"nothing has changed yet; {learning:,} of {learning + frozen:,} weights learn: {learning / (learning + frozen):.1%}"
)

# %% [markdown]
# Now pretend that it has been trained, and **merge** it: fold the product into the kernel. **Merging** leaves a plain layer
# that costs what it cost before.

# %%
updated.b.assign(keras.random.normal(updated.b.shape, seed=1))
merged = layers.Dense(64)
merged.build(x.shape)
merged.kernel.assign(dense.kernel + updated.scale * (updated.a @ updated.b))
merged.bias.assign(dense.bias)
print(f"largest difference of an output: {np.abs(merged(x) - updated(x)).max():.1e}")
np.testing.assert_allclose(merged(x), updated(x), atol=1e-3)

# %% [markdown]
# ## The same for convolutions and attention
# A convolution's kernel is a matrix, too: one row for every place in its window and channel, one column per filter. So is
# a projection of attention. The course's `transfer.add_lora` does this for every layer of a backbone. **Predict:** which
# share of the embedded network's weights do updates of rank 4 train?

# %%
predict("09.share", percent=None)

# %%
with_updates = transfer.add_lora(load_backbone("embedded"), rank=4)
learning, frozen = trainable_summary(with_updates)
reveal("09.share", learning / (learning + frozen))

# %%
# By hand: down to the rank, and up again from 0. A convolution goes up in a window of 1 x 1, a query into its heads.
rng = np.random.default_rng(SEED)
conv, maps = layers.Conv2D(128, 3), rng.normal(size=(2, 8, 8, 64)).astype("float32")
a, b = rng.normal(size=(3, 3, 64, 4)).astype("float32"), np.zeros((1, 1, 4, 128), "float32")
np.testing.assert_array_equal(conv(maps) + keras.ops.conv(keras.ops.conv(maps, a), b), conv(maps))
print(f"convolution: {a.size + b.size:,} weights beside {np.prod(conv.kernel.shape):,}")
query, tokens = layers.EinsumDense("abc,chd->abhd", (None, 6, 64)), rng.normal(size=(2, 9, 384)).astype("float32")
a, b = rng.normal(size=(384, 4)).astype("float32"), np.zeros((4, 6, 64), "float32")
np.testing.assert_array_equal(query(tokens) + keras.ops.einsum("abc,cr,rhd->abhd", tokens, a, b), query(tokens))
print(f"query of attention: {a.size + b.size:,} weights beside {np.prod(query.kernel.shape):,}")

# %% [markdown]
# ### Exercise 1: fold the update into the kernel
# Write `merge(kernel, a, b, alpha)`. `kernel` may have any number of axes; its last one is for the outputs. `a` has one
# row for each input (all axes of the kernel but the last, flattened), and as many columns as the rank. Return the merged
# kernel, in the kernel's shape. (Hints: `learn.hint("09.e1")`.)


# %% nbgrader={"grade_id": "e1", "solution": true}
def merge(kernel, a, b, alpha):
    """The kernel with its low-rank update folded in."""
    ### BEGIN SOLUTION
    rank = a.shape[1]
    return kernel + alpha / rank * (a @ b).reshape(kernel.shape)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 2}
check("09.e1", merge)
### BEGIN HIDDEN TESTS
check("09.e1", merge, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("09.q1", answer)

# %% [markdown]
# ### Keras's own, and its traps
# Keras has LoRA built in for dense layers, attention's projections, convolutions and embeddings: `enable_lora(rank)`. Three
# things surprise people.

# %%
own = layers.Dense(64)
own.build((None, 256))
own.enable_lora(rank=4)
print("1. still trainable:", [weight.name for weight in own.trainable_variables])
print("2. alpha is the rank unless you say otherwise:", own.lora_alpha)

# %% [markdown]
# The *bias* goes on learning. And the third is silent: what `predict` or `fit` has compiled before `enable_lora` doesn't
# know of the update.

# %%
model = keras.Sequential([layers.Input((256,)), layers.Dense(64)])
first = model.predict(x, verbose=0)  # compiles
model.layers[0].enable_lora(rank=4)
model.layers[0].lora_kernel_b.assign(keras.random.normal((4, 64), seed=2))
stale = model.predict(x, verbose=0)
print(f"3. predict after enable_lora moved by {np.abs(stale - first).max():.2f}; the layer itself", end=" ")
print(f"by {np.abs(model.layers[0](x) - first).max():.2f}")

# %% [markdown]
# If the two numbers differ, `predict` answers with the old graph: compile the model again after `enable_lora`, or add the
# updates before anything runs.
#
# ## Rank and rate, against a fair rival
# Is LoRA as good as training everything? Many comparisons tune LoRA and take the rival's rate from somewhere. Here both
# got four rates each, of which validation pictures chose, on two tasks, from a random head, with five seeds.
# **Predict:** which is the smallest rank that the validation pictures put within one point of full fine-tuning, on the
# scans?

# %%
predict("09.rank", rank=None)

# %%
TASK = "scans"  # or "photo-textures"
ranked = {task: experiments.recorded(f"ranks-{task}") for task in ("scans", "photo-textures")}
ranks = sorted({row["rank"] for row in ranked[TASK]} - {0})  # 0 is full fine-tuning


def chosen(task, rank):
    """The runs of one rank at the rate that validation pictures choose."""
    return experiments.at_best_rate(ranked[task], rank=rank)


def mean(rows, column="target"):
    return float(np.mean([row[column] for row in rows]))


# %%
def within(task, points=1):
    """The smallest rank that validation pictures put at most so many points behind full fine-tuning."""
    goal = mean(chosen(task, 0), "validation_target") - points / 100
    return next(rank for rank in ranks if mean(chosen(task, rank), "validation_target") >= goal)


for task in ranked:
    off = 100 * (mean(chosen(task, 0)) - mean(chosen(task, within(task))))
    print(f"{task}: rank {within(task)}, and on the test pictures it is {off:.1f} points behind")
reveal("09.rank", within("scans"), on_photo_textures=within("photo-textures"))

# %% [markdown]
# The validation pictures chose, and the test pictures answer. They need not agree: seeds differ by more than the point
# that is asked for. Now every rank at its own rate:


# %%
def spread(values):
    """A mean, with the lowest and highest seed."""
    return f"{np.mean(values):.1%} ({min(values):.1%} to {max(values):.1%})"


def column(rows, name):
    return [row[name] for row in rows]


table = []
for rank in (*ranks, 0):
    rows = chosen(TASK, rank)
    told = {"rank": rank or "full", "rate": f"{rows[0]['learning_rate']:g}", "weights": f"{rows[0]['trained']:,}"}
    table.append(told | {"target": spread(column(rows, "target")), "source left": spread(column(rows, "source"))})
figures.Table(table)

# %% [markdown]
# Read the column of rates first: LoRA's best rate is higher than full fine-tuning's, and lower for the highest ranks. Then
# the targets: a low rank comes close, and the ranges of neighbours overlap. Then *source left*, the old task's accuracy
# with its old head, and be surprised: nothing of the old kernels has moved, and yet the old task is damaged. Frozen
# weights don't help if what is added to them drowns them out.

# %%
by_rate = [{**r, "rate": f"rate {r['learning_rate']:g}", "accuracy": r["target"]} for r in ranked[TASK] if r["rank"]]
figures.line_chart(
    by_rate,
    x="rank",
    y="accuracy",
    by="rate",
    x_label="rank",
    y_label="target accuracy",
    title=f"Rank and rate: {TASK}",
    log_x=True,
)

# %% [markdown]
# Higher ranks are *worse* at the highest rate. Rank and rate belong together, as batch size and rate do: a comparison of
# ranks at one rate compares nothing. (Alpha is the rank here, so the scale is 1 throughout.)

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("09.q2", answer)

# %% [markdown]
# ### Learns less and forgets less?
# [Biderman et al. 2024](https://arxiv.org/abs/2405.09673) found for language models that LoRA learns less than full
# fine-tuning and forgets less. Here is every setting on the plane of learned against forgotten:

# %%
plane = [
    {"method": f"rank {row['rank']}" if row["rank"] else "full", "setting": f"{row['learning_rate']:g}", **row}
    for row in ranked[TASK]
    if row["rank"] in (0, 1, 8, 64)
]
figures.fronts(plane, baseline="full", title=f"Learned and forgotten, by rate: {TASK}")

# %% [markdown]
# Up is learned, right is kept. A fair question compares what is kept *at equal learning*: among all settings that come
# within one point of the best full run on validation pictures, which keeps most of the source?


# %%
def kept_at_equal_target(task):
    """What full fine-tuning and LoRA keep of the source, each at its best setting within a point of the best full run."""
    goal = mean(chosen(task, 0), "validation_target") - 0.01
    kept = {}
    for name, among in {"full": [0], "LoRA": ranks}.items():
        groups = [[r for r in ranked[task] if (r["rank"], r["learning_rate"]) == key] for key in keys(task, among)]
        equal = [rows for rows in groups if mean(rows, "validation_target") >= goal]
        kept[name] = max(equal, key=lambda rows: mean(rows, "validation_source"), default=[])
    return kept


def keys(task, among):
    return sorted({(row["rank"], row["learning_rate"]) for row in ranked[task] if row["rank"] in among})


# %%
equal, table = {task: kept_at_equal_target(task) for task in ranked}, []
for task, by in equal.items():
    for name, rows in by.items():
        if rows:
            told = {"rank": rows[0]["rank"] or "full", "rate": f"{rows[0]['learning_rate']:g}"}
            table.append({"task": task, "method": name} | told)
            table[-1] |= {what: spread(column(rows, what)) for what in ("target", "source")}
figures.Table(table)

# %% [markdown]
# Does LoRA keep more, at equal learning? On the photo textures it does. On the scans full fine-tuning keeps more on
# average, with ranges that overlap. So "forgets less" depends on the task: where a low rank at a low rate will do, little
# is disturbed. And remember lesson 06: a *lower rate* is a remedy for full fine-tuning, too, and the cheapest of all.

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "a"
### END SOLUTION
check("09.q3", answer)

# %% [markdown]
# ## How low is the rank of what was learned?
# LoRA rests on a guess: what fine-tuning changes is of low rank. Full fine-tuning can be asked. Take what it changed in a
# kernel, after minus before, and its singular values, the **spectrum**: the r largest say how much of the change the best
# matrix of rank r could hold. **Predict:** how much does rank 4 hold, on average over the kernels?

# %%
predict("09.held", percent=None)

# %%
kernels = [weight for weight in load_backbone("embedded").weights if weight.name == "kernel"]
drawn = np.random.default_rng(SEED)
noise = [experiments.held_by(drawn.normal(size=(int(np.prod(k.shape[:-1])), k.shape[-1]))) for k in kernels]
curves = [(f"fine-tuned on {task}", row["held_by"]) for task in ranked for row in chosen(task, 0)]
held = [
    {"rank": rank, "share": share, "change": change}
    for change, shares in [*curves, ("random, same shapes", np.mean(noise, axis=0))]
    for rank, share in zip(ranks, shares, strict=True)
]
low = mean([row for row in held if row["rank"] == 4 and row["change"] == "fine-tuned on scans"], "share")
reveal("09.held", low)

# %%
figures.line_chart(
    held,
    x="rank",
    y="share",
    by="change",
    x_label="rank",
    y_label="share of the change",
    log_x=True,
    title="What the best matrix of a rank holds",
)

# %% [markdown]
# The control is a random matrix of the same shape. The change is of lower rank than chance, but it isn't *low*: to hold
# nine tenths it takes a high rank. And yet LoRA of a far lower rank reached nearly the same accuracy. So it doesn't copy
# what full fine-tuning does; it finds another way that is low.
#
# ### Exercise 2: the smallest rank that holds it
# Write `smallest_rank(change, share)`: the smallest rank whose best matrix holds at least the share of `change`, a
# matrix, by squared entries. (Hints: `learn.hint("09.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
def smallest_rank(change, share):
    """The smallest rank that holds so much of a matrix."""
    ### BEGIN SOLUTION
    energy = np.linalg.svd(change, compute_uv=False) ** 2
    held = np.cumsum(energy) / energy.sum()
    return int(np.searchsorted(held, share)) + 1
    ### END SOLUTION


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 3}
check("09.e2", smallest_rank)
### BEGIN HIDDEN TESTS
check("09.e2", smallest_rank, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## The lab: the rank slider
# Set rank and rate. What was learned, what was kept, how many weights travel? Guess the smallest rank that will do, and
# reveal.

# %%
labs.rank_slider()

# %% [markdown]
# ## Many adapters on one base
# Back to the fifty clinics. Train one adapter on the scans and another on the photo textures, on the same frozen network,
# and take them out: two matrices per layer.

# %%
STEPS = 6 if SMOKE else 60
tasks = {"scans": 100, "photo-textures": 20}
runs = {task: experiments.FineTuning(task, per_class, lora_rank=4) for task, per_class in tasks.items()}
for ft in learn.with_progress(runs.values(), "two adapters"):
    ft.run(experiments.Recipe(learning_rate=3e-3, steps=STEPS), SEED)
plain = {task: transfer.merge_lora(ft.network) for task, ft in runs.items()}  # each merged into the base
base = load_backbone("embedded")

# %% [markdown]
# That is what goes through the thin line. Save it, and put it into a *fresh* base:

# %%
folder = Path(tempfile.mkdtemp())
for task, ft in runs.items():
    np.savez(folder / task, *[keras.ops.convert_to_numpy(weight) for weight in ft.network.trainable_weights])
    print(f"{task}: {(folder / f'{task}.npz').stat().st_size / 1e3:.0f} kB")
print(f"a whole network: {sum(4 * weight.size for weight in base.get_weights()) / 1e3:,.0f} kB")

fresh = transfer.add_lora(load_backbone("embedded"), rank=4)
with np.load(folder / "scans.npz") as saved:
    for weight, value in zip(fresh.trainable_weights, saved.values(), strict=True):
        weight.assign(value)
look = runs["scans"].target.test.inputs[:20]
np.testing.assert_allclose(extract_features(fresh, look), extract_features(plain["scans"], look), atol=1e-4)


# %%
def accuracy(network, task):
    """The test accuracy of a network's features under the head that belongs to a task."""
    kernel, bias = runs[task].model.get_layer("target_head").get_weights()
    test = runs[task].target.test
    return float(((extract_features(network, test.inputs) @ kernel + bias).argmax(axis=1) == test.labels).mean())


# %% [markdown]
# To *swap* adapters is to merge another one into the same base. To *add* them is to add both changes. **Predict** whether
# one network with both changes is as good on either task.

# %%
predict("09.both", percent=None)  # the scans' accuracy with both adapters in

# %%
both = load_backbone("embedded")
start = base.get_weights()
changes = [[after - was for after, was in zip(net.get_weights(), start, strict=True)] for net in plain.values()]
both.set_weights([was + one + other for was, one, other in zip(start, *changes, strict=True)])
networks = {"no adapter": base, **{f"the adapter for {task}": net for task, net in plain.items()}, "both, added": both}
of = {name: {task: f"{accuracy(net, task):.1%}" for task in tasks} for name, net in networks.items()}
display(figures.Table([{"network": name} | found for name, found in of.items()]))
reveal("09.both", accuracy(both, "scans"), its_own_adapter=accuracy(plain["scans"], "scans"))

# %% [markdown]
# Swapping costs nothing, and loses nothing. Adding is a gamble: each adapter was trained on features that the other one
# moves. This is one pair, one seed; the recipe is what counts. If tasks come one at a time, swap.
#
# ### Exercise 3: three adapters in one
# Write `stack_adapters(adapters)`. `adapters` is a list of `(a, b, alpha)` for the same layer, of different ranks. Return
# one `(a, b, alpha)` that adds to the kernel what all of them add together, with no more columns than they have
# together. (Hints: `learn.hint("09.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def stack_adapters(adapters):
    """One adapter that does what several do together."""
    ### BEGIN SOLUTION
    a = np.concatenate([a for a, _, _ in adapters], axis=1)
    b = np.concatenate([alpha / len(b) * b for _, b, alpha in adapters])
    return a, b, a.shape[1]
    ### END SOLUTION


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 3}
check("09.e3", stack_adapters)
### BEGIN HIDDEN TESTS
check("09.e3", stack_adapters, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "d"
### END SOLUTION
check("09.q5", answer)

# %% [markdown]
# ## What is saved, and what isn't
# Counted, not timed. An optimizer such as Adam keeps two numbers for every weight that learns.

# %%
full = load_backbone("embedded")
full.trainable = False
forward = transfer.training_multiplications(full)  # nothing learns: the forward pass alone
transfer.unfreeze_top(full, 4)
steps = {"full": transfer.training_multiplications(full), "LoRA": transfer.training_multiplications(with_updates)}
steps["LoRA, product kept apart"] = steps["full"] - forward  # no kernel needs a gradient of its own
saved = []
for name, work in steps.items():
    learning = trainable_summary(full if name == "full" else with_updates)[0]
    told = {"what learns": name, "to store, MB": round(4e-6 * learning, 2), "Adam, MB": round(8e-6 * learning, 2)}
    saved.append(told | {"multiplications of a step": f"{work / steps['full']:.0%}"})
figures.Table(saved)

# %% [markdown]
# Storage and the optimizer's memory fall with the weights. The *work* hardly does: the forward pass is the same, and the
# gradient has to travel down through all frozen layers to reach the lowest update. The course's layers add the product to
# the kernel before they use it, so even the kernel's gradient is computed, on the way to A and B. A layer that keeps the
# product apart, as yours by hand does, saves that part, and adds two thin products, which aren't counted here.

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("09.q4", answer)

# %% [markdown]
# ## Other small ones
# LoRA has relatives. Three of them in a few lines each, one run each on the scans: a look, no measurement.
#
# - **BitFit** ([Ben Zaken et al. 2022](https://arxiv.org/abs/2106.10199)): the biases alone learn.
# - A **bottleneck adapter** ([Houlsby et al. 2019](https://arxiv.org/abs/1902.00751)): squeeze, expand, and add to what
#   was there, at 0 to begin with.
# - A **prompt** ([Lester et al. 2021](https://arxiv.org/abs/2104.08691)): change the *input* by something learned, and
#   leave the network alone. For pictures: a border of pixels.


# %%
class Prompt(layers.Layer):
    """Adds learned pixels to a border of the picture."""

    def build(self, shape):
        inside = np.zeros(shape[1:], "float32")
        inside[4:-4, 4:-4] = 1
        self.border, self.pixels = 1 - inside, self.add_weight(shape=shape[1:], initializer="zeros")

    def call(self, pictures):
        return pictures + self.pixels * (100 * self.border)


# %%
def small(kind):
    """The frozen network with one small thing that learns, and a head."""
    network = load_backbone("embedded")
    network.trainable = False
    body = [Prompt(), network] if kind == "prompt" else [network]
    if kind == "bottleneck":
        inputs = layers.Input(network.output_shape[1:])
        squeezed = layers.Dense(256, kernel_initializer="zeros")(layers.Dense(16, "relu")(inputs))
        body.append(keras.Model(inputs, inputs + squeezed))
    return keras.Sequential([layers.Input((32, 32, 3)), *body, layers.GlobalAveragePooling2D(), layers.Dense(2)])


# %%
scans = runs["scans"].target
few, looks = scans.train.few(100, seed=SEED), []
for kind in ("head alone", "prompt", "bottleneck"):
    keras.utils.set_random_seed(SEED)
    model = small(kind)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(3e-3), loss, metrics=["accuracy"])
    transfer.train(model, few, epochs=1 if SMOKE else 15, seed=SEED)
    reached = model.evaluate(scans.test.inputs.astype("float32"), scans.test.labels, verbose=0)[1]
    looks.append({"what learns": kind, "weights": trainable_summary(model)[0], "test accuracy": f"{reached:.1%}"})
figures.Table(looks)

# %% [markdown]
# The embedded network has no biases, so BitFit is for the next section.
#
# ## With a real network
# Two of them, from fitted heads. **EfficientNet-Lite0** on twenty photo textures of each class, with 96 pixels; *names kept*
# says of how many pieces of photographs its old head still gives the name that it gave before. **MiniLM**, the text network
# of lesson 08, on 200 labelled words; it has no source head that could be asked, so *messages kept* is what a new probe on
# the shop's messages reaches on the features as they are afterwards. On either network, full fine-tuning got as many rates
# as each rank, and each row is at the one that validation chose. Before you credit a rank with what it keeps, ask what full
# fine-tuning would keep at its lowest rate: `on_pictures` and `on_words` have those runs, too.


# %%
def by_rank(rows, learned, kept):
    """A row for each rank, at the rate that validation chose."""
    table = []
    for rank in sorted({row["rank"] for row in rows}, key=lambda rank: rank or 99):
        best = experiments.at_best_rate(rows, rank=rank)
        told = {"rank": rank or "full", "rate": f"{best[0]['learning_rate']:g}", "weights": f"{best[0]['trained']:,}"}
        table.append(told | {learned: spread(column(best, "target")), kept: spread(column(best, "kept"))})
    return figures.Table(table)


on_pictures, on_words = (experiments.recorded(name) for name in ("ranks-photo-textures-96", "text-ranks"))
display(by_rank(on_pictures, "textures", "names kept"))
by_rank(on_words, "words", "messages kept")

# %%
if HERE:
    network = load_backbone("minilm")
    biases = [w for w in network.weights if w.name in ("bias", "beta")]
    for weight in network.weights:
        weight.trainable = weight.name in ("bias", "beta")
    learning, frozen = trainable_summary(network)
    print(
        f"BitFit on MiniLM: {learning:,} of {learning + frozen:,} weights learn, {learning / (learning + frozen):.2%}"
    )

# %% [markdown]
# ## Claims on trial
# What people say, beside what was measured here.


# %%
def verdict(holds):
    return "holds" if holds else "fails here"


def points(by):
    return "; ".join(f"{task} {value:+.1f}" for task, value in by.items())


behind = {task: 100 * (mean(chosen(task, 0)) - mean(chosen(task, 16))) for task in ranked}
lite = {rank: experiments.at_best_rate(on_pictures, rank=rank) for rank in (0, 1, 16)}
behind["EfficientNet-Lite0"] = 100 * (mean(lite[0]) - mean(lite[16]))
more = {t: 100 * (mean(by["LoRA"], "source") - mean(by["full"], "source")) for t, by in equal.items() if by["LoRA"]}
text = {rank: mean(experiments.at_best_rate(on_words, rank=rank)) for rank in {row["rank"] for row in on_words}}
gentle = {t: [r for r in ranked[t] if (r["rank"], r["learning_rate"]) == (1, 3e-4)] for t in ranked}  # hardly moved
lost = {t: 100 * (mean(gentle[t], "source") - mean(chosen(t, 4), "source")) for t in ranked}

# %%
highest = all(mean(chosen(t, 64)) > max(mean(chosen(t, r)) for r in ranks[:-1]) for t in ranked)
smallest = f"smallest within a point: {within('scans')} and {within('photo-textures')}"
work = steps["LoRA"] / steps["full"]
trial = [
    ("LoRA reaches full fine-tuning.", f"rank 16 behind, points: {points(behind)}", verdict(max(behind.values()) <= 1)),
    ("The higher the rank, the better.", smallest, verdict(highest)),
    ("LoRA can't forget.", f"rank 4 lost, points: {points(lost)}", verdict(max(lost.values()) < 1)),
    ("At equal learning LoRA keeps more.", f"points more: {points(more)}", verdict(min(more.values(), default=-1) > 0)),
    ("What is learned is of low rank.", f"rank 4 holds {low:.0%} of a change", verdict(low > 0.9)),
    ("A hundredth of the weights, a hundredth of the work.", f"{work:.0%} of the work", verdict(work < 0.05)),
]
figures.claims_on_trial(trial)

# %% [markdown]
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("09")

# %% [markdown]
# ## Key takeaways
# - **Start at zero, freeze the rest, merge at the end.** Merging changes nothing.
# - **Tune the rate for the rank.** LoRA's is another one than full fine-tuning's.
# - **A small rank goes far;** a higher one is no free gift.
# - **LoRA forgets as well.** Who keeps more at equal learning depends on the task: measure it.
# - **Adapters save storage and the optimizer's memory,** and hardly any work. Swap them; be careful when you add them.
#
# ## What we measured
# The claims of this lesson, with the figures of the recordings. The course's tests check claims of the same names.

# %%
listed = []
for task in ranked:
    listed.append((f"{task}: smallest rank within a point, by validation", str(within(task))))
    listed.append((f"{task}: full fine-tuning, target", spread(column(chosen(task, 0), "target"))))
    listed.append((f"{task}: rank 16, target", spread(column(chosen(task, 16), "target"))))
    for name, rows in equal[task].items():
        if rows:
            listed.append((f"{task}: source kept at equal target, {name}", spread(column(rows, "source"))))
names = {f"rank {rank}" if rank else "full": spread(column(rows, "kept")) for rank, rows in lite.items()}
listed += [(f"EfficientNet-Lite0, {name}: names kept", kept) for name, kept in names.items()]
listed.append(("words: rank 4 minus full, points", f"{100 * (text[4] - text[0]):+.1f}"))
figures.Table([{"claim": claim, "value": value} for claim, value in listed])

# %%
learn.progress_card("09")

# %% [markdown]
# Fifty clinics, one network, fifty small files. Which of your own networks are really one network
# with different coats?
