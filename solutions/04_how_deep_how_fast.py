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
#         practised_by: ["04.q1", "04.q4", "04.q6", "04.e2", "04.e3"]
#       - text: Say which blocks learn, at which rate and when, and when training the head first pays
#         practised_by: ["04.q2", "04.q3", "04.q7", "04.e1"]
#       - text: Decide between features and fine-tuning from the number of labels and the distance of the task
#         practised_by: ["04.q5"]
#     misconceptions:
#       - id: fine-tuning-always-wins
#         text: Fine-tuning is always at least as good as features
#         caught_by: ["04.q5"]
#       - id: source-rate-fits
#         text: The rate that trained the source task is right for the target, too
#         caught_by: ["04.q1"]
#       - id: best-cell-is-expected
#         text: The best cell on validation pictures is the result to expect
#         caught_by: ["04.q6"]
#       - id: few-labels-features
#         text: Few labels always mean features
#         caught_by: ["04.q5"]
#       - id: late-layers-learn-most
#         text: The late layers are the ones to train
#         caught_by: ["04.q7"]
#     terms: ["winner's curse", "standard error", "discriminative learning rate", "gradual unfreezing", "warm-up and cosine decay", "LP-FT", "learning-rate range test", "early stopping"]
#     given: ["85 %", "90 %"]
#     prerequisites: ["03_fine_tuning"]
#     minutes: 45
#     seconds: 60
#     data: scans, photo-textures, shapes
#     backbone: embedded
# ---

# %% [markdown]
# # 04 How deep, how fast?
# **Which weights, at which rate, and is it worth it at all?**
#
# In lesson 03 you learned to touch pretrained weights without breaking them. The recipe left two numbers open: how many
# blocks you unfreeze, and the learning rate. What is good for the new task may be bad for the old one. And before both
# comes a question that the recipe did not ask: are features from the frozen network good enough, for a second of work?
#
# You will be able to
#
# - choose how deep and how fast to train, on validation data, with an eye on what the network knew before;
# - say which blocks learn, at which rate and when, and when training the head first pays;
# - decide between features and fine-tuning.
#
# *About 45 minutes. Before this: lesson 03.*

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
    linear_probe,
    load_backbone,
    load_dataset,
    predict,
    reveal,
    train,
    transfer,
    unfreeze_top,
)

import keras
import numpy as np
from IPython.display import display

SEEDS = range(1 if PROFILE == "smoke" else 2)  # most comparisons are repeated; the recordings have more seeds
STEPS = 8 if PROFILE == "smoke" else 100  # of a live run, about: it is a whole number of epochs
EPOCHS = 2 if PROFILE == "smoke" else 10
mean_over_seeds, at_best_rate = experiments.mean_over_seeds, experiments.at_best_rate

learn.cover("04")

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons. Run the cell and answer below it, or write your answers in place of `None`.

# %%
learn.review("04", first=None, second=None, third=None)

# %% [markdown]
# ## The map of depth and rate
# Two numbers decide a fine-tuning: how many blocks you unfreeze, and the learning rate. Many blocks at a low rate and few
# at a high one may come to the same, so somebody has to run them all: 0 to 4 blocks, six rates, five seeds, 100
# labelled scans per class, 112 steps. You know these runs from lesson 03 (`experiments.FineTuning`): each starts from the
# pretrained weights and a fitted head, trains with AdamW, and is measured twice, on the **target**, the scans, and on the
# **source**, the old task, through its old head.
#
# Which cell has the highest validation accuracy? **Predict:**

# %%
predict("04.best-cell", cell=None)  # for example cell="3 blocks at 1e-4"; the rates: 1e-5 1e-4 3e-4 1e-3 3e-3 1e-2


# %%
map_rows = experiments.recorded("map-scans")
cells = sorted({(r["blocks"], r["learning_rate"]) for r in map_rows})
validation = {
    (k, rate): mean_over_seeds(map_rows, "validation_target", blocks=k, learning_rate=rate) for k, rate in cells
}
chosen = max(validation, key=validation.get)
figures.depth_rate_map(
    map_rows,
    panels={"validation_target": "target, validation", "validation_source": "source, validation"},
    chosen=chosen,
    title="Scans: accuracy in percent, mean and range over five seeds",
)

# %%
reveal("04.best-cell", f"{chosen[0]} blocks at {chosen[1]:.0e}".replace("e-0", "e-"))

