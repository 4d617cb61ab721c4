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
#     title: Sound
#     question: Can a network that learned from pictures, or from other people's speech, hear yours?
#     objectives:
#       - text: Turn a wave into a log-mel spectrogram, with units that you can defend
#         practised_by: ["11.e1", "11.q1"]
#       - text: Tell which source task suits a sound, and hold each against a fair control
#         practised_by: ["11.q2", "11.q6"]
#       - text: Split recordings by speaker, and say what a split by clip hides
#         practised_by: ["11.e2", "11.q3"]
#       - text: Say what each layer of a speech network makes easy
#         practised_by: ["11.q4"]
#       - text: Augment sounds without changing what is said
#         practised_by: ["11.e3", "11.q5"]
#     misconceptions:
#       - id: ordinary-pictures
#         text: Spectrograms are ordinary pictures, so flips are harmless
#         caught_by: ["11.e3", "11.q5"]
#       - id: any-sample-rate
#         text: The sample rate doesn't matter, since it is the same sound
#         caught_by: ["11.q1"]
#       - id: more-clips-of-one-speaker
#         text: More clips of one speaker are more data
#         caught_by: ["11.e2", "11.q3"]
#       - id: whisper-classifies
#         text: Whisper is a classifier of words
#         caught_by: ["11.q6"]
#     terms: ["sample rate", "log-mel", "mel scale", "formants", "encoder", "unheard", "self-supervised", "decoder"]
#     prerequisites: ["10_fine_tune_or_retrieve"]
#     requires: ["whisper_tiny_en"]
#     minutes: 45
#     seconds: 60
#     data: vowels, glides, spoken_digits
#     backbone: whisper_tiny_en
# ---

# %% [markdown]
# # 11 Sound
# **Can a network that learned from pictures, or from other people's speech, hear yours?**
#
# Say "seven" twice, and a microphone sees two different waves. Let a friend say it, and it is a third. You have *five*
# recordings of each of ten words, and want to understand somebody who was never recorded. One network has seen a million
# photographs and never heard a thing. Another has listened to strangers for fifty years. Which one do you ask?
#
# You will be able to
#
# - turn a wave into a log-mel spectrogram, with units that you can defend;
# - tell which source task suits a sound;
# - split recordings by speaker, and say what a split by clip hides;
# - say what each layer of a speech network makes easy;
# - augment sounds without changing what is said.
#
# *About 45 minutes. Before this: lesson 10.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "whisper_tiny_en"
DATASET = "vowels"

# %%
from course_utils import (
    backbones,
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
)

import numpy as np
from IPython.display import Audio, display

SMOKE = PROFILE == "smoke"
HERE = backbones.is_here("whisper_tiny_en")  # real weights, 71 MB, fetched once

learn.cover("11")

# %% [markdown]
# The speech network is Whisper tiny.en. We probe its **encoder**: the half that listens, 8 million weights, trained
# with the other half, which writes, on 438,000 hours of English speech. If it isn't on your computer, the lesson goes on with
# recordings, and the cells that need it say so.

# %%
if HERE:
    whisper = load_backbone("whisper_tiny_en")
else:
    print(
        "Whisper is missing, so you will see recorded runs only. To fetch it once: course models fetch whisper_tiny_en"
    )

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons, first of all those that gave you trouble. Run the cell to see them, write your
# answers in place of `None`, and run it again. You may also go on without.

# %%
learn.review("11", first=None, second=None, third=None)

# %% [markdown]
# ## From a wave to a log-mel
# A sound is pressure over time. Its **sample rate** says how many numbers a second hold it: here 16,000. These sounds
# are drawn by code: *vowels* of twelve made-up speakers, and *glides*, tones of twelve made-up instruments that rise, fall
# or turn. Listen before you look.

# %%
vowels, glides = data.load_sounds("vowels", seed=SEED), data.load_sounds("glides", seed=SEED)


def example(task, name, number=0):
    """One training clip of a class."""
    rows = np.flatnonzero(task.train.labels == task.class_names.index(name))
    return task.train.inputs[rows[number]]


shown = {name: example(vowels, name) for name in ("ee", "ah")} | {"rising": example(glides, "rising")}
figures.waves(shown, title="Two vowels and a glide")

# %%
Audio(
    example(vowels, "ee"), rate=data.SAMPLE_RATE
)  # play it; then change the vowel, or take example(glides, "falling")

