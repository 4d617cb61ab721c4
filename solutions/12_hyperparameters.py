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
#     title: Hyperparameters
#     question: How fast, how big, how hard to fight overfitting, and how much of your gain is luck?
#     objectives:
#       - text: Draw learning rates on a logarithmic axis, and say which hyperparameters are worth trials
#         practised_by: ["12.e1", "12.q1"]
#       - text: Compare grid, random search, halving and TPE on equal budgets
#         practised_by: ["12.q2", "12.q6"]
#       - text: Stop runs early without fooling yourself about what they cost
#         practised_by: ["12.e2", "12.q3"]
#       - text: Tell how much of a winner's lead is luck, and compare settings seed by seed
#         practised_by: ["12.e3", "12.q4"]
#       - text: Keep the test part out of the search
#         practised_by: ["12.q5"]
#     misconceptions:
#       - id: rates-lie-on-a-line
#         text: Learning rates are tried at even distances
#         caught_by: ["12.e1", "12.q1"]
#       - id: grid-beats-random
#         text: A grid is more thorough than random search
#         caught_by: ["12.q2"]
#       - id: dropped-runs-are-free
#         text: Runs that are stopped early cost nothing
#         caught_by: ["12.e2", "12.q3"]
#       - id: best-is-expected
#         text: The score of the best trial is what to expect
#         caught_by: ["12.q4", "12.e3"]
#       - id: higher-is-better
#         text: A setting with the higher mean is the better one
#         caught_by: ["12.e3"]
#       - id: one-seed-suffices
#         text: One run of each setting suffices
#         caught_by: ["12.e3"]
#       - id: test-may-pick
#         text: The test part may pick the setting, as nothing is trained on it
#         caught_by: ["12.q5"]
#     terms: ["hyperparameter", "trial", "random search", "successive halving", "TPE", "weight decay", "paired comparison"]
#     given: []
#     prerequisites: ["11_sound"]
#     minutes: 45
#     seconds: 60
#     data: scans, photo-textures
#     backbone: embedded
# ---

# %% [markdown]
# # 12 Hyperparameters
# **How fast, how big, how hard to fight overfitting, and how much of your gain is luck?**
#
# Twenty settings tried, and the best of them is right on nine scans out of ten. You write the figure down, train once
# more for the release, and get something else: less. Nothing was changed. Where did the rest go?
#
# You will be able to
#
# - draw learning rates on a logarithmic axis, and say which settings are worth trials;
# - compare ways to search on equal budgets;
# - stop runs early without fooling yourself about what they cost;
# - tell how much of a winner's lead is luck, and compare settings seed by seed;
# - keep the test part out of it.
#
# *About 45 minutes. Before this: lesson 11.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "scans"

# %%
import warnings
from dataclasses import asdict, replace

from course_utils import (
    check,
    experiments,
    extract_features,
    figures,
    labs,
    learn,
    load_backbone,
    load_dataset,
    predict,
    reveal,
)

import numpy as np
import optuna
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SMOKE = PROFILE == "smoke"
optuna.logging.set_verbosity(optuna.logging.WARNING)

learn.cover("12")

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons, first of all those that gave you trouble. Run the cell to see them, write your
# answers in place of `None`, and run it again. You may also go on without.

# %%
learn.review("12", first=None, second=None, third=None)

# %% [markdown]
# ## Everything that training doesn't learn
# Training finds the weights. A **hyperparameter** is what you fix before it starts. Six were swept for this lesson, on
# two tasks of few labels, each setting fine-tuned from a random head with three seeds:

# %%
TASK = "scans"  # or "photo-textures"; the lesson's text speaks of both
sweeps = {task: experiments.Sweep(experiments.recorded(f"sweep-{task}")) for task in ("scans", "photo-textures")}
sweep = sweeps[TASK]
grid = experiments.SWEEP_GRID
figures.Table([{"hyperparameter": name, "values": ", ".join(map(str, values))} for name, values in grid.items()])

# %%
trials_run = len(sweep.settings)
print(
    f"{trials_run} settings x {len(sweep.seeds)} seeds x {len(sweeps)} tasks: "
    f"{trials_run * len(sweep.seeds) * len(sweeps):,} runs of fine-tuning"
)