# %% [markdown]
# Read the map twice. On the left: do the good cells lie in one column, or along a slope, with lower rates where more is
# unfrozen? Then find the same cells on the right. Some have paid for their last point on the target with most of the
# source, and nothing on the left tells you which.
#
# And do not fall in love with the best cell. It was chosen among thirty because its number was the highest, and part of
# that height is luck. So on average its validation accuracy promises too much: the **winner's curse**. Here it is,
# measured. (For that we read all thirty test accuracies, as you never would in earnest.)

# %%
test = {(k, rate): mean_over_seeds(map_rows, "target", blocks=k, learning_rate=rate) for k, rate in cells}
promised = 100 * (validation[chosen] - test[chosen])
easier = 100 * np.mean([validation[cell] - test[cell] for cell in cells])
print(f"the chosen cell: validation {validation[chosen]:.1%}, test {test[chosen]:.1%}")
print(f"validation minus test: {promised:.1f} points there, {easier:.1f} on average over all cells")
for s in range(5):  # had you run one seed only
    winner = max((r for r in map_rows if r["seed"] == s), key=lambda r: r["validation_target"])
    print(f"seed {s}: {winner['blocks']} blocks at {winner['learning_rate']:g}: ", end="")
    print(f"validation {winner['validation_target']:.1%}, test {winner['target']:.1%}")

# %% [markdown]
# An average cell shows how much harder the test scans happen to be. What the chosen cell loses beyond that is the
# curse; a single seed's winner may escape it. Promise the test number. How near are the other cells? An accuracy *p*
# on *n* pictures is uncertain by about the square root of *p* (1 - *p*) / *n*, its **standard error**. The printout
# counts the cells within two standard errors of the best one. Then it asks for less: the best of those cells that
# keep 90 % on the source.

# %%
best, pictures = validation[chosen], len(load_dataset("scans").validation)
doubt = 2 * np.sqrt(best * (1 - best) / pictures)
equals = sum(accuracy >= best - doubt for accuracy in validation.values())
print(f"two standard errors on {pictures} pictures: {100 * doubt:.1f} points; that near to the best: {equals} cells")
kept = {(k, rate): mean_over_seeds(map_rows, "validation_source", blocks=k, learning_rate=rate) for k, rate in cells}
kind = max((cell for cell in cells if kept[cell] >= 0.9), key=validation.get)
for name, (k, rate) in {"the best": chosen, "the best that keeps the source": kind}.items():
    on_source = mean_over_seeds(map_rows, "source", blocks=k, learning_rate=rate)
    print(f"{name}: {k} blocks at {rate:g}: validation {validation[k, rate]:.1%}, test {test[k, rate]:.1%}, ", end="")
    print(f"source (test) {on_source:.1%}")

# %% [markdown]
# Both were chosen on validation pictures, and only then were the test accuracies read. Compare the two lines: what does
# the best cell gain on the target, on test pictures, and what does it cost? Now run it for real: does it fall into the
# recorded band?

# %%
scans = experiments.FineTuning("scans", per_class=100)
live = scans.run(experiments.Recipe(blocks=chosen[0], learning_rate=chosen[1], steps=STEPS), seed=SEED)
band = [r["target"] for r in map_rows if (r["blocks"], r["learning_rate"]) == chosen]
print(f"just now {live['target']:.1%}; recorded over {len(band)} seeds: {min(band):.1%} to {max(band):.1%}")

# %% [markdown]
# ### The map as a lab
# The figure shows where each run ended; the lab shows how it got there. First from memory: plant your flag in the cell
# that was best on the target, and reveal the map. Then click any cell to replay its run from the recording, or run it
# for real, and watch the source while the target rises.

# %%
labs.depth_rate_map()

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("04.q1", answer)

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("04.q6", answer)

# %% [markdown]
# ## Which block?
# The map unfreezes from the top: the last block, the last two, and so on. That is a habit, not a law. "The late layers
# have most to learn" is a hypothesis, and it can be tested: unfreeze **one block at a time**, whichever (*surgical
# fine-tuning*, [Lee et al. 2022](https://arxiv.org/abs/2210.11466)). Recorded on scans, photo textures, and the source's
# own pictures under heavy noise, where only the look is new: there the head is the source's. Each choice had three rates;
# validation pictures took the best. On the scans, which single block is the best to unfreeze? **Predict:**