# %% [markdown]
# Which wave is which? The eye can't tell, and a network has a hard time, too. So nearly everybody turns it into a
# **log-mel** spectrogram first:
#
# 1. cut it into windows of 25 ms, a new one every 10 ms;
# 2. measure how much power each frequency has in the window;
# 3. add it up in 80 bands of the **mel scale**, which are narrow where the ear hears finely and broad above;
# 4. take the logarithm, since the ear hears ratios.

# %%
names = {vowel: (vowels, vowel) for vowel in ("ee", "ah", "oo")}
names |= {glide: (glides, glide) for glide in ("rising", "falling", "up and down")}
mels = {name: experiments.log_mels(example(*which)[None])[0] for name, which in names.items()}
figures.spectrograms(mels, title="The same kind of sounds as log-mels")

# %% [markdown]
# Now you can read them. A vowel is a few dark stripes at fixed heights: its **formants**, the resonances of the mouth.
# A glide is a shape. Keep the difference in mind; it will decide who wins.
#
# ### Exercise 1: a log-mel by hand
# Write `log_mel(wave, window, hop, filters)`. Take pieces as long as `window` that begin at every `hop`-th sample;
# multiply each by `window`; take the power of `np.fft.rfft`; multiply by `filters`, `(frequencies, bands)`; no power below
# 1e-10; then the logarithm to base 10. Return `(pieces, bands)`. (Hints: `learn.hint("11.e1")`.)


# %% nbgrader={"grade_id": "e1", "solution": true}
def log_mel(wave, window, hop, filters):
    """The logarithm of the power in each band, piece by piece."""
    ### BEGIN SOLUTION
    pieces = np.lib.stride_tricks.sliding_window_view(wave, len(window))[::hop]
    power = np.abs(np.fft.rfft(pieces * window)) ** 2
    return np.log10(np.maximum(power @ filters, 1e-10))
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 3}
check("11.e1", log_mel)
### BEGIN HIDDEN TESTS
check("11.e1", log_mel, seed=1)
### END HIDDEN TESTS

# %% [markdown]
# ### One number that nobody looks at
# A file says how many samples make a second. If a program doesn't read that, and takes a recording of 8,000 a second for
# one of 16,000, nothing raises an error. What happens to the sound?

# %%
right = example(vowels, "ah")
wrong = data.one_window(right[::2])  # 8,000 samples a second, taken for 16,000
pair = {"right": right, "wrong rate": wrong}
figures.spectrograms(
    {name: experiments.log_mels(wave[None])[0] for name, wave in pair.items()}, title="One sound, twice"
)

# %% [markdown]
# It is half as long and an octave higher: another mouth, another vowel. `data.read_sound` reads the rate and converts,
# with a filter, whatever your file has.

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("11.q1", answer)

# %% [markdown]
# ## Three tasks, three ears
# What can be probed with few labels?
#
# - the **log-mel** itself, without any network: how loud each band is, or a coarse picture of it;
# - a *picture network*, EfficientNet-Lite0, which learned from photographs: it gets the log-mel as a grey picture;
# - *Whisper's encoder*, frozen, and the same network with random weights.
#
# A clip lasts a second, and a spoken digit fills less than half of it. The rest is silence, which says nothing of the
# word. So nobody counts it: pictures are cut to the part that sounds, and vectors are averaged only where a clip is at
# most 30 dB below its loudest point, as lesson 08 did with padding.

# %%
figures.sound_to_vector(title="One second on its way through Whisper's encoder")

# %% [markdown]
# And three tasks: vowels, glides, and real **digits**, "zero" to "nine", spoken by four people. All tests are on speakers
# whom nobody learned from. **Predict:** with five labels of each class, which of the three does best on glides? And on
# vowels?

# %%
predict("11.glides", method=None)  # "log-mel", "picture network" or "Whisper"


# %%
def probe_live(task, features, labels=5):
    """The test accuracy of a probe on features of a few training clips."""
    few, test = task.train.few(labels, seed=SEED), task.test
    probe = linear_probe(features(few.inputs), few.labels)
    return probe.score(features(test.inputs), test.labels)


def loudness(waves):
    return experiments.log_mel_features(experiments.log_mels(waves), waves)["loudness of the bands"]


