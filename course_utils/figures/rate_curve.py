"""The curve of a learning-rate range test."""

from course_utils.figures.charts import line_chart
from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, styled
from course_utils.figures.tables import Rows
from course_utils.figures.words import scientific


@styled
def rate_curve(rows: Rows, *, suggested: float, title: str = "") -> Picture:
    """Plot the training loss against the learning rate, on a logarithmic axis, with a line at the suggested rate.

    Args:
        rows: columns ``learning_rate`` (above 0, rising) and ``loss``, one row per step.
        suggested: the rate to mark.
        title: a line above the chart.

    Raises:
        CourseError: there are no rows, or a row lacks one of the columns.
    """
    picture = line_chart(
        [{**row, "": "loss of each batch"} for row in rows],
        x="learning_rate",
        y="loss",
        by="",
        log_x=True,
        x_label="learning rate",
        y_label="training loss",
        title=title,
    )
    axis = picture.figure.axes[0]
    axis.axvline(suggested, color=INK, linewidth=1.4, linestyle="--", label=f"suggested: {scientific(suggested)}")
    axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1), handlelength=3)
    alt = f"{picture.alt} The suggested rate is {scientific(suggested)}."
    return Picture(picture.figure, alt, [{key: row[key] for key in ("learning_rate", "loss")} for row in rows])
