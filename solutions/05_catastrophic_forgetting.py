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
#     title: Catastrophic forgetting
#     question: After the network learned the new task, what happened to the old one?
#     objectives:
#       - text: Measure forgetting as a number, with the old head kept, and tell it from overfitting
#         practised_by: ["05.e1", "05.q1", "05.q2", "05.q4"]
#       - text: Say how the rate, and what may move, decide how much is forgotten
#         practised_by: ["05.q3", "05.q6"]
#       - text: Find the block where the damage is done, by moving one block at a time
#         practised_by: ["05.q5", "05.e2"]
#       - text: Tell what the backbone has lost from what the old head only misreads, by fitting a new head
#         practised_by: ["05.q7"]
#       - text: Hold weights near their start with a penalty, and prove that strength 0 is plain fine-tuning
#         practised_by: ["05.e3"]
#     misconceptions:
#       - id: forgetting-is-overfitting
#         text: Forgetting is overfitting under another name
#         caught_by: ["05.q1"]
#       - id: low-target-loss-means-nothing-lost
#         text: A low loss on the target means that nothing was lost
#         caught_by: ["05.q2"]
#       - id: frozen-convolutions-suffice
#         text: A backbone with frozen convolutions always gives the same outputs, BatchNorm or not
#         caught_by: ["05.q6"]
#       - id: misread-is-lost
#         text: What the old head no longer recognises has gone from the network
#         caught_by: ["05.q7"]
#     terms: ["catastrophic forgetting", "backward transfer", "average accuracy", "forgetting", "relative drift", "CKA", "L2-SP"]
#     given: ["90 %"]
#     prerequisites: ["04_how_deep_how_fast"]
#     minutes: 45
#     seconds: 60
#     data: scans, source, photo-textures
#     backbone: embedded
# ---

# %% [markdown]
# # 05 Catastrophic forgetting
# **After the network learned the new task, what happened to the old one?**
#
# In lessons 03 and 04 you fine-tuned a network until it could read scans. Before that, it could tell many kinds of
# drawings apart: textures, shapes, letters, fractals. Nobody has asked it about those since. Suppose that you still
# need them: the same network should do both. Does the old skill come along for free?
#
# You will be able to
#
# - measure forgetting as a number, with the old head kept, and tell it from overfitting;
# - say how the rate, and what may move, decide how much is forgotten;
# - find the block where the damage is done, by moving one block at a time;
# - tell what is lost from what is only misread;
# - hold weights near their start with a penalty, the first of the remedies that lesson 06 compares.
#
# *About 45 minutes. Before this: lesson 04.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "scans"

# %%
from course_utils import (
    Split,
    backbones,
    blocks,
    check,
    data,
    experiments,
    extract_features,
    figures,
    inspection,
    labs,
    learn,
    linear_probe,
    load_backbone,
    load_dataset,
    load_source_model,
    predict,
    reveal,
    spec_of,
    transfer,
)

import keras
import numpy as np
from keras import ops

SMOKE = PROFILE == "smoke"
REAL = not BACKBONE.startswith("embedded")  # a real network of your choice is fine-tuned near the end
mean = experiments.mean_over_seeds
STEPS = 14 if SMOKE else 100  # optimizer steps of a live run, about: it is a whole number of epochs

learn.cover("05")

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons, first of all those that gave you trouble. Run the cell to see them, write your
# answers in place of `None`, and run it again. You may also go on without.

# %%
learn.review("05", first=None, second=None, third=None)

# %% [markdown]
# ## Keep the old head
# A pretrained network comes with a head for its old task. In lessons 02 and 03 you put a new head in its place. Don't
# throw the old one away: without it you can't even *ask* the network about its old task.
#
# So build one network with two heads side by side. **Source** is the old task, as before, and scans are the
# **target**. `TaskHeads` copies the old head, adds the new one, and compares a picture's outputs within its own task
# only. The new head starts as a linear probe, as you learned in lesson 03.
#
# To measure a task, send its pictures through the backbone and through *its own* head. For the old task take a few
# pictures of each class: some that the network was trained on, and some that it never saw.


# %%
def fitted_head(network, task, few):
    """A head for a new task that starts as a linear probe on the network's features of now (LP-FT)."""
    probe = linear_probe(extract_features(network, few.inputs), few.labels)
    return transfer.set_linear_head(transfer.with_head(network, task.num_classes), probe).layers[-1]


figures.two_heads(title="Two heads on one body")

