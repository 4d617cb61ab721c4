"""Graded answers of a real lesson, run in the sandbox from their slices and judged outside it."""

from pathlib import Path

import numpy as np
import pytest
from sandboxed import sandbox_with_probe

import course_utils
from course_utils.authoring.sources import read_source
from course_utils.execution.graded.executor import GradedExecutor
from course_utils.execution.graded.jobs import GradedJob, GradedQuestion
from course_utils.exercises.lesson_02.frozen_model import FrozenModel
from course_utils.learn.evidence import unpack

LESSON = Path(course_utils.__file__).parents[1] / "solutions" / "02_feature_extraction.py"
PROBE = """
from course_utils.exercises.lesson_02.frozen_model import FrozenModel
from course_utils.learn.evidence import Evidence, conform, pack

def frozen(answer, inputs):
    exercise = FrozenModel()
    return pack(Evidence(status="answered", data=conform(exercise.probe(answer, inputs), exercise.fields)))
"""
UNFROZEN = """
def build_frozen(backbone, num_classes):
    model = keras.Sequential(
        [backbone, layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model
"""


@pytest.mark.slow
@pytest.mark.tensorflow("the warm parent imports TensorFlow and runs none of it")
def test_a_forked_child_trains_and_the_verdict_is_reached_outside(tmp_path: Path) -> None:
    code = [cell for cell in read_source(LESSON).cells if cell.cell_type == "code"]
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in code]
    right = [cell.source for cell in code]
    wrong = [UNFROZEN if id == "e1" else source for id, source in zip(ids, right, strict=True)]
    exercise, seed = FrozenModel(), 20_261
    arrays = {f"e1/{name}": value for name, value in exercise.challenge(seed).items() if isinstance(value, np.ndarray)}
    asked = GradedQuestion(id="e1", upto=ids.index("e1-check"), answer="build_frozen", probe="probe:frozen", seconds=60)
    judged = []
    with (
        (tmp_path / "log").open("w+b") as log,
        GradedExecutor(
            sandbox_with_probe(tmp_path / "sandbox", PROBE), ("course_utils.execution.preload",), log=log.fileno()
        ) as executor,
    ):
        for cells in (right, wrong):
            (found,) = executor.run(GradedJob(cells=tuple(cells), questions=(asked,)), arrays)
            assert found.status == "answered", found.error
            judged.append(exercise.judge(seed, unpack(found.text, found.arrays, exercise.fields)))
    assert [judgement.outcome for judgement in judged] == ["passed", "wrong"]
    assert judged[1].code == "not-frozen"
