"""The exercises of lesson 02: feature extraction."""

from course_utils.exercises.lesson_02 import frozen_features, label_efficiency, pipeline_faults
from course_utils.learn.exercise import Exercise

EXERCISES = (
    Exercise(
        "02.e1",
        "Build the frozen model",
        "The whole trick is one line",
        2,
        (
            "Freezing is one line, and it comes before `compile`.",
            (
                "Two layers follow the backbone: `GlobalAveragePooling2D()`, then a `Dense` layer with one"
                " output per class and softmax."
            ),
            (
                "`backbone.trainable = False`, then `keras.Sequential([backbone, ...])` with the two layers of the"
                ' last hint. The labels are integers: compile with `"adam"` and `"sparse_categorical_crossentropy"`,'
                " then give the model back."
            ),
        ),
        frozen_features.FROZEN_FIELDS,
        frozen_features.frozen_evidence,
        frozen_features.frozen_verdict,
    ),
    Exercise(
        "02.e2",
        "Train on cached features",
        "Look at each picture once",
        3,
        (
            ("A frozen backbone gives the same features in every epoch. Compute them once, before the head is fitted."),
            (
                "`features = extract_features(backbone, images)`; then compile `head` and fit it on"
                " `features` and `labels`, with `epochs=epochs`."
            ),
            ("To give back one model: `keras.Sequential([backbone, keras.layers.GlobalAveragePooling2D(), head])`."),
        ),
        frozen_features.CACHED_FIELDS,
        frozen_features.cached_evidence,
        frozen_features.cached_verdict,
    ),
    Exercise(
        "02.e3",
        "The label-efficiency factor",
        "What is a pretrained network worth, in labels?",
        2,
        (
            (
                "First find the accuracy that transfer has with `at` labels. Then ask how many labels scratch needs"
                " for the same accuracy."
            ),
            ("`np.interp(target, accuracy_scratch, np.log(labels))` reads the scratch curve sideways, in log(labels)."),
            (
                "`np.interp` never leaves the curve: when the target lies above all of scratch, give back"
                " `np.inf` yourself. Then `np.exp`, then divide by `at`."
            ),
        ),
        label_efficiency.FIELDS,
        label_efficiency.evidence,
        label_efficiency.verdict,
    ),
    Exercise(
        "02.e4",
        "Three faults in a pipeline",
        "What silently breaks it",
        3,
        (
            (
                "Follow one patch through the pipeline. What range do its pixels have when the backbone's own"
                " preprocessing begins?"
            ),
            (
                "In training mode BatchNorm normalises with the batch at hand. Which argument of the call"
                " decides the mode?"
            ),
            (
                "Draw whole pictures for validation, not patches: `np.isin(pictures, held_out)` tells which"
                " rows belong to them."
            ),
            (
                "`extract_features(backbone, images)` minds the range and the mode. A quarter of"
                " `rng.permutation(np.unique(pictures))` are pictures to hold out; with `chosen` for the answer of"
                " `np.isin`, the rows are `np.flatnonzero(~chosen)` and `np.flatnonzero(chosen)`."
            ),
        ),
        pipeline_faults.FIELDS,
        pipeline_faults.evidence,
        pipeline_faults.verdict,
    ),
)