# %% [markdown]
# `blocks` is how many blocks are unfrozen, and `width` a hidden layer in the head (0: none). **Weight decay** pulls every
# weight a little towards 0 at each step. `augment` shifts and mirrors the pictures. Because *every* setting was run, this
# lesson can replay any search exactly, in no time, and say afterwards what it missed.
#
# Run one **trial**, one setting trained to its end, for real, and compare it with the recording. `usual` is the recipe of
# lesson 03, as near as the sweep has it.

# %%
usual = experiments.Hyperparameters(
    learning_rate=0.00022, batch_size=32, weight_decay=1e-4, width=0, augment=False, blocks=4
)
setting = replace(usual, batch_size=32)  # change one thing, and predict which way it goes
print(f"recorded: {sweep.trial(setting, seed=0).score:.1%} of the validation pictures")
if not SMOKE:
    (row,) = experiments.measure_setting(TASK, {**asdict(setting), "seed": 0})
    print(f"just now: {row['validation'][-1]:.1%}")

# %% [markdown]
# ## Where do good rates lie?
# **Predict:** of ten learning rates from 1e-5 to 1e-1, how many come within five points of the best, on average over
# everything else?

# %%
predict("12.good-rates", rates=None)

# %%
every = [row for task, one in sweeps.items() for row in one.rows(task=task)]
by_rate = [{**row, "accuracy": row["validation"]} for row in every]
figures.line_chart(
    by_rate,
    x="learning_rate",
    y="accuracy",
    by="task",
    x_label="learning rate",
    y_label="validation accuracy",
    title="Accuracy by learning rate: mean, and the range over all other settings",
    log_x=True,
)


# %%
def mean_where(rows, **where):
    """The mean validation accuracy of the rows that have these values."""
    return experiments.mean_over_seeds(rows, "validation", **where)


by_mean = {rate: mean_where(every, task=TASK, learning_rate=rate) for rate in grid["learning_rate"]}
good = [rate for rate, accuracy in by_mean.items() if accuracy >= max(by_mean.values()) - 0.05]
reveal("12.good-rates", len(good))

# %% [markdown]
# The good ones are neighbours on a *logarithmic* axis. On an ordinary one they would all be squeezed against the left
# edge. So try 1e-4, 3e-4, 1e-3, and never 0.01, 0.02, 0.03: draw the
# *exponent* evenly.

# %%
drawn = np.random.default_rng(SEED).uniform(1e-5, 1e-1, 1000)
hit = np.mean((drawn >= min(good)) & (drawn <= max(good)))
print(f"drawn evenly between the ends, {hit:.1%} of the rates lie among the good ones, from {min(good)} to {max(good)}")

# %% [markdown]
# ### Exercise 1: rates, drawn
# Write `draw_rates(low, high, count, rng)`: `count` learning rates between `low` and `high`, every power of ten as
# likely as any other, drawn from the generator `rng`. (Hints: `learn.hint("12.e1")`.)


