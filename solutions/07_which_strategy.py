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
#     title: Which strategy?
#     question: "How many labels, how far a task, how much time: what should you do?"
#     objectives:
#       - text: Measure how far a task is from what a network knows, with the control that makes it a distance
#         practised_by: ["07.q1", "07.q6"]
#       - text: Choose a strategy by what was measured nearby, and weigh accuracy against cost
#         practised_by: ["07.q2", "07.q4", "07.e1", "07.e3"]
#       - text: Detect negative transfer over seeds
#         practised_by: ["07.q3", "07.e2"]
#       - text: Say what an advisor can't know
#         practised_by: ["07.q5", "07.e3"]
#     misconceptions:
#       - id: small-data-means-features
#         text: Few labels mean features
#         caught_by: ["07.q4", "07.e3"]
#       - id: similarity-is-looks
#         text: A task is similar if its pictures look alike
#         caught_by: ["07.q1"]
#       - id: more-unfreezing-is-better
#         text: The more blocks are unfrozen, the better
#         caught_by: ["07.q4", "07.q5", "07.e1", "07.e3"]
#       - id: transfer-cannot-hurt
#         text: Transfer can't hurt
#         caught_by: ["07.q3", "07.e2"]
#       - id: transfer-beats-scratch
#         text: Transfer is always better than training from scratch
#         caught_by: ["07.q3", "07.e2"]
#     terms: ["regret", "head start", "H-score", "class-mean distance", "rank correlation", "negative transfer", "held-out task", "shortlist"]
#     given: ["2 points", "10 points", "20 points"]
#     prerequisites: ["06_keeping_what_you_had"]
#     minutes: 45
#     seconds: 60
#     data: shapes, digits, photo-textures, tissue, faces, scans
#     backbone: embedded
# ---

# %% [markdown]
# # 07 Which strategy?
# **How many labels, how far a task, how much time: what should you do?**
#
# Somebody sends you 300 labelled X-rays and a pretrained network. Freeze it? Unfreeze the top? Everything? Or start
# from nothing? You know all of these by now. There is a table that answers, and everybody quotes it. In this lesson you
# put it on trial, cell by cell.
#
# You will be able to
#
# - measure how far a task is from what a network knows;
# - choose a strategy by what was measured nearby, and weigh accuracy against cost;
# - detect when transfer hurts;
# - say what nobody has measured.
#
# *About 45 minutes. Before this: lesson 06.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "tissue"

# %%
from course_utils import (
    advisor,
    check,
    experiments,
    extract_features,
    figures,
    inspection,
    labs,
    learn,
    load_backbone,
    load_dataset,
    predict,
    reveal,
)

import numpy as np

SMOKE = PROFILE == "smoke"
GRID, HELD_OUT = experiments.GRID_TASKS, experiments.HELD_OUT_TASKS
REUSING = [strategy for strategy in experiments.STRATEGIES if strategy != "from scratch"]

learn.cover("07")

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons, first of all those that gave you trouble. Run the cell to see them, write your
# answers in place of `None`, and run it again. You may also go on without.

# %%
learn.review("07", first=None, second=None, third=None)

# %% [markdown]
# ## The table that everybody quotes
#
# | labels | task like the source | another kind of task |
# |---|---|---|
# | few | features of the last block | features of an earlier block |
# | some | train the top block | train the top block |
# | many | fine-tune everything | fine-tune everything |
#
# As it stands no result can contradict it: what is *few*, and what is *like*? So give the words numbers. Here few means
# at most 5 labels per class, some up to 50, many more than that. *Like the source* goes by the looks, as people do: the
# drawn shapes and the handwritten digits look like what our network was pretrained on, drawings; textures of
# photographs and stained tissue don't.
#
# One of the table's six cells is worst. **Predict** which, as row and column: for example `cell="many, another"`.

# %%
predict("07.worst-cell", cell=None)  # few, some or many; like or another

# %%
LIKE = ("shapes", "digits")  # by the looks


def quoted(labels, like):
    """What the table says."""
    if labels <= 5:
        return "features, last block" if like else "features, best block"
    return "top block" if labels <= 50 else "everything"


