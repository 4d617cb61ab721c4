"""What tests of real networks share: they run where the network was fetched, as .ci/run does beforehand."""

import pytest

from course_utils.pretrained.store import kept_receipt


def kept_model(name: str) -> None:
    """Skip the test if the network is not on this computer."""
    if kept_receipt(name) is None:
        pytest.skip(f"{name} is not on this computer: course models fetch {name}")