# %% nbgrader={"grade_id": "e1", "solution": true}
def draw_rates(low, high, count, rng):
    """Learning rates, evenly distributed over the powers of ten."""
    ### BEGIN SOLUTION
    return np.exp(rng.uniform(np.log(low), np.log(high), count))
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 2}
check("12.e1", draw_rates)
### BEGIN HIDDEN TESTS
check("12.e1", draw_rates, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("12.q1", answer)

# %% [markdown]
# ## Which of them matter?
# How much of all differences does each hyperparameter explain by itself? Take the mean accuracy for each of its values,
# and compare how much those means vary with how much single runs do. **Predict** the order before you look.

# %%
shares = []
for task in sweeps:
    of_task = [row for row in every if row["task"] == task]
    whole = np.var([row["validation"] for row in of_task])
    for name, values in grid.items():
        means = [mean_where(of_task, **{name: value}) for value in values]
        shares.append({"task": task, "hyperparameter": name.replace("_", " "), "share": np.var(means) / whole})
figures.bars(shares, x="hyperparameter", y="share", by="task", y_label="variance explained", title="What matters alone")

# %% [markdown]
# One of them towers over the rest, on both tasks; the others differ from task to task. What is left over is their
# *interplay*, and luck. Here is the interplay that everybody meets: how large a step may be depends on the batch.

# %%
unfrozen = [{**r, "accuracy": r["validation"]} for r in every if r["task"] == TASK and r["blocks"] == 4]
figures.line_chart(
    [{**row, "batch": f"batches of {row['batch_size']}"} for row in unfrozen],
    x="learning_rate",
    y="accuracy",
    by="batch",
    x_label="learning rate",
    y_label="validation accuracy",
    title=f"Batch size and rate, all blocks unfrozen: {TASK}",
    log_x=True,
)

# %%
middle = {}
for size in grid["batch_size"]:
    of_size = {rate: mean_where(unfrozen, batch_size=size, learning_rate=rate) for rate in grid["learning_rate"]}
    weight = np.array([max(0, accuracy - min(of_size.values())) for accuracy in of_size.values()]) ** 4
    middle[size] = float(np.exp(np.average(np.log(list(of_size)), weights=weight)))
    print(f"batches of {size}: the middle of the hill is at {middle[size]:.1g}")

# %% [markdown]
# Small batches take more steps in the same epochs, each from a noisier gradient. The hill of the large batches lies
# farther to the right: whoever changes the batch size has to tune the rate again. A rule says "four times the batch, four
# times the rate" ([Goyal et al. 2017](https://arxiv.org/abs/1706.02677)); other work finds its square root for Adam.
# Compare the two middles above.
#
# ## Searching on a budget
# You can afford 20 trials of these hundreds. Four ways to spend them:
#
# - **grid**: a few rates, each with every combination of the rest;
# - **random search**: settings drawn at random ([Bergstra and Bengio
#   2012](https://jmlr.org/papers/v13/bergstra12a.html));
# - **successive halving**: begin many, stop the worse half, and again, and again;
# - **TPE**: look at the trials so far, and draw where the good ones are dense
#   ([Bergstra et al. 2011](https://papers.nips.cc/paper/4443-algorithms-for-hyper-parameter-optimization)).
#
# Random search is three lines:

# %%
BUDGET = 20
rng = np.random.default_rng(SEED)  # change SEED: how much does the winner change?
tried = [sweep.trial(sweep.settings[number], seed=0) for number in rng.permutation(len(sweep.settings))[:BUDGET]]
best = experiments.winner(tried)
print(f"{best.score:.1%} with {best.setting}")

# %% [markdown]
# TPE by a library, [Optuna](https://optuna.org): say which values there are, ask for a setting, tell what it scored.


# %%
def objective(trial):
    """The validation accuracy of the setting that Optuna asks for."""
    values = {
        name: trial.suggest_categorical(name, choices) for name, choices in grid.items() if name != "learning_rate"
    }
    place = trial.suggest_int("rate", 0, len(grid["learning_rate"]) - 1)  # ordered, unlike categories
    return sweep.trial(experiments.Hyperparameters(learning_rate=grid["learning_rate"][place], **values), seed=0).score


study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=SEED))
study.optimize(objective, n_trials=BUDGET)
print(f"{study.best_value:.1%} with {study.best_params}")

# %% [markdown]
# One search each proves nothing: a search has luck, too. Each was replayed many times, with all three seeds.
# **Predict:** after 20 trials, by how many points is TPE ahead of random search, on average?

# %%
predict("12.tpe-ahead", points=None)

# %%
searches = experiments.recorded("searches")


def found(method, column, task=TASK, budget=BUDGET):
    """A column of the replayed searches, by seed."""
    return [r[column] for r in searches if (r["method"], r["task"], r["budget"]) == (method, task, budget)]


# %%
longest = max(row["budget"] for row in searches)
paths = [
    {"method": row["method"], "trial": n, "accuracy": score}
    for row in searches
    if (row["task"], row["budget"]) == (TASK, longest)
    for n, score in enumerate(row["best_so_far"], start=1)
]
figures.line_chart(
    paths, x="trial", y="accuracy", by="method", x_label="trials", y_label="best so far", title=f"Searching: {TASK}"
)

# %%
tpe_ahead = [np.mean(found("TPE", "score", t)) - np.mean(found("random", "score", t)) for t in sweeps]
reveal("12.tpe-ahead", float(np.mean(tpe_ahead)))


