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
#     title: Fine-tune or retrieve?
#     question: Your model must speak in your voice and know your facts. Which is learned, which is looked up?
#     objectives:
#       - text: Read a language model's next-word probabilities and its perplexity
#         practised_by: ["10.q1"]
#       - text: Decide whether a voice needs tuning, against examples in the prompt, and say what tuning cost
#         practised_by: ["10.q2"]
#       - text: Test whether facts are known, with paraphrases and questions without an answer
#         practised_by: ["10.q3", "10.q5"]
#       - text: Build a search by meaning, and measure its recall
#         practised_by: ["10.e1", "10.q4"]
#       - text: Bring changed facts in without training, and refuse where there is no evidence
#         practised_by: ["10.e2", "10.e3", "10.q6"]
#     misconceptions:
#       - id: fine-tuning-stores-facts
#         text: Fine-tuning stores facts reliably
#         caught_by: ["10.q3"]
#       - id: retrieval-sets-style
#         text: Retrieval sets the style
#         caught_by: ["10.q2"]
#       - id: top-one-suffices
#         text: The best passage is enough
#         caught_by: ["10.e1", "10.q4"]
#       - id: retrieval-ends-hallucination
#         text: Whoever retrieves doesn't make things up
#         caught_by: ["10.e3", "10.q5"]
#     terms: ["language model", "perplexity", "prompt", "retrieval", "recall", "reader"]
#     given: ["90 %"]
#     prerequisites: ["09_small_adapters"]
#     requires: ["smollm2_135m", "minilm"]
#     minutes: 45
#     seconds: 90
#     data: house-voice, handbook
#     backbone: smollm2_135m
# ---

# %% [markdown]
# # 10 Fine-tune or retrieve?
# **Your model must speak in your voice and know your facts. Which is learned, which is looked up?**
#
# Tarnmoor Outfitters, a shop that we invented, wants an assistant. It must answer in the house's form: three lines, in
# this order, and nothing else. And it must know the handbook: prices, rooms, opening times, which change on Tuesdays.
# People say: *tune behaviour, retrieve facts.* Don't believe it yet.
#
# You will be able to
#
# - read a language model's next-word probabilities and its perplexity;
# - decide whether a voice needs tuning, and say what tuning cost;
# - test whether facts are known;
# - build a search by meaning, and measure its recall;
# - bring changed facts in without training, and refuse where there is no evidence.
#
# *About 45 minutes. Before this: lesson 09.*

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "smollm2_135m"
DATASET = "handbook"

# %%
from course_utils import (
    backbones,
    check,
    data,
    experiments,
    figures,
    labs,
    language,
    learn,
    predict,
    retrieval,
    reveal,
)

import time

import numpy as np
from IPython.display import display

SMOKE = PROFILE == "smoke"
SPEAKS = backbones.is_here("smollm2_135m") and not SMOKE  # real weights, 98 MB, fetched once
SEARCHES = backbones.is_here("minilm")

learn.cover("10")

# %% [markdown]
# Two networks, both real. **SmolLM2** writes: 135 million weights, small enough for a laptop, and trained to follow
# instructions. **MiniLM**, from lesson 08, searches. What is missing on your computer is replaced by recordings, and
# the cells say so.

# %%
if SPEAKS:
    writer = language.load_writer()
else:
    print(
        "SmolLM2 is missing or this is a quick run: you see recordings. To fetch it: course models fetch smollm2_135m"
    )

# %% [markdown]
# ## Before you begin
# Three questions from earlier lessons. Write your answers in place of `None`, and run the cell again.

# %%
learn.review("10", first=None, second=None, third=None)

# %% [markdown]
# ## A network that goes on
# A **language model** does one thing: given the tokens so far, it gives every token in its vocabulary a probability of
# being the next. Take the likeliest, add it to the text, ask again: that is how it answers.

# %%
BEGINNING = "Our shop in Corran is closed on"  # change it: "The capital of France is", "Once upon a"
if SPEAKS:
    likely = writer.next_words(BEGINNING)
else:
    recorded = experiments.recorded("language-next")[0]
    BEGINNING, likely = recorded["text"], recorded["words"]
shown = [{"next": repr(word), "share": chance} for word, chance in likely]
figures.bars(shown, x="next", y="share", y_label="probability", title=f"{BEGINNING} ...")

