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
#     title: Start here
#     question: Is everything in place, and is there anything to transfer learning at all?
#     objectives:
#       - text: Check that the course runs on your machine
#         practised_by: ["00.e1"]
#       - text: Use predictions, quick checks, exercises, hints and labs
#         practised_by: ["00.q3", "00.e1"]
#       - text: Compare transfer with training from scratch on five labels per class
#         practised_by: ["00.q1", "00.q2", "00.q4", "00.q5", "00.e1"]
#     misconceptions:
#       - id: reuse-is-overfitting
#         text: Reusing a network for a new task is a kind of overfitting
#         caught_by: ["00.q1"]
#       - id: accuracy-speaks-for-itself
#         text: An accuracy says enough on its own, without what guessing gets
#         caught_by: ["00.q2"]
#       - id: wrong-prediction-costs
#         text: A prediction that turns out wrong is a mark lost
#         caught_by: ["00.q3"]
#     terms: ["source task", "target task", "features", "control"]
#     prerequisites: []
#     minutes: 10
#     seconds: 20
#     data: shapes
#     backbone: embedded
# ---

# %% [markdown]
# # 00 Start here
# **Is everything in place, and is there anything to transfer learning at all?**
#
# You will be able to
#
# - check that the course runs on your machine;
# - use predictions, quick checks, exercises, hints and labs;
# - compare transfer with training from scratch, on five labels per class.
#
# *About 10 minutes. Before this: a little Python, and some idea of what a neural network is.*
#
# A notebook is a column of cells. Click the first one and press **Shift+Enter**: the cell runs, and the next one is
# selected. Go on like that to the end.

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "shapes"

# %% [markdown]
# The cell above holds the lesson's settings. Every lesson has one. Leave it alone for now.
#
# ## Is everything in place?

# %%
from course_utils import load_backbone, load_dataset, extract_features, linear_probe
from course_utils import check, experiments, figures, hint, learn, predict, reveal, run_checks

import numpy as np

learn.cover("00")

# %%
found = []
for c in run_checks():
    found.append({"check": c.name, "result": c.status, "found": c.found, "what to do": c.fix})
figures.Table(found)

# %% [markdown]
# Where it says *fail*, the last column tells you how to fix it. Run the cell again afterwards. A *warn* can wait. The
# course needs neither a network nor a GPU.
#
# ## Five pictures of each
# Here is a task. Learn to tell five drawings apart: these are your labelled pictures, and there are no more.

# %%
real = not BACKBONE.startswith("embedded")  # a real network gets its turn in the lessons that follow
task = load_dataset("shapes" if real else DATASET, image_size=32)
few = task.train.few(5, seed=SEED)
names = np.array(task.class_names)[few.labels].tolist()
figures.picture_grid(few.inputs, names, columns=7, title="Everything you have to learn from")

# %% [markdown]
# A network starts as a heap of random numbers. You will train one on these few pictures, with shifted and mirrored
# copies and a few hundred steps. (Lesson 02 gives it more.) Then you will show it pictures it has never seen, the
# **validation** pictures. There is a third part, the **test** pictures. It stays shut here: lesson 02 opens it, and
# what you have looked at before can't surprise you any more. With five classes, a blind guess is right one time in
# five.
#
# **Predict:** what percentage will it get right? Write your number in place of `None`, then run the cell. You may
# go on without a guess, but a guess is what makes a result stick.

# %%
predict("00.scratch", percent=None)  # for example percent=50

# %%
STEPS = 40 if PROFILE == "smoke" else 300
line = learn.progress_line("training from scratch")
from_scratch = experiments.scratch_accuracy(task, 5, SEED, "validation", STEPS, line)
reveal("00.scratch", from_scratch)

# %% [markdown]
# ## The same pictures, on top of something learned
# Now take a network of the same build that was trained before, on *other* pictures: textures, simple shapes,
# invented letters, fractals. It has never seen any of these five drawings. Not one of its weights will be changed:
# it turns each picture into a list of numbers, its **features**, and a linear classifier learns from the features
# alone.
#
# **Predict** once more:

# %%
predict("00.transfer", percent=None)

# %%
backbone = load_backbone("embedded" if real else BACKBONE)
features = extract_features(backbone, few.inputs)  # 25 pictures in, 25 lists of features out
classifier = linear_probe(features, few.labels)
new = task.validation
transferred = classifier.score(extract_features(backbone, new.inputs), new.labels)
reveal("00.transfer", transferred, from_scratch=from_scratch)

# %% [markdown]
# That is transfer learning: what was learned on one task, the **source task**, is reused on another, the **target
# task**. One run proves little, though. It may be luck, or the network's build alone may do it. So here is the
# habit that you will meet in every lesson: repeat with several random draws, and put a **control** beside the
# result. The control is the same network with random weights, otherwise treated exactly alike.