# %%
predict("04.which-block", block=None)  # for example block="block 4"

# %%
unfrozen = {task: experiments.recorded(f"unfrozen-{task}") for task in ("scans", "photo-textures", "noisy-source")}
SETTINGS = ["block 1 alone", "block 2 alone", "block 3 alone", "block 4 alone", "everything"]
by_setting = []
for task, rows in unfrozen.items():
    last = {r["seed"]: r["target"] for r in at_best_rate(rows, setting="block 4 alone")}
    for setting in SETTINGS:
        for r in at_best_rate(rows, setting=setting):
            lead = 100 * (r["target"] - last[r["seed"]])
            by_setting.append({**r, "task": task, "unfrozen": setting.removesuffix(" alone"), "lead": lead})
title = "One block at a time, each at its own best rate"
figures.bars(by_setting, x="unfrozen", y="lead", by="task", y_label="points over block 4 alone", title=title)

# %%
best_single = {}
for task, rows in unfrozen.items():
    on_validation = {n: mean_over_seeds(at_best_rate(rows, setting=n), "validation_target") for n in SETTINGS[:4]}
    best_single[task] = max(on_validation, key=on_validation.get)
    for setting in ("block 4 alone", best_single[task], "everything"):
        of = [r for r in by_setting if (r["task"], r["setting"]) == (task, setting)]
        on_target, on_source = (np.mean([r[column] for r in of]) for column in ("target", "source"))
        print(f"{task}, {setting} at {of[0]['learning_rate']:g}: test {on_target:.1%}, source {on_source:.1%}")
reveal("04.which-block", best_single["scans"].removesuffix(" alone"))

# %% [markdown]
# The printout has the last block, the best single one on validation pictures, and everything. Is the best ever the last?
# The dots are five seeds, over three pretraining runs; a difference that they don't show means nothing. And look at the
# source: one block at a high rate may cost it more than all blocks at a low one. Lee et al. found that the best place
# depends on what has changed from source to target: where pictures look different, early layers; where the classes are
# others, late ones. The first two blocks of the noisy copy agree with the first half; the scans, with new classes, don't
# agree with the second. So choose the block like a rate: on validation data.

# %% nbgrader={"grade_id": "q7", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("04.q7", answer)

# %% [markdown]
# ## One rate does not fit all
# Between one block and everything lie finer tools. Three of them, the first two from [Howard and Ruder
# 2018](https://arxiv.org/abs/1801.06146):
#
# - **Discriminative learning rates**: the top block gets the full rate, each block below it 0.4 times that of the one
#   above.
# - **Gradual unfreezing**: train the head alone, then with the top block, then with two, and so on.
# - **Warm-up and cosine decay**: the rate climbs from 0 in the first tenth of the steps and then falls to 0 along half
#   a cosine. The first steps are the wildest, so they are kept small.

# %%
network = load_backbone("embedded")
unfreeze_top(network, 4)
shares = transfer.discriminative_multipliers(network)
parts = ["block1", "block2", "block3", "block4", "head"]
plans = {
    "one rate": dict.fromkeys(parts, 1e-3),
    "a rate per block": {part: 1e-3 * shares.get(part, 1) for part in parts},
    "gradual, stage 2": dict.fromkeys(parts, 0) | {"block4": 1e-3, "head": 1e-3},
    "one block alone": dict.fromkeys(parts, 0) | {"block2": 1e-3, "head": 1e-3},
}
figures.training_plan(plans, title="Four ways to spread a rate of 1e-3 over the network")

# %% [markdown]
# Recorded on the scans over five seeds: all of them from the same fitted head, about the same number of epochs, at
# 3e-4 and at 1e-3. First each at the rate that its validation pictures preferred:

# %%
schedules = experiments.recorded("schedules-scans")
names = list(dict.fromkeys(r["schedule"] for r in schedules))
preferred = []
for how in names:
    preferred += at_best_rate(schedules, schedule=how)
both = figures.melt(preferred, ["target", "source"])
figures.bars(both, x="schedule", by="measured on", title="Scans: each at its best rate")

