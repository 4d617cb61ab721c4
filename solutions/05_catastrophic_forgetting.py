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
#     terms: ["catastrophic forgetting", "backward transfer", "average accuracy", "forgetting", "relative drift", "CKA", "L2-SP"]
#     given: ["90 %"]
#     prerequisites: ["04_how_deep_how_fast"]
#     minutes: 35
#     seconds: 60
#     data: scans, source
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
# - hold weights near their start with a penalty, the first of the remedies that lesson 06 compares.
#
# *About 35 minutes. Before this: lesson 04.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "scans"

# %%
from course_utils import (
    Split,
    blocks,
    check,
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
STEPS = 14 if SMOKE else 100  # optimizer steps of a live run, about: it is a whole number of epochs

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


# %%
def fitted_head(network, task, few):
    """A head for a new task that starts as a linear probe on the network's features of now (LP-FT)."""
    probe = linear_probe(extract_features(network, few.inputs), few.labels)
    return transfer.set_linear_head(transfer.with_head(network, task.num_classes), probe).layers[-1]


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

# %% [markdown]
# To measure a task, send its pictures through the backbone and through *its own* head. For the old task take a few
# pictures of each class: some that the network was trained on, and some that it never saw.


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
# Now fine-tune the whole network on 200 labelled scans, at a rate of 1e-3. It was pretrained at a higher
# one, so this hardly looks reckless. Only scans go in. **Predict:** how accurate is it on the *old*
# task afterwards?

# %%
predict("05.source-left", percent=None)  # your guess in percent, for example percent=70

# %%
transfer.unfreeze_top(network, 4)  # all four blocks; BatchNorm stays in inference mode
model.compile(keras.optimizers.AdamW(1e-3, weight_decay=0.01), tasks.loss, metrics=[tasks.accuracy])
start = transfer.weights_of(network)

# %%
session = transfer.Session(
    model, Split(few.inputs, tasks.labels("scans", few.labels)), epochs=2 if SMOKE else 16, seed=SEED
)
first = {"source": before["never seen"], "scans": accuracy("scans", scans.validation)}
curve, losses = [{"epoch": 0, "task": task, "accuracy": value} for task, value in first.items()], []
for event in session.events():
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
reveal("05.source-left", after["never seen"], before=before["never seen"])

# %% [markdown]
# The head for the old task is the same, to the last bit. What it reads has changed: the backbone moved, and its
# features no longer mean what the old head learned. This is **catastrophic forgetting**
# ([McCloskey and Cohen 1989](https://doi.org/10.1016/S0079-7421(08)60536-8)): learning something new erases
# something old, not slowly and evenly, but within a few steps.
#
# Was there a warning? Look at the two things that you usually watch.

# %%
print(f"loss on the scans: {losses[0]:.3f} after the first epoch, {losses[-1]:.3f} after the last")
print(f"accuracy on validation scans: {curve[-1]['accuracy']:.1%}")
for part in old:
    print(f"source accuracy on pictures {part}: {before[part]:.1%} before, {after[part]:.1%} now")

# %% [markdown]
# Nothing in the training log speaks of the old task. The loss on scans can fall all the way while the old skill
# vanishes, because the loss never sees an old picture.
#
# And is it not simply overfitting? Compare the last two lines. **Overfitting** is a gap: right on pictures that the
# network was trained on, wrong on new ones of the *same* task. Here the network fails on the very pictures that it
# was once trained on. It does not know too much about them. It lost them.

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("05.q1", answer)

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("05.q2", answer)

# %% [markdown]
# ## Four decades of learning rate
# `FineTuning` is the experiment from lesson 03. It does what you have just done by hand: the pretrained network, the
# old head kept and frozen, a new head that starts as a probe. Every run begins from the same start, and it measures
# both tasks at the end. Before you go through the rates, draw the curve in your mind: what is left of the old skill?

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # four percentages, for the rates 1e-5, 1e-4, 1e-3 and 1e-2
### BEGIN SOLUTION
answer = [95, 90, 40, 1]
### END SOLUTION
check("05.q3", answer)

# %% [markdown]
# Only the shape counts there, not the exact numbers. Now the place. **Predict:** from which rate on is more than half
# of the old skill gone?

# %%
predict("05.half-gone", rate=None)  # one of 1e-5, 1e-4, 1e-3, 1e-2, 1e-1


# %%
def written(rate):
    """A rate as the text writes it, such as 1e-3."""
    return f"{rate:.0e}".replace("e-0", "e-")


def one_run(rate):
    """Fine-tune all blocks at a rate, from the same start; both validation accuracies at the end."""
    for _ in ft.prepare(experiments.Recipe(learning_rate=rate, steps=STEPS), SEED).events():
        pass
    return ft.accuracies("validation")


# %%
ft = experiments.FineTuning("scans", per_class=100)
intact, intact_test = ft.accuracies("validation")["source"], ft.accuracies("test")["source"]
rates = (1e-4, 1e-3) if SMOKE else (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
live = {rate: one_run(rate) for rate in rates}
half_gone = [rate for rate, row in live.items() if row["source"] < intact / 2]
reveal("05.half-gone", f"{half_gone[0]:g}" if half_gone else "none of these")

# %%
figures.Table(
    [
        {"learning rate": written(rate), "source": f"{row['source']:.1%}", "target": f"{row['target']:.1%}"}
        for rate, row in live.items()
    ]
)

# %% [markdown]
# That was one run each. The whole map is recorded: how many blocks are unfrozen, counted from the output, times the
# learning rate, three seeds a cell. (You met it in lesson 04; `ft.run` repeats any cell of it.) Recordings report test
# pictures. What you run here is measured on validation pictures, unless it says otherwise.

# %%
map_rows = [
    {"rate": written(r["learning_rate"]), **r, "unfrozen": f"{r['blocks']} of 4 blocks unfrozen"}
    for r in sorted(experiments.recorded("map-scans"), key=lambda r: (r["learning_rate"], r["blocks"]))
]
figures.line_chart(
    [{**r, "accuracy": r["source"]} for r in map_rows],
    x="rate",
    y="accuracy",
    by="unfrozen",
    x_label="learning rate",
    y_label="source accuracy",
    title="What is left of the old task",
)

# %%
figures.line_chart(
    [{**r, "accuracy": r["target"]} for r in map_rows],
    x="rate",
    y="accuracy",
    by="unfrozen",
    x_label="learning rate",
    y_label="target accuracy",
    title="What was learned of the new one",
    guess=1 / scans.num_classes,
)

# %% [markdown]
# Put one figure above the other. The rate drives forgetting, and how many blocks may move decides how bad it gets.
# Now suppose that you choose the rate as you always do, on validation pictures of the *new* task. Several rates will
# be about as good as the best. What did each of them do to the old task?


# %%
def mean(rows, column):
    return float(np.mean([row[column] for row in rows]))


free = [r for r in map_rows if r["blocks"] == 4]
by_rate = {rate: [r for r in free if r["learning_rate"] == rate] for rate in sorted({r["learning_rate"] for r in free})}
best = max(mean(group, "validation_target") for group in by_rate.values())
for rate, group in by_rate.items():
    reached = mean(group, "validation_target")
    near = "  <- within 2 points of the best" if reached > best - 0.02 else ""
    lost = round(100 * (intact_test - mean(group, "source")))
    print(f"rate {written(rate)}: target on validation {reached:.1%}, source lost {lost:2} points{near}")

# %% [markdown]
# Rates that the new task can't tell apart may differ by most of what the old task has. When you choose a rate and an
# old task matters, take the *lowest* of those that are good enough. Keep these lines in mind for lesson 06: most
# remedies are shown there at 1e-3, where there is a lot to save, and the first question about your own network is
# whether its rate was too high to begin with.

# %% [markdown]
# ## Forgetting as a number
# With two tasks, "source accuracy before minus after" says it all. With more tasks you need a table. Measure **every**
# task after **each** training. `R[i][j]` is the accuracy on task j (column) after training on task i (row):

# %%
R = np.array([[before["never seen"], np.nan], [after["never seen"], curve[-1]["accuracy"]]])
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

# %%
print(f"average accuracy  {transfer.average_accuracy(R):.3f}")
print(f"backward transfer {transfer.backward_transfer(R):+.3f}")
print(f"forgetting        {transfer.forgetting(R):+.3f}")

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
# Lesson 01 showed that early blocks answer to edges and spots, late blocks to whole patterns. Lesson 03 taught you to
# fine-tune from the top. So where is the damage of the first run: in the late blocks, which are special to the old
# task? Guess before you look.

# %%
predict("05.where", block=None)  # "block1" (next to the picture) to "block4" (next to the head)

# %% [markdown]
# You can measure it in two ways. **Relative drift** is how far a block's weights moved, as a share of their length.
# **CKA** (lesson 01) says how alike a block's *answers* before and after are, from 0 to 1, and so it sees what came
# in from the blocks below as well.
#
# Neither says who is to blame. For that, do an experiment that only a computer allows. Take the network from before,
# and give it the weights from after in *one block only*. Then the reverse: everything from after, and that one block
# put back.

# %%
moved = transfer.weights_of(network)
names = list(blocks(network))
home = {id(w): name for name in names for layer in blocks(network)[name] for w in layer.weights}
owner = [home.get(id(w)) for w in network.weights]


def source_with_after_in(chosen):
    """Source accuracy of a network with the weights from after in the chosen blocks, and from before elsewhere."""
    network.set_weights([a if o in chosen else b for a, b, o in zip(moved, start, owner, strict=True)])
    return accuracy("source", old["never seen"])


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
recorded_drift = {name: np.mean([r["drift"][name] for r in by_rate[1e-3]]) for name in names}
figures.Table(
    [
        {
            "block": name,
            "drift": f"{drift[name]:.3f}",
            "drift, mean of 3 recorded runs": f"{recorded_drift[name]:.3f}",
            "CKA before and after": f"{cka[i]:.3f}",
            "source if only this block moved": f"{alone[name]:.1%}",
        }
        for i, name in enumerate(names)
    ]
)

# %%
furthest = max(drift, key=drift.get)
print(f"the block that moved furthest, as a share of its length: {furthest}")
print(f"the block that does the most damage when it alone moves:  {culprit}")
back = {row["block"]: row["accuracy"] for row in swaps if row["case"] == "all moved but this one"}
helper = max(back, key=back.get)
print(f"the block that helps most when it alone is put back:      {helper}, to {back[helper]:.1%}")

# %% [markdown]
# Read the table before you believe any rule of thumb. "The late layers are special to the old task, so they forget" is
# true of many large networks. See which block it was in *this* network, on *this* task. If it was the first: scans
# differ from drawings already in grain and contrast, which is the first block's business, and every block behind it was
# trained on what the first one used to say. CKA falls in the blocks behind it as well, whoever is to blame.
#
# And look at the last line: does one block put back bring all of the old task back? What is still missing is the damage
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
# loss. It is a spring from each weight to where it began. In Keras a penalty hangs on a variable as its
# *regularizer*, and this is all there is to `transfer.l2_sp`:


# %%
def hang_springs(variables, strength):
    """Hold each variable near its value of now; call it before `compile`."""
    for w in variables:
        here = ops.convert_to_numpy(w).copy()  # a copy: the variable itself moves on
        w.regularizer = lambda w, here=here: strength / 2 * ops.sum((w - here) ** 2)


# %% [markdown]
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

# %% [markdown]
# A test that every penalty has to pass: at strength 0 it must be plain fine-tuning, weight for weight. Otherwise what
# you compare is not the penalty.

# %%
ft.run(experiments.Recipe(learning_rate=1e-3, penalty="l2-sp", strength=0.0, steps=14), SEED)
with_strength_0 = ft.model.get_weights()
ft.run(experiments.Recipe(learning_rate=1e-3, steps=14), SEED)
apart = max(float(np.abs(a - b).max()) for a, b in zip(with_strength_0, ft.model.get_weights(), strict=True))
print(f"largest difference of any weight, L2-SP at strength 0 against plain: {apart:.1e}")
assert apart < 1e-4

# %% [markdown]
# ## With a real model
# The backbone of this lesson is the embedded one, because its old task must be measurable: pictures of it ship with the
# course. Behind `BACKBONE = "efficientnet_lite0"` stands ImageNet, of which you have no pictures. You can still see
# forgetting without one old label. Compare what the network says about *your own* pictures (`DATASET`, a folder) before
# and after. CKA of the features can't say what was lost, only that something moved; with fewer pictures than features
# it comes out too high. And where the old head is at hand, so are the names that it gives your pictures, right or
# wrong: how many does it still call by the same one of its 1,000?


# %%
def tuned_on_photographs(rate, some):
    """The real network after a few epochs of fine-tuning on some photographs: its two top blocks, at a rate."""
    big = load_backbone(BACKBONE, image_size=some.inputs.shape[1])
    joint = transfer.TaskHeads({"photos": fitted_head(big, photos, some)})
    real = joint.on(big)
    transfer.unfreeze_top(big, 2)
    real.compile(keras.optimizers.AdamW(rate, weight_decay=0.01), joint.loss)
    transfer.train(real, some, epochs=3, seed=SEED)
    return big


if not BACKBONE.startswith("embedded"):
    photos = load_dataset(DATASET, image_size=96 if SMOKE else 160)
    some = photos.train.few(min(20, np.bincount(photos.train.labels).min()), seed=SEED)
    big = load_backbone(BACKBONE, image_size=photos.train.inputs.shape[1])
    unseen = photos.validation.inputs
    features_before, has_old_head = extract_features(big, unseen), spec_of(big).source_model is not None
    if has_old_head:
        kernel, bias = load_source_model(BACKBONE).get_layer("source_head").get_weights()
    for rate in (1e-5, 1e-3):
        features_after = extract_features(tuned_on_photographs(rate, some), unseen)
        print(f"{BACKBONE} tuned on {photos.name} at {written(rate)}:", end=" ")
        print(f"CKA {inspection.linear_cka(features_before, features_after):.3f}")
        if has_old_head:
            was, now = ((f @ kernel + bias).argmax(axis=1) for f in (features_before, features_after))
            print(f"    pictures that keep the name that the old head gave them: {np.mean(was == now):.0%}")
else:
    print("To try this, set BACKBONE = 'efficientnet_lite0' at the top, and DATASET to a folder.")

# %% [markdown]
# ## Key takeaways
# - **Keep the old head, and freeze it.** What you can't measure you can't protect.
# - **Forgetting is not overfitting,** and the target's loss says nothing about it. Only old pictures do.
# - **The learning rate comes first.** Before any remedy, check whether a lower rate already does it.
# - **Measure where it happens.** Drift is not damage; move one block at a time.
# - **BatchNorm forgets without learning.** Keep it in inference mode.
# - **Strength 0 must be plain fine-tuning.** Compile after you set a penalty.

# %% [markdown]
# ## What we measured
# The claims of this lesson, with the figures of the recording (mean over its seeds) and of your run. The course's tests
# check claims of the same names over five seeds.

# %%
by_depth = {
    k: mean([r for r in map_rows if r["learning_rate"] == 1e-3 and r["blocks"] == k], "source") for k in range(5)
}
left = {rate: mean(group, "source") for rate, group in by_rate.items()}
listed = [
    ("05a source left, rates from low to high", ", ".join(f"{written(rate)}: {s:.1%}" for rate, s in left.items())),
    ("05b source left at 1e-3, by unfrozen blocks", ", ".join(f"{k}: {s:.1%}" for k, s in by_depth.items())),
    ("BatchNorm in training mode, nothing learned: source", f"{still['source']:.1%}"),
]
figures.Table([{"claim": claim, "value": value} for claim, value in listed])

# %%
learn.progress_card("05")

# %% [markdown]
# Next: [06 Keeping what you had](06_keeping_what_you_had.ipynb). You can say what was lost and where. Which remedy
# keeps it, and what does that cost?