# %% [markdown]
# It has never heard of Corran, which we invented, and still has an opinion on when its shop is closed: what is *likely* in
# such sentences. Nothing in the bars tells what it knows from what it guesses.
#
# How well does it expect a text? **Perplexity** is the number of equally likely tokens among which it would be as unsure
# as it is on average: 1 is certainty, and lower is better. **Predict** what happens when the words are shuffled.

# %%
TEXT = "The tent keeps out the rain as long as its seams are sealed, and the seams last for about five years."
if SPEAKS:
    shuffled = " ".join(np.random.default_rng(SEED).permutation(TEXT.split()))
    print(f"as written {writer.perplexity([TEXT]):.0f}, shuffled {writer.perplexity([shuffled]):,.0f}")

# %% nbgrader={"grade_id": "q1", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "a"
### END SOLUTION
check("10.q1", answer)

# %% [markdown]
# ## The voice
# The house's form, and a strict judge. `obeys` looks at the form alone: three lines, in order, nothing else.

# %%
voice = data.load_house_voice()
print(voice.test[0].question)
print(voice.test[0].answer)
print(f"\n{len(voice.train)} exchanges to learn from, {len(voice.test)} test questions in other words")
figures.Table([{"answer": t, "obeys": data.obeys(t)} for t in (voice.test[0].answer, "Sure! Open your order.")])

# %% [markdown]
# Ways to the voice. Ask plainly (*base*). Put an *instruction* into the **prompt**, all that the model reads before it
# writes; or *three examples*; or both. Or tune on the exchanges: with *LoRA* (lesson 09), at the rate that validation
# questions chose and at a higher one; or *all layers*, at a gentle rate. **Predict:** which share of the test answers obeys
# after LoRA?

# %%
predict("10.voice", percent=None)

# %%
ASK = voice.test[0].question  # or a question of your own
voices = experiments.recorded("language-voice")
told = {row["method"]: row["answers"][0] for row in voices}
if SPEAKS:
    told = {"three examples": writer.answer([ASK], examples=voice.examples)[0]}
    told["LoRA"] = writer.use(language.shipped_adapter("voice")).answer([ASK])[0]
    writer.use(None)
for name, text in told.items():
    print(f"--- {name}: obeys {data.obeys(text)}\n{text}\n")

# %%
short = {"three examples": "examples", "instruction and examples": "both", "LoRA, high rate": "LoRA, hot"}
bars = [{"way": short.get(row["method"], row["method"]), "share": row["obeyed"]} for row in voices]
title = "Who speaks in the house's voice?"
display(figures.bars(bars, x="way", y="share", y_label="test answers that obey", title=title))
reveal("10.voice", experiments.mean_over_seeds(voices, "obeyed", method="LoRA"))


# %%
def seen(rows, column, **where):
    """The values of a column, one for each seed, in the rows that have the given values in other columns."""
    return [row[column] for row in rows if all(row[name] == value for name, value in where.items())]


def spread(values, form=".1%"):
    """The mean with the lowest and the highest value."""
    return f"{np.mean(values):{form}} ({min(values):{form}} to {max(values):{form}})"


# %%
methods = list(dict.fromkeys(row["method"] for row in voices))
before = np.mean(seen(voices, "perplexity", method="base"))
table = []
for method in methods:
    table.append({"method": method, "obeys": spread(seen(voices, "obeyed", method=method))})
    table[-1]["right topic"] = spread(seen(voices, "right_topic", method=method))
    table[-1]["perplexity on prose"] = spread(seen(voices, "perplexity", method=method), ".1f")
figures.Table(table)

# %% [markdown]
# Read three columns, and not only the first. *Form*: what do three examples reach, without any training? *Topic* is one
# word of content, and guessing among eight would be right once in eight: whose form is perfect, and whose sorting is a
# guess? *Perplexity on general prose* (Python's manual) is what tuning cost elsewhere: above the base's means forgotten.
# The higher rate brings more of the content, and forgets more. Then look at *all layers*, the rival that is often left out:
# what does it bring, and what does it cost? Few weights at a high rate can disturb more than many at a low one. What speaks
# for LoRA here is its size: a few megabytes for each voice instead of a whole network, and far less memory to train. (Prompts
# draw nothing, so they have one run; what is tuned has three seeds.)
#
# How does a voice come in? Here is the beginning of such a training, live: each exchange once. The whole of it, three times
# as long, runs with `PROFILE = "real"` at the top. Does the form come as soon as the surprise falls?

