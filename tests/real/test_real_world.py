"""The real world through the same two functions: networks pretrained on ImageNet, and a folder of photographs."""

import os
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from sampling import drawn
from sklearn.model_selection import StratifiedKFold

pytestmark = pytest.mark.real

FEATURES = """
import sys, numpy as np
from course_utils import extract_features, load_backbone, load_dataset
backbone = load_backbone("mobilenet_v2")
task = load_dataset(sys.argv[1], image_size=backbone.input_shape[1])
parts = (task.train, task.validation, task.test)
images, labels = np.concatenate([p.inputs for p in parts]), np.concatenate([p.labels for p in parts])
np.savez(sys.argv[2], features=extract_features(backbone, images, batch_size=32), labels=labels)
"""


@pytest.fixture(scope="module")
def environment(real_assets):
    """The environment for separate processes, since Keras reads KERAS_HOME only when it is imported."""
    return os.environ | {"KERAS_HOME": str(real_assets / "keras_home")}


def test_frozen_features_and_a_linear_head_reach_ninety_percent_five_fold(real_assets, environment, tmp_path):
    from course_utils.transfer import linear_probe

    arguments = [str(real_assets / "ants_bees"), str(tmp_path / "features.npz")]
    subprocess.run([sys.executable, "-c", FEATURES, *arguments], env=environment, check=True)
    saved = np.load(tmp_path / "features.npz")
    features, labels = saved["features"], saved["labels"]
    assert features.shape == (243, 1280)
    folds = StratifiedKFold(5, shuffle=True, random_state=0).split(features, labels)
    scores = [linear_probe(features[a], labels[a]).score(features[b], labels[b]) for a, b in folds]
    print(f"MobileNetV2, 243 photographs, 5-fold: {np.mean(scores):.3f} ({min(scores):.3f} .. {max(scores):.3f})")
    assert np.mean(scores) >= 0.90


def test_preprocessing_is_attached_and_is_the_one_of_keras(environment):
    script = (
        "import keras, numpy as np\n"
        "from course_utils import load_backbone\n"
        "pictures = np.random.default_rng(0).uniform(0, 255, (2, 224, 224, 3)).astype('float32')\n"
        "theirs = keras.applications.MobileNetV2(include_top=False, input_shape=(224, 224, 3))\n"
        "prepared = keras.applications.mobilenet_v2.preprocess_input(pictures.copy())\n"
        "ours = load_backbone('mobilenet_v2')(pictures)\n"
        "np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs(prepared)), atol=1e-4)\n"
        "assert load_backbone('mobilenet_v2', image_size=96).output_shape == (None, 3, 3, 1280)\n"
    )
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)


LESSONS = ("01_what_layers_learned", "02_feature_extraction", "03_fine_tuning", "05_catastrophic_forgetting")
RUNS = [(lesson, backbone) for lesson in LESSONS for backbone in ("efficientnet_lite0", "mobilenet_v2")]


@pytest.mark.parametrize(("lesson", "backbone"), drawn("lessons on photographs", RUNS, 2))
def test_lessons_run_to_the_end_with_a_real_network_on_photographs(
    lesson, backbone, real_assets, environment, tmp_path
):
    command = [
        *(sys.executable, "-m", "papermill", "--no-progress-bar", f"lessons/{lesson}.ipynb", tmp_path / "out.ipynb"),
        *("-p", "PROFILE", "smoke", "-p", "BACKBONE", backbone, "-p", "DATASET", real_assets / "ants_bees"),
    ]
    subprocess.run(list(map(str, command)), env=environment, check=True)
    cells = [cell for cell in nbformat.read(tmp_path / "out.ipynb", 4).cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    said = "".join(output.get("text", "") for output in outputs)
    shown = "".join(str(output.get("data", "")) for output in outputs)
    assert backbone in said + shown  # its section ran
    assert "Set BACKBONE" not in said
    assert "set BACKBONE" not in said
    assert "nan" not in said.split()
