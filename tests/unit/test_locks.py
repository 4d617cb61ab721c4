"""The lock files: complete, since pip installs them without looking for what their packages need."""

from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def wanted(requirement: Requirement, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def pinned(lock: Path) -> dict[str, Requirement]:
    """Return what a lock installs on this machine, by name."""
    lines = (
        line.removesuffix("\\") for line in lock.read_text("utf-8").splitlines() if not line.startswith((" ", "#"))
    )
    found = [requirement for requirement in map(Requirement, lines) if wanted(requirement)]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def version(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    return specifier.version


def needed(name: str, extras: frozenset[str]) -> list[Requirement]:
    """Return what an installed package requires, alone and with these extras."""
    asked = map(Requirement, requires(name) or ())
    return [requirement for requirement in asked if any(wanted(requirement, extra) for extra in {"", *extras})]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_everything_that_its_packages_need(lock: str) -> None:
    packages = pinned(ROOT / lock)
    waiting = [(name, frozenset[str]()) for name in packages]
    seen, missing = set(waiting), set()
    while waiting:
        name, extras = waiting.pop()
        for requirement in needed(name, extras):
            other = canonicalize_name(requirement.name)
            if other not in packages or not requirement.specifier.contains(version(packages[other]), prereleases=True):
                missing.add(f"{name} needs {requirement}")
            elif (further := (other, frozenset(requirement.extras))) not in seen:
                seen.add(further)
                waiting.append(further)
    assert missing == set()