def row_and_column(cell):
    row = "few" if cell.labels <= 5 else "some" if cell.labels <= 50 else "many"
    return f"{row}, {'like' if cell.task in LIKE else 'another'}"


# %% [markdown]
# ## Six strategies
# Five ways to reuse the network, and one to do without. *Best block* means a probe on each block, of which validation
# pictures choose one. *Everything* begins with a random head; *LP-FT* with a fitted one, and so does the top block.

# %%
parts = ["block1", "block2", "block3", "block4", "head"]
plans = {
    "features": dict.fromkeys(parts, 0) | {"head": 1e-3},
    "top block": dict.fromkeys(parts, 0) | {"block4": 1e-3, "head": 1e-3},
    "everything, LP-FT": dict.fromkeys(parts, 3e-4),
    "from scratch": dict.fromkeys(parts, 1e-3),
}
figures.training_plan(plans, title="What learns, and at which rate (on features, the head is a fitted probe)")

# %% [markdown]
# Fine-tuning gets about 100 steps on shifted and mirrored pictures, at the rate that validation pictures preferred in
# lesson 04. Scratch has more to learn, and a control must not be starved: it gets the same pictures and 1,000 steps, at a
# rate chosen on validation pictures of other tasks. Further down, fine-tuning gets as much. Validation parts are larger
# than you would have with few labels, for all strategies alike. Run a cell for real:

# %%
ways = experiments.Strategies(DATASET)
for strategy in ("features, last block", "random features") if SMOKE else ("features, last block", "everything"):
    live = ways.run(strategy, labels=20, seed=SEED)  # change strategy or labels, predict, and run it again
    print(f"{strategy}: {live['accuracy']:.1%} on test pictures, ", end="")
    print(f"{live['multiplications'] / 1e9:,.1f} billion multiplications")

# %% [markdown]
# ## The grid
# Four tasks, five budgets, six strategies, five seeds over three pretraining runs, all recorded. Each cell has its mean
# and, below, its lowest and highest seed; the frame marks the best of each column. The last row is the control: the same
# network with *random* weights, frozen. Where it keeps up with the features, pretraining is worth nothing.

# %%
rows = experiments.strategy_rows(*GRID)
shown = (*experiments.STRATEGIES, "random features")
figures.strategy_grid(rows, strategies=shown, title="Test accuracy in percent, five seeds")

# %% [markdown]
# Let your eye follow the frames from left to right. Is there a strategy that you could always use? How far behind would it
# be? The number of points between a choice and the best choice of the same cell is its **regret**. Now put the table on
# trial:

# %%
cells = experiments.grid_cells(*GRID)
trial = {}
for cell in cells:
    says = quoted(cell.labels, cell.task in LIKE)
    trial.setdefault(row_and_column(cell), []).append((cell.regret(says), says, cell))
lines = []
for name, found in trial.items():
    regrets = [regret for regret, _, _ in found]
    worst, says, where = max(found, key=lambda one: one[0])
    lines.append({"cell": name, "the table says": says, "mean regret, points": f"{np.mean(regrets):.1f}"})
    lines[-1]["worst"] = f"{worst:.1f} ({where.task}, {where.labels} labels)"
figures.Table(lines)

# %%
mean_regret = {name: np.mean([regret for regret, _, _ in found]) for name, found in trial.items()}
for strategy in experiments.STRATEGIES:
    print(f"always {strategy}: mean regret {np.mean([cell.regret(strategy) for cell in cells]):.1f} points")
reveal("07.worst-cell", max(mean_regret, key=mean_regret.get))

# %% [markdown]
# Compare the table's mean regrets with those of the blunt rules below it. A rule that looks at labels and at the looks
# ought to beat *always the same*. (The best of six is known here only because all six were run, and its mean has a
# little luck in it: a regret of a point or two means nothing.)

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a number
### BEGIN SOLUTION
answer = 13
### END SOLUTION
check("07.q2", answer)

# %% [markdown]
# ## What does a point cost?
# Accuracy is one column. Here is the other, counted in multiplications, for all training that each strategy does with 20
# labels per class.

