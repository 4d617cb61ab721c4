"""The diagram of frozen and trained parts says in words what it draws."""

from course_utils.figures import frozen_and_unfrozen


def test_the_diagram_says_what_is_frozen_and_what_learns():
    picture = frozen_and_unfrozen()
    drawn = [[text.get_text() for text in axis.texts] for axis in picture.figure.axes]
    assert [sum("trained" in text and "pre" not in text for text in row) for row in drawn] == [1, 3]
    assert [sum("frozen" in text for text in row) for row in drawn] == [4, 2]
    assert "Feature extraction: block 1, block 2, block 3, block 4 frozen, head trained" in picture.alt
    assert picture.table[1]["trained"] == "block 3, block 4, head"
