"""The exercises of lesson 01: what the layers learned."""

from course_utils.exercises.lesson_01 import block_choice, extractor, honest_probe, selectivity
from course_utils.learn.exercise import Exercise

EXERCISES = (
    Exercise(
        "01.e1",
        "Is this filter an edge detector?",
        "Is it an edge detector, or does it only look like one?",
        1,
        (
            (
                "An edge detector answers some angles strongly and others hardly. Compare the strongest"
                " answer with the weakest."
            ),
            "Divide the difference of the two by their sum, so that the brightness of the picture drops out.",
            (
                "With `high = np.max(responses)` and `low = np.min(responses)`, divide `high - low` by `high + low`."
                " When every response is 0, that sum is 0 too: give back 0.0 before you divide."
            ),
        ),
        selectivity.FIELDS,
        selectivity.evidence,
        selectivity.verdict,
    ),
    Exercise(
        "01.e2",
        "A feature extractor that ends at a named layer",
        "What the blocks answer",
        2,
        (
            "A Keras model knows its layers by name: `backbone.get_layer(layer_name)`.",
            (
                "A layer has an `.output`. A new `keras.Model` may begin at `backbone.input` and end at any"
                " output inside."
            ),
            "`return keras.Model(backbone.input, ...)`, with the output of the layer from the first hint.",
        ),
        extractor.FIELDS,
        extractor.evidence,
        extractor.verdict,
    ),
    Exercise(
        "01.e3",
        "A linear probe that leaves the test data alone",
        "A linear probe: how useful is a block?",
        2,
        (
            (
                "Two things learn from data here: the standardiser (means and spreads) and the classifier."
                " Both may see training data only."
            ),
            (
                "`make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))` fits both with one `.fit`. The"
                " three are imported from `sklearn.pipeline`, `sklearn.preprocessing` and `sklearn.linear_model`."
            ),
            (
                "With `probe` for that pipeline: `probe.fit(...)` on the training features and labels, then give back"
                " `probe.score(...)` on the validation ones."
            ),
        ),
        honest_probe.FIELDS,
        honest_probe.evidence,
        honest_probe.verdict,
    ),
    Exercise(
        "01.e4",
        "Choose the block to transfer from",
        "Which block is useful to someone else?",
        1,
        (
            (
                "Each block comes with one validation accuracy per seed. What single number stands for all of"
                " them fairly?"
            ),
            "Take the mean over the seeds for each block, then the block with the largest mean.",
            ("`max(validation_accuracy, key=...)` goes through the names; the key is the mean of that block's list."),
        ),
        block_choice.FIELDS,
        block_choice.evidence,
        block_choice.verdict,
    ),
)
