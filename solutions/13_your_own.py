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
#     title: Your own
#     question: From a folder of your pictures to a model that you would show at work?
#     objectives:
#       - text: Deal a folder out so that nothing is both learned from and tested on
#         practised_by: ["13.e1", "13.q1"]
#       - text: Defend a strategy with what validation says, and stop where it says nothing
#         practised_by: ["13.q2"]
#       - text: Predict a test accuracy with its limits before the test part is opened
#         practised_by: ["13.q3", "13.e3"]
#       - text: Tell confidence, accuracy and calibration apart
#         practised_by: ["13.q4"]
#       - text: Hand over a model that takes raw pictures, with a card whose figures can be checked
#         practised_by: ["13.e2", "13.e3", "13.q5"]
#     misconceptions:
#       - id: random-deal-is-honest
#         text: A random deal of the pictures is honest
#         caught_by: ["13.e1", "13.q1"]
#       - id: one-picture-decides
#         text: The setting with more right validation pictures is the better one
#         caught_by: ["13.q2"]
#       - id: pictures-are-independent
#         text: Each picture counts, however many of them show the same thing
#         caught_by: ["13.q3"]
#       - id: confidence-is-accuracy
#         text: A model that is 95 % sure is right in 95 of 100 cases
#         caught_by: ["13.q4", "13.e3"]
#       - id: export-keeps-preprocessing
#         text: A saved network knows how its pictures were prepared
#         caught_by: ["13.e2", "13.q5"]
#       - id: accuracy-is-enough
#         text: One accuracy says what a model can do
#         caught_by: ["13.e3", "13.q5"]
#     terms: ["unit", "near-duplicate", "calibration", "temperature", "export", "model card"]
#     given: ["90 %", "95 %"]
#     prerequisites: ["12_hyperparameters"]
#     minutes: 40
#     seconds: 60
#     data: a folder of pictures
#     backbone: efficientnet_lite0
# ---

# %% [markdown]
# # 13 Your own
# **From a folder of your pictures to a model that you would show at work?**
#
# A nursery sends you a folder: photographs of leaves, sorted into healthy, mildew and rust. "Can a network tell them
# apart?" By tonight there is a figure above nine in ten, and everybody is pleased. In spring the model sees other
# plants, and is right far less often. The network was fine; the figure never was.
#
# You will be able to
#
# - deal a folder out so that nothing is both learned from and tested on;
# - defend a strategy with what validation says, and stop where it says nothing;
# - predict a test accuracy with its limits *before* you open the test part;
# - tell confidence, accuracy and calibration apart;
# - hand over a model that takes raw pictures, with a card whose figures can be checked.
#
# *About 40 minutes. Before this: lesson 12.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "efficientnet_lite0"
DATASET = "leaves"

# %%
import re
import tempfile
import warnings
from importlib.util import find_spec
from pathlib import Path

from course_utils import (
    adapting,
    advisor,
    check,
    data,
    experiments,
    extract_features,
    figures,
    labs,
    learn,
    linear_probe,
    load_backbone,
    predict,
    reveal,
    transfer,
    unfreeze_top,
)

import keras
import numpy as np
from PIL import Image
from scipy.stats import beta

SMOKE = PROFILE == "smoke"
SIZE = 96  # side of the pictures in pixels

learn.cover("13")

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons, first of all those that gave you trouble. Run the cell to see them, write your
# answers in place of `None`, and run it again. You may also go on without.

# %%
learn.review("13", first=None, second=None, third=None)

# %% [markdown]
# ## A folder arrives
# All of this lesson works on a folder of *yours*: a sub-folder for each class. Put its path in place of `None`, and say
# what in a file's name tells what belongs together. Without one, the course draws leaves for you.

# %%
FOLDER = None  # or the path of your own pictures, such as "/home/me/pictures"
GROUP = r"plant\d+"  # what names the thing in a file's name; for yours perhaps r"patient\d+"

place = Path(tempfile.mkdtemp())
folder = Path(FOLDER) if FOLDER else data.write_practice_folder(place / "leaves")
task = adapting.open_folder(folder, SIZE, SEED)
print(f"{sum(len(part) for part in task.parts.values())} pictures of {', '.join(task.class_names)}")
for note in task.notes:
    print("-", note)