def pictures(waves):
    return experiments.as_pictures(experiments.sounding_parts(experiments.log_mels(waves), waves))


# %%
photographs = None if SMOKE else load_backbone("efficientnet_lite0", image_size=96)
for task in () if SMOKE else (vowels, glides):  # change labels=5 above, and predict again
    print(f"{task.name}: log-mel {probe_live(task, loudness):.1%}")
    seen = probe_live(task, lambda waves: extract_features(photographs, pictures(waves)))
    print(f"{task.name}: picture network, last block {seen:.1%}")
    if HERE:
        print(f"{task.name}: Whisper, frozen {probe_live(task, lambda waves: extract_features(whisper, waves)):.1%}")

# %% [markdown]
# One draw proves little. Recorded over eight draws of labels and speakers. *Whisper, frozen* is its last block, as anybody
# would take it, and *silence counted* are the same vectors, averaged over all of a clip; all the others *choose* block and
# strength of the probe on validation speakers. From scratch is a small convolutional network on log-mels, with
# augmentation; validation speakers choose its rate.

# %%
OURS, WITH_SILENCE = "Whisper, frozen", "Whisper, silence counted"
budgets = experiments.recorded("sound-budgets")
scratch = experiments.recorded("sound-scratch")  # five labels
budgets += experiments.at_best_rate(scratch, task="spoken_digits", labels=5)


def mean(rows, column="accuracy", **where):
    """The mean of a column, over the rows that have the given values in other columns."""
    return experiments.mean_over_seeds(rows, column, **where)


# %%
TASK = "glides"  # or "vowels", "spoken_digits"
classes = {"vowels": 5, "glides": 5, "spoken_digits": 10}
shown = [row for row in budgets if row["task"] == TASK and row["method"] != WITH_SILENCE]
figures.label_budget(shown, guess=1 / classes[TASK], title=f"Never heard before: {TASK}")


# %%
def spread(values):
    """Shares as percentages: their mean, with the lowest and highest draw."""
    return f"{np.mean(values):.1%} ({min(values):.1%} to {max(values):.1%})"


def draws(method, task="spoken_digits", labels=5, column="accuracy"):
    wanted = (method, task, labels)
    return [row[column] for row in budgets if (row["method"], row["task"], row["labels"]) == wanted]


methods = list(dict.fromkeys(row["method"] for row in budgets))
table = [{"method": m} | {t: spread(draws(m, t)) if draws(m, t) else "-" for t in classes} for m in methods]
display(figures.Table(table))
frozen = [method for method in methods if method != "from scratch"]
best = {task: max(frozen, key=lambda m: mean(budgets, task=task, method=m, labels=5)) for task in classes}
reveal("11.glides", best["glides"], vowels=best["vowels"])

# %% [markdown]
# Three tasks, three answers. A glide is a *shape*, and shapes are what a network of photographs knows. A vowel drawn by
# code is stripes at fixed heights: the log-mel shows it plainly, and no network is ahead of it. (Whisper's best block, an
# early one, comes near; its last has lost some of it.) A spoken word is neither: sounds in an order, in a new voice,
# fast or slow. That is what hearing strangers teaches, and no photograph does. *Which source task did your question
# practise?* decides, and not which network is the best.
#
# Then compare the rows *Whisper, frozen* and *silence counted*: one network, one probe, and only the average differs. On
# which task does it matter? The drawn voices all take about the same time for a sound. People don't, so how much silence
# fills up a clip tells who speaks, and not what is said. Most pooling layers count everything, unasked.

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("11.q2", answer)

# %% [markdown]
# ## The same voice twice
# So far a test speaker was **unheard**: no clip of that voice was learned from. Most people split *clips* at random, and
# then each voice is in both parts. The same probes, fitted once, were tested on both: new clips of voices that they know,
# and an unheard one. **Predict:** the log-mel has five clips of each digit. By how many points does the easy test flatter it?

# %%
predict("11.leak", points=None)

# %%
known = [
    {"method": row["method"], "accuracy": row[column], "tested on": tested}
    for row in budgets
    if row["task"] == "spoken_digits" and row["labels"] == 5
    if row["method"] not in ("Whisper, best block", WITH_SILENCE)
    for column, tested in (("heard", "voices learned from"), ("accuracy", "an unheard voice"))
]
title = "Five clips of each digit: two honest-looking tests"
display(figures.bars(known, x="method", by="tested on", guess=0.1, title=title))
leak = {m: mean(budgets, "heard", task="spoken_digits", method=m, labels=5) for m in methods}
leak = {m: heard - mean(budgets, task="spoken_digits", method=m, labels=5) for m, heard in leak.items()}
reveal("11.leak", leak["log-mel"])