# %%
costs = []
for strategy in experiments.STRATEGIES:
    of = {cell.task: cell for cell in cells if cell.labels == 20 and cell.task in ("shapes", "tissue")}
    costs.append({"strategy": strategy})
    for task, cell in of.items():
        times = cell.multiplications[strategy] / cell.multiplications["features, last block"]
        costs[-1] |= {task: f"{cell.mean(strategy):.1%}", f"{task}, times features": f"{times:,.0f}"}
figures.Table(costs)

# %% [markdown]
# ### Exercise 1: the cheapest within two points
# Write `cheapest_strategy(rows)`. A row is one measured run of one task and budget: a dict with `strategy`, `seed`,
# `validation`, `test` (both accuracies as shares) and `multiplications`. Return the name of the strategy with the fewest
# multiplications on average, among those whose *mean* validation accuracy over the seeds is at most 2 points below
# the best mean. (Hints: `learn.hint("07.e1")`.)


# %% nbgrader={"grade_id": "e1", "solution": true}
def cheapest_strategy(rows):
    """The cheapest strategy whose mean validation accuracy is within two points of the best."""
    ### BEGIN SOLUTION
    grouped = {}
    for row in rows:
        grouped.setdefault(row["strategy"], []).append(row)
    accuracy = {name: np.mean([row["validation"] for row in group]) for name, group in grouped.items()}
    cost = {name: np.mean([row["multiplications"] for row in group]) for name, group in grouped.items()}
    good = [name for name in accuracy if accuracy[name] >= max(accuracy.values()) - 0.02 - 1e-9]
    return min(good, key=cost.get)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 2}