# %%
pretrained = load_source_model("embedded")  # backbone, pooling, and the head for its old task
network = transfer.backbone_of(pretrained)
source, scans = load_dataset("source"), load_dataset("scans")
few = scans.train.few(100, seed=SEED)
heads = {"source": pretrained.get_layer("source_head"), "scans": fitted_head(network, scans, few)}
tasks = transfer.TaskHeads(heads)
model = tasks.on(network)  # one backbone, two heads side by side
model.get_layer("source_head").trainable = False  # kept for measuring: nothing may change it
print(f"{source.num_classes} old classes and {scans.num_classes} new ones behind one backbone")


# %%
def accuracy(task, split):
    """The share of a task's pictures that the network gets right, through that task's head."""
    kernel, bias = model.get_layer(f"{task}_head").get_weights()
    return float(((extract_features(network, split.inputs) @ kernel + bias).argmax(1) == split.labels).mean())


old = {"trained on": source.train.few(5, seed=0), "never seen": source.validation.few(5, seed=0)}
before = {part: accuracy("source", pictures) for part, pictures in old.items()}
for part, value in before.items():
    print(f"source accuracy on pictures {part}: {value:.1%}")

# %% [markdown]
# Now fine-tune the whole network on 200 labelled scans, at a rate of 1e-3. It was pretrained at a higher one, so this
# hardly looks reckless. Only scans go in. **Predict:** how accurate is it on the *old* task afterwards?

# %%
predict("05.source-left", percent=None)  # your guess in percent, for example percent=70

# %%
transfer.unfreeze_top(network, 4)  # all four blocks; BatchNorm stays in inference mode
model.compile(keras.optimizers.AdamW(1e-3, weight_decay=0.01), tasks.loss, metrics=[tasks.accuracy])
start, losses = transfer.weights_of(network), []
joint = Split(few.inputs, tasks.labels("scans", few.labels))
now = {"source": before["never seen"], "scans": accuracy("scans", scans.validation)}
curve = [{"epoch": 0, "task": task, "accuracy": value} for task, value in now.items()]
for event in transfer.Session(model, joint, epochs=2 if SMOKE else 16, seed=SEED).events():
    if event.kind == "epoch":
        losses.append(event.metrics["loss"])
        now = {"source": accuracy("source", old["never seen"]), "scans": accuracy("scans", scans.validation)}
        curve += [{"epoch": event.epoch, "task": task, "accuracy": value} for task, value in now.items()]

# %%
figures.line_chart(
    curve,
    x="epoch",
    y="accuracy",
    by="task",
    x_label="epochs of training on scans alone",
    y_label="validation accuracy",
    title="Nobody asked about the old task",
)

# %%
after = {part: accuracy("source", pictures) for part, pictures in old.items()}
on_target = [row["accuracy"] for row in curve if row["task"] == "scans"]
for part in old:
    print(f"source accuracy on pictures {part}: {before[part]:.1%} before, {after[part]:.1%} now")
print(f"scans: {on_target[0]:.1%} at first, lowest {min(on_target):.1%}, at the end {on_target[-1]:.1%}")
print(f"loss on the scans: {losses[0]:.3f} after the first epoch, {losses[-1]:.3f} after the last")
reveal("05.source-left", after["never seen"], before=before["never seen"])

# %% [markdown]
# The head for the old task is the same, to the last bit. What it reads has changed: the backbone moved, and its
# features no longer mean what the old head learned. This is **catastrophic forgetting**
# ([McCloskey and Cohen 1989](https://doi.org/10.1016/S0079-7421(08)60536-8)): learning something new erases
# something old, not slowly and evenly, but within a few steps.
#
# Is it not simply **overfitting**? That is a gap: right on pictures that the network was trained on, wrong on new ones
# of the *same* task. Compare the first two lines. The network fails on the very pictures that it was once trained on.
# It does not know too much about them.

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("05.q1", answer)

# %% [markdown]
# ## Was there a warning?
# Look at what you usually watch: the accuracy on validation scans and the loss, in the last two lines. A fitted head
# can do something from the first step on. Where the accuracy falls *below that*, and the first loss is high, the steps
# are too long for these weights. That is a warning, if you know how to read it. And it passes: see the last accuracy,
# and the last loss.
#
# Is it always there? `FineTuning` is the experiment from lesson 03, which does what you have just done by hand.
# This time the head begins *random*, as in many tutorials, and the rate is a sensible one, 3e-4. **Predict** what is
# left of the source.