# %% [markdown]
# Read such notes *before* anything is learned. A **near-duplicate** is a picture that was saved again, scaled or
# slightly cut: if one copy is learned from and the other tested on, the test asks for memory. Then look at the pictures.


# %%
def thing(file):
    """What a picture shows, by its file's name; the file itself if the name doesn't say."""
    found = re.search(GROUP, file)
    return found[0] if found else file


shown = sorted(zip(task.files["train"], task.parts["train"].inputs, strict=True), key=lambda pair: thing(pair[0]))
some = [shown[row] for row in np.linspace(0, len(shown) - 1, 16).astype(int)]
figures.picture_grid([picture for _, picture in some], [thing(file) for file, _ in some], title="A few of them")

# %% [markdown]
# ## Deal out plants
# Photographs of one plant have its shape, its green, the ground that it lies on. A network may learn to recognise the
# *plant*, and a plant is either sick or not. So the **unit** that is dealt out must be the plant, not the picture.
#
# How much does it matter? Deal the folder out in both ways, and fit the same head on the same frozen features.
# **Predict:** by how many points does a random deal flatter?

# %%
predict("13.flatter", points=None)

# %%
network = load_backbone(BACKBONE, image_size=SIZE)
known = {}  # features by picture, so that each goes through the network once


def features(pictures):
    """The network's features, one row for each picture."""
    new = [picture for picture in pictures if picture.tobytes() not in known]
    if new:
        rows = extract_features(network, np.stack(new))
        known.update((picture.tobytes(), row) for picture, row in zip(new, rows, strict=True))
    return np.stack([known[picture.tobytes()] for picture in pictures])


# %%
def promised(task, labels=20):
    """What validation promises for a head on so many labels of each class."""
    few, validation = task.parts["train"], task.parts["validation"]
    few = few.few(min(labels, int(np.bincount(few.labels).min())), seed=SEED)
    return linear_probe(features(few.inputs), few.labels).score(features(validation.inputs), validation.labels)


seeds = range(2 if SMOKE else 5)
rows = [{"deal": "picture by picture", "accuracy": promised(adapting.open_folder(folder, SIZE, s))} for s in seeds]

# %% [markdown]
# A table in the folder, `groups.csv`, tells everything in this course what belongs together.