# %%
pairs = [language.TaughtAnswer(exchange.question, exchange.answer) for exchange in voice.train]
recipe = language.TuningRecipe("lora", learning_rate=2e-3, epochs=3 if PROFILE == "real" else 1, batch_size=4)
if SPEAKS:
    live = language.tune(writer, pairs, recipe, SEED)
    print(f"{len(live.losses)} steps, {live.seconds:.0f} s of processor time")
    print(f"surprise of a token: {np.mean(live.losses[:2]):.2f} at first, {np.mean(live.losses[-2:]):.2f} in the end")
    obeyed = np.mean([data.obeys(answer) for answer in writer.answer([e.question for e in voice.test[:8]])])
    print(f"{writer.answer([ASK])[0]}\n{obeyed:.0%} of eight test answers obey")
    writer.use(None)
else:
    print("SmolLM2 is missing, or this is a quick run: no live training.")

# %% nbgrader={"grade_id": "q2", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("10.q2", answer)

# %% [markdown]
# ## The facts
# The handbook holds single sentences. Its questions come in two wordings, its own (*trained*) and another one, and in
# four kinds. Look at them: they are traps that real handbooks set.

# %%
book = data.load_handbook(SEED)
kinds = {question.kind: question for question in book.questions}  # the last one of each kind
figures.Table(
    [
        {"kind": k, "question": q.text, "right": q.value or "refuse", "wrong": " ".join(q.rivals)}
        for k, q in kinds.items()
    ]
)

# %% [markdown]
# *Confusable*: a twin of nearly the same name has another value. *Two versions*: the older one is in the handbook, too.
# *No evidence*: only the sentence "The handbook does not say." is right. **Predict:** a model is tuned on the facts
# until it knows most of them in the trained wording. Which share does it know in *other* words?

# %%
predict("10.facts", percent=None)

# %%
facts = experiments.recorded("language-facts")


def right(method, kind="all", wording="paraphrase", column="right"):
    """The share of right answers, one for each handbook (seed); "all" are the questions that have an answer."""
    return seen(facts, column, method=method, kind=kind, wording=wording)


# %%
bars = [{"what": "not tuned, other words", "share": s} for s in right("alone")]
bars += [{"what": "tuned, trained wording", "share": s} for s in right("tuned on facts", wording="trained")]
bars += [{"what": "tuned, other words", "share": s} for s in right("tuned on facts")]
display(figures.bars(bars, x="what", y="share", y_label="right answers", title="Facts in the weights"))
reveal("10.facts", np.mean(right("tuned on facts")))

# %% [markdown]
# What is stored is a *string* that follows another string. How much of it do other words reach? And nobody told this
# model to refuse: where the handbook is silent, it says something all the same.

# %% nbgrader={"grade_id": "q3", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("10.q3", answer)

# %% [markdown]
# ## Look it up
# **Retrieval** leaves facts where they are. Each passage gets a vector, once; a question gets one, too; the passages
# with the highest cosine are put into the prompt, and the model *reads*.

# %%
example = next(q for q in book.questions if q.kind == "two versions")
texts = [passage.text for passage in book.passages]
if SEARCHES:
    index = retrieval.VectorIndex(retrieval.sentence_vectors(texts))
    nearest = index.search(retrieval.sentence_vectors([example.text]), 3)[0]
else:
    nearest = [row for row, passage in enumerate(book.passages) if passage.id == example.passage]
figures.retrieve_then_read(example.text, [texts[row] for row in nearest], example.answer, title="Look up, then read")

# %% [markdown]
# How often is the evidence among the first k passages? That is **recall** at k, and it bounds everything after it.
# Beside it the classic, **BM25**: count the words in common, the rare ones more. **Predict:** who wins when a question
# uses the handbook's own words, and who when it doesn't?

# %%
asked = [question for question in book.questions if question.value is not None]
row_of = {(p.id, p.text): row for row, p in enumerate(book.passages)}
wanted = [row_of[q.passage, book.by_id[q.passage].text] for q in asked]
words, everything = retrieval.BM25(texts), len(texts)


def fused(*rankings, constant=60):
    """One ranking of several: each passage scores 1 / (constant + its place) in every ranking."""
    return np.argsort(-sum(1 / (constant + 1 + np.argsort(rows, axis=1)) for rows in rankings), axis=1)