# %%
def written(rate):
    """A rate as the text writes it, such as 1e-3."""
    return f"{rate:.0e}".replace("e-0", "e-")


recipe = experiments.Recipe(learning_rate=3e-4, head="random", steps=STEPS)  # change one thing, predict, run again
predict("05.random-head", percent=None)

# %%
ft = experiments.FineTuning("scans", per_class=100)
intact_test = ft.accuracies("test")["source"]
run = ft.run(recipe, SEED, every=STEPS // 7)
figures.line_chart(
    figures.melt(run["curve"], ["target", "source"]),
    x="step",
    y="accuracy",
    by="measured on",
    x_label="steps of training on scans alone",
    y_label="validation accuracy",
    title=f"Scans, {recipe.head} head, {written(recipe.learning_rate)}",
)

# %%
reveal("05.random-head", run["validation_source"], target=run["validation_target"])

# %% [markdown]
# A random head starts at guessing, so that the target's curve has hardly anywhere to go but up. What it cost the old
# task stands in no loss and no target accuracy: they never see an old picture. So a *falling* target is a warning; a
# rising one tells you nothing about the old task. Only old pictures do.

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("05.q2", answer)

# %% [markdown]
# ## Four decades of learning rate
# Back to the head that starts as a probe. Every run begins from the same start, and both tasks are measured at the end.
# Before you go through the rates, draw the curve in your mind: what is left of the old skill? Only the shape counts,
# not the exact numbers. Then the place. **Predict:** from which rate on is more than half of the old skill gone? (1e-5,
# 1e-4, 3e-4, 1e-3, 3e-3 and 1e-2 were recorded.)

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # four percentages, for the rates 1e-5, 1e-4, 1e-3 and 1e-2
### BEGIN SOLUTION
answer = [95, 90, 40, 1]
### END SOLUTION
check("05.q3", answer)

# %%
predict("05.half-gone", rate=None)


# %%
map_rows = [
    {"rate": written(r["learning_rate"]), **r, "unfrozen": f"{r['blocks']} of 4 blocks unfrozen"}
    for r in sorted(experiments.recorded("map-scans"), key=lambda r: (r["learning_rate"], r["blocks"]))
]
rates = sorted({r["learning_rate"] for r in map_rows})
left = {rate: mean(map_rows, "source", blocks=4, learning_rate=rate) for rate in rates}
reveal("05.half-gone", f"{next(rate for rate in rates if left[rate] < intact_test / 2):g}")

# %%
figures.line_chart(
    [{**r, "accuracy": r["source"]} for r in map_rows],
    x="rate",
    y="accuracy",
    by="unfrozen",
    x_label="learning rate",
    y_label="source accuracy",
    title="What is left of the old task",
)

# %% [markdown]
# The rate drives forgetting, and how many blocks may move, counted from the output, decides how bad it gets. (Lesson 04
# has the whole map; five seeds a cell, on test pictures. `ft.run` repeats any cell.) Now choose the rate as you always
# do, on validation pictures of the *new* task, with all four blocks unfrozen:

# %%
firsts = []
for s in range(5):
    ft.prepare(experiments.Recipe(), s)
    firsts.append(ft.accuracies("validation")["target"])  # the fitted head, before the first step
free = {rate: [r for r in map_rows if r["blocks"] == 4 and r["learning_rate"] == rate] for rate in rates}
first = float(np.mean(firsts))
dips = {rate: 100 * (first - np.mean([min(p["target"] for p in r["curve"]) for r in free[rate]])) for rate in rates}
ends = {rate: mean(free[rate], "validation_target") for rate in rates}
lost = {rate: 100 * (intact_test - left[rate]) for rate in rates}

# %%
close, by_rate = [rate for rate in rates if ends[rate] > max(ends.values()) - 0.02], []
for rate in rates:
    dip = f"{dips[rate]:.0f} points below its start" if dips[rate] >= 1 else "never below its start"
    by_rate.append({"rate": written(rate), "target, lowest on the way": dip})
    by_rate[-1]["target at the end"] = f"{ends[rate]:.1%}{', close to the best' if rate in close else ''}"
    by_rate[-1]["source lost"] = f"{lost[rate]:.1f} points"
figures.Table(by_rate)

# %% [markdown]
# Rates whose *final* target accuracies are close may differ by most of what the old task has. The dip on the way tells
# them apart only if you look for it early, and only from a fitted head. When an old task matters, take the *lowest* of
# the rates that are good enough. Keep these lines in mind for lesson 06: the first question about your own network is
# whether its rate was too high to begin with.

# %% [markdown]
# ## Forgetting as a number
# With two tasks, "source accuracy before minus after" says it all. With more tasks you need a table. Measure **every**
# task after **each** training. `R[i][j]` is the accuracy on task j (column) after training on task i (row):

# %%
R = np.array([[before["never seen"], np.nan], [after["never seen"], on_target[-1]]])
print(f"average accuracy  {transfer.average_accuracy(R):.3f}")
print(f"backward transfer {transfer.backward_transfer(R):+.3f}")
print(f"forgetting        {transfer.forgetting(R):+.3f}")
figures.accuracy_matrix(R, ["source", "scans"], title="Each row is one training, each column one task")

# %% [markdown]
# Three numbers sum the matrix up. T is the number of tasks, and the last row is how things stand in the end.
#
# - **Average accuracy**: the mean of the last row.
# - **Backward transfer**: the mean over all tasks but the last of `R[T-1][j] - R[j][j]`, final minus *when it was new*
#   ([Lopez-Paz and Ranzato 2017](https://arxiv.org/abs/1706.08840)). Below 0 is forgetting. It can be above 0: a
#   later task may help an earlier one.
# - **Forgetting**: the mean over the same tasks of *the best that the task ever had* before the last training, minus
#   its final accuracy ([Chaudhry et al. 2018](https://arxiv.org/abs/1801.10112)). Above 0 is forgetting.
#
# Both leave out the last task: it was learned a moment ago and had no time to be forgotten.

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = -0.25
### END SOLUTION
check("05.q4", answer)

# %% [markdown]
# ### Exercise 1: measure forgetting yourself
# Write `forgetting_and_transfer(R)`. It takes an accuracy matrix as a NumPy array, with T of 2 or more, and returns
# the two numbers `forgetting, backward_transfer`, by the definitions above. Cells above the diagonal may hold NaN,
# where a task was not measured before it was learned. (Hints: `learn.hint("05.e1")`.)


# %% nbgrader={"grade_id": "e1", "solution": true}
def forgetting_and_transfer(R):
    """Forgetting and backward transfer of an accuracy matrix."""
    ### BEGIN SOLUTION
    final = R[-1, :-1]
    best = np.nanmax(R[:-1, :-1], axis=0)
    return float(np.mean(best - final)), float(np.mean(final - np.diag(R)[:-1]))
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 2}
check("05.e1", forgetting_and_transfer)
### BEGIN HIDDEN TESTS
check("05.e1", forgetting_and_transfer, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## Where does it happen?
# Early blocks see small parts of a picture, late blocks large ones (lesson 01). Lesson 03 taught you to fine-tune from
# the top. So where is the damage of the first run: in the late blocks, which are special to the old
# task? Guess before you look.
#
# You can measure it in two ways. **Relative drift** is how far a block's weights moved, as a share of their length.
# **CKA** (appendix of lesson 01) says how alike a block's *answers* before and after are, from 0 to 1, and so it sees
# what came in from the blocks below as well.
#
# Neither says who is to blame. For that, do an experiment that only a computer allows. Take the network from before,
# and give it the weights from after in *one block only*. Then the reverse: everything from after, and that one block
# put back.

# %%
predict("05.where", block=None)  # "block1" (next to the picture) to "block4" (next to the head)

# %%
moved = transfer.weights_of(network)
names = list(blocks(network))
home = {id(w): name for name in names for layer in blocks(network)[name] for w in layer.weights}
owner = [home.get(id(w)) for w in network.weights]


def source_with_after_in(chosen):
    """Source accuracy of a network with the weights from after in the chosen blocks, and from before elsewhere."""
    network.set_weights([a if o in chosen else b for a, b, o in zip(moved, start, owner, strict=True)])
    return accuracy("source", old["never seen"])


# %%
swaps = []
for name in names:
    swaps.append({"block": name, "case": "only this block moved", "accuracy": source_with_after_in({name})})
    rest = set(names) - {name}
    swaps.append({"block": name, "case": "all moved but this one", "accuracy": source_with_after_in(rest)})
network.set_weights(moved)
figures.bars(swaps, x="block", by="case", y_label="source accuracy", title="One block at a time")

# %%
drift = {row["block"]: row["drift"] for row in transfer.relative_drift(start, network)}
cka = np.diag(inspection.cka_by_block(load_backbone("embedded"), network, old["never seen"].inputs))
alone = {row["block"]: row["accuracy"] for row in swaps if row["case"] == "only this block moved"}
culprit = min(alone, key=alone.get)
reveal("05.where", culprit)

# %%
back = {row["block"]: row["accuracy"] for row in swaps if row["case"] == "all moved but this one"}
print(f"moved furthest, as a share of its length: {max(drift, key=drift.get)}")
print(f"moved alone, this block does most damage: {culprit}")
print(f"put back alone, this block helps most: {max(back, key=back.get)}, to {max(back.values()):.1%}")
by_block = []
for i, name in enumerate(names):
    by_block.append({"block": name, "drift": f"{drift[name]:.3f}"})
    by_block[-1]["drift, mean of 3 recorded runs"] = f"{np.mean([r['drift'][name] for r in free[1e-3]]):.3f}"
    by_block[-1]["CKA before and after"] = f"{cka[i]:.3f}"
    by_block[-1]["source if only this block moved"] = f"{alone[name]:.1%}"
figures.Table(by_block)

# %% [markdown]
# Read the table before you believe any rule of thumb. "The late layers are special to the old task, so they forget", it
# is said. See which block it was in *this* network, on *this* task. If it was the first: scans
# differ from drawings already in grain and contrast, which is the first block's business, and every block behind it was
# trained on what the first one used to say. CKA falls in the blocks behind it as well, whoever is to blame.
#
# And look at the third line: does one block put back bring all of the old task back? What is still missing is the damage
# of the others, which were trained to fit what that one had become. The two swaps need not even name the same block.
#
# The lesson is not "always blame block 1". It is: measure it, and don't take drift for damage without the swap.

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("05.q5", answer)

# %% [markdown]
# ### Exercise 2: one block at a time
# Write `moved_alone(before, after, owner, accuracy)`, the first of the two swaps for any network. `before` and `after`
# are its weights, lists of arrays in the same order. `owner` has the name of each array's block, or `None` for an array
# that belongs to no block. `accuracy(weights)` measures the old task with such a list. Return a dict: for each block,
# the accuracy when this block has the weights from after, and everything else those from before. (Hints:
# `learn.hint("05.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
def moved_alone(before, after, owner, accuracy):
    """The old task's accuracy for each block, when that block alone has moved."""
    ### BEGIN SOLUTION
    found = {}
    for block in {name for name in owner if name}:
        pairs = zip(before, after, owner, strict=True)
        found[block] = accuracy([now if name == block else was for was, now, name in pairs])
    return found
    ### END SOLUTION


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 2}
check("05.e2", moved_alone)
### BEGIN HIDDEN TESTS
check("05.e2", moved_alone, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## Lost or misread?
# "The network forgot" may mean two things. The backbone may no longer tell the old classes apart: **lost**. Or it may
# still do so, but not in the features that the old head looks at: **misread**. The old head can't say which. A *new*
# head can. Leave the backbone of the first run as it is, and fit a linear probe for the old task on its features of
# now, on ten old pictures of each class. **Predict** its accuracy on pictures never seen. Two controls stand beside it. A
# new head on few pictures is a little worse than the old one even where nothing was lost; and features that know
# nothing are good for something, too.

# %%
predict("05.new-head", percent=None)

# %%
to_fit, unseen = source.train.few(3 if SMOKE else 10, seed=SEED), old["never seen"]


def with_new_head(backbone):
    """Source accuracy through a head that is fitted to the backbone's features of now."""
    probe = linear_probe(extract_features(backbone, to_fit.inputs), to_fit.labels)
    return probe.score(extract_features(backbone, unseen.inputs), unseen.labels)


new_head = with_new_head(network)
print(f"a new head before fine-tuning: {with_new_head(load_backbone('embedded')):.1%}")
print(f"a new head on random weights: {with_new_head(load_backbone('embedded', weights=None)):.1%}")
reveal("05.new-head", new_head, old_head=after["never seen"])

# %% [markdown]
# Now over all rates: recorded over five seeds and three pretraining runs, all blocks unfrozen, new heads fitted on 40
# pictures of each class.

# %%
refitted = experiments.recorded("refitted-scans")
CONTROLS = {"pretrained": "new head, before fine-tuning", "random": "new head, random weights"}
again = []
for r in refitted:
    if r["network"] in CONTROLS:
        again += [{"rate": written(rate), "head": CONTROLS[r["network"]], "accuracy": r["new_head"]} for rate in rates]
    else:
        for head in ("new_head", "old_head"):
            again.append({"rate": written(r["learning_rate"]), "head": head.replace("_", " "), "accuracy": r[head]})
labels = {"x_label": "learning rate", "y_label": "source accuracy"}
figures.line_chart(again, x="rate", y="accuracy", by="head", title="A head fitted again", **labels)

# %%
whole, nothing = (mean(refitted, "new_head", network=n) for n in ("pretrained", "random"))
through_old = {rate: mean(refitted, "old_head", network="fine-tuned", learning_rate=rate) for rate in rates}
through_new = {rate: mean(refitted, "new_head", network="fine-tuned", learning_rate=rate) for rate in rates}
fitted_again = []
for rate in rates:
    fitted_again.append({"rate": written(rate), "old head": f"{through_old[rate]:.1%}"})
    fitted_again[-1]["new head"] = f"{through_new[rate]:.1%}"
    fitted_again[-1]["misread, points"] = f"{100 * (through_new[rate] - through_old[rate]):.1f}"
    fitted_again[-1]["lost, points"] = f"{100 * (whole - through_new[rate]):.1f}"
figures.Table(fitted_again)

# %% [markdown]
# What a new head brings back was **misread**. What it doesn't, next to a new head before fine-tuning, is **lost**, as
# far as a linear head can tell. Compare the two columns from rate to rate. Which of the two comes first? And is there a
# rate at which the backbone is hardly better than random weights? It matters: what is misread comes back for a few old
# pictures and a fitted head; what is lost has to be learned again.

# %% nbgrader={"grade_id": "q7", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("05.q7", answer)

# %% [markdown]
# ## Frozen, and yet it forgets
# "Freeze every convolution and nothing can happen to the old task." You know from lessons 02 and 03 that there is one
# kind of layer to watch. Here is the purest form of the mistake: all convolutions frozen, BatchNorm left in training
# mode, and a rate of one millionth, at which no weight can learn anything. **Predict** the source accuracy, on test
# pictures.

# %%
predict("05.batchnorm", percent=None)

# %%
still = ft.run(experiments.Recipe(blocks=0, learning_rate=1e-6, batchnorm="training", steps=STEPS), SEED)
print(f"largest drift of anything that is learned: {max(still['drift'].values()):.5f}")
reveal("05.batchnorm", still["source"], before=intact_test)

# %% [markdown]
# No kernel moved. The *statistics* did: BatchNorm replaced its averages over drawings by averages over scans, and every
# block behind it got other numbers. A remedy that watches weights cannot see this. Everything else in this lesson, and
# all of the next one, keeps BatchNorm in inference mode.

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("05.q6", answer)

# %% [markdown]
# ## The lab: the forgetting thermometer
# The lab opens on a run that has a good moment to stop. Its method, LoRA, comes in lesson 06, and you don't need to know
# it to play. Press play and stop the run before the old task is in the red, or drag the flag to the step at which you
# would stop, so that the old task keeps 90 % of what it had. Then reveal the whole run. Try *plain* next, which is what
# you did above, at several rates: how many of its runs have a good moment at all?

# %%
labs.forgetting_thermometer()

# %% [markdown]
# ## A first defence: springs
# Lesson 06 compares seven remedies. One of them you can build now. It fights what all of them fight: a step that helps
# the new task may hurt the old one, and the new task's loss doesn't know.
#
# It is called **L2-SP**. Weight decay pulls every weight towards 0. Pull it towards its **s**tarting **p**oint instead
# ([Li et al. 2018](https://arxiv.org/abs/1802.01483)): `penalty = strength / 2 * sum((w - start) ** 2)`, added to the
# loss. It is a spring from each weight to where it began. In Keras a penalty hangs on a variable as its *regularizer*,
# and this is all there is to `transfer.l2_sp`:
#
# ```python
# for w in variables:
#     here = ops.convert_to_numpy(w).copy()  # a copy: the variable itself moves on
#     w.regularizer = lambda w, here=here: strength / 2 * ops.sum((w - here) ** 2)
# ```
#
# ### Exercise 3: the spring, as a function
# Write `l2_sp_penalty(model, strength)`. `model` is a backbone with a dense layer named `head` on top. The function
# returns another function, `penalty`, which takes no argument and gives the penalty *at the moment of the call*: 0 at
# first, and growing as training moves the backbone's weights. The head must be free to move, and BatchNorm's moving
# statistics are nobody's business here. (Hints: `learn.hint("05.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def l2_sp_penalty(model, strength):
    """A function that gives strength / 2 times the squared distance of the backbone's weights from now."""
    ### BEGIN SOLUTION
    head = {id(w) for w in model.get_layer("head").variables}
    held = [w for w in model.trainable_variables if id(w) not in head]
    begun = [ops.convert_to_numpy(w).copy() for w in held]

    def penalty():
        return strength / 2 * sum(ops.sum((w - b) ** 2) for w, b in zip(held, begun, strict=True))

    return penalty
    ### END SOLUTION


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 3}
check("05.e3", l2_sp_penalty)
### BEGIN HIDDEN TESTS
check("05.e3", l2_sp_penalty, seed=1)
### END HIDDEN TESTS