# %%
if not (folder / "groups.csv").exists():
    files = sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/*"))
    lines = ["file,group", *(f"{file},{thing(file)}" for file in files)]
    (folder / "groups.csv").write_text("\n".join(lines), encoding="utf-8")

by_thing = {s: adapting.open_folder(folder, SIZE, s) for s in seeds}
rows += [{"deal": "plant by plant", "accuracy": promised(one)} for one in by_thing.values()]
figures.bars(rows, x="deal", y_label="validation accuracy", title="The same pictures, dealt in two ways")


# %%
def mean(deal):
    return float(np.mean([row["accuracy"] for row in rows if row["deal"] == deal]))


flattery = mean("picture by picture") - mean("plant by plant")
reveal("13.flatter", flattery)

# %% [markdown]
# The network and the pictures are the same. Only the question differs: "which plant was that?" or "is this plant sick?".
# The second is what the nursery pays for. Collections of real leaves have the same trap: in a well-known one,
# eight pixels of *background* told the class in about half of the pictures, of 38 classes
# ([Noyan 2022](https://arxiv.org/abs/2206.04374)).
#
# ### Exercise 1: what must stay together
# Copies cross groups: somebody saved a picture of one plant under another's name. Write `units(groups, copies)`. `groups`
# holds a name for each picture, `copies` pairs of rows that show the same. Return a number for each picture, the same
# for all that must stay together, also through a chain of copies. (Hints: `learn.hint("13.e1")`.)


# %% nbgrader={"grade_id": "e1", "solution": true}
def units(groups, copies):
    """A number for each picture: the same for all that must stay in one part."""
    ### BEGIN SOLUTION
    unit = np.unique(groups, return_inverse=True)[1]
    for one, other in copies:
        unit[unit == unit[other]] = unit[one]
    return unit
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 2}
check("13.e1", units)
### BEGIN HIDDEN TESTS
check("13.e1", units, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("13.q1", answer)

# %% [markdown]
# ## A strategy, and its defence
# From here on, plant by plant. What does the grid of lesson 07 advise for so many labels? It knows pictures of 32
# pixels and a small network, so it only says what is worth trying.

# %%
task = by_thing[SEED] if SEED in by_thing else adapting.open_folder(folder, SIZE, SEED)
train, validation, test = (task.parts[part] for part in data.PARTS)
per_class = len(train) / len(task.class_names)
advice = advisor.advise(per_class)
print(advice.why)

# %% [markdown]
# Features first, since they cost seconds. Validation chooses how strongly the head is held back, by how *likely* it
# finds the right labels, which says more than counting right ones.

# %%
tried = {}
for c in (0.001, 0.01, 0.1, 1.0):
    probe = linear_probe(features(train.inputs), train.labels, c=c)
    given = probe.predict_proba(features(validation.inputs))
    likely = float(np.log(np.maximum(given[np.arange(len(validation)), validation.labels], 1e-12)).mean())
    tried[c] = (likely, probe, given)
best = max(tried, key=lambda c: tried[c][0])
head, before = tried[best][1:]
figures.Table([{"c": c, "mean log-likelihood": f"{likely:.2f}"} for c, (likely, *_) in tried.items()])

# %% [markdown]
# Then fine-tuning from the fitted head (LP-FT, lesson 08), two blocks from the top, gently.

# %%
model = transfer.with_head(network, len(task.class_names))
model.build((None, SIZE, SIZE, 3))
transfer.set_linear_head(model, head)
start = model.get_weights()
unfreeze_top(model, 2)
model.compile(keras.optimizers.AdamW(1e-4), "sparse_categorical_crossentropy", metrics=["accuracy"])
epochs = 1 if SMOKE else 3
session = transfer.Session(model, train, epochs=epochs, batch_size=min(32, len(train)), seed=SEED)
for _ in session.events():
    pass
after = model.predict(validation.inputs.astype("float32"), verbose=0)

# %%
was, now = (given.argmax(axis=1) == validation.labels for given in (before, after))
gained, lost = int((now & ~was).sum()), int((was & ~now).sum())
chance = np.sqrt(gained + lost)
pays = gained - lost > chance
print(f"of {len(validation)} validation pictures, gained: {gained}, lost: {lost}; by chance a lead of {chance:.1f}")
print("fine-tuning is kept" if pays else "no more than chance: the frozen features are kept")
if not pays:
    model.set_weights(start)
chosen = after if pays else before

# %% [markdown]
# Only the pictures on which the two differ tell anything: if neither were better, each would be a coin toss, and the
# difference of so many tosses is about the root of their number (McNemar 1947). A defence is one sentence: *frozen
# features, since fine-tuning won no more pictures than chance usually does*; or the other way round, with both numbers.

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "d"
### END SOLUTION
check("13.q2", answer)

# %% [markdown]
# ## Say it before you open it
# The test part is still closed. What validation says is all that you know. **Predict** the test accuracy; and beside it,
# between which limits you would be surprised *not* to find it.

# %%
predict("13.test", percent=None)

# %%
right = int((chosen.argmax(axis=1) == validation.labels).sum())
plants = {part: len({thing(file) for file in task.files[part]}) for part in ("validation", "test")}
counted = adapting.predict_accuracy(right, len(validation), len(test))
cautious = adapting.predict_accuracy(right, len(validation), len(test), groups=(plants["validation"], plants["test"]))
print(f"validation: {right} of {len(validation)} right, pictures of {plants['validation']} plants")
for what, limits in {"pictures": counted, "plants": cautious}.items():
    print(f"counting {what}: between {limits.low:.0%} and {limits.high:.0%}, in 95 of 100 such cases")

# %% [markdown]
# Both limits come from one formula: draw a true accuracy that fits what validation said, then a test part from it. The
# first takes every picture as news. But five photographs of one plant are right or wrong *together*; the second counts
# plants. Now open the test part, once.


# %%
def hit(given):
    """The share of test pictures that are answered right."""
    return float((given.argmax(axis=1) == test.labels).mean())


found = model.predict(test.inputs.astype("float32"), verbose=0)
accuracy = hit(found)
within = {"counting pictures": counted.holds(accuracy), "counting plants": cautious.holds(accuracy)}
print(", ".join(f"{what}: {'held' if held else 'missed'}" for what, held in within.items()))
reveal("13.test", accuracy)

# %% [markdown]
# One folder proves nothing about limits. So hundreds of models were fitted for this lesson, on leaves, textures, scans,
# voices and messages, and each had limits that promise 90 %:

# %%
rounds = experiments.recorded("envelopes")
KINDS = {"honest": "honest", "leak": "leak", "winner": "best of 40", "shift": "from elsewhere"}


def limits_of(row, by_unit):
    groups = (row["validation_groups"], row["test_groups"]) if by_unit else None
    known = row["right_on_validation"], row["validation"], row["test"]
    return adapting.predict_accuracy(*known, level=0.9, groups=groups)


# %%
def holds(row, counting):
    return float(limits_of(row, counting == "units").holds(row["accuracy"]))


held = []
for s in sorted({row["seed"] for row in rounds}):
    for kind, name in KINDS.items():
        own = [row for row in rounds if (row["seed"], row["kind"]) == (s, kind)]
        for counting in ("inputs", "units"):
            share = float(np.mean([holds(row, counting) for row in own]))
            held.append({"round": name, "counting": counting, "share": share})

# %%
figures.bars(
    held, x="round", y="share", by="counting", y_label="limits held", title="How often limits of 90 % held, by seed"
)

# %% [markdown]
# *Honest*: validation and test part are alike. *Leak*: validation shares plants, speakers or wordings with what was
# learned from. *Best of 40*: validation chose among 40 settings. *From elsewhere*: the test part has another camera, or
# white noise. Even in honest rounds, limits that count inputs hold less often than they promise. Those that
# count units hold; the price is that they are wide, and with two speakers so wide that they say nothing: that *is*
# what two speakers tell. And wide limits hide a leak rather than mend it: look at what validation promised too much.


# %%
def excess(row):
    """How many points too much validation promised."""
    return 100 * (row["right_on_validation"] / row["validation"] - row["accuracy"])


by_kind = {name: [excess(row) for row in rounds if row["kind"] == kind] for kind, name in KINDS.items()}
figures.Table(
    [{"round": kind, "promised too much, points": f"{np.mean(points):.1f}"} for kind, points in by_kind.items()]
)

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "a"
### END SOLUTION
check("13.q3", answer)

# %% [markdown]
# ## The lab: ten envelopes
# Ten models, ten closed test parts. Read how each was made, say between which limits its test accuracy lies, and open.

# %%
labs.ten_envelopes()

# %% [markdown]
# ## Sure, and right?
# A model also says how sure it is. **Calibration** asks whether that is true: of the answers given with a confidence of four
# in five, are four in five right? One number can correct it: a **temperature** that all scores are divided by
# ([Guo et al. 2017](https://arxiv.org/abs/1706.04599)), chosen on validation pictures, since nothing may be chosen on
# test pictures.

# %%
usual = tried[1.0][1]  # the strength that is usual where nobody chooses one
temperature = adapting.temperature_that_pays(usual.predict_proba(features(validation.inputs)), validation.labels)
own = features(test.inputs)
heads = {"as chosen": found, "usual strength": usual.predict_proba(own)}
heads[f"usual, temperature {temperature:.1f}"] = adapting.at_temperature(heads["usual strength"], temperature)


# %%
def claim(given):
    return {"sure on average": f"{given.max(axis=1).mean():.0%}", "right": f"{hit(given):.0%}"}


figures.Table([{"head": name, **claim(given)} for name, given in heads.items()])

# %%
bins = adapting.reliability(heads["usual strength"], test.labels)
figures.reliability_diagram([one._asdict() for one in bins], title="The head of usual strength, on test pictures")

# %% [markdown]
# The head that validation chose by likelihood is about as sure as it is right: likelihood punishes false confidence. The
# usual one claims too much. A temperature brings its claims down *on average*, and changes no answer. And all of that is
# true for pictures *like these*. Here are the same leaves, taken by another camera:

# %%
if FOLDER is None:
    other = adapting.open_folder(data.write_practice_folder(place / "other", other_camera=True), SIZE, SEED)
    taken = {f: p for part in data.PARTS for f, p in zip(other.files[part], other.parts[part].inputs, strict=True)}
    seen = np.stack([taken[file] for file in task.files["test"]])
    chosen_there = model.predict(seen.astype("float32"), verbose=0)
    usual_there = usual.predict_proba(features(seen))
    for name, g in {"as chosen": chosen_there, "usual strength": usual_there}.items():
        print(f"{name}, other camera: {g.max(axis=1).mean():.0%} sure on average, {hit(g):.0%} right")

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("13.q4", answer)

# %% [markdown]
# Mistakes that it is sure of are worth more than any figure. Look for what they have in common: a class, a plant, the
# light, or a wrong label.

# %%
sure, wrong = found.max(axis=1), np.flatnonzero(found.argmax(axis=1) != test.labels)
worst = sorted(wrong, key=lambda row: -sure[row])[:8]
said = [f"{task.class_names[found[row].argmax()]} {sure[row]:.0%}" for row in worst]
print(*(task.files["test"][row] for row in worst), sep="\n")

# %%
mistakes = [test.inputs[row] for row in worst]
figures.picture_grid(mistakes, said, columns=4, title="Sure, and wrong") if worst else "no mistakes"

# %% [markdown]
# ## The file must do all of it
# Whoever gets your model has no notebook. An **export** is a file that another program runs; it must take *raw* pictures
# and do everything itself: scale, normalise, pool, answer. Whatever was only there for training, such as augmentation,
# must not be in it. Write it, read it back, and compare both with the model on real pictures.

# %%
model.save(place / "model.keras")
again = keras.models.load_model(place / "model.keras", compile=False)
some = test.inputs[:8].astype("float32")
off = {".keras": float(np.abs(again.predict(some, verbose=0) - found[:8]).max())}
print(f"model.keras: off by {off['.keras']:.0e} at most")

# %% [markdown]
# `.keras` opens in Python with Keras; ONNX nearly everywhere, browsers included. Here a file is read the way a program
# without this course would do it. (Writing ONNX takes `pip install 'transfer-learning-course[export]'`.)

# %%
if find_spec("tf2onnx") and find_spec("onnxruntime"):
    import onnxruntime

    with warnings.catch_warnings(action="ignore"):  # the converter speaks of NumPy's future
        model.export(place / "model.onnx", format="onnx", verbose=False)
    program = onnxruntime.InferenceSession(str(place / "model.onnx"), providers=["CPUExecutionProvider"])
    file = task.files["test"][0]
    pixels = np.asarray(Image.open(folder / file).convert("RGB").resize((SIZE, SIZE)), "float32")
    (given,) = program.run(None, {program.get_inputs()[0].name: pixels[None]})
    print(f"{file}: {task.class_names[given[0].argmax()]}, {given[0].max():.0%}")
    (given,) = program.run(None, {program.get_inputs()[0].name: some})
    off["ONNX"] = float(np.abs(given - found[:8]).max())

# %% [markdown]
# ### Exercise 2: a model that takes raw pictures
# `core` is a Keras model that wants prepared pictures, `(x / 255 - mean) / std`, with a `mean` and `std` for each colour.
# Write `whole(core, mean, std)`: a Keras model that takes pictures in 0..255 and is still right after it was saved and
# read back. (Hints: `learn.hint("13.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
def whole(core, mean, std):
    """A model from raw pictures to what the core says of prepared ones."""
    ### BEGIN SOLUTION
    inputs = keras.Input(core.input_shape[1:])
    scaled = keras.layers.Rescaling(1 / 255)(inputs)
    prepared = keras.layers.Normalization(mean=mean.tolist(), variance=(std**2).tolist())(scaled)
    return keras.Model(inputs, core(prepared))
    ### END SOLUTION


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 3}
check("13.e2", whole)
### BEGIN HIDDEN TESTS
check("13.e2", whole, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## Write it down
# A **model card** ([Mitchell et al. 2019](https://arxiv.org/abs/1810.03993)) says what the model is for, on what it was
# measured and how, what it gets wrong, and what nobody has tried. Its figures must be *computed*: whoever reads it can
# compute them again.
#
# ### Exercise 3: a card that can be checked
# Write `card(probabilities, labels)`: a dictionary with `accuracy` (0 to 1), `low` and `high`, its 95 % limits, `recall`,
# a list with the share of each class that is recognised, and `mistakes`, the rows of the three most confident mistakes,
# the most confident first. (Hints: `learn.hint("13.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def card(probabilities, labels):
    """The figures of a model card."""
    ### BEGIN SOLUTION
    right = probabilities.argmax(axis=1) == labels
    low, high = beta(right.sum() + 0.5, (~right).sum() + 0.5).ppf([0.025, 0.975])
    recall = [right[labels == k].mean() for k in range(probabilities.shape[1])]
    mistakes = sorted(np.flatnonzero(~right), key=lambda row: -probabilities[row].max())[:3]
    return {"accuracy": right.mean(), "low": low, "high": high, "recall": recall, "mistakes": mistakes}
    ### END SOLUTION


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 3}
check("13.e3", card)
### BEGIN HIDDEN TESTS
check("13.e3", card, seed=1)
### END HIDDEN TESTS

# %%
right_ones = found.argmax(axis=1) == test.labels
recalls = [float(right_ones[test.labels == k].mean()) for k in range(len(task.class_names))]
figures.bars(
    [{"class": name, "accuracy": recall} for name, recall in zip(task.class_names, recalls, strict=True)],
    x="class",
    y_label="recognised",
    title="What one accuracy hides: recall by class",
)

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("13.q5", answer)

# %% [markdown]
# ## All of it in one command
# `course adapt FOLDER` in a terminal does everything above, in this order: it reports on the folder, deals by `groups.csv`,
# chooses by validation, says its limits before it opens the test part, and writes *one* folder that explains itself: card,
# three formats, a short script, and a page that classifies a dropped picture; nothing leaves the computer. It takes a
# folder of recordings or a CSV file of texts as well, and `course tune FOLDER` searches the settings, as in lesson 12.

# %%
if not SMOKE:
    result = adapting.adapt(folder, place / "my-model", backbone=BACKBONE, image_size=SIZE, seed=SEED)
    print("in the folder:", ", ".join(sorted(path.name for path in (place / "my-model").iterdir())))
    said, measured = result["predicted"], result["test"]["accuracy"]
    print(f"it predicted {said['low']:.0%} to {said['high']:.0%}, and measured {measured:.1%}")

# %% [markdown]
# `place` is a folder that your computer clears away some day: for a model that you keep, run the command in a terminal.
#
# ## Claims on trial
# What people say, beside what was measured here.


# %%
def verdict(holds):
    return "holds" if holds else "fails here"


def held_for(kind, counting):
    return float(np.mean([row["share"] for row in held if (row["round"], row["counting"]) == (kind, counting)]))


worst_export = max(off.values())
by_inputs, by_units = held_for("honest", "inputs"), held_for("honest", "units")

# %%
tried_claims = [
    ("A random deal is honest.", f"it flatters by {100 * flattery:.1f} points", verdict(abs(flattery) < 0.02)),
    ("Limits of 90 % hold in 90 of 100 cases.", f"{by_inputs:.0%} when inputs are counted", verdict(by_inputs >= 0.85)),
    ("Counting units mends that.", f"{by_units:.0%} in honest rounds", verdict(by_units >= 0.85)),
    ("Fine-tuning pays.", f"{gained} gained, {lost} lost", verdict(pays)),
    ("A saved model answers as before.", f"off by {worst_export:.0e} at most", verdict(worst_export <= 1e-4)),
]
figures.claims_on_trial(tried_claims)

# %% [markdown]
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("13")

# %% [markdown]
# ## Key takeaways
# - **Deal out units.** What belongs together goes to one part, copies included.
# - **Features first,** and fine-tuning only if validation says so by more than chance.
# - **Say accuracy and limits before you open the test part;** count plants, not pictures.
# - **Confidence is a claim.** Check it, correct it on validation, and don't carry it to another camera.
# - **Hand over a whole model and a card:** raw pictures in, figures that can be computed again.
#
# ## What we measured
# The claims of this lesson, with the figures of the recordings and of your run. The course's tests check claims of the
# same names.

# %%
listed = [("a random deal flatters, points", f"{100 * flattery:.1f}")]
for kind in KINDS.values():
    for counting in ("inputs", "units"):
        listed.append((f"{kind}: limits of 90 % that count {counting} held", f"{held_for(kind, counting):.0%}"))
    listed.append((f"{kind}: validation promised too much, points", f"{np.mean(by_kind[kind]):.1f}"))
figures.Table([{"claim": claim, "value": value} for claim, value in listed])

# %%
learn.progress_card("13")

# %% [markdown]
# That was the last lesson. You have frozen and thawed, forgotten and remembered, searched and been lucky. `course
# certificate` in a terminal writes a page to print, with all that you predicted against what was measured: your own
# calibration. What is left is a folder of your own; and before you open its test part, write down what you expect.