check("07.e1", cheapest_strategy)
### BEGIN HIDDEN TESTS
check("07.e1", cheapest_strategy, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # one or more letters, for example "ad"
### BEGIN SOLUTION
answer = "ac"
### END SOLUTION
check("07.q4", answer)

# %% [markdown]
# ## Distance as a number
# "Like the source" should be a measurement, too. Three candidates, none of which trains the network:
#
# - the **head start**: by how many points a probe on the pretrained features beats one on *random* networks, on
#   validation pictures. Accuracy alone won't do: an easy task is easy for a random network as well;
# - the **H-score** ([Bao et al. 2019](https://doi.org/10.1109/ICIP.2019.8803726)): how much of the features' spread
#   tells the classes apart;
# - the **class-mean distance**: how far each class's mean feature lies from the nearest class of the source.
#
# All need labels of the task, and the third needs pictures of the source as well. Two more tasks join the four here:
# faces and scans. Which measure puts the six into the order of what they gain from transfer, over scratch, with few
# labels? **Predict:**

# %%
predict("07.distance", measure=None)  # "head start", "H-score" or "class-mean distance"

# %%
network, source = load_backbone("embedded"), load_dataset("source-sample").validation
of_source = extract_features(network, source.inputs)
tasks = ("shapes", "digits", "tissue", "faces") if SMOKE else (*GRID, *HELD_OUT)
every = {cell.task: cell for cell in experiments.grid_cells(*tasks) if 5 <= cell.labels <= 10}
distances = []
for task, cell in every.items():
    few = load_dataset(task).validation.few(20, SEED)
    features = extract_features(network, few.inputs)
    score = inspection.h_score(features, few.labels) / (len(np.unique(few.labels)) - 1)
    apart = inspection.class_mean_distance(features, few.labels, of_source, source.labels)
    distances.append({"task": task, "head start": cell.head_start, "H-score": score, "class-mean distance": -apart})
    distances[-1]["gain over scratch"] = 100 * (max(map(cell.mean, REUSING)) - cell.mean("from scratch"))

# %%
figures.Table([{k: v if k == "task" else f"{v:+.2f}" for k, v in row.items()} for row in distances])

# %% [markdown]
# (The distance has a minus sign, so that more is nearer in every column; the H-score is divided by the number of classes
# less one.) How well do two orders agree? A **rank correlation** of 1 means that they are the same, 0 that they have
# nothing to do with each other.

# %%
predicted = {}
for measure in ("head start", "H-score", "class-mean distance"):
    pair = [[row[column] for row in distances] for column in (measure, "gain over scratch")]
    predicted[measure] = experiments.rank_correlation(*pair)
    found, low, high = predicted[measure]
    print(f"{measure}: rank correlation {found:+.2f}, 95 % interval {low:+.2f} to {high:+.2f}")
reveal("07.distance", max(predicted, key=lambda measure: predicted[measure][0]))

# %% [markdown]
# Read the intervals before you crown a winner: with six tasks, nearly anything is possible. Six tasks of one small world
# can make a measure look promising. They can't prove it.
#
# And look at the tissue beside the textures: which has the larger head start, and which gains more? A head start compares
# pretrained features with random ones, both frozen. It doesn't know what *training* could learn.

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("07.q1", answer)

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("07.q6", answer)

# %% [markdown]
# ## Can transfer hurt?
# **Negative transfer**: starting from the source is worse than starting from nothing. To see it you need both, on the same
# labels, and a fair scratch. Here is tissue, the *best* way to transfer against scratch, seed by seed. With how many
# labels per class is transfer behind on every seed? **Predict** the smallest number, or 0 for never:

# %%
predict("07.hurts", labels=None)

# %%
harmful, behind = [], []  # budgets at which transfer is behind on every seed; lines of a table
for cell in (c for c in cells if c.task == "tissue"):
    best = max(REUSING, key=cell.mean)
    pairs = zip(cell.accuracies["from scratch"], cell.accuracies[best], strict=True)
    leads = [100 * (scratch - transfer) for scratch, transfer in pairs]
    behind.append({"labels per class": cell.labels, "best way to transfer": best})
    behind[-1] |= {"scratch is ahead by": f"{np.mean(leads):+.1f}", "seeds": f"{min(leads):+.1f} to {max(leads):+.1f}"}
    if min(leads) > 0:
        harmful.append(cell.labels)
figures.Table(behind)

# %%
for task in GRID:
    leads = [100 * (cell.mean("from scratch") - cell.mean("LP-FT")) for cell in cells if cell.task == task]
    print(f"{task}: scratch minus LP-FT, by budget: {', '.join(f'{lead:+.1f}' for lead in leads)} points")
reveal("07.hurts", min(harmful, default=0))

# %% [markdown]
# Scratch had ten times as many steps. Is it ahead because it was trained for longer? Fine-tuning got as many, two rates,
# and its best length on validation pictures, with 20 labels of tissue:

# %%
longer = {r["seed"]: r["accuracy"] for r in experiments.recorded("tuned-tissue")}
alone = next(c for c in cells if (c.task, c.labels) == ("tissue", 20)).accuracies["from scratch"]
ahead = [100 * (alone[seed] - longer[seed]) for seed in sorted(longer)]
print(f"fine-tuned with as much effort: {np.mean(list(longer.values())):.1%}; from scratch is ahead by ", end="")
print(f"{np.mean(ahead):+.1f} points (seeds {min(ahead):+.1f} to {max(ahead):+.1f})")

# %% [markdown]
# On which side of 0 do the seeds lie? That, and not the table above, says whether the start from the source is a burden
# here or was only given too little time. On the scans the same question is answered in lesson 04.
#
# ### Exercise 2: where transfer hurts
# Write `harmful_budgets(rows)`. A row has `strategy`, `labels`, `seed` and `accuracy`; one strategy is `"from scratch"`.
# Return the budgets, in rising order, at which even the *best* way to transfer (by its mean) is behind scratch on
# **every** seed. The same seed draws the same labels for all. (Hints: `learn.hint("07.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
def harmful_budgets(rows):
    """The budgets at which transfer hurts on every seed."""
    ### BEGIN SOLUTION
    harmful = []
    for budget in sorted({row["labels"] for row in rows}):
        by = {}
        for row in sorted(rows, key=lambda row: row["seed"]):
            if row["labels"] == budget:
                by.setdefault(row["strategy"], []).append(row["accuracy"])
        scratch = np.array(by.pop("from scratch"))
        best = np.array(max(by.values(), key=np.mean))
        if np.all(scratch > best):
            harmful.append(budget)
    return harmful
    ### END SOLUTION


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 3}
check("07.e2", harmful_budgets)
### BEGIN HIDDEN TESTS
check("07.e2", harmful_budgets, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("07.q3", answer)

# %% [markdown]
# ## An advisor
# Can you do better than the table? `advisor.advise` takes the labels per class and the head start, looks for the eight
# nearest cells (twice the labels are one step, and so are 20 points of head start), and returns the strategy that is
# least behind there, the band of those cells, and a cheaper one that is about as good. And it says when it doesn't know.

# %%
for labels, head_start in ((5, 70), (20, 15), (20_000, 15)):
    advice = advisor.advise(labels, head_start)  # change the numbers
    print(f"{labels:,} labels per class, head start {head_start:+}: {advice.strategy}")
    print("   ", advice.why)

# %%
points = [{"task": c.task, "labels": c.labels, "head_start": c.head_start} for c in cells]
for point, cell in zip(points, cells, strict=True):
    point["best"] = min(experiments.STRATEGIES, key=cell.regret)
figures.strategy_map(points, title="What the advisor knows")

# %% [markdown]
# Is it any good? On the cells that it was built from, it looks up answers. So it is judged on **held-out tasks**. First
# each task of the grid is held out in turn: that is how its eight cells and 20 points were chosen. Then come faces and
# scans, which had no say in anything. How large is its mean regret on those, in points? **Predict:**

# %%
predict("07.advisor", points=None)


# %%
def judged(tested, known):
    """Regrets of the advisor, the table and LP-FT for all, in points, on cells that the advisor doesn't know."""
    found = {"advisor": [], "table": [], "always LP-FT": []}
    for cell in tested:
        advice = advisor.advise(cell.labels, cell.head_start, cells=known)
        if advice.strategy is None:
            continue  # it says that it doesn't know
        found["advisor"].append(cell.regret(advice.strategy))
        found["table"].append(cell.regret(quoted(cell.labels, cell.task in LIKE)))
        found["always LP-FT"].append(cell.regret("LP-FT"))
    return found


# %%
new = experiments.grid_cells(*HELD_OUT)
in_turn = {"advisor": [], "table": [], "always LP-FT": []}
for task in GRID:
    one = judged([c for c in cells if c.task == task], [c for c in cells if c.task != task])
    for who, found in one.items():
        in_turn[who] += found
held_out = judged(new, cells)
regrets = []
for what, found, asked in (("each grid task in turn", in_turn, cells), ("faces and scans", held_out, new)):
    regrets.append({"held out": what, "answered": f"{len(found['advisor'])} of {len(asked)}"})
    regrets[-1] |= {who: f"{np.mean(values):.1f}" if values else "-" for who, values in found.items()}
figures.Table(regrets)

# %%
advised, by_table = (np.mean(held_out[who]) / 100 for who in ("advisor", "table"))
reveal("07.advisor", advised, table=by_table)

# %% [markdown]
# Compare the advisor with the table, and then with *always LP-FT*: a clever advisor has to beat the best blunt rule, not
# only a bad one. Does it? Tissue has a head start, and still scratch wins most of its cells: labels and head start don't
# tell everything. A map of four tasks is a small map, two held-out tasks are few, and a third may turn the figures round.
# What the advisor does give you is the band: how differently the same strategy did nearby.
#
# ### Let validation choose
# Look closer, and the advisor hardly ever has one answer: others come within two points of its first. All of them are its
# **shortlist**. Who tries all of it and takes, seed by seed, what does best on validation pictures, has added a measurement
# to the advice. That needs two controls: *all six* strategies tried, to see what the shortlist leaves out; and *as many, the
# same for all*, in the order of their mean regret on the known cells, to see whether it is the advice that helps or having a
# choice. In brackets, the multiplications as a share of what all six cost. **Predict** the regret of the advisor's shortlist
# on faces and scans, in points:

# %%
predict("07.shortlist", points=None)


# %%
def chosen_by_validation(tested, known):
    """Regrets, in points, and costs as a share of trying everything, where validation has a choice."""
    every = experiments.STRATEGIES
    order = sorted(every, key=lambda strategy: np.mean([cell.regret(strategy) for cell in known]))
    found = {"advisor's shortlist": [], "as many, the same for all": [], "all six": []}
    for cell in tested:
        shortlist = advisor.advise(cell.labels, cell.head_start, cells=known).shortlist
        if shortlist:
            for who, tried in zip(found, (shortlist, order[: len(shortlist)], every), strict=True):
                cost = sum(cell.multiplications[s] for s in tried) / sum(cell.multiplications.values())
                found[who].append((cell.regret_by_validation(tried), cost))
    return found


# %%
choices = {"each grid task in turn": {}, "faces and scans": chosen_by_validation(new, cells)}
for task in GRID:
    one = chosen_by_validation([c for c in cells if c.task == task], [c for c in cells if c.task != task])
    for who, found in one.items():
        choices["each grid task in turn"].setdefault(who, []).extend(found)
means = {what: {who: np.mean(found, axis=0) for who, found in by.items() if found} for what, by in choices.items()}
shares = [
    {"held out": what} | {who: f"{regret:.1f} ({cost:.0%})" for who, (regret, cost) in by.items()}
    for what, by in means.items()
]
figures.Table(shares)

# %%
by_shortlist = means["faces and scans"]["advisor's shortlist"][0] / 100
reveal("07.shortlist", by_shortlist, table=by_table)

# %% [markdown]
# Set the first column beside the table of regrets above: on faces and scans, a few runs and a validation part save nearly
# all that the advisor's first choice loses; inside the grid, a part of it. The middle column says what the map itself is
# worth. Inside the grid, hardly anything: as many strategies that are good everywhere do about as well, for less, since
# training from scratch is not among them. On faces and scans, something: there the map lets scratch in where scratch wins.
# And what does it miss? With tissue held out, neither list has scratch, which wins most of its cells; no other task of the
# grid is like that, and only *all six* notice. So **let what was measured nearby say what to try, add scratch once as a
# control, and let validation choose.** Validation parts are large here, and their pictures have labels, too; with one label
# per class you would hardly have them.
#
# ### The lab: strategy map
# Set the labels and the head start, choose a strategy, and reveal who won in the nearest measured cell, by how much, and
# what the eight nearest say of each strategy and its price. Where does the winner change? Where is nothing known?

# %%
labs.strategy_map()

# %% [markdown]
# ### Exercise 3: your own advisor
# Write `own_advisor(cells, labels, head_start)`. A cell is a dict with `labels` (per class), `head_start` (points) and
# `regret`, a dict from each strategy to its regret there. Return a strategy, or `None` if `labels` is below half of the
# fewest or above twice the most that were measured, or `head_start` more than 10 points outside of the measured ones.
# The check asks it about situations that are not among the cells, in a made-up world where labels and head start decide
# everything: its mean regret must be at most half of a rule of thumb's. (Hints: `learn.hint("07.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def own_advisor(cells, labels, head_start):
    """The strategy with the least regret in the nearest cells, or None."""
    ### BEGIN SOLUTION
    counts, starts = [cell["labels"] for cell in cells], [cell["head_start"] for cell in cells]
    if labels < min(counts) / 2 or labels > 2 * max(counts):
        return None
    if head_start < min(starts) - 10 or head_start > max(starts) + 10:
        return None

    def steps(cell):
        return np.hypot(np.log2(cell["labels"] / labels), (cell["head_start"] - head_start) / 10)

    near = sorted(cells, key=steps)[:3]
    regret = {name: np.mean([cell["regret"][name] for cell in near]) for name in near[0]["regret"]}
    return min(regret, key=regret.get)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 3}