# %%
# At strength 0 every penalty must be plain fine-tuning, weight for weight: else you compare something else.
ft.run(experiments.Recipe(learning_rate=1e-3, penalty="l2-sp", strength=0.0, steps=14), SEED)
with_strength_0 = ft.model.get_weights()
ft.run(experiments.Recipe(learning_rate=1e-3, steps=14), SEED)
apart = max(float(np.abs(a - b).max()) for a, b in zip(with_strength_0, ft.model.get_weights(), strict=True))
print(f"largest difference of any weight, L2-SP at strength 0 against plain: {apart:.1e}")
assert apart < 1e-4

# %% [markdown]
# ## With a real network
# EfficientNet-Lite0 knows the 1,000 classes of ImageNet. ImageNet's pictures are not here, but the old head is. So ask
# it what it sees in crops of sixteen photographs, before and after: how many keep their name, right or wrong? The new
# task is a folder of yours if you set `BACKBONE` and `DATASET`, else to tell eight textures apart; at most ten labels
# for each class, three epochs, all blocks unfrozen. **Predict:** at 1e-4, which per cent of the crops keep their name?

# %%
name, folder = (BACKBONE, DATASET) if REAL else ("efficientnet_lite0", "photo-textures")
big = load_backbone(name, image_size=96)
if spec_of(big).source_model is None:
    print(f"{name} comes without its old head; efficientnet_lite0 takes its place.")
    name, big = "efficientnet_lite0", load_backbone("efficientnet_lite0", image_size=96)