# %%
recalls = []
for wording, said in (("trained", "its own words"), ("text", "other words")) if SEARCHES else ():
    questions = [getattr(question, wording) for question in asked]
    by_meaning = index.search(retrieval.sentence_vectors(questions), everything)
    by_words = words.search(questions, everything)
    searches = {"meaning": by_meaning, "words": by_words, "both": fused(by_meaning, by_words)}
    for name, rows in searches.items():
        row = {f"within {k}": f"{retrieval.recall_at(rows, wanted, k):.1%}" for k in (1, 2, 3, 5)}
        recalls.append({"search by": name, "question in": said} | row)
figures.Table(recalls) if recalls else print("MiniLM is missing: course models fetch minilm")

# %% [markdown]
# Look at *within 1* in the first rows. Two versions of one fact are equally near to the question, whoever searches, and
# the reader can choose only among what it is shown. That is why you don't show one passage. In other words BM25 finds
# little, since hardly a word is in common. *Both* adds up two rankings. Where does it help,
# and where does the weaker search drag it down? Measure it on *your* questions.
#
# Is numpy enough? An exact search multiplies two matrices:

# %%
many = retrieval.VectorIndex(np.random.default_rng(SEED).normal(size=(10_000, 384)))
began = time.perf_counter()
many.search(np.ones((1, 384)), 3)
print(f"one question among 10,000 passages: {1000 * (time.perf_counter() - began):.0f} ms")

# %% [markdown]
# ### Exercise 1: the nearest passages
# Write `nearest_passages(queries, passages, k)`: `queries` are vectors `(questions, channels)`, `passages` are
# `(passages, channels)`, of any lengths. Return the row numbers of the `k` passages with the highest cosine for each
# question, best first: `(questions, k)`. (Hints: `learn.hint("10.e1")`.)


# %% nbgrader={"grade_id": "e1", "solution": true}
def nearest_passages(queries, passages, k):
    """The rows of the k nearest passages of each query, by the cosine."""
    ### BEGIN SOLUTION
    queries = queries / np.linalg.norm(queries, axis=1, keepdims=True)
    passages = passages / np.linalg.norm(passages, axis=1, keepdims=True)
    return np.argsort(-(queries @ passages.T), axis=1)[:, :k]
    ### END SOLUTION


