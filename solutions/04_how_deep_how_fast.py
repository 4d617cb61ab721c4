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
#     title: How deep, how fast?
#     question: Which weights, at which rate, and is it worth it at all?
#     objectives:
#       - text: Choose freeze depth and learning rate together, on validation data, with the old task in view
#         practised_by: ["04.q1", "04.q4", "04.e2", "04.e3"]
#       - text: Give each block its own rate, and say when training the head first pays and when it does not
#         practised_by: ["04.q2", "04.q3", "04.e1"]
#       - text: Decide between features and fine-tuning from the number of labels and the distance of the task
#         practised_by: ["04.q5"]
#     misconceptions:
#       - id: fine-tuning-always-wins
#         text: Fine-tuning is always at least as good as features
#         caught_by: ["04.q5"]
#       - id: source-rate-fits
#         text: The rate that trained the source task is right for the target, too
#         caught_by: ["04.q1"]
#     prerequisites: ["03_fine_tuning"]
#     minutes: 35
#     seconds: 60
#     data: scans, photo-textures
#     backbone: embedded
# ---

# %% [markdown]
# # 04 How deep, how fast?
# **Which weights, at which rate, and is it worth it at all?**
#
# In lesson 03 you learned to touch pretrained weights without breaking them. The recipe left two numbers open: how many
# blocks you thaw, and the learning rate. What is good for the new task may be bad for the old one. And before both comes
# a question that the recipe did not ask: are features from the frozen network good enough, for a second of work?
#
# You will be able to
#
# - choose how deep and how fast to train, on validation data, with an eye on what the network knew before;
# - give every block its own learning rate, and say when training the head first pays;
# - decide between features and fine-tuning.
#
# *About 35 minutes. Before this: lesson 03.*

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
    transfer,
    unfreeze_top,
)

import keras
import numpy as np

SEEDS = range(1 if PROFILE == "smoke" else 2)  # most comparisons are repeated; the recordings have more seeds
STEPS = 8 if PROFILE == "smoke" else 100  # of a live run, about: it is a whole number of epochs
EPOCHS = 2 if PROFILE == "smoke" else 10

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons, first of all those that gave you trouble. Run the cell and answer below it, or
# write your answers in place of `None` and run it again. You may also go on without.

# %%
learn.review("04", first=None, second=None, third=None)

# %% [markdown]
# ## The map of depth and rate
# Two numbers decide a fine-tuning: how many blocks you thaw, and the learning rate. They belong together: a deep thaw
# at a low rate and a shallow thaw at a high one may come to the same. So somebody has to run them all: 0 to 4 blocks,
# six rates, three seeds, 100 labelled scans per class and 16 epochs, which are 112 steps. That was recorded with
# `experiments.FineTuning`, and every cell can be run again here. You know it from lesson 03: each run starts from the
# pretrained weights and a head that is fitted already, trains with AdamW, and is measured twice, on the **target**, the
# scans, and on the **source**, the old task, through its old head.
#
# Which cell has the highest validation accuracy? **Predict:**

# %%
predict("04.best-cell", cell=None)  # for example cell="3 blocks at 1e-4"; the rates: 1e-5 1e-4 3e-4 1e-3 3e-3 1e-2


# %%
def mean_over_seeds(rows, column, **where):
    """The mean of a column over the rows that match."""
    return float(np.mean([r[column] for r in rows if all(r[key] == value for key, value in where.items())]))


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
reveal("04.best-cell", f"{chosen[0]} blocks at {chosen[1]:.0e}".replace("e-0", "e-"))

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
# ### The map as a lab
# The figure shows where each run ended; the lab shows how it got there. First from memory: plant your flag in the cell
# that was best on the target, and reveal the map. Then click any cell to replay its run step by step from the
# recording, or run it for real, and watch the source while the target rises.

# %%
labs.depth_rate_map()

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("04.q1", answer)

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

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 6.4e-5
### END SOLUTION
check("04.q2", answer)

# %% [markdown]
# ### Exercise 1: gradual unfreezing as a callback
# Compiling at every stage takes time. Write `one_block_more(backbone, epochs)`, which returns a Keras callback that does
# without it. The whole network is trainable, and `fit` is called once. In the first `epochs` epochs only the head learns, in
# the next `epochs` the top block of the backbone as well, then the top two, and so on. What has to wait gets its weights
# back after every batch. `blocks(backbone)` gives you the blocks, from input to output. (Hints: `learn.hint("04.e1")`.)