photos = load_dataset(folder, image_size=96)
some = photos.train.few(min(10, np.bincount(photos.train.labels).min()), seed=SEED)
both = {"imagenet": load_source_model(name).get_layer("source_head"), "photos": fitted_head(big, photos, some)}
joint_real = transfer.TaskHeads(both)
real = joint_real.on(big)
real.get_layer("imagenet_head").trainable = False
predict("05.names-kept", percent=None)

# %%
WHOLE = ("cat", "coffee", "rocket", "motorcycle")
crops = ops.convert_to_numpy(ops.image.resize(data.photograph_tiles().astype("float32"), (96, 96)))
crops = np.concatenate([crops.round().astype(np.uint8), [data.photograph(what, size=96) for what in WHOLE]])
imagenet, pictures = np.array(backbones.imagenet_class_names()), photos.validation.few(10)
transfer.unfreeze_top(big, 1 if SMOKE else len(blocks(big)))
real.compile(keras.optimizers.AdamW(1e-4, weight_decay=0.01), joint_real.loss)
real.optimizer.build(real.trainable_variables)
state = [*real.variables, *real.optimizer.variables]
untouched = [ops.convert_to_numpy(v).copy() for v in state]


def says(task, about):  # the class that a head of the real network names for each picture
    kernel, bias = real.get_layer(f"{task}_head").get_weights()
    return (extract_features(big, about) @ kernel + bias).argmax(axis=1)