# %% [markdown]
# What the log-mel's probe learned holds for these voices, and hardly for others. If you had split by clip, you would have
# shipped it. Whisper's features lose least: what a voice sounds like matters less to them. Look at the order of the
# methods, too. Does the easy test even choose the right one?
#
# If the test is about new people, then so is the learning. Twelve takes of each digit, from one, two or three people, and
# for comparison three and twenty-four of one:

# %%
people = experiments.recorded("sound-speakers")
gained = {}
for method in ("Whisper, frozen", "log-mel"):
    by = {(s, t): mean(people, method=method, speakers=s, takes=t) for s, t in ((1, 12), (1, 24), (3, 12))}
    gained[method] = {"takes": by[1, 24] - by[1, 12], "people": by[3, 12] - by[1, 12]}
    told = f"twice the takes {100 * gained[method]['takes']:+.1f} points"
    print(f"{method}: {told}, three people instead of one {100 * gained[method]['people']:+.1f} points")
number = {1: "one", 2: "two", 3: "three"}
each = [{**row, "learned from": f"{row['takes']} from {number[row['speakers']]}"} for row in people]
figures.bars(each, x="learned from", by="method", guess=0.1, title="More takes, or more people?")

# %% [markdown]
# To a log-mel, new voices are worth far more than new takes. For Whisper, look at the dots: with four people to test on, its
# difference lies within its range.
#
# New voices can also be *made*. A synthesiser said each digit in twenty voices, and nobody was recorded. A probe learned
# from these clips alone, and was tested on all clips of the four people. Guess before you run it.

# %%
made = experiments.recorded("sound-synthetic")
real = {m: draws(m) for m in ("Whisper, frozen", "log-mel")}
synthetic = {m: [row["accuracy"] for row in made if row["method"] == m] for m in real}
columns = {"synthetic voices alone": synthetic, "five clips of each digit by people": real}
figures.Table([{"method": m} | {name: spread(found[m]) for name, found in columns.items()} for m in real])

# %% [markdown]
# To the log-mel a machine's "seven" is mostly another sound. Whisper hears a seven: what a voice sounds like is mostly gone in
# its last block. (To let it speak on your computer: `pip install espeakng-loader`, then `data.synthetic_words`. It is under
# the GPL-3, so the course ships neither it nor what it said.)
#
# ### Exercise 2: nobody in two parts
# Write `split_by_speaker(speakers, share, rng)`: `speakers` is an array with the name of each clip's speaker. Return
# `train, test`, the rows of the clips. A `share` of the *speakers*, rounded, is tested on, drawn with `rng`; all clips
# of a speaker go where the speaker goes. (Hints: `learn.hint("11.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
def split_by_speaker(speakers, share, rng):
    """Rows to learn from and rows to test on, with nobody in both."""
    ### BEGIN SOLUTION
    names = rng.permutation(np.unique(speakers))
    tested = np.isin(speakers, names[: round(share * len(names))])
    return np.flatnonzero(~tested), np.flatnonzero(tested)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 2}
