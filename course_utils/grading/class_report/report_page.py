"""Write the report: a page for the instructor, and the same as JSON and CSV for their own questions."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path

from course_utils.files import write_atomically
from course_utils.grading.class_grading import class_secret
from course_utils.grading.class_pages import render
from course_utils.grading.class_report import svg_charts
from course_utils.grading.class_report.item_statistics import FEWEST
from course_utils.grading.class_report.lesson_report import report_on
from course_utils.grading.class_report.pseudonyms import pseudonym
from course_utils.grading.class_report.report_models import AnswerRow, LessonReport
from course_utils.grading.class_report.winnowing import ALIKE, COMMON
from course_utils.grading.class_results import OUTCOMES, read_class_results
from course_utils.grading.lesson_guide import LessonGuide

_BELIEFS = 10  # that the page shows
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet takes a text for a formula


def write_report(folder: Path, names: Sequence[str], *, show_ids: bool = False) -> list[Path]:
    """Write the report on some lessons of the class folder ``folder`` to its folder ``report``.

    Args:
        names: of the lessons, in the order of the report.
        show_ids: call learners by their ids instead of pseudonyms.

    Returns:
        The page, the JSON file with the same contents, and the CSV file with a row for each answer.

    Raises:
        CourseError: the results of a lesson can't be read.
        OSError: a file can't be written.
    """
    named: Callable[[str], str] = str if show_ids else partial(pseudonym, class_secret(folder))
    reports = []
    for name in dict.fromkeys(names):
        results = read_class_results(folder, name)
        reports.append(report_on(results, LessonGuide(folder, results.lesson), named))
    stem = reports[0].name if len(reports) == 1 else "-".join(["lessons", *(report.name[:2] for report in reports)])
    contents = {"html": as_page(reports, show_ids), "json": as_json(reports), "csv": as_csv(reports)}
    paths = [folder / "report" / f"{stem}.{kind}" for kind in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        write_atomically(path, content)
    return paths


def as_page(reports: Sequence[LessonReport], show_ids: bool) -> str:
    """Return the page."""
    return render(
        "class_report/class_report.html.jinja",
        reports=reports,
        show_ids=show_ids,
        charts=svg_charts,
        outcomes=OUTCOMES,
        fewest=FEWEST,
        most_beliefs=_BELIEFS,
        alike=ALIKE,
        common=COMMON,
        unusual={report.name: _unusual(report) for report in reports},
    )


def as_json(reports: Sequence[LessonReport]) -> str:
    """Return the reports' fields under their own names."""
    return json.dumps([asdict(report) for report in reports], indent=1, ensure_ascii=False) + "\n"


def as_csv(reports: Sequence[LessonReport]) -> str:
    """Return a table with a row for each answer."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    columns = [field.name for field in fields(AnswerRow)]
    table.writerow(["lesson", *columns])
    for report in reports:
        for row in report.answers:
            cells = asdict(row) | {"learner": _not_a_formula(row.learner)}
            table.writerow([report.name, *(cells[name] for name in columns)])
    return text.getvalue()


def _unusual(report: LessonReport) -> dict[str, frozenset[str]]:
    """Return who took unusually long or short, by question."""
    questions = {one.question for one in report.run_times}
    return {id: frozenset(one.learner for one in report.run_times if one.question == id) for id in questions}


def _not_a_formula(name: str) -> str:
    return f"'{name}" if name.startswith(_FORMULA) else name