# %%
new, epochs = Split(some.inputs, joint_real.labels("photos", some.labels)), 1 if SMOKE else 3
names_before, answers, kept = says("imagenet", crops), [], {}
for rate in learn.with_progress((0, 1e-4) if SMOKE else (0, 1e-5, 1e-4), "rates"):  # add 1e-3: what is the cat?
    for variable, was in zip(state, untouched, strict=True):
        variable.assign(was)  # the same start for each rate, Adam's memory included
    if rate:
        real.optimizer.learning_rate = rate
        transfer.train(real, new, epochs=epochs, batch_size=20, seed=SEED)
    names_now, learned = says("imagenet", crops), np.mean(says("photos", pictures.inputs) == pictures.labels)
    kept[rate] = float(np.mean(names_now == names_before))
    answers.append({"rate": written(rate) if rate else "before", "names kept": f"{kept[rate]:.0%}"})
    answers[-1] |= {"new task": f"{learned:.0%}"} | dict(zip(WHOLE, imagenet[names_now[-4:]], strict=True))

# %%
print(f"{name}, {len(crops)} crops")
print(figures.Table(answers))
reveal("05.names-kept", kept[1e-4])

# %% [markdown]
# A name kept is no proof of knowledge, and some names were wrong to begin with (the network learned from pictures of
# 224 pixels, these have 96). But every name lost to the new task is a change that nobody asked for. Does the column of
# the new task tell you how many there are? One run at each rate. **Change this:** add the rate 1e-3, or unfreeze
# the top block alone, `transfer.unfreeze_top(big, 1)`; predict, and run it again.
#
# ## Claims on trial
# What people say about forgetting, beside what was measured here. The verdicts are about this small world, its runs of
# about a hundred steps, and its one pair of tasks.