# %%
def spread(values, form="{:.1%}"):
    """A mean, with the lowest and highest seed."""
    return f"{form.format(np.mean(values))} ({form.format(min(values))} to {form.format(max(values))})"


table = []
for task in sweeps:
    for method in experiments.SEARCHES:
        budgets = {f"{b} trials": spread(found(method, "score", task, b)) for b in (5, 10, 20, 40)}
        table.append({"task": task, "method": method} | budgets)
figures.Table(table)

# %% [markdown]
# The table is what the winner scored *in the search*, with the range over seeds. Compare the columns with the rows: is it
# the method that counts, or the budget? And why does a grid do no better than it does? Its 20 trials hold only two
# different rates, and the rate is what matters; random search tries a new rate in nearly every trial.

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("12.q2", answer)

# %% [markdown]
# ## Stop what won't win
# After one epoch, a bad rate already looks bad. Successive halving ([Jamieson and Talwalkar
# 2016](https://arxiv.org/abs/1502.07943)) begins many settings and lets only the better half go on:

# %%
counts = experiments.halving_rounds(BUDGET)
figures.halving_diagram(counts, experiments.CHECKPOINTS, title=f"What {BUDGET} whole trials pay for")

# %% [markdown]
# After the first, every round costs the same: half as many settings, for twice as many epochs. The danger is in the word
# *already*: some settings begin slowly. How well do early accuracies predict the end?

# %%
agreement = []
for task, one in sweeps.items():
    for epochs in experiments.CHECKPOINTS[:-1]:
        early = [one.trial(setting, seed, epochs).score for setting in one.settings for seed in one.seeds]
        late = [one.trial(setting, seed).score for setting in one.settings for seed in one.seeds]
        rho, low, high = experiments.rank_correlation(early, late)
        agreement.append({"task": task, "after epochs": epochs, "rank correlation with the end": f"{rho:.2f}"})
figures.Table(agreement)

