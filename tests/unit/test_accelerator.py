"""GPUs: one clear sentence without one, half precision that changes little, and runs that can be repeated exactly."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from course_utils.accelerator import require_gpu, use_gpu
from course_utils.backbones import load_backbone
from course_utils.cli.main import run
from course_utils.data import Split
from course_utils.errors import CourseError
from course_utils.experiments import FineTuning, Recipe
from course_utils.transfer import Session, TaskHeads, extract_features, unfreeze_top, with_head


@pytest.fixture
def gpu(monkeypatch):
    """A computer that says it has a GPU; afterwards, Keras computes in full precision again."""
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind: ["gpu:0"])
    yield
    keras.config.set_dtype_policy("float32")


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind: [])


def test_without_a_gpu_it_says_what_to_do_and_changes_nothing(no_gpu):
    with pytest.raises(CourseError, match=r"no GPU on this computer.*pip install.*Colab.*profile laptop"):
        use_gpu(mixed_precision=True, deterministic=True)
    assert keras.config.dtype_policy().name == "float32"


def test_the_profile_gpu_needs_one_before_any_lesson_runs(no_gpu, capsys):
    assert run(["validate", "00", "--profile", "gpu"]) == 1
    printed = capsys.readouterr()
    assert "no GPU on this computer" in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_with_a_gpu_nothing_but_what_was_asked_for_changes(gpu):
    require_gpu()
    use_gpu()
    assert keras.config.dtype_policy().name == "float32"
    use_gpu(mixed_precision=True)
    assert keras.config.dtype_policy().name == "mixed_float16"


def test_half_precision_changes_the_features_of_a_real_network_by_less_than_a_hundredth(gpu):
    pictures = np.random.default_rng(0).integers(0, 256, (4, 96, 96, 3)).astype(np.uint8)
    whole = extract_features(load_backbone("efficientnet_lite0", image_size=96), pictures)
    use_gpu(mixed_precision=True)
    backbone = load_backbone("efficientnet_lite0", image_size=96)
    half = extract_features(backbone, pictures)
    assert backbone.compute_dtype == "float16"
    assert {weight.dtype for weight in backbone.weights} == {"float32"}
    assert half.dtype == np.float32
    assert 0 < np.linalg.norm(half - whole) / np.linalg.norm(whole) < 0.01


def test_heads_stay_in_full_precision_and_training_learns(gpu):
    use_gpu(mixed_precision=True)
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 2
    pictures = (rng.normal(100, 10, (40, 32, 32, 3)) + 80 * labels[:, None, None, None]).astype(np.float32)
    model = with_head(load_backbone("embedded"), 2)
    joint = TaskHeads({"old": 3, "new": 2}).on(load_backbone("embedded"))
    heads = [model.get_layer("head"), joint.get_layer("old_head"), joint.get_layer("new_head")]
    assert {head.compute_dtype for head in heads} == {joint.output.dtype} == {"float32"}
    unfreeze_top(model, 1)
    model.compile(keras.optimizers.AdamW(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    *_, last = Session(model, Split(pictures, labels), epochs=8, batch_size=20).events()
    assert last.kind == "done"
    assert last.metrics["accuracy"] == 1


def test_a_run_in_half_precision_goes_back_to_the_first_ones_start(gpu):
    """The optimizer's state then holds the factor that keeps small gradients from becoming 0; at 0 nothing learns."""
    use_gpu(mixed_precision=True)
    ft = FineTuning("scans", 2)
    first, again = (ft.run(Recipe(steps=2, blocks=1, batch_size=8), seed=0) for _ in range(2))
    assert first["drift"] == again["drift"]
    assert first["drift"]["block4"] > 0


@pytest.mark.tensorflow("only TensorFlow has to be asked to be deterministic")
def test_a_deterministic_run_gives_the_same_numbers_again():
    """In a process of its own, since TensorFlow stays deterministic."""
    program = """
import keras, numpy as np
from course_utils.accelerator import use_gpu
from course_utils.backbones import load_backbone
from course_utils.data import Split
from course_utils.transfer import train, with_head
keras.distribution.list_devices = lambda kind: ["gpu:0"]
use_gpu(deterministic=True)
from tensorflow.python.framework.config import is_op_determinism_enabled
assert is_op_determinism_enabled()
split = Split(np.random.default_rng(0).integers(0, 256, (40, 32, 32, 3)).astype(np.uint8), np.arange(40) % 2)
ends = []
for _ in range(2):
    model = with_head(load_backbone("embedded"), 2)
    model.compile(keras.optimizers.AdamW(1e-3), "sparse_categorical_crossentropy")
    train(model, split, epochs=2)
    ends.append(model.get_weights())
assert all((one == other).all() for one, other in zip(*ends))
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_determinism_on_another_backend_is_refused(gpu, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(CourseError, match="needs the TensorFlow backend, but Keras runs on torch"):
        use_gpu(mixed_precision=True, deterministic=True)
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("name", ["TF_FORCE_GPU_ALLOW_GROWTH", "XLA_PYTHON_CLIENT_PREALLOCATE"])
def test_memory_is_taken_as_it_is_needed_unless_the_user_said_otherwise(name):
    program = f"import sys, os, course_utils; assert 'keras' not in sys.modules; print(os.environ['{name}'])"
    environment = {key: value for key, value in os.environ.items() if key != name}

    def said(**extra):
        command = [sys.executable, "-c", program]
        return subprocess.run(command, env=environment | extra, capture_output=True, text=True, check=True).stdout

    assert said() == {"TF_FORCE_GPU_ALLOW_GROWTH": "true\n", "XLA_PYTHON_CLIENT_PREALLOCATE": "false\n"}[name]
    assert said(**{name: "mine"}) == "mine\n"