check("07.e3", own_advisor)
### BEGIN HIDDEN TESTS
check("07.e3", own_advisor, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("07.q5", answer)

# %% [markdown]
# ## With a real network
# EfficientNet-Lite0 has seen a million photographs. Textures are photographs; the grey patches of tissue are not. Both at 96
# pixels. A probe on its features, for real:

# %%
real = experiments.Strategies(load_dataset("tissue", image_size=96), backbone="efficientnet_lite0")
live = real.run("features, last block", labels=20, seed=SEED)  # or "LP-FT", which takes a minute
print(f"tissue, 20 labels, features of a million photographs: {live['accuracy']:.1%}")

# %% [markdown]
# All of it was recorded, with two rates for each fine-tuning, of which validation chose. Beside it the small network, from
# the grid. *From scratch* is the small one in both. **Predict:** with 20 labels of tissue, by how many points is the best
# way to reuse the real network ahead of the small one from scratch? (With a minus sign if it is behind.)

# %%
predict("07.real", points=None)

# %%
beside, millions = [], {}
for task in ("tissue", "photo-textures"):
    millions[task] = experiments.recorded(f"strategies-{task}-96")
    budgets = {r["labels"] for r in millions[task]}
    small = [r for r in rows if r["task"] == task and r["labels"] in budgets]
    millions[task] += [r for r in small if r["strategy"] == "from scratch"]
    beside += [{**r, "task": f"{task}, small network"} for r in small]
    beside += [{**r, "task": f"{task}, real network"} for r in millions[task]]
figures.strategy_grid(beside, strategies=shown, title="Test accuracy in percent: a small network and a real one")


# %%
def against_scratch(task, labels, strategy):
    """Points that a way to reuse the real network is ahead of the small one from scratch, seed by seed."""
    found = [r for r in sorted(millions[task], key=lambda r: r["seed"]) if r["labels"] == labels]
    pair = [[r["accuracy"] for r in found if r["strategy"] == s] for s in (strategy, "from scratch")]
    return [100 * (reused - scratch) for reused, scratch in zip(*pair, strict=True)]


# %%
real_leads = {}  # of the best way to reuse the real network
for task, n in ((task, n) for task in millions for n in (5, 20)):
    ways_to_reuse = {strategy: against_scratch(task, n, strategy) for strategy in REUSING}
    way = max(ways_to_reuse, key=lambda strategy: np.mean(ways_to_reuse[strategy]))
    found = real_leads[task, n] = ways_to_reuse[way]
    seeds = f"seeds {min(found):+.1f} to {max(found):+.1f}"
    print(f"{task}, {n} labels: {way}, {np.mean(found):+.1f} points over scratch ({seeds})")
reveal("07.real", np.mean(real_leads["tissue", 20]) / 100)

# %% [markdown]
# On the textures all ways to reuse it are close together, and far ahead of the small network. On tissue look at the last row
# first, *random* features. Frozen, the last block of a million photographs is far behind them, and its best block about
# level: what it learned is a burden there. Once everything may learn, most of the burden goes; on average the small network
# that has seen nothing stays ahead. (It had 1,000 steps and fine-tuning 100; see above what equal effort changed for the small
# one. And this is one section of one patient, whose validation patches warn of nothing.) "Pretrained on a million pictures"
# is no reason by itself.
#
# ## Cases
# What would you do? Decide first, then run the cell. Nobody measured these here, so the answers are plans.
#
# 1. **300 X-rays, two classes**, and a network pretrained on photographs.
# 2. **5,000 X-rays** of the same kind.
# 3. **20,000 product reviews** and an encoder for text.
# 4. **A thousand hours of speech** and a speech encoder.
# 5. **English to code**: a network that has read prose is to read programs.

# %%
cases = [("300 X-rays", 150), ("5,000 X-rays", 2_500), ("20,000 reviews", 10_000)]
for name, per_class in cases:
    advice = advisor.advise(per_class)  # no head start was measured: labels alone decide what is near
    leads = ", ".join(f"{o.strategy} {o.lead[1]:+.0f} to {o.lead[2]:+.0f}" for o in advice.options[:2])
    print(f"{name}, {per_class:,} per class: {advice.strategy or 'I do not know'}. {leads}")

# %% [markdown]
# - **300 X-rays.** See how wide the band is without a head start. So measure it: a probe on the network and on random
#   weights takes a minute. Split by *patient*. Then features against LP-FT on validation, and scratch once, as a control.
# - **5,000 X-rays.** Beyond the grid. Fine-tuning has something to learn from; scratch gets a fair run as well.
# - **20,000 reviews.** Beyond it, and another kind of data: begin with bag of words, which costs nothing, and features.
# - **A thousand hours of speech.** Features are computed once and kept; what counts is whether the speakers differ.
# - **English to code.** It may *look* far and have a head start, or look near and have none. Measure before you choose.
#
# ## Claims on trial

# %%
best_single = min(experiments.STRATEGIES, key=lambda s: np.mean([cell.regret(s) for cell in cells]))
few = [cell for cell in cells if cell.labels <= 5]
features_regret = max(min(c.regret("features, last block"), c.regret("features, best block")) for c in few)
more_loses = [c for c in cells if c.mean("everything") < c.mean("features, last block") - 0.02]
looks = {task: np.mean([c.head_start for c in cells if c.task == task]) for task in GRID}
worst_fine = min(100 * (c.mean("LP-FT") - c.mean("from scratch")) for c in cells)


def verdict(holds):
    return "holds" if holds else "fails here"


# %%
short, hurt = verdict(not harmful), ", ".join(map(str, harmful)) or "no"
in_points = f"scratch ahead by {np.mean(ahead):+.1f} points, seeds {min(ahead):+.1f} to {max(ahead):+.1f}"
shown = "; ".join(f"{task} {start:+.0f}" for task, start in looks.items())
over = "; ".join(f"{task} {np.mean(real_leads[task, 20]):+.1f} points" for task in millions)
helped = all(np.mean(real_leads[task, 20]) > 0 for task in millions)
firsts = f"{100 * advised:.1f} points of regret; its shortlist, by validation, {100 * by_shortlist:.1f}"
looks_hold = looks["digits"] > max(looks["photo-textures"], looks["tissue"])

# %%
on_trial = [
    ("Few labels: use features.", f"up to {features_regret:.1f} points of regret", verdict(features_regret < 2)),
    ("What looks alike is near.", f"head starts, mean: {shown}", verdict(looks_hold)),
    ("More unfreezing is better.", f"loses to features in {len(more_loses)} cells", verdict(not more_loses)),
    ("A short run of transfer can't hurt.", f"tissue: behind on every seed with {hurt} labels", short),
    ("With equal effort it hurts on every seed, too.", f"tissue, 20 labels: {in_points}", verdict(min(ahead) > 0)),
    ("Better than from scratch.", f"LP-FT minus scratch, at worst {worst_fine:+.1f} points", verdict(worst_fine > 0)),
    ("An advisor's first choice will do.", firsts, verdict(advised - by_shortlist < 0.01)),
    ("A million photographs help everywhere.", f"best way over scratch, 20 labels: {over}", verdict(helped)),
]
figures.claims_on_trial(on_trial)

# %% [markdown]
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("07")

# %% [markdown]
# ## Key takeaways
# - **A rule of thumb without numbers can't be wrong,** and so can't be right. Give its words numbers, then look.
# - **Near is what helps, not what looks alike.** A probe beside random features is a distance with its control.
# - **Transfer can hurt.** Only a fair run from scratch shows it: compare seed by seed, with the best way to transfer, and
#   ask which of the two was given more effort.
# - **A point has a price.** Take the cheapest of what is about as good.
# - **Judge an advisor on tasks that it doesn't know,** and let it say that it doesn't know.
# - **Advice says what to try; validation chooses.** Try the shortlist, and scratch once.
#
# ## What we measured
# From the recordings, means over five seeds on test pictures. The course's tests check claims of the same names.

# %%
listed = [
    ("quoted table, mean regret on the grid, points", f"{np.mean([r for f in trial.values() for r, _, _ in f]):.1f}"),
    (f"always {best_single}, the best blunt rule", f"{np.mean([c.regret(best_single) for c in cells]):.1f}"),
    ("advisor on faces and scans", f"{100 * advised:.1f}"),
    ("its shortlist there, validation chooses", f"{100 * by_shortlist:.1f}"),
    ("quoted table on faces and scans", f"{100 * by_table:.1f}"),
    ("tissue: budgets at which transfer hurts on every seed", ", ".join(map(str, harmful)) or "none"),
    ("the real network's best way over the small one from scratch, 20 labels", over),
    ("head start and gain: rank correlation", f"{predicted['head start'][0]:+.2f}"),
]
figures.Table([{"claim": claim, "value": value} for claim, value in listed])

# %%
learn.progress_card("07")

# %% [markdown]
# Next: [08 Text](08_text.ipynb), where the pretrained network has read instead of looked. Until then: take a task of your
# own, measure its head start with `course advise`, and see whether the advice holds.