# %% [markdown]
# ### Exercise 2: halving, honest about its budget
# Write `halving(train, count, budget)`. `train(setting, epochs)` trains setting number 0 to `count` - 1 for so many
# epochs *more* and returns its validation accuracy; after 16 epochs nothing improves. Spend at most `budget` epochs in
# all, and return the number of the setting that you choose. (Hints: `learn.hint("12.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
def halving(train, count, budget):
    """The number of the setting that wins, for at most so many epochs."""
    ### BEGIN SOLUTION
    left, stood, upto = list(range(count)), 0, 1
    while True:
        scores = {setting: train(setting, upto - stood) for setting in left}
        budget -= (upto - stood) * len(left)
        left = sorted(left, key=scores.get, reverse=True)[: max(1, len(left) // 2)]
        stood, upto = upto, 2 * upto
        if upto > 16 or (upto - stood) * len(left) > budget:
            return left[0]
    ### END SOLUTION


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 3}
check("12.e2", halving)
### BEGIN HIDDEN TESTS
check("12.e2", halving, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "d"
### END SOLUTION
check("12.q3", answer)

# %% [markdown]
# ## Is the winner better?
# Back to the beginning: train the winner of the search again, the same setting on the same pictures, with other seeds.
# **Predict** how many points it loses, on average, after 20 random trials.

# %%
predict("12.luck", points=None)

# %%
again = [sweep.trial(best.setting, seed).score for seed in sweep.seeds]
print(f"your winner of above: {best.score:.1%} in the search; with other seeds {again[1]:.1%} and {again[2]:.1%}")
lost = [luck for task in sweeps for luck in found("random", "luck", task)]
reveal("12.luck", float(np.mean(lost)))

# %%
survived = []
for method in experiments.SEARCHES:
    for named, column in {"in the search": "score", "trained again": "again", "on test pictures": "test"}.items():
        survived += [{"method": method, "measured": named, "accuracy": value} for value in found(method, column)]
figures.bars(
    survived,
    x="method",
    by="measured",
    y_label="accuracy of the winner",
    title=f"The winner of {BUDGET} trials: {TASK}",
)

# %% [markdown]
# The first bar of each group is what a search reports. The second is the same setting with fresh seeds: what is missing
# was luck of the draw, since the search picks, among settings that are about as good, the one that was lucky. The third
# is on pictures that nobody chose by. **The best trial is not the expected score.** With more trials there is more luck to
# pick from, but a search also finds settings that are steadier. Which of the two wins?

# %%
luck = [
    {"trials": b, "task": task, "points": 100 * value}
    for task in sweeps
    for b in (5, 10, 20, 40)
    for value in found("random", "luck", task, b)
]
figures.line_chart(
    luck, x="trials", y="points", by="task", x_label="trials", y_label="points lost", title="Luck of the winner"
)

# %%
gains = {}
for task, one in sweeps.items():
    default = np.mean([one.trial(usual, seed).score for seed in one.seeds])
    fresh = np.mean([one.again(usual, seed)[0] for seed in one.seeds])
    claimed, kept = np.mean(found("random", "score", task)) - default, np.mean(found("random", "again", task)) - fresh
    gains[task] = (100 * claimed, 100 * kept)
    print(f"{task}: over the usual recipe {100 * claimed:+.1f} points claimed, {100 * kept:+.1f} kept")

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "a"
### END SOLUTION
check("12.q4", answer)

# %% [markdown]
# ### Seed by seed
# So is setting A better than B? One run of each says little. Several say more, and most if both had the *same* seeds
# and so the same draws of labels: what makes a seed hard is hard for both, and cancels in the difference. That is a
# **paired comparison**.
#
# ### Exercise 3: better, or only lucky?
# Write `better(a, b)`: `a` and `b` are accuracies of two settings, entry by entry with the same seed. Return `"a"` or
# `"b"` if one is better, and `None` if it may be luck. Of 400 pairs of settings that are *equal* you may call one in ten
# different; of those that differ you must find four in five. (Hints: `learn.hint("12.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def better(a, b):
    """The better setting, or None if the difference may be luck."""
    ### BEGIN SOLUTION
    ahead = np.asarray(a) - np.asarray(b)
    error = ahead.std(ddof=1) / np.sqrt(len(ahead))
    if abs(ahead.mean()) < 2.4 * error:
        return None
    return "a" if ahead.mean() > 0 else "b"
    ### END SOLUTION


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 3}
check("12.e3", better)
### BEGIN HIDDEN TESTS
check("12.e3", better, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ## The test part doesn't choose
# Nothing is trained on test pictures, so why not pick the setting by them? Try it: pick the best of all settings by the
# test accuracy of one seed, and see what the *same* setting has with the others.

# %%
for task, one in sweeps.items():
    chosen = max(one.settings, key=lambda setting, one=one: one.test(setting, 0))
    fresh = np.mean([one.test(chosen, seed) for seed in one.seeds[1:]])
    print(f"{task}: {one.test(chosen, 0):.1%} when picked by test pictures; trained again {fresh:.1%}")

# %% [markdown]
# Whatever picks becomes too good to be true, the test part as well; and then there is nothing left to tell you so. Open
# it once, for the one setting that you release.

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("12.q5", answer)

# %% [markdown]
# ## The lab: twenty trials
# Now you search. The same sweep, the same budget, the same noise as random search and TPE: choose settings by hand, look
# at what they score, and guess what your winner has left when it is trained again.

# %%
labs.twenty_trials()

# %% [markdown]
# ## With a real network
# The same lines with EfficientNet-Lite0 on photographs, live. Its features are computed once (lesson 02), so a trial
# trains a small head alone, by scikit-learn.

# %%
network = load_backbone("efficientnet_lite0", image_size=96)
textures = load_dataset("photo-textures", image_size=96)
few, choosing = textures.train.few(5, seed=SEED), textures.validation.few(5 if SMOKE else 15, seed=SEED)
ours, theirs = (extract_features(network, part.inputs) for part in (few, choosing))


# %%
def head_score(rate, width, seed):
    """The validation accuracy of a head with a hidden layer, on cached features."""
    head = MLPClassifier(width, learning_rate_init=rate, max_iter=2 if SMOKE else 30, random_state=seed)
    with warnings.catch_warnings(action="ignore"):  # it says that it could go on for longer
        fitted = make_pipeline(StandardScaler(), head).fit(ours, few.labels)
    return float(fitted.score(theirs, choosing.labels))


# %%
def real_objective(trial):
    rate = trial.suggest_float("rate", 1e-5, 1e-1, log=True)  # evenly over the powers of ten
    return head_score(rate, trial.suggest_categorical("width", [16, 128]), seed=SEED)


real = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=SEED))
real.optimize(real_objective, n_trials=2 if SMOKE else 12)
fresh = [head_score(**real.best_params, seed=SEED + n) for n in (1, 2)]
print(f"winner {real.best_params}: {real.best_value:.1%} in the search; again {fresh[0]:.1%} and {fresh[1]:.1%}")