# %% nbgrader={"grade_id": "e1-check", "grade": true, "points": 2}
check("10.e1", nearest_passages)
### BEGIN HIDDEN TESTS
check("10.e1", nearest_passages, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q4", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "c"
### END SOLUTION
check("10.q4", answer)

# %% [markdown]
# ## Read what was found
# A model of this size reads badly, even if the prompt says how, or shows four worked examples. So a **reader** was tuned
# (LoRA again): on more than a thousand questions about *other* things, ferries and owls, each with the three passages that
# the search finds in a practice handbook. It learned no fact of the company's, only how to take the right value from what
# is shown. Behaviour, once more. Some of its lessons:

# %%
practice = data.load_practice_handbook(SEED)
lessons = {question.kind: question for question in practice.questions}  # the last one of each kind
figures.Table([{"kind": k, "question": q.text, "right": q.answer} for k, q in lessons.items()])

# %% [markdown]
# Two details around it, neither of which is a larger network:
#
# - **The question stands above the passages and again below.** A decoder reads from left to right: asked only at the end,
#   it has read everything before it knows what to look for.
# - **It refuses only above a limit.** How readily it refuses was learned from practice handbooks, and a strange wording
#   makes it shy. So a refusal counts only if its chance is above 90 %, a limit chosen on other handbooks.
#
# **Predict** which kind of question stays hard.

# %%
ALL = ("plain", "confusable", "two versions", "no evidence")
METHODS = list(dict.fromkeys(row["method"] for row in facts))
by_kind = [{"method": m, "kind": kind, "share": s} for m in METHODS[1:] for kind in ALL for s in right(m, kind)]
figures.bars(by_kind, x="kind", y="share", by="method", y_label="right answers", title="Facts, asked in other words")

# %%
reading = []
for method in ("retrieved", "examples + retrieved", "reader + retrieved"):
    reading.append({"method": method, "passage found": spread(right(method, column="found"))})
    reading[-1] |= {
        "right": spread(right(method)),
        "refused, though answerable": spread(right(method, column="refused")),
    }
    reading[-1]["refused without evidence"] = spread(right(method, "no evidence"))
figures.Table(reading)

# %%
if SPEAKS and SEARCHES:
    writer.use(language.shipped_adapter("reader"))
    QUESTIONS = [example.text, kinds["confusable"].text, kinds["no evidence"].text]  # add your own
    found = index.search(retrieval.sentence_vectors(QUESTIONS), 3)
    shown = [[texts[row] for row in rows] for rows in found]
    held_back = language.HeldBack(data.REFUSAL, 0.9)  # change it: 0 refuses as the reader likes, 1 never
    answers = writer.answer(QUESTIONS, evidence=shown, held_back=held_back)
    for question, passages, told in zip(QUESTIONS, shown, answers, strict=True):
        print(question, *(f"   {passage}" for passage in passages), f"-> {told}", sep="\n")
    writer.use(None)

# %% [markdown]
# Compare *plain* with *confusable*. A confusable question names its thing as the handbook does, beside a twin; a plain one
# calls it something else. Which trap is deeper for this reader? Remember what recall was: where the search misses, no
# reader helps. And read *two versions*: a quarter of its lessons taught that the later year counts.
#
# ## When retrieval fails
# A search *always* finds something. The obvious guard: refuse if even the best cosine is low. Where would you set the
# limit?

# %%
best, answerable = np.zeros(2), np.array([True, False])
if SEARCHES:
    best = index.cosines(retrieval.sentence_vectors([q.text for q in book.questions])).max(axis=1)
    answerable = np.array([q.value is not None for q in book.questions])
curves = []
for limit in np.linspace(0.2, 0.9, 15):
    curves.append({"limit": limit, "what": "refused, though answerable", "share": np.mean(best[answerable] < limit)})
    curves.append({"limit": limit, "what": "answered without evidence", "share": np.mean(best[~answerable] >= limit)})
axes = {"x_label": "limit on the cosine", "y_label": "questions"}
figures.line_chart(curves, x="limit", y="share", by="what", title="Two mistakes", **axes) if SEARCHES else None

# %%
least = min(one["share"] + other["share"] for one, other in zip(curves[::2], curves[1::2], strict=True))
if SEARCHES:
    print(f"At the best limit the two shares add up to {least:.0%}. A tossed coin has {1:.0%}.")

# %% [markdown]
# No limit keeps both curves low: the price of a tent that isn't sold is *near* the prices of tents that are. The score
# says how near a passage is, and not whether it answers. Can the reader refuse, then? It was shown how in a part of its
# lessons. Look at *no evidence* in the chart before this section, and at both columns of refusals in the table below it:
# its limit is a trade, as this one is. Whoever must not be wrong needs both. What does each mistake cost you?
#
# ### Exercise 3: when to refuse
# Suppose that in your index the two kinds of questions lie further apart. Write
# `refuse_below(scores, has_evidence, price)`. For validation questions you get the best cosine and whether there
# was evidence. Questions below your limit are refused. An answer without evidence costs `price`, a refusal with evidence
# costs 1. Return the limit that costs least. It is judged on new questions. (Hints: `learn.hint("10.e3")`.)


# %% nbgrader={"grade_id": "e3", "solution": true}
def refuse_below(scores, has_evidence, price):
    """The limit on the similarity that costs least on these questions."""

    ### BEGIN SOLUTION
    def cost(limit):
        answered = scores >= limit
        return price * np.sum(answered & ~has_evidence) + np.sum(~answered & has_evidence)

    return min(scores, key=cost)
    ### END SOLUTION


# %% nbgrader={"grade_id": "e3-check", "grade": true, "points": 3}
check("10.e3", refuse_below)
### BEGIN HIDDEN TESTS
check("10.e3", refuse_below, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q5", "solution": true}
answer = None  # a letter
### BEGIN SOLUTION
answer = "b"
### END SOLUTION
check("10.q5", answer)

# %% [markdown]
# ## Tuesday
# Ten facts change. With retrieval that is ten texts and ten vectors:

# %%
tuesday = book.update(10)
changed = [row for row, p in enumerate(book.passages) if p.id in tuesday.changed]
if SEARCHES:
    began = time.process_time()
    fresh = retrieval.sentence_vectors([tuesday.passages[row].text for row in changed])
    for row, vector in zip(changed, fresh, strict=True):
        index.replace(row, vector)
    print(f"{len(changed)} passages replaced in {time.process_time() - began:.1f} s of processor time")

# %%
table = []
for method in METHODS[1:]:
    table.append({"method": method, "right before Tuesday": spread(right(method))})
    table[-1]["the ten changed, after it"] = spread(right(method, "changed"))
    table[-1]["all others, after it"] = spread(right(method, "unchanged"))
    table[-1]["seconds"] = spread(seen(facts, "seconds", method=method, kind="changed"), ".1f")
figures.Table(table)

# %% [markdown]
# Seconds are processor time on one machine: read their ratio. Look at *all others*, too: what did the new facts do to the
# old ones? And in the weights there is nothing that you could *delete*; an old price in a store is gone with its row.
#
# ### Exercise 2: Tuesday's update, without training
# Write `update(store, news, embed)`. `store` is a dict from an id to `(year, text, vector)`. `news` is a list of
# letters `(id, year, text)`, in any order; some arrive late and are older than what the store knows, some are about new
# things. `embed(text)` makes a vector. Return the store as it should be. Embed only what changes. (Hints:
# `learn.hint("10.e2")`.)


# %% nbgrader={"grade_id": "e2", "solution": true}
def update(store, news, embed):
    """The store with the newest text of every id, and the vector of that text."""
    ### BEGIN SOLUTION
    updated = dict(store)
    for name, year, text in news:
        if name not in updated or year > updated[name][0]:
            updated[name] = (year, text, embed(text))
    return updated
    ### END SOLUTION


# %% nbgrader={"grade_id": "e2-check", "grade": true, "points": 3}
check("10.e2", update)
### BEGIN HIDDEN TESTS
check("10.e2", update, seed=1)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "q6", "solution": true}
answer = None  # one or more letters, for example "ad"
### BEGIN SOLUTION
answer = "ab"
### END SOLUTION
check("10.q6", answer)

# %% [markdown]
# ## The lab: two levers
# One lever for the voice, one for the facts. Choose a question and set the levers; guess what the answer will be, and
# reveal it. With both networks on your computer you may ask questions of your own.

# %%
labs.two_levers()

# %%
levers = experiments.recorded("language-levers")
VOICES = {"none": "as it is", "adapter": "tuned", "assistant": "tuned with passages"}
SOURCES = {"none": "from weights", "retrieved": "looked up"}
square = []
for v, f in [(v, f) for v in VOICES for f in SOURCES]:
    square.append({"voice": VOICES[v], "facts": SOURCES[f]})
    for column in ("obeyed", "right", "both"):
        square[-1][column] = spread(seen(levers, column, voice=v, passages=f))
figures.Table(square)

# %% [markdown]
# *Tune behaviour, retrieve facts* sounds as if the two simply added up. Look at *tuned* with facts *looked up*: that voice
# was learned from exchanges *without* passages, so it writes three lovely lines, and reads like a network that was never
# tuned. The last row is an adapter that learned the same three lines as answers to the reader's lessons: it reads again.
# **Tune on examples that look like the prompts that it will get.** But compare it with the reader, which had the same
# lessons (and more of those that end in a refusal) and wrote nothing but the value. The form costs a good part of the
# reading. (Of some thirty tokens that it has to learn in each answer, four are the fact: perhaps that is why.)
#
# ## What silently breaks it
# Each of these is refused, with a sentence. What would have happened without it?

# %%
broken = {
    "an index of another network": lambda: retrieval.VectorIndex(np.eye(384)).search(np.ones((1, 512)), 3),
    "more passages than there are": lambda: retrieval.BM25(["one", "two"]).search(["one"], 3),
    "an empty question": lambda: retrieval.BM25(["one"]).search([" "], 1),
}
for name, call in broken.items():
    try:
        call()
    except Exception as problem:
        print(f"{name}: {problem}\n")

# %% [markdown]
# What *isn't* refused: a text that changed while its vector didn't; two versions side by side; a question in a
# language that the index never saw; a passage longer than what the network reads. Test for those.
#
# ## Four cases
# Decide before you read on: what is learned, what is looked up, what neither?
#
# - **Support tickets**: answers in the house's form, from a knowledge base. *Examples in the prompt first; tune if their
#   share isn't enough; look up the rest; refuse by test.*
# - **Product voice**: a thousand descriptions in one tone, facts in a table. *Behaviour: tune. The table goes into the prompt.*
# - **Documents that change weekly.** *Look up. What is in weights can't be replaced, only trained over.*
# - **English to code**: the company's own library. *Neither alone: syntax is behaviour that a small model lacks, names
#   of functions are facts. Measured here: nothing. Test with programs that must run.*
#
# **And with seven billion weights?** Such a model reads far better untuned, and three examples may do all of the voice.
# What doesn't change: what it can't have read it can't know, an update in weights means training, a search finds
# something always, and each answer has to be judged for form *and* fact. Repeat the measurements; don't carry our
# numbers over.
#
# ## Claims on trial
# What people say, beside what was measured here.


# %%
def verdict(holds):
    return "holds" if holds else "fails here"


prompts = ("instruction", "three examples", "instruction and examples")
prompted = max((seen(voices, "obeyed", method=method) for method in prompts), key=np.mean)
lora = seen(voices, "obeyed", method="LoRA")
cost, whole = ([p / before - 1 for p in seen(voices, "perplexity", method=m)] for m in ("LoRA", "all layers"))
trained, other = right("tuned on facts", wording="trained"), right("tuned on facts")
plain, reader = right("retrieved"), right("reader + retrieved")
refused = right("reader + retrieved", "no evidence")
obeyed = seen(levers, "obeyed", voice="none", passages="retrieved")
joined, learned = (seen(levers, "both", voice=v, passages="retrieved") for v in ("adapter", "assistant"))

# %%
trial = [
    ("A voice needs tuning.", f"best prompt {spread(prompted)}, LoRA {spread(lora)}", max(prompted) < min(lora)),
    ("LoRA forgets less.", f"prose {spread(cost, '+.0%')}, in full {spread(whole, '+.0%')}", max(cost) < min(whole)),
    ("Fine-tuning stores facts.", f"{spread(trained)}, in other words {spread(other)}", min(other) > 0.9),
    ("Retrieval alone is enough.", f"{spread(plain)}, with a reader {spread(reader)}", min(plain) > 0.9),
    ("Retrieval sets the style.", f"{spread(obeyed)} obey", np.mean(obeyed) > 0.5),
    ("Retrieval ends hallucination.", f"refused without evidence: {spread(refused)}", min(refused) > 0.9),
    ("Retrieve facts, don't tune them in.", f"tuned {spread(other)}, read {spread(reader)}", min(reader) > max(other)),
    ("Tuned voice + found facts add up.", f"right and in the voice: {spread(joined)}", np.mean(joined) > 0.5),
    ("One adapter can speak and read.", f"both: {spread(learned)}", np.mean(learned) > min(reader) - 0.1),
]
figures.claims_on_trial([(said, measured, verdict(holds)) for said, measured, holds in trial])

# %% [markdown]
# ## Knowledge check
# New situations, one point each: put your answers in place of the dots. On your own you see at once what is right, and
# why; in a class, with the feedback.

# %% tags=["knowledge-check"]
learn.knowledge_check("10")

# %% [markdown]
# ## Key takeaways
# - **Voice and facts are two questions.** Measure each by itself, and then together: they need not add up.
# - **Tune on prompts like those to come:** with passages, if there will be passages, and some that don't answer.
# - **Examples in the prompt first.** Tuning has to beat them.
# - **A fact that is known in one wording** is a string. Ask in others.
# - **Recall bounds what a reader can get right;** show it more than one passage.
# - **A search always finds something.** Test questions that have no answer.
#
# ## What we measured
# The claims of this lesson, with the figures of the recordings. The course's tests check claims of the same names.

# %%
listed = [(f"{method}: test answers that obey", spread(seen(voices, "obeyed", method=method))) for method in methods]
listed += [(f"{m}: right in other words", spread(right(m))) for m in METHODS]
listed += [(f"{m}: refused without evidence", spread(right(m, "no evidence"))) for m in METHODS]
listed += [(f"{m}: right on what changed on Tuesday", spread(right(m, "changed"))) for m in METHODS[1:]]
listed += [
    (f"right and in the voice, {VOICES[v]}, looked up", spread(seen(levers, "both", voice=v, passages="retrieved")))
    for v in VOICES
]
figures.Table([{"claim": claim, "value": value} for claim, value in listed])

# %%
learn.progress_card("10")

# %% [markdown]
# You have built an assistant that writes in a voice and reads from a book, and you know what it can't be trusted with. Go
# back to the lab with a question that has no answer. Which setting of the levers deceives you best?
