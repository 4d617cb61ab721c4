"""Names of earlier versions still work, in class folders in use and in notebooks that learners changed."""

import numpy as np
import pytest

import course_utils
from course_utils import transfer


def test_the_imports_of_earlier_lessons_work() -> None:
    from course_utils.cli.doctor import run_checks
    from course_utils.worlds import Split, load_dataset, load_source_model
    from course_utils.worlds.recipes import RECIPES

    assert run_checks is course_utils.run_checks
    assert Split is course_utils.Split
    assert load_dataset is course_utils.load_dataset
    assert load_source_model is course_utils.load_source_model
    assert RECIPES["embedded"].per_class == 320


def test_the_imports_of_earlier_class_folders_work() -> None:
    from course_utils.grading.parameters import SetParameters as FormerSetParameters
    from course_utils.run.build import CODE_STUB as FORMER_STUB

    from course_utils.grading import CODE_STUB, SetParameters

    assert FormerSetParameters is SetParameters
    assert FORMER_STUB == CODE_STUB


def test_what_transfer_held_is_found_through_it() -> None:
    for name in ("FineTuning", "Recipe", "recorded", "probe_accuracy", "band", "REMEDIES"):
        assert getattr(transfer, name) is getattr(course_utils.experiments, name)


def test_a_split_still_has_images() -> None:
    split = course_utils.Split(np.zeros((2, 4, 4, 3), np.uint8), np.array([0, 1]))
    assert split.images is split.inputs


def test_other_names_stay_unknown() -> None:
    with pytest.raises(AttributeError, match=r"'course_utils\.transfer' has no attribute 'no_such_thing'"):
        transfer.no_such_thing  # noqa: B018
    with pytest.raises(ModuleNotFoundError):
        __import__("course_utils.worlds.no_such_module")
    with pytest.raises(ImportError):
        from course_utils.worlds import no_such_thing  # noqa: F401