check("11.e2", split_by_speaker)
### BEGIN HIDDEN TESTS
check("11.e2", split_by_speaker, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "a"
### END SOLUTION
check("11.q3", answer)

# %% [markdown]
# ## What is said, and who says it
# Every clip has a word and a voice. Probe each block of Whisper for both, with five clips of each class: which *digit*, on
# an unheard voice; which *speaker*, on words that weren't learned from. **Predict:** after which block is the speaker
# plainest: `"conv"`, or `"block1"` to `"block4"`?

# %%
predict("11.speaker", block=None)

# %%
layers = experiments.recorded("sound-layers")
panels = [{**row, "target": row["what"], "weights": row["network"]} for row in layers]
chances = {row["what"]: 1 / row["classes"] for row in layers}
display(figures.probe_by_block(panels, guess=chances, title="What is said, and who says it"))
by_block = {what: {} for what in chances}
for what, block in dict.fromkeys((row["what"], row["block"]) for row in layers):
    by_block[what][block] = mean(layers, what=what, block=block, network="pretrained")
for what, found in by_block.items():
    print(f"{what}: " + ", ".join(f"{block} {accuracy:.1%}" for block, accuracy in found.items()))
peak = {what: max(found, key=found.get) for what, found in by_block.items()}
reveal("11.speaker", peak["speaker"])

# %% [markdown]
# One rises, the other falls. Whoever writes down speech has to hear the same word in every voice, so training on
# transcripts made the voice *less* plain towards the end; in random weights hardly anything moves. To recognise a voice, probe
# early; to recognise a word, probe the last block.

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "d"
### END SOLUTION
check("11.q4", answer)

# %% [markdown]
# ## Take the voice away
# The last block still knows something of the speaker. A trick that is older than these networks ([Furui
# 1981](https://doi.org/10.1109/TASSP.1981.1163530)): what all clips of one voice have in common is the voice, and not the
# word. So subtract the mean of a voice's features from each of its clips. That takes no labels: the new voice only has to
# talk. With five labels of each digit, the mean of the unheard voice was taken of all its clips; of ten; and of ten in
# which it says the *same* digit. For the log-mel nothing is chosen here: it is the picture of what sounds, stretched. (Above,
# choosing by a single person's voice cost it some points.) **Predict:** with which mean does Whisper do worse than without?

# %%
predict("11.mean", worse=None)  # "all clips", "ten clips", "ten of one word" or "none"

# %%
voices = [row for row in experiments.recorded("sound-voices") if row["labels"] == 5]
display(figures.bars(voices, x="less the mean of", by="method", guess=0.1, title="An unheard voice, less its mean"))
less = {}
for row in voices:
    less.setdefault((row["method"], row["less the mean of"]), []).append(row["accuracy"])
ours = {way: found for (method, way), found in less.items() if method == OURS}
without = [100 * (new - old) for new, old in zip(ours["all clips"], ours["nothing"], strict=True)]
worse = [way for way, found in ours.items() if np.mean(found) < np.mean(ours["nothing"])]
reveal("11.mean", ", ".join(worse) or "none")

# %% [markdown]
# The log-mel gains most by far. It is full of the voice, and the last block has little of it left to take away. Look at
# Whisper's dots: which voices gained, those that were well understood before, or the others? Ten clips of anything do
# much of what all do. But the mean of ten sevens is the voice *and* the seven, and whoever subtracts it takes away what you
# wanted to hear. It isn't free, either: the voice has to talk before the first answer, and say a mixture of things.
# (And be as strict with us: this way was picked among several on these very voices. Only new voices can say what is left of
# its gain.)
#
# ## The lab: the sound microscope
# Choose a vowel and a voice, play it, and guess before you look: which of the other sounds is nearest, one with the same
# vowel or one of the same voice? Then move through the layers.

# %%
labs.sound_microscope()

# %% [markdown]
# ## A log-mel is no ordinary picture
# Picture networks are trained on mirrored photographs. A log-mel has axes that mean something. Here probes were fitted on
# whole clips of digits and tested on damaged ones of an unheard voice. **Predict:** which damage costs Whisper most?

# %%
predict("11.damage", damage=None)  # "20 times quieter", "wrong sample rate", "backwards" or "pitch upside down"

# %%
damaged = experiments.recorded("sound-damage")
display(figures.bars(damaged, x="damage", by="method", guess=0.1, title="Tested on damaged clips"))
kinds = list(dict.fromkeys(row["damage"] for row in damaged))
after = {kind: mean(damaged, damage=kind, method="Whisper, frozen") for kind in kinds}
reveal("11.damage", min(after, key=after.get))

# %% [markdown]
# Loudness is forgiven, for the most part. Turned axes are not: upside down, high is low; backwards, "six" ends before it
# begins. As *augmentation* they teach that such sounds are the same, which is false:

# %%
rising = experiments.log_mels(example(glides, "rising")[None])[0]
copies = {"rising": rising, "pitch upside down": rising[:, ::-1], "backwards": rising[::-1]}
figures.spectrograms(copies, title="Which of these still deserves the label?")

# %% [markdown]
# ### Exercise 3: augmentation for sounds
# Write `augment(mel, rng)`: a changed copy of a log-mel `(frames, bands)` that still says the same. What is high stays
# above what is low, what comes first comes first, the pitch moves by few bands, and no two copies are alike. (Hints:
# `learn.hint("11.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def augment(mel, rng):
    """The same sound, a little earlier or later."""
    ### BEGIN SOLUTION
    return np.roll(mel, rng.integers(-5, 6), axis=0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 3}
check("11.e3", augment)
### BEGIN HIDDEN TESTS
check("11.e3", augment, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # one or more letters, for example "ad"
### BEGIN SOLUTION
answer = "bd"
### END SOLUTION
check("11.q5", answer)

# %% [markdown]
# ## What fine-tuning takes
# Whisper was trained on speech *with* transcripts. Others, such as wav2vec 2.0, are **self-supervised**: they hear speech
# without a text, and guess hidden pieces of it, as masked words in lesson 08. No labels, so more languages; then they are
# fine-tuned on some transcripts. Is it worth moving Whisper's blocks for ten digits, with five clips of each? LP-FT of the
# top block from a fitted head; validation speakers choose among two rates.

# %%
tuned = experiments.recorded("sound-tuned")
still = {r["seed"]: r for r in budgets if (r["method"], r["task"], r["labels"]) == (OURS, "spoken_digits", 5)}
chosen = experiments.at_best_rate(tuned, blocks=1, labels=5)
before, after_it = [still[row["seed"]]["accuracy"] for row in chosen], [row["accuracy"] for row in chosen]
paid = [100 * (new - old) for new, old in zip(after_it, before, strict=True)]
figures.Table(
    [{"way": "frozen", "accuracy": spread(before)}, {"way": "LP-FT, top block", "accuracy": spread(after_it)}]
)

# %% [markdown]
# Compare the ranges before you pay for it: a probe passes each clip through the network once, forward; eight epochs are
# eight passes, and as many back through the block that learns.
#
# ## Let it write
# And why not let Whisper write the word down, without a single label? Its other half, the **decoder**, writes text: the
# likeliest token, then the likeliest after that, from what the encoder made of thirty seconds. Recorded with real digits:
# single ones, and six in a row, in eight draws of clips. Figures count as well as words. **Predict:** how many percent
# of the *single* digits does it write down right?

# %%
predict("11.written", percent=None)

# %%
written = experiments.recorded("sound-transcripts")
share = {}
for kind, draw in dict.fromkeys((row["kind"], row["seed"]) for row in written):
    share.setdefault(kind, []).append(mean([row for row in written if row["seed"] == draw], "right", kind=kind))
bars = [{"what": kind, "share": value} for kind, values in share.items() for value in values]
figures.bars(bars, x="what", y="share", y_label="written down right", title="Whisper writes what it hears")

# %%
reveal("11.written", np.mean(share["one digit"]))

# %%
listed = [row for row in written if not row["right"]][::4]
figures.Table([{"said": " ".join(map(str, row["said"])), "written": row["written"][:60]} for row in listed])

# %% [markdown]
# A single word is a second of speech in 29 of silence, unlike nearly all that it was trained on. So it writes what is
# likely after a short sound in a quiet film. It is no classifier: nothing makes it answer with one of your ten words, and
# "to" and "for" are words, too. In a row they sound like numbers and are written as such, but one gets lost easily, or it
# gets stuck. Compare with a probe on five clips of each: the encoder knew the digits all along.

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("11.q6", answer)

# %% [markdown]
# ## Your own voice
# Now your words. *Record a round* shows them one after the other; say each as it appears. Three rounds of ten words take a
# minute, and teaching them a few seconds. What you record becomes WAV files in the folder `my_voice`, one sub-folder for
# each word; nothing leaves this computer. Without a microphone, add files from a phone. Guess before you teach it: of
# your takes, each told from the other rounds, how many will Whisper and the log-mel get?
#
# Then say five words to it yourself, and let somebody else say the same five. That second test is the one that you would
# have to pass before you sold it.

# %%
labs.own_voice("my_voice")  # for other words: labs.own_voice("my_voice", ["tea", "coffee", "water"])

# %% [markdown]
# One voice, learned and tested: that is the *easy* test, and right for a device that only you talk to. By hand, it is
# `data.load_own_sounds("my_voice")` and a probe on `extract_features`. And `course adapt my_voice` makes a model of the same
# folder that you can take along: lesson 13.
#
# ## Claims on trial
# What people say, beside what was measured here.


# %%
def verdict(holds):
    return "holds" if holds else "fails here"


def ahead(task, labels=5, method=OURS, rival="log-mel"):
    """Points of a method over another one, for each draw."""
    return [100 * (a - b) for a, b in zip(draws(method, task, labels), draws(rival, task, labels), strict=True)]


def points(values):
    return f"{np.mean(values):+.1f} points ({min(values):+.1f} to {max(values):+.1f})"


# %%
tried = {
    "A picture network can hear: glides.": ahead("glides", method="picture network"),
    "A picture network can hear: digits.": ahead("spoken_digits", method="picture network"),
    "A speech network, best block, helps: vowels.": ahead("vowels", method="Whisper, best block"),
    "A speech network helps: digits.": ahead("spoken_digits"),
}
trial = [(claim, f"over the log-mel {points(found)}", verdict(min(found) > 0)) for claim, found in tried.items()]
flattered = f"it flatters the log-mel by {100 * leak['log-mel']:.1f} points"
trial.append(("A split by clip is good enough.", flattered, verdict(leak["log-mel"] < 0.05)))
singles, probed = np.mean(share["one digit"]), np.mean(draws(OURS))
told = f"written {singles:.1%} of single digits, a probe on five labels {probed:.1%}"
trial.append(("What Whisper doesn't write, it didn't hear.", told, verdict(probed <= singles)))

# %%
more_takes, more_people = (100 * gained["log-mel"][more] for more in ("takes", "people"))
told = f"twice the takes {more_takes:+.1f}, three voices {more_people:+.1f} points"
trial.append(("To a log-mel, more takes are as good as more voices.", told, verdict(more_takes >= more_people)))
rises = by_block["digit"]["block4"] - by_block["digit"]["conv"]
falls = by_block["speaker"]["conv"] - by_block["speaker"]["block4"]
told = f"digit {100 * rises:+.1f}, speaker {-100 * falls:+.1f} points from conv to block4"
trial.append(("Early who, late what.", told, verdict(rises > 0 and falls > 0)))
told = f"less the voice's mean {points(without)}"
trial.append(("The last block has forgotten who speaks.", told, verdict(np.mean(without) < 1)))
left_out = ahead("spoken_digits", rival=WITH_SILENCE)
trial.append(("Silence averages out.", f"leaving it out {points(left_out)}", verdict(np.mean(left_out) < 1)))
figures.claims_on_trial(trial)

# %% [markdown]
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("11")

# %% [markdown]
# ## Key takeaways
# - **Look at the log-mel first.** If it shows the answer, you need no network; if it is a shape, a picture network may do.
# - **Split by speaker.** A voice that was learned from is no test for the next one.
# - **Average what sounds.** How much silence is in a clip depends on who speaks.
# - **More people, not more takes.** And take from each voice its mean: it costs no label.
# - **Early who, late what:** choose the block for the question.
# - **Mind the axes:** no flips; and read the sample rate.
#
# ## What we measured
# The claims of this lesson, with the figures of the recordings. The course's tests check claims of the same names.

# %%
listed = [(f"{task}, 5 labels: {best[task]} is best", spread(draws(best[task], task))) for task in classes]
for n in (1, 5, 20):
    listed.append((f"digits, {n} of each: Whisper over log-mel", points(ahead("spoken_digits", n))))
    gap = ahead("spoken_digits", n, rival=WITH_SILENCE)
    listed.append((f"digits, {n} of each: silence left out over counted", points(gap)))
listed += [(f"digits, 5 labels: known over unheard voices, {m}", f"{100 * p:+.1f} points") for m, p in leak.items()]
listed.append(("digits, 5 labels: LP-FT of the top block over frozen", points(paid)))
listed += [(f"digits, 5 labels: {m} less the mean of {way}", spread(found)) for (m, way), found in less.items()]
listed += [(f"digits from synthetic voices alone: {m}", spread(values)) for m, values in synthetic.items()]
listed += [(f"written down right by the decoder: {kind}", spread(values)) for kind, values in share.items()]
figures.Table([{"claim": claim, "value": value} for claim, value in listed])

# %%
learn.progress_card("11")

# %% [markdown]
# You have asked three ears, and got three answers. Record yourself, and then your neighbour: what do you think the
# network hears first, the word, or that it isn't you?
