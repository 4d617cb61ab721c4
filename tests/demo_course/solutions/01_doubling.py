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
#     title: Doubling
#     question: What is twice a number?
#     objectives:
#       - text: Write a function that doubles
#         practised_by: ["01.e1"]
#       - text: Tell what twice a word is
#         practised_by: ["01.e2"]
#       - text: See a lesson in its smallest form
#         practised_by: ["01.e1", "01.e2"]
#     misconceptions:
#       - id: twice-a-word
#         text: Twice a word is not a word
#         caught_by: ["01.e2"]
#     terms: ["doubling"]
#     prerequisites: []
#     minutes: 1
#     seconds: 1
#     data: none
#     backbone: none
# ---

# %% [markdown]
# # Doubling
# A lesson in its smallest form, for the tests of what handles lessons.

# %% tags=["parameters"]
PROFILE = "laptop"
SEED = 0
BACKBONE = "embedded"
DATASET = "shapes"

# %%
print(f"{PROFILE=} {SEED=}")

# %% [markdown]
# ## Exercise 1: numbers


# %% nbgrader={"grade_id": "numbers", "solution": true}
def double(x):
    """Twice ``x``."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% nbgrader={"grade_id": "numbers-check", "grade": true, "points": 2}
print("right" if double(1) == 2 else "not yet: double(1) is 2")
### BEGIN HIDDEN TESTS
assert double(21) == 42, "double(21) is 42"
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2: words

# %% nbgrader={"grade_id": "words", "solution": true}
answer = None  # what double("ha") gives, as you think
### BEGIN SOLUTION
answer = "haha"
### END SOLUTION

# %% nbgrader={"grade_id": "words-check", "grade": true, "points": 1}
print("an answer" if answer else "not answered yet")
### BEGIN HIDDEN TESTS
assert answer == "haha", "a word twice"
### END HIDDEN TESTS