# %%
lines = []
for rate in (3e-4, 1e-3):
    for how in names:
        of = [r for r in schedules if (r["schedule"], r["learning_rate"]) == (how, rate)]
        target, source = ([r[task] for r in of] for task in ("target", "source"))
        lines.append({"rate": rate, "how": how, "target": f"{np.mean(target):.1%}", "source": f"{np.mean(source):.1%}"})
        lines[-1]["target, seeds"] = f"{min(target):.1%} to {max(target):.1%}"
figures.Table(lines)

# %% [markdown]
# Ask two questions of each row. Did it cost anything on the target, next to *one rate* at the same rate? And how much
# of the source did it save? Look at the range over the seeds before you call one of them better. And compare the two
# rates of each: how much of what a method with a good name seems to do could a lower rate have done?

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 6.4e-5
### END SOLUTION
check("04.q2", answer)

# %% [markdown]
# ### Exercise 1: gradual unfreezing as a callback
# Compiling at every stage takes time. Write `one_block_more(backbone, epochs)`, which returns a Keras callback that
# does without it. The whole network is trainable, and `fit` is called once. In the first `epochs` epochs only the head
# learns, in the next `epochs` the top block of the backbone as well, then the top two, and so on. What has to wait gets
# its weights back after every batch. `blocks(backbone)` gives you the blocks, from input to output. (Hints:
# `learn.hint("04.e1")`.)


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
    for s in learn.with_progress(SEEDS, name):
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
one_of_each = np.stack(list(shifted.values()))[:, 0].astype(np.uint8)
figures.picture_grid(one_of_each, list(shifted), title="One texture")

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
# between the two networks. On the pictures as trained you would hardly know. And compare the shifts: against which of
# them does it help most?
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
figures.rate_curve(range_rows, suggested=suggested, title="Learning-rate range test on the scans")

# %% [markdown]
# Why not take the rate where the loss is lowest? There it is about to blow up, and the test got there on the way that
# all the smaller rates had prepared. Take the rate at which the loss falls *fastest*, or stay a factor of ten below the
# lowest point, whichever is less. The line shows what that rule gives. One run has noise in it, so smooth it
# before you look for the steepest place. How good is the advice? Look the nearest rate up in the map. (The map's runs
# start from a fitted head, and this test did not, so it is a rough check.)

