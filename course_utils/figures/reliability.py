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
        rows: one dict per bin: how many ``answers``, their mean ``confidence`` and ``accuracy``, and the limits
            of the accuracy, ``low`` and ``high``, each 0..1.
        title: a line above the chart.

    Raises:
        CourseError: there are no rows.
    """
    if not rows:
        raise CourseError("rows is empty; give at least one bin of answers.")
    figure, (axis,) = new_figure(4.0)
    mark = marks(["answers"])["answers"]
    axis.plot([0, 1], [0, 1], color="#777777", linewidth=1.2, linestyle=(0, (1, 2)), label="perfectly calibrated")
    x, y, low, high = ([float(row[column]) for row in rows] for column in ("confidence", "accuracy", "low", "high"))
    axis.vlines(x, low, high, color=mark.colour, alpha=0.6)
    told = "the model, with its 95 % limits"
    axis.plot(x, y, color=mark.colour, marker=mark.marker, linestyle="none", clip_on=False, label=told)
    for row, at in zip(rows, zip(x, y, strict=True), strict=True):
        axis.annotate(
            f"{row['answers']}", at, xytext=(-8, 0), textcoords="offset points", ha="right", va="center", fontsize=10
        )
    percent_axis(axis)
    axis.set_xlim(0, 1.03)
    axis.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0%", "20%", "40%", "60%", "80%", "100%"])
    axis.set(xlabel="confidence (beside each point: how many answers)", ylabel="of them right", title=title)
    axis.legend(loc="upper left")
    bins = "; ".join(
        f"{count(int(row['answers']), 'answer')} with a confidence of {percent(row['confidence'])}, "
        f"{percent(row['accuracy'])} right"
        for row in rows
    )
    return Picture(figure, f"{lead(title)}Accuracy by confidence: {bins}.", [dict(row) for row in rows])
