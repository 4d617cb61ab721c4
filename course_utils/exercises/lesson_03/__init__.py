"""The exercises of lesson 03: fine-tuning."""

from course_utils.exercises.lesson_03 import rate_choice, thawing, training_budget, two_speeds
from course_utils.learn.exercise import Exercise

EXERCISES = (
    Exercise(
        "03.e1",
        "Thaw the top blocks",
        "Mistake 2: BatchNorm wakes up",
        3,
        (
            "Say of every layer what it shall be: trainable or not. Whatever it was before then doesn't matter.",
            (
                "`list(blocks(backbone).values())` are the blocks from input to output. Block number `i` of `n` is"
                " among the top `k` if `i >= n - k`. (A slice `[-k:]` is the whole list when `k` is 0.)"
            ),
            (
                "Nothing inside a frozen model trains, so begin with `backbone.trainable = True`. Then, for each layer:"
                " `layer.trainable = is_top and not isinstance(layer, keras.layers.BatchNormalization)`."
            ),
            "A layer is worth naming if `layer.trainable_weights` isn't empty. Return the list of names.",
        ),
        thawing.FIELDS,
        thawing.evidence,
        thawing.verdict,
    ),
    Exercise(
        "03.e2",
        "Two speeds by hand",
        "One rate does not fit all",
        3,
        (
            "A callback is a class made from `keras.callbacks.Callback`. Keras calls its method"
            " `on_train_batch_begin(self, batch, logs=None)` before each batch, and `on_train_batch_end` after it.",
            "Before the batch, keep *copies*: `self.before = [w.numpy().copy() for w in backbone.trainable_weights]`.",
            (
                "After the batch, for each weight and its copy: `weight.assign(was + factor * (weight.numpy() - was))`."
                " Define the class inside your function and return one object of it."
            ),
        ),
        two_speeds.FIELDS,
        two_speeds.evidence,
        two_speeds.verdict,
    ),
    Exercise(
        "03.e3",
        "Pick a rate",
        "Find a rate before you train, stop when you should",
        2,
        (
            "Put rates and losses into NumPy arrays. The noise of single batches hides the slope: smooth the losses,"
            " for example with the mean over five neighbours.",
            "The slope that counts is per factor of the rate: `np.gradient(smooth, np.log(rates))`. Look for its lowest"
            " value, and only up to the rate at which the smoothed loss is lowest.",
            "To be safe, return `min(rate_of_the_steepest_place, rate_of_the_lowest_loss / 4)`.",
        ),
        rate_choice.FIELDS,
        rate_choice.evidence,
        rate_choice.verdict,
    ),
    Exercise(
        "03.e4",
        "On a budget",
        "When does fine-tuning win?",
        3,
        (
            "Count first: `transfer.trainable_summary(model)` says how many weights would train. All four blocks are"
            " too many, so one large block has to stay frozen. Which one has the least to learn on a *far* task?",
            (
                "A head that is fitted already costs no steps: `transfer.set_linear_head(model, transfer.linear_probe("
                "extract_features(backbone, pictures), labels))`, with `backbone = transfer.backbone_of(model)`."
            ),
            (
                "`unfreeze_top(model, 4)` thaws all blocks and keeps BatchNorm frozen. Then freeze `block4`, whose"
                " layers are `blocks(backbone)['block4']`, and compile."
            ),
            (
                "400 pictures are 13 batches of 32, so three epochs are 39 steps. A rate that falls wastes none of"
                " them: `keras.optimizers.AdamW(transfer.warmup_cosine(1e-3, 39), weight_decay=0.01)`."
            ),
        ),
        training_budget.FIELDS,
        training_budget.evidence,
        training_budget.verdict,
        seconds=60,
    ),
)
