"""Distance as a number: cases whose answer is known in closed form."""

import numpy as np
import pytest

from course_utils.errors import CourseError
from course_utils.inspection import class_mean_distance, h_score

LABELS = np.array([0, 0, 1, 1])


@pytest.mark.parametrize("spread", [0.5, 1, 3])
def test_h_score_of_one_feature_is_the_share_of_its_variance_between_the_classes(spread):
    features = np.array([[-1 - spread], [-1 + spread], [1 - spread], [1 + spread]])
    assert h_score(features, LABELS) == pytest.approx(1 / (1 + spread**2))


def test_h_score_is_0_where_the_means_agree_and_classes_minus_1_without_spread():
    assert h_score(np.array([[1.0], [-1.0], [1.0], [-1.0]]), LABELS) == pytest.approx(0)
    corners = np.repeat(np.eye(4), 500, axis=0)  # four classes; their means span three dimensions
    assert h_score(corners, np.repeat(np.arange(4), 500)) == pytest.approx(3, abs=0.02)


def test_h_score_does_not_depend_on_the_unit_or_the_origin():
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(60, 8)), np.arange(60) % 3
    features[:, 0] += labels
    assert h_score(7 * features + 5, labels) == pytest.approx(h_score(features, labels))


def test_class_mean_distance_is_that_of_the_nearest_source_class_in_units_of_the_sources_spread():
    source = np.array([[-2.0, 0], [2, 0], [8, 0], [12, 0]])  # means at 0 and 10, pictures 2 away from theirs
    task = np.array([[0.0, 6], [0, 6], [10, 1], [10, 3]])  # means 6 above the one and 2 above the other
    assert class_mean_distance(task, LABELS, source, LABELS) == pytest.approx((6 + 2) / 2 / 2)
    assert class_mean_distance(source, LABELS, source, LABELS) == 0


def test_bad_input_is_refused_in_a_sentence():
    with pytest.raises(CourseError, match="fewer than two classes"):
        h_score(np.ones((3, 2)), np.zeros(3, int))
    with pytest.raises(CourseError, match="one label per row"):
        h_score(np.ones((3, 2)), LABELS)
    with pytest.raises(CourseError, match="several of each"):
        class_mean_distance(np.eye(2), np.array([0, 1]), np.eye(2), np.array([0, 1]))