# %% [markdown]
# Look at what the winner has with other seeds. Is there less luck in a head on frozen features than in a whole network?
# A single search can't say: change `SEED` and run it again.

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("12.q6", answer)

# %% [markdown]
# ## Claims on trial
# What people say, beside what was measured here, on two tasks.


# %%
def verdict(holds):
    return "holds" if holds else "fails here"


def ahead(method, over):
    """By how many points a method's winners are ahead of another's, trained again, by task and seed."""
    return [
        100 * (a - b) for t in sweeps for a, b in zip(found(method, "again", t), found(over, "again", t), strict=True)
    ]


points = "{:+.1f}"
grid_lag, tpe_lead = ahead("random", "grid"), ahead("TPE", "random")
halving_lead = ahead("successive halving", "random")
leads = {"random over grid": grid_lag, "TPE over random": tpe_lead, "halving over random": halving_lead}

# %%
losses = spread([100 * value for value in lost], "{:.1f}")
first = max(shares, key=lambda row: row["share"])
by_rate_alone, ratio = first["hyperparameter"] == "learning rate", middle[32] / middle[8]
tried = [
    ("Random search beats a grid.", f"{spread(grid_lag, points)} points again", verdict(min(grid_lag) > 0)),
    ("TPE beats random search.", f"{spread(tpe_lead, points)} points again", verdict(min(tpe_lead) > 0)),
    ("Stopping early finds more.", f"{spread(halving_lead, points)} points again", verdict(min(halving_lead) > 0)),
    ("The rate matters most.", f"{first['share']:.0%} explained by {first['hyperparameter']}", verdict(by_rate_alone)),
    ("4 x the batch, 4 x the rate.", f"the hill moves {ratio:.1f} times on {TASK}", verdict(2.8 < ratio < 5.7)),
    ("The best trial is what to expect.", f"it loses {losses} points again", verdict(np.mean(lost) < 0.005)),
]
figures.claims_on_trial(tried)

# %% [markdown]
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("12")

# %% [markdown]
# ## Key takeaways
# - **Tune the rate first,** on a logarithmic axis, and again when the batch size changes.
# - **Don't lay a grid.** Draw at random, or let TPE draw; the budget counts for more than the method.
# - **Stop early, and count every epoch.**
# - **Train the winner again** with fresh seeds before you report a figure: the best of many was lucky, too.
# - **Compare seed by seed,** and open the test part once.
#
# ## What we measured
# The claims of this lesson, with the figures of the recordings. The course's tests check claims of the same names.

# %%
listed = []
for task in sweeps:
    lead = max((row for row in shares if row["task"] == task), key=lambda row: row["share"])
    listed.append((f"{task}: explains most alone", f"{lead['hyperparameter']}, {lead['share']:.1%}"))
    losses = spread([100 * value for value in found("random", "luck", task)], "{:.1f}")
    listed.append((f"{task}: points that the winner of {BUDGET} random trials loses again", losses))
    claimed, kept = gains[task]
    listed.append((f"{task}: points over the usual recipe", f"{claimed:+.1f} claimed, {kept:+.1f} kept"))
for what, lead in leads.items():
    listed.append((f"{what}, trained again, points", spread(lead, points)))
figures.Table([{"claim": claim, "value": value} for claim, value in listed])

# %%
learn.progress_card("12")

# %% [markdown]
# The next time somebody shows you a table in which the new method wins by half a point, ask for two things: how many
# settings the old one was given, and what the winner had with fresh seeds.
