"""Diagrams say in words what they draw."""

from matplotlib.patches import Rectangle

from course_utils.figures import frozen_and_unfrozen, lora_beside_a_weight, rehearsal_batch, two_heads


def test_the_diagram_says_what_is_frozen_and_what_learns():
    picture = frozen_and_unfrozen()
    drawn = [[text.get_text() for text in axis.texts] for axis in picture.figure.axes]
    assert [sum("trained" in text and "pre" not in text for text in row) for row in drawn] == [1, 3]
    assert [sum("frozen" in text for text in row) for row in drawn] == [4, 2]
    assert "Feature extraction: block 1, block 2, block 3, block 4 frozen, head trained" in picture.alt
    assert picture.table[1]["trained"] == "block 3, block 4, head"


def test_two_heads_say_which_part_the_new_task_trains():
    picture = two_heads()
    drawn = [text.get_text() for text in picture.figure.axes[0].texts]
    assert "source head\n(frozen)" in drawn
    assert "target head\n(trained)" in drawn
    assert "Gradients come from the new task alone" in picture.alt


def test_a_rehearsing_batch_draws_as_many_pictures_of_each_kind_as_it_says():
    picture = rehearsal_batch(16, 4)
    squares = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert [sum(bool(square.get_hatch()) is old for square in squares) for old in (False, True)] == [12, 4]
    assert "12 new ones and 4 old ones" in picture.alt


def test_lora_counts_the_weights_of_both_thin_matrices():
    picture = lora_beside_a_weight(rows=576, columns=128, rank=4)
    assert "73,728 weights" in picture.alt
    assert "2,816 weights" in picture.alt
    assert [row["trained"] for row in picture.table] == ["no", "yes", "yes"]
