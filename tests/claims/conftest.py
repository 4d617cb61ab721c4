"""The table of claims: what was measured, over which seeds, against what is promised.

``tests/conftest.py`` prints it at the end, even if the claims ran in other processes.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from sampling import OTHER_DAY, drawn

DAILY = 5  # claims of a minute or so each that one day's run measures


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a few of the claims marked ``heavy``, drawn by the day."""
    heavy = [item for item in items if item.get_closest_marker("heavy")]
    kept = {id(item) for item in drawn("claims", heavy, DAILY)}
    for item in heavy:
        if id(item) not in kept:
            item.add_marker(pytest.mark.skip(reason=OTHER_DAY))


class ClaimsTable:
    """Rows to print at the end; a row is added before its claim is asserted, so a broken claim shows its figures."""

    def __init__(self, properties: list[tuple[str, object]]) -> None:
        self.properties = properties

    def add(self, claim: str, what: str, measured: Sequence[float], needed: str, unit: str = "") -> float:
        """Add one measurement (one number per seed) and return its mean."""
        values = np.asarray(measured, float).round(9)  # a difference of equal accuracies is 0, not 6e-15
        band = f"{values.min():.3g} .. {values.max():.3g}{unit}"
        mean = float(values.mean().round(9))
        self.properties.append(("claims", [claim, what, f"{mean:.3g}{unit}", band, needed, str(len(values))]))
        return mean


@pytest.fixture
def claims_table(request: pytest.FixtureRequest) -> ClaimsTable:
    return ClaimsTable(request.node.user_properties)