# %% nbgrader={"grade_id": "e1", "solution": true}
def one_block_more(backbone, epochs):
    """A callback that lets the head learn alone, and then one more block after every so many epochs."""
    ### BEGIN SOLUTION
    grouped = list(blocks(backbone).values())

    class OneBlockMore(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            waiting = grouped[: max(0, len(grouped) - epoch // epochs)]
            self.held = [(layer, layer.get_weights()) for block in waiting for layer in block]

        def on_train_batch_end(self, batch, logs=None):
            for layer, before in self.held:
                layer.set_weights(before)

    return OneBlockMore()
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 3}
check("04.e1", one_block_more)
### BEGIN HIDDEN TESTS
check("04.e1", one_block_more, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## Train the head first: always?
# *Linear probing, then fine-tuning* (**LP-FT**) is what you have done all along: head first. [Kumar et al.
# 2022](https://arxiv.org/abs/2202.10054) found that plain fine-tuning from a random head *distorts* good features: it
# fits the training pictures as well, and does worse on pictures of another kind, most of all where the difference is
# large.
#
# Mistake 3 of lesson 03 was a random head, so test that with its two runs on the textures. Then take the same test
# textures, and take the picture differently: less contrast, inverted, darker, or with the noise of a poor camera. No
# label changes.

# %%
textures = experiments.FineTuning("photo-textures", per_class=40)
recipe = experiments.Recipe(blocks=4, learning_rate=3e-4, steps=STEPS)
weights_after = {}
for name, start in {"head first (LP-FT)": recipe, "random head": replace(recipe, head="random")}.items():
    for s in SEEDS:
        textures.run(start, s)
        weights_after[name, s] = textures.model.get_weights()

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
predict("04.lpft-shift", points=None)  # for example points=5; below 0 if it is behind

# %%
shift_rows = []
for (label, _), after in weights_after.items():
    textures.model.set_weights(after)
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
reveal("04.lpft-shift", lead("less contrast"), **{name.replace(" ", "_"): lead(name) for name in shifts})

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

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # one or more letters, for example "ad"
### BEGIN SOLUTION
answer = "bd"
### END SOLUTION
check("04.q3", answer)

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
after_test = transfer.weights_of(tested)
assert all(map(np.array_equal, before_test, after_test))  # the test puts every weight back
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
# ### Exercise 2: pick a rate
# Write `pick_rate(rows)`. `rows` are those of a range test, dicts with `learning_rate` and `loss`, rates increasing.
# Return a rate that is safe to train with: where the loss is clearly falling, and at most a third of the rate where it
# is lowest. The check draws curves of its own, with noise, at other rates, and lists that end early. (Hints:
# `learn.hint("04.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
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


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 2}
check("04.e2", pick_rate)
### BEGIN HIDDEN TESTS
check("04.e2", pick_rate, seed=1)
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

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("04.q4", answer)

# %% [markdown]
# ## When does fine-tuning win?
# Everything so far had a fixed number of labels. Now let it grow. On each budget two rivals: a linear probe on frozen
# **features**, and **fine-tuning** of all blocks from that probe. Each run takes between 70 and 320 steps, in whole
# epochs, and the rate, 1e-4 or 3e-4, was chosen on validation pictures. Five seeds, over three pretraining runs,
# recorded.
#
# From how many labels per class on is fine-tuning ahead on the scans, on every single seed? **Predict:**

# %%
predict("04.crossing", labels=None)

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
reveal("04.crossing", ahead[0] if ahead else float("inf"))

# %% [markdown]
# Below that budget look at the last column: where the seeds lie on both sides of 0, the mean decides nothing. Two rules
# come out, and you can read both off the table:
#
# - **On the far task, more labels give more reason to fine-tune.** Compare the first rows of the scans with their last.
#   With few labels there is little to be learned from them that the features do not have already: the mean gains
#   little, some seeds lose, and the probe costs a second. On the textures, see whether the gain grows at all.
# - **The farther the task, the more there is to gain.** Compare the two tasks at their largest budget.

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # one or more letters, for example "ad"
### BEGIN SOLUTION
answer = "bc"
### END SOLUTION
check("04.q5", answer)

# %% [markdown]
# ### Exercise 3: on a budget
# Write `fine_tune(model, pictures, labels)`. `model` is the pretrained network with a new, random head; the pictures
# are 400 scans. Train it so that it reaches **85 %** on scans that you do not get to see. You may show it at most
# **1,280 pictures** in training (40 steps of 32), and at most **300,000 weights** may change, which is about half of
# the network. BatchNorm stays in inference mode. The check measures all of it. The top block alone has nearly 300,000
# weights. Is it the right place to spend them? The task is *far*. (Hints: `learn.hint("04.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
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


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 3}
check("04.e3", fine_tune)
### BEGIN HIDDEN TESTS
check("04.e3", fine_tune, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## Key takeaways
# - **Depth and rate are one choice.** Make it on validation data, and look at the old task beside it.
# - **Head first** protects good features, under shift above all. Where the features are poor, it can hold you back.
# - **Few labels: features are hardly behind, and cheaper. Many labels and a far task: fine-tune.** In between, measure.

# %% [markdown]
# ## What we measured
# The claims of this lesson, with the figures from *your* run and its recordings (means over the seeds). The course's
# tests check claims of the same names over five seeds, some at another rate or under another shift.

# %%
least = min(gains["scans"])
measured = [
    {"claim": f"04a scans, {least} labels: features minus fine-tuned", "value": -np.mean(gains["scans"][least])},
    {"claim": "04b textures: LP-FT minus random head, as trained", "value": 100 * lead("as trained")},
    {"claim": "04b textures: LP-FT minus random head, less contrast", "value": 100 * lead("less contrast")},
]
figures.Table([{"claim": row["claim"], "points": f"{row['value']:+.1f}"} for row in measured])

# %%
learn.progress_card("04")

# %% [markdown]
# Next: [05 Catastrophic forgetting](05_catastrophic_forgetting.ipynb). You have seen the source accuracy fall beside
# every gain. What exactly is lost, and where?