# %%
rates = sorted({rate for _, rate in cells})
nearest = min(rates, key=lambda rate: abs(np.log(rate / suggested)))
row_of_map = {rate: validation[4, rate] for rate in rates}
print(f"all blocks unfrozen at {nearest:g}: {row_of_map[nearest]:.1%} on validation pictures; ", end="")
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
for name, patience in {"to the end": None, "patience 2": 2}.items():
    net = transfer.set_linear_head(transfer.with_head(load_backbone("embedded"), 2), scans.probe(SEED))
    unfreeze_top(net, 4)
    net.compile(
        keras.optimizers.AdamW(1e-3, weight_decay=0.01), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    run = train(net, scans.few(SEED), scans.target.validation, epochs=3 * EPOCHS // 2, patience=patience, seed=SEED)
    stopped[name] = run.history
    kept = net.evaluate(scans.target.validation.inputs, scans.target.validation.labels, verbose=0)[1]
    print(f"{name}: {len(run.history['loss'])} epochs; {kept:.1%} on validation pictures. {run.message}")
figures.training_curves(stopped, title="When to stop")

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
# ## Features or fine-tuning?
# Everything so far had a fixed number of labels. Now let it grow, on three tasks: new *shapes*, drawn like the
# source's; *textures* cut from photographs, one for each class; and *scans*, which are like nothing that the source
# has. On each budget: a linear probe on frozen **features**; a short run of **fine-tuning** (60 to 300 steps, all blocks,
# from that probe, at 1e-4 or 3e-4, as validation pictures chose); and a network trained **from scratch**. Five seeds,
# over three pretraining runs.
#
# From how many labels per class on is fine-tuning ahead of features on the scans, on every single seed? **Predict:**

# %%
predict("04.crossing", labels=None)

# %%
GUESS = {"shapes": 1 / 5, "photo-textures": 1 / 8, "scans": 1 / 2}
label_rows, gains = {}, {}
for task in GUESS:
    short = experiments.recorded(f"labels-{task}")
    label_rows[task] = short + experiments.recorded_scratch(task)
    budgets = sorted({r["labels"] for r in short})
    gains[task] = {n: experiments.gain(short, "fine-tuned", over="features", labels=n) for n in budgets}
figures.label_budget(label_rows["shapes"], guess=GUESS["shapes"], title="Shapes: near the source")

# %%
texture_rows = label_rows["photo-textures"]
display(figures.label_budget(texture_rows, guess=GUESS["photo-textures"], title="Textures of photographs"))
figures.label_budget(label_rows["scans"], guess=GUESS["scans"], title="Scans: like nothing in the source")

# %%
ahead = [n for n in gains["scans"] if all(min(g) > 0 for m, g in gains["scans"].items() if m >= n)]
reveal("04.crossing", ahead[0] if ahead else float("inf"))

# %%
lines = []
for task, by_budget in gains.items():
    for n, g in by_budget.items():
        features = 100 * mean_over_seeds(label_rows[task], "accuracy", labels=n, method="features")
        lines.append({"task": task, "labels per class": n, "features": f"{features:.1f} %"})
        lines[-1] |= {"fine-tuning adds": f"{np.mean(g):+.1f}", "seeds": f"{min(g):+.1f} to {max(g):+.1f}"}
figures.Table(lines)

# %% [markdown]
# Where the seeds of the last column lie on both sides of 0, the mean decides nothing. Compare the first rows of the scans
# with their last; see whether five labels are too few on the textures, and what the shapes leave to be gained.
#
# ### The same effort for both
# Now look at the line *from scratch* on the scans. It got far more: about 1,000 steps on shifted and mirrored pictures,
# two rates and ten lengths to choose from on validation scans. Fine-tuning now gets exactly that. By how many points will
# it be ahead of the *features* with ten labels per class? And who will be ahead, it or scratch? **Predict:**

# %%
predict("04.effort", points=None)

# %%
for row in experiments.recorded("tuned-scans"):
    label_rows["scans"].append(row | {"method": "fine-tuned, like scratch"})
like_scratch = {
    n: experiments.gain(label_rows["scans"], "fine-tuned, like scratch", over="from scratch", labels=n)
    for n in (10, 50, 150)
}
over_features = experiments.gain(label_rows["scans"], "fine-tuned, like scratch", over="features", labels=10)
display(figures.label_budget(label_rows["scans"], guess=GUESS["scans"], title="Scans: the same effort for both"))
for n, points in like_scratch.items():
    print(f"{n} labels: {np.mean(points):+.1f} points over scratch (seeds {min(points):+.1f} to {max(points):+.1f})")
reveal("04.effort", np.mean(over_features))

# %% [markdown]
# So the crossing was a matter of *effort*, not of labels alone: ten labels are enough to fine-tune on, if the pictures
# move and the run is long enough. And with that effort the pretrained weights bring little here: see on which side of 0
# the seeds lie. Scans are far from the source.
#
# Neither "few labels: features" nor "the farther, the more to gain" is a law: three tasks differ in more than their
# distance. What all three bear out is duller: fit the probe first, since it costs a second; if it leaves errors,
# fine-tune with as much effort as you would give a network of your own; keep the better one, on validation data.

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # one or more letters, for example "ad"
### BEGIN SOLUTION
answer = "ce"
### END SOLUTION
check("04.q5", answer)

# %% [markdown]
# ### Exercise 3: on a budget
# Write `fine_tune(model, pictures, labels)`. `model` is the pretrained network with a new, random head; the pictures
# are 400 scans. Train it so that it reaches **85 %** on validation scans that your function doesn't get. You may show
# it at most **1,280 pictures** in training (40 steps of 32), and at most **300,000 weights** may change, which is about
# half of the network. BatchNorm stays in inference mode. The check measures all of it, as often as you like. The test
# scans it opens once, when you have reached the goal. Where are the weights best spent? (Hints: `learn.hint("04.e3")`.)


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
# ## With a real network
# Does the picture change with a network that saw a million photographs? The same textures at 96 pixels, features of
# EfficientNet-Lite0 against training from scratch at that size, which was recorded:

# %%
real = load_backbone("efficientnet_lite0", image_size=96)
photographs = load_dataset("photo-textures", image_size=96)
pool, unseen = photographs.train.few(20, seed=SEED), photographs.test.few(20)
pool_features, unseen_features = (extract_features(real, part.inputs) for part in (pool, unseen))
real_rows = experiments.recorded("scratch-photo-textures-96")
for n in (5, 10):
    for s in range(3):
        rows = pool.few_rows(n, seed=s)
        score = linear_probe(pool_features[rows], pool.labels[rows]).score(unseen_features, unseen.labels)
        real_rows.append({"method": "features of EfficientNet-Lite0", "labels": n, "seed": s, "accuracy": score})
figures.label_budget(real_rows, guess=1 / 8, title="Textures of photographs at 96 pixels")

# %% [markdown]
# Read off how many labels the network from scratch needs to be as good. What would fine-tuning have to beat here?
# Change the loop to `for n in (2, 20)`, predict the two new points, and run it again.
#
# ## Claims on trial
# What people say, beside what was recorded here, on test pictures. The verdicts are about this small world; "holds
# near" means on the shapes, which are near the source, but not on every task.

# %%
worst = min((np.mean(g), f"{task}, {n} labels") for task, by in gains.items() for n, g in by.items())
over_scratch = {"scans": np.mean(like_scratch[150])}  # equal effort; on the other two, scratch had more of it
for task in ("shapes", "photo-textures"):
    alone = {r["labels"] for r in label_rows[task] if r["method"] == "from scratch"}
    most = max(alone & set(gains[task]))
    over_scratch[task] = np.mean(experiments.gain(label_rows[task], "fine-tuned", over="from scratch", labels=most))
with_five = {task: np.mean(by_budget[5]) for task, by_budget in gains.items()}
verdicts = {True: "holds", False: "fails here"}
features_do = verdicts[max(with_five.values()) < 0.5]
if with_five["shapes"] < 0.5 <= max(with_five.values()):
    features_do = "holds near"

# %%
shown = "; ".join(f"{task} {points:+.1f}" for task, points in with_five.items())
beyond = "; ".join(f"{task} {points:+.1f}" for task, points in over_scratch.items())
least_beyond = min(over_scratch.values())
late = all(block.startswith("block 4") for block in best_single.values())
trial = [
    ("Fine-tuning beats features.", f"at worst {worst[0]:+.1f} points ({worst[1]})", verdicts[worst[0] > 0]),
    ("With five labels, use features.", f"short runs of fine-tuning add, in points: {shown}", features_do),
    ("Train the late layers.", f"best single block: {', '.join(best_single.values())}", verdicts[late]),
    ("Almost always better than from scratch.", f"most labels, in points: {beyond}", verdicts[least_beyond > 0]),
    ("More unfreezing needs more data.", "every budget had all blocks or none", "not tested"),
]
figures.claims_on_trial(trial)

# %% [markdown]
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("04")

# %% [markdown]
# ## Key takeaways
# - **Depth and rate are one choice.** Make it on validation data, with the old task beside it, and promise the test
#   number: the winner's validation accuracy is partly luck.
# - **Which block** is a choice, too. From the top is a habit.
# - **Head first** protects good features, under shift above all. Where the features are poor, it can hold you back.
# - **Fit the probe first; fine-tune if it leaves errors; keep the better one.** No rule of thumb knows your task.
# - **Equal effort** before you compare: a method that got augmentation and a thousand steps beats one that got neither.
#
# ## What we measured
# The claims of this lesson, from *your* run and its recordings (means over the seeds). The course's tests check the same
# over five seeds, some at another rate or under another shift.

# %%
least = min(gains["scans"])
measured = {
    f"scans, {least} labels, a short run: features minus fine-tuned": -np.mean(gains["scans"][least]),
    "scans, 10 labels, fine-tuned like scratch: minus features": np.mean(over_features),
    "scans, 10 labels, fine-tuned like scratch: minus scratch": np.mean(like_scratch[10]),
    "scans, 150 labels, fine-tuned like scratch: minus scratch": np.mean(like_scratch[150]),
    "textures: LP-FT minus random head, as trained": 100 * lead("as trained"),
    "textures: LP-FT minus random head, less contrast": 100 * lead("less contrast"),
    "scans: validation minus test, the chosen cell": promised,
    "scans: validation minus test, an average cell": easier,
}
figures.Table([{"claim": claim, "points": f"{value:+.1f}"} for claim, value in measured.items()])

# %%
learn.progress_card("04")

# %% [markdown]
# Next: [05 Catastrophic forgetting](05_catastrophic_forgetting.ipynb). You have seen the source accuracy fall beside
# every gain. What exactly is lost, and where?
