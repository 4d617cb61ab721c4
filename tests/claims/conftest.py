"""The table of claims: what was measured, over which seeds, against what was promised."""

from collections.abc import Sequence

import numpy as np
import pytest

_ROW = "claim"  # under this name a test's rows travel with its report, also from another process


class ClaimsTable:
    """Rows to print at the end; a row is added before its claim is asserted, so a broken claim shows its figures."""

    def __init__(self, properties: list[tuple[str, object]]) -> None:
        self.properties = properties

    def add(self, claim: str, what: str, measured: Sequence[float], needed: str, unit: str = "") -> float:
        """Add one measurement (one number per seed) and return its mean."""
        values = np.asarray(measured, float)
        band = f"{values.min():.3g} .. {values.max():.3g}{unit}"
        row = [claim, what, f"{values.mean():.3g}{unit}", band, needed, str(len(values))]
        self.properties.append((_ROW, row))
        return float(values.mean())


@pytest.fixture
def claims_table(request: pytest.FixtureRequest) -> ClaimsTable:
    return ClaimsTable(request.node.user_properties)


def pytest_terminal_summary(terminalreporter) -> None:
    reports = [
        r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, ()) if r.when == "call"
    ]
    found = sorted(tuple(row) for report in reports for name, row in report.user_properties if name == _ROW)
    if not found:
        return
    rows = [("claim", "what", "mean", "band over seeds", "needed", "seeds"), *found]
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    terminalreporter.section("claims")
    for row in rows:
        terminalreporter.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