# %%
of_close = f"rates close to the best lose {min(lost[r] for r in close):.0f} to {max(lost[r] for r in close):.0f} points"
misread, gone = (100 * gap for gap in (through_new[1e-3] - through_old[1e-3], whole - through_new[1e-3]))
gentle = max(lost[rate] for rate in rates if 3e-5 <= rate <= 3e-4)
tuned_at = {"method": "plain", "learning_rate": 3e-4}
from_random = {task: mean(experiments.recorded("front-scans"), task, **tuned_at) for task in ("source", "target")}
random_head = 100 * (intact_test - from_random["source"])
of_lower = f"1e-4 and 3e-4: {gentle:.1f} points lost from a fitted head, {random_head:.0f} from a random one"
statistics = f"BatchNorm's statistics: {intact_test:.1%} before, {still['source']:.1%} now"


# %%
def verdict(holds):
    return "holds" if holds else "fails here"


trial = [
    ("If the new task goes well, the old one is safe.", of_close, verdict(max(lost[rate] for rate in close) < 5)),
    ("A rate 10 to 100 times lower keeps the old task.", of_lower, verdict(max(gentle, random_head) < 5)),
    ("What is forgotten is gone.", f"1e-3: {misread:.0f} points misread, {gone:.0f} lost", verdict(misread < gone)),
    ("The late layers forget.", f"most damage alone, in one run: {culprit}", verdict(culprit == "block4")),
    ("What is frozen can't forget.", statistics, verdict(still["source"] > intact_test - 0.01)),
    ("Larger networks forget less.", "one size, and one other network on another task", "not tested"),
]
figures.claims_on_trial(trial)

