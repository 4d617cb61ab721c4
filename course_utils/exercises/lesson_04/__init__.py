"""The exercises of lesson 04: catastrophic forgetting."""

from course_utils.exercises.lesson_04 import forgetting_numbers, l2_sp_penalty, rehearsal_batches, two_demands
from course_utils.learn.exercise import Exercise

EXERCISES = (
    Exercise(
        "04.e1",
        "Forgetting as a number",
        "Forgetting as a number",
        2,
        (
            "The final accuracies are the last row, `R[-1]`. The accuracies when each task was new are the diagonal.",
            (
                "Both means leave the last task out: `[:-1]` after the difference. For forgetting, the best of each"
                " column comes from the rows before the last: `R[:-1]`."
            ),
            (
                "`best = np.nanmax(R[:-1, :-1], axis=0)` steps over NaN. Then `np.mean(best - R[-1, :-1])` is"
                " forgetting, and `np.mean(R[-1, :-1] - np.diag(R)[:-1])` is backward transfer."
            ),
        ),
        forgetting_numbers.FIELDS,
        forgetting_numbers.evidence,
        forgetting_numbers.verdict,
    ),
    Exercise(
        "04.e2",
        "Rehearsal batches",
        "Seven remedies",
        3,
        (
            "`old_count = round(fraction * batch_size)` old pictures stand in a batch. The rest of it is for new ones.",
            (
                "Shuffle the *row numbers* of the new pictures, `rng.permutation(len(new_images))`, and step through"
                " them in strides of `batch_size - old_count`."
            ),
            (
                "In every step draw `rows = rng.choice(len(old_images), old_count)` anew, and join pictures and labels"
                " with `np.concatenate`, both in the same order."
            ),
        ),
        rehearsal_batches.FIELDS,
        rehearsal_batches.evidence,
        rehearsal_batches.verdict,
    ),
    Exercise(
        "04.e3",
        "The L2-SP penalty",
        "Seven remedies",
        3,
        (
            (
                "You need two things: a list of the variables to hold, and a *copy* of their numbers from before the"
                " training. Make both before you define `penalty`."
            ),
            (
                "`head = {id(v) for v in model.get_layer('head').variables}`, then keep those of"
                " `model.trainable_variables` whose `id` is not in it."
            ),
            (
                "`start = [keras.ops.convert_to_numpy(v).copy() for v in held]`; inside `penalty`, add up"
                " `keras.ops.sum((v - s) ** 2)` over both lists and multiply by `strength / 2`."
            ),
        ),
        l2_sp_penalty.FIELDS,
        l2_sp_penalty.evidence,
        l2_sp_penalty.verdict,
    ),
    Exercise(
        "04.e4",
        "Meet a pair of demands",
        "The trade-off",
        3,
        (
            "First collect the rows of each `(method, setting)`: a dict from that pair to a list of rows will do.",
            (
                "A setting is good enough when its mean `validation_source` and its mean `validation_target` over the"
                " seeds both reach what is demanded. Compare with `>=`, and leave the test columns alone."
            ),
            (
                "Let `good` be a dict from each pair that is good enough to its megabytes. The cheapest is"
                " `min(good, key=good.get)`; when `good` is empty, give back `None`."
            ),
        ),
        two_demands.FIELDS,
        two_demands.evidence,
        two_demands.verdict,
    ),
)