# %%
control = load_backbone("embedded", weights=None, seed=SEED)
rows = []
for name, network in {"pretrained": backbone, "random weights": control}.items():
    feats = experiments.features_of(network, task)
    for seed in range(5):  # each seed draws five other pictures per class
        accuracy = experiments.probe_accuracy(feats, task, 5, seed, part="validation")
        rows.append({"features": name, "accuracy": accuracy, "seed": seed})
rows.append({"features": "none: from scratch", "accuracy": from_scratch, "seed": SEED})

# %%
if PROFILE != "smoke":
    line = learn.progress_line("training from scratch, on five other pictures of each")
    again = experiments.scratch_accuracy(task, 5, SEED + 1, "validation", STEPS, line)
    rows.append({"features": "none: from scratch", "accuracy": again, "seed": SEED + 1})
title, guess = "Five labels per class, pictures never seen before", 1 / task.num_classes
figures.bars(rows, x="features", y_label="validation accuracy", guess=guess, title=title)

# %% [markdown]
# Each dot is one draw of pictures. How large the gap is, when it closes, and what exactly it is inside a network
# that can be reused: that is the course.
#
# ## Quick checks
# A quick check asks for a letter or a number. Run a cell below to see its question. Answer right under it and press
# *Check*, or put your answer in place of `None` and run the cell again. Both count the same and stay in your
# notebook. Every answer gets a reason, and you can try as often as you like. Your neighbour
# may see other numbers, and the choices in another order.

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter, for example "a"
### BEGIN SOLUTION
answer = "a"
### END SOLUTION
check("00.q1", answer)

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 20
### END SOLUTION
check("00.q2", answer)

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("00.q3", answer)

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("00.q4", answer)

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("00.q5", answer)

# %% [markdown]
# ## Exercises and hints
# An exercise asks for a function. Write it in the place of the three dots, where it says `YOUR ANSWER HERE`, run the
# cell, then run the check below it. The check calls your function and tells you what it found.
#
# **Exercise:** `times_guessing(accuracy, classes)` says how many times better than blind guessing an accuracy is.
# With five classes guessing gets 1/5, so an accuracy of 0.8 is 4 times as good.


# %% nbgrader={"grade_id": "e1", "solution": true}
def times_guessing(accuracy, classes):
    """How many times the accuracy of a blind guess among ``classes`` classes."""
    ### BEGIN SOLUTION
    return accuracy * classes
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 1}
check("00.e1", times_guessing)
### BEGIN HIDDEN TESTS
check("00.e1", times_guessing, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# Stuck? Ask for a hint. Each run of the cell gives one more. Should they not be enough, `learn.solution("00.e1")` in a
# cell of your own shows one way to do it.

# %%
hint("00.e1")

# %% [markdown]
# ## Labs
# Some lessons have a **lab**: a small instrument with sliders and buttons, and a chart to draw your guess into. Use the
# mouse or a finger, or reach everything with the Tab key and change it with the arrow keys. In print a lab is one
# picture. Your answers never depend on how a lab is set.
#
# ## Where your work is kept
# Your answers are in this notebook. What you predicted and solved is also noted in a small file beside it,
# `.course_progress.json`. It holds no name and goes nowhere. Delete it to start over. Every lesson ends with a card
# that reads it:

# %%
learn.progress_card("00")

# %% [markdown]
# And this card shows the whole course: how far you are, what is worth another look, and where your predictions were
# off. Come back and run it whenever you like. From lesson 01 on, each lesson also begins with three questions from
# earlier ones, first of all those that gave you trouble.

# %%
learn.overview()

# %% [markdown]
# ## What we measured
# Every lesson ends with its claims and the figures of *your* run.

# %%
measured = []
for name in ("pretrained", "random weights", "none: from scratch"):
    accuracies = []
    for row in rows:
        if row["features"] == name:
            accuracies.append(row["accuracy"])
    mean, low, high = experiments.band(accuracies)
    shown = f"{mean:.0%} (from {low:.0%} to {high:.0%} over {len(accuracies)} draws)"
    measured.append({"features": name, "validation accuracy, 5 labels per class": shown})
figures.Table(measured)

# %% [markdown]
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("00")

# %% [markdown]
# ## Key takeaways
# - **Predict, run, compare.** A guess first, then the number.
# - **No result without its control**, and none from a single run.
# - On this task, a network that learned from other pictures was worth more than a few hundred steps of training on
#   five of your own. Lesson 02 gives training from scratch a fairer try, and other tasks.
# - **Test pictures are opened once**, at the end. Until then there are validation pictures.
#
# Next: [01 What the layers learned](01_what_layers_learned.ipynb), where you open the network and look.