# %% [markdown]
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("05")

# %% [markdown]
# ## Key takeaways
# - **Keep the old head, and freeze it.** What you can't measure you can't protect.
# - **Forgetting is not overfitting.** A falling target is a warning; a rising one is not an all-clear. Measure the old
#   task.
# - **Lost or misread?** Fit a new head before you give the old task up.
# - **The learning rate comes first.** Before any remedy, check whether a lower rate already does it.
# - **Measure where it happens.** Drift is not damage; move one block at a time.
# - **BatchNorm forgets without learning.** Keep it in inference mode.
# - **Strength 0 must be plain fine-tuning.** Compile after you set a penalty.
#
# ## What we measured
# The claims of this lesson, with the figures of the recordings (means over their seeds) and of your run. The course's
# tests check claims of the same names over five seeds.

# %%
by_depth = {k: mean(map_rows, "source", learning_rate=1e-3, blocks=k) for k in range(5)}
listed = [
    ("source left, rates from low to high", ", ".join(f"{written(rate)}: {s:.1%}" for rate, s in left.items())),
    ("source left at 1e-3, by unfrozen blocks", ", ".join(f"{k}: {s:.1%}" for k, s in by_depth.items())),
    ("a random head at 3e-4: source, target", f"{from_random['source']:.1%}, {from_random['target']:.1%}"),
    ("1e-3, old head and new head", f"{through_old[1e-3]:.1%}, {through_new[1e-3]:.1%}"),
    ("new head, before fine-tuning and on random weights", f"{whole:.1%}, {nothing:.1%}"),
    ("BatchNorm in training mode, nothing learned: source", f"{still['source']:.1%}"),
]
figures.Table([{"claim": claim, "value": value} for claim, value in listed])

# %%
learn.progress_card("05")

# %% [markdown]
# Next: [06 Keeping what you had](06_keeping_what_you_had.ipynb). You can say what was lost and where. Which remedy
# keeps it, and what does that cost?
