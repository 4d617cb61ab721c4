"""Small tables of results, for people: HTML in a notebook, aligned text elsewhere."""

import html
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from course_utils.errors import CourseError

#: Results, one mapping per row, all with the same keys.
Rows = Sequence[Mapping[str, Any]]
#: Whether a claim holds in the course's own measurements; "holds near": near the source only.
ClaimVerdict = Literal["holds", "holds near", "fails here", "not tested"]


class Table:
    """Rows that display themselves: dicts with the same keys in the same order; the keys are the headings."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = [{key: str(value) for key, value in row.items()} for row in rows]

    def __repr__(self) -> str:
        if not self.rows:
            return "(no rows)"
        lines = [dict(zip(self.rows[0], self.rows[0], strict=True)), *self.rows]
        widths = {key: max(len(line[key]) for line in lines) for key in self.rows[0]}
        return "\n".join("  ".join(line[key].ljust(width) for key, width in widths.items()).rstrip() for line in lines)

    def _repr_html_(self) -> str:
        if not self.rows:
            return repr(self)
        head = "".join(f'<th scope="col" style="text-align:left">{html.escape(key)}</th>' for key in self.rows[0])
        body = "".join(
            "<tr>" + "".join(f'<td style="text-align:left">{html.escape(v)}</td>' for v in row.values()) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def claims_on_trial(claims: Sequence[tuple[str, str, ClaimVerdict]]) -> Table:
    """Return a table of what people say, what was measured here, and the verdict.

    Args:
        claims: for each, the sentence, the measurement in words, and the verdict.

    Raises:
        CourseError: a verdict is another word.
    """
    for said, _, verdict in claims:
        if verdict not in get_args(ClaimVerdict):
            words = ", ".join(get_args(ClaimVerdict))
            raise CourseError(f"The claim {said!r} has the verdict {verdict!r}. Give one of these: {words}.")
    return Table([{"people say": said, "measured here": shown, "verdict": verdict} for said, shown, verdict in claims])


def melt(
    rows: Rows, columns: str | Sequence[str], *, name: str = "measured on", value: str = "accuracy"
) -> list[dict[str, Any]]:
    """Turn several numbers in one row into one row for each, as charts with bars or lines side by side need them.

    Args:
        rows: measurements, one mapping each.
        columns: the columns that hold the numbers; or the name of one column that holds a mapping from name to number,
            such as a run's ``drift`` by block.
        name, value: the columns that the names and the numbers get. All other columns are kept.

    Raises:
        CourseError: a row lacks one of the columns.
    """
    melted = []
    wanted = (columns,) if isinstance(columns, str) else columns
    for row in rows:
        if missing := [column for column in wanted if column not in row]:
            raise CourseError(f"A row has no column {missing[0]!r}; it has {', '.join(map(str, row))}.")
        numbers = row[columns] if isinstance(columns, str) else {column: row[column] for column in columns}
        kept = {key: content for key, content in row.items() if key not in wanted}
        melted += [{**kept, name: key, value: number} for key, number in numbers.items()]
    return melted
