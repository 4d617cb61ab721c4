"""The table of claims: what was measured, over which seeds, against what was promised."""

from collections.abc import Sequence

import numpy as np
import pytest

pytestmark = pytest.mark.claims


class ClaimsTable:
    """Rows to print at the end; a row is added before its claim is asserted, so a broken claim shows its figures."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str, str, str]] = []

    def add(self, claim: str, what: str, measured: Sequence[float], needed: str, unit: str = "") -> float:
        """Add one measurement (one number per seed) and return its mean."""
        values = np.asarray(measured, float)
        band = f"{values.min():.3g} .. {values.max():.3g}{unit}"
        self.rows.append((claim, what, f"{values.mean():.3g}{unit}", band, needed, str(len(values))))
        return float(values.mean())


_TABLE = ClaimsTable()


@pytest.fixture(scope="session")
def claims_table() -> ClaimsTable:
    return _TABLE


def pytest_terminal_summary(terminalreporter) -> None:
    if not _TABLE.rows:
        return
    rows = [("claim", "what", "mean", "band over seeds", "needed", "seeds"), *sorted(_TABLE.rows)]
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    terminalreporter.section("claims")
    for row in rows:
        terminalreporter.line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
