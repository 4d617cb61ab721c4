"""Small tables of results, for people: HTML in a notebook, aligned text elsewhere."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

#: Results, one mapping per row, all with the same keys.
Rows = Sequence[Mapping[str, Any]]


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
