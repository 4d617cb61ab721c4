"""A class of made-up learners with real answers: right in several styles, partly right, wrong in named ways, hostile.

Nothing here says what a check finds: each answer comes with what must become of it.
"""

import json
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import nbformat
from corpus_cases import cases

from course_utils.cli.bench_class import right_answers
from course_utils.grading.graded_lesson import Asked, GradedLesson
from course_utils.learn.class_questions import marked

LESSON = "02_feature_extraction"
_SEQUENTIAL = """
def build_frozen(backbone, num_classes):
    {freeze}
    model = keras.Sequential([backbone, layers.{pool}(), layers.Dense(num_classes, activation={activation})])
    {compile}
    return model
"""
_FROZEN = {
    "freeze": "backbone.trainable = False",
    "pool": "GlobalAveragePooling2D",
    "activation": '"softmax"',
    "compile": 'model.compile("adam", "sparse_categorical_crossentropy")',
}
_CACHED = """
def cache_then_train(backbone, head, images, labels, epochs):
    features = np.mean(backbone(images.astype("float32"), training={training}), axis=(1, 2))
    head.compile("sgd", "sparse_categorical_crossentropy")
    {fit}
    return keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])
"""
_FACTOR = """
import math

def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    goal = {goal}[labels.index(at)]
    if max({other}) < goal:
        return {never}
    return {factor}
"""
_CURVES = {"goal": "accuracy_transfer", "other": "accuracy_scratch", "never": "math.inf"}
_PLACE = "float(np.exp(np.interp(goal, {other}, np.log(labels)))){more}"


def _factor(more: str = " / at", **changed: str) -> str:
    words = _CURVES | changed
    return _FACTOR.format(**({"factor": _PLACE.format(other=words["other"], more=more)} | words))


#: Answers to each exercise with the status that they must get, the share of the points, and the misconception.
ANSWERS: dict[str, list[tuple[str, str, float, str]]] = {
    "e1": [
        (_SEQUENTIAL.format(**_FROZEN), "passed", 1, ""),
        (_SEQUENTIAL.format(**_FROZEN | {"freeze": "pass"}), "wrong", 0, "not-frozen"),
        (_SEQUENTIAL.format(**_FROZEN | {"pool": "Flatten"}), "wrong", 0, "not-pooled"),
        (_SEQUENTIAL.format(**_FROZEN | {"activation": "None"}), "wrong", 0, "not-probabilities"),
        (_SEQUENTIAL.format(**_FROZEN | {"compile": "pass"}), "wrong", 0, "not-compiled"),
    ],
    "e2": [
        (_CACHED.format(training="False", fit="head.fit(features, labels, epochs=epochs, verbose=0)"), "passed", 1, ""),
        (_CACHED.format(training="False", fit="pass"), "wrong", 0, "head-untrained"),
        (_CACHED.format(training="True", fit="head.fit(features, labels, verbose=0)"), "wrong", 0, "training-mode"),
    ],
    "e3": [
        (_factor(), "passed", 1, ""),
        (_factor(never="None"), "wrong", 0, ""),
        (_factor(never="0"), "partly", 0.5, "never-reached"),
        (_factor(more=""), "wrong", 0, "not-divided"),
        (_factor(factor="float(np.interp(goal, accuracy_scratch, labels)) / at"), "wrong", 0, "linear-axis"),
        (_factor(goal="accuracy_scratch", other="accuracy_transfer"), "wrong", 0, "curves-swapped"),
    ],
    "e4": [("def fixed_pipeline(*given):\n    return 1", "wrong", 0, "")],
}


@dataclass
class MadeLearner:
    """What a learner has handed in, and what must become of it.

    Attributes:
        answers: by grade id; what is missing is untouched.
        becomes: the statuses that an answer may get, by grade id, with its points (None where a person must look) and
            the misconception that is named, if one must be.
    """

    answers: dict[str, str] = field(default_factory=dict)
    becomes: dict[str, tuple[tuple[str, ...], tuple[float | None, ...], str]] = field(default_factory=dict)


def made_class(folder: Path, lesson: GradedLesson, size: int, exercises: tuple[str, ...]) -> dict[str, MadeLearner]:
    """Return a class of ``size``, of whom one in eight is hostile; only these exercises are tried.

    Args:
        folder: the class folder, to which hostile answers refer.
    """
    random, right = Random(200), right_answers(folder, LESSON)
    hostile = [
        case
        for case in cases()
        if case.answers == ("e3",)
        and case.name[0] in "34567"
        and case.source
        and "infrastructure" not in case.becomes  # which would be tried again, and wait for a person
    ]
    made = {}
    for number in range(size):
        ability, learner = random.random(), MadeLearner()
        for asked in lesson.asked:
            id = asked.answer_cell
            if (asked.marking is None and id not in exercises) or random.random() < 0.05:
                learner.becomes[id] = (("unattempted",), (0.0,), "")
                continue
            source, becomes = (
                _reply(asked, ability, random) if asked.marking else _program(asked, ability, right, random)
            )
            learner.answers[id], learner.becomes[id] = f"# {number}\n{source}", becomes
        if number % 8 == 3:
            case = hostile[number // 8 % len(hostile)]
            learner.answers["e3"] = case.source.replace("CLASS_FOLDER", str(folder))
            full = next(asked.points for asked in lesson.asked if asked.answer_cell == "e3")
            learner.becomes["e3"] = (case.becomes, (0.0, None, *([full] if "passed" in case.becomes else [])), "")
        if ability > 0.3:
            learner.answers["m1"] = f"Learner {number} believes that it did. <b>So</b> it did."
        made[f"Learner {number:03}"] = learner
    return made


def _program(asked: Asked, ability: float, right: dict[str, str], random: Random) -> tuple[str, Any]:
    kinds = ANSWERS[asked.answer_cell]
    if random.random() < ability:
        honest = [right[asked.answer_cell], *(source for source, status, _, _ in kinds if status == "passed")]
        return random.choice(honest), (("passed",), (asked.points,), "")
    source, status, share, belief = random.choice([kind for kind in kinds if kind[1] != "passed"])
    return source, ((status,), (share * asked.points,), belief)


def _reply(asked: Asked, ability: float, random: Random) -> tuple[str, Any]:
    assert asked.marking
    replies = {answer: is_right for answer, (is_right, _) in asked.marking["replies"].items()}
    wanted = random.random() < ability
    fitting = [answer for answer, is_right in replies.items() if is_right is wanted]
    answer: object = random.choice(fitting or [12345])
    result = marked(asked.id, answer, **asked.marking)
    points = asked.points * result.points / result.max_points
    return f"{asked.answer_cell} = {answer!r}", (("passed" if result.passed else "wrong",), (points,), "")


def handed_in(folder: Path, made: dict[str, MadeLearner]) -> bytes:
    """Return what Moodle hands over of a class: a zip file with a folder for each learner."""
    released = json.loads((folder / "release" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    text = BytesIO()
    with ZipFile(text, "w", ZIP_DEFLATED) as archive:
        for number, (name, learner) in enumerate(made.items(), 1000):
            notebook = nbformat.from_dict(json.loads(json.dumps(released)))
            for cell in notebook.cells:
                cell.source = learner.answers.get(cell.id, cell.source)
            archive.writestr(f"{name}_{number}_assignsubmission_file/{LESSON}.ipynb", nbformat.writes(notebook))
    return text.getvalue()
