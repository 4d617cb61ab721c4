"""A reliability diagram: is what a model is sure of also right?"""

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import marks, new_figure, percent_axis, styled
from course_utils.figures.tables import Rows
from course_utils.figures.words import count, lead, percent


@styled
def reliability_diagram(rows: Rows, *, title: str = "") -> Picture:
    """Draw the share of right answers over the confidence in them, with how many answers each point stands for.

    Args:
        rows: one dict per bin: how many ``answers``, and their mean ``confidence`` and ``accuracy``, each 0..1.
        title: a line above the chart.

    Raises:
        CourseError: there are no rows.
    """
    if not rows:
        raise CourseError("rows is empty; give at least one bin of answers.")
    figure, (axis,) = new_figure(4.0)
    mark = marks(["answers"])["answers"]
    axis.plot([0, 1], [0, 1], color="#777777", linewidth=1.2, linestyle=(0, (1, 2)), label="perfectly calibrated")
    x, y = ([float(row[column]) for row in rows] for column in ("confidence", "accuracy"))
    axis.plot(x, y, mark.dashes, color=mark.colour, marker=mark.marker, label="the model")
    for row, at in zip(rows, zip(x, y, strict=True), strict=True):
        below = at[1] > 0.5  # the number must not leave the chart
        axis.annotate(
            f"{row['answers']}",
            at,
            xytext=(0, -16 if below else 8),
            textcoords="offset points",
            ha="center",
            fontsize=10,
        )
    percent_axis(axis)
    axis.set_xlim(0, 1.03)
    axis.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0%", "20%", "40%", "60%", "80%", "100%"])
    axis.set(xlabel="confidence (below each point: how many answers)", ylabel="of them right", title=title)
    axis.legend(loc="upper left")
    told = "; ".join(
        f"{count(int(row['answers']), 'answer')} with a confidence of {percent(row['confidence'])}, "
        f"{percent(row['accuracy'])} right"
        for row in rows
    )
    return Picture(figure, f"{lead(title)}Accuracy by confidence: {told}.", [dict(row) for row in rows])
