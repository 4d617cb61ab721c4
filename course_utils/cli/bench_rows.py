"""What a measurement gives: a ratio or a figure with its limits, or why it was left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class BenchRatio:
    """Two things measured in turn: ``first`` divided by ``second`` should lie in ``least``..``most``.

    ``raw`` is what they were computed from, where they weren't measured as such.
    """

    name: str
    first: float
    first_is: str
    second: float
    second_is: str
    least: float | None = None
    most: float | None = None
    note: str = ""
    raw: Mapping[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """The quotient that is judged, which means the same on a slow machine as on a fast one."""
        return self.first / self.second

    @property
    def reached(self) -> bool:
        """Whether the ratio is within its limits."""
        return _within(self.ratio, self.least, self.most)

    def __str__(self) -> str:
        measured = f"{self.first_is} {self.first:.3g} / {self.second_is} {self.second:.3g} = {self.ratio:.3g}"
        return _line(self.name, measured, self.reached, self.least, self.most, self.note)


@dataclass(frozen=True)
class BenchFigure:
    """One figure and its limits, such as processor seconds or megabytes; it depends on the machine."""

    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None
    note: str = ""
    raw: Mapping[str, float] = field(default_factory=dict)

    @property
    def reached(self) -> bool:
        """Whether the figure is within its limits."""
        return _within(self.value, self.least, self.most)

    def __str__(self) -> str:
        return _line(self.name, f"{self.value:.3g} {self.unit}", self.reached, self.least, self.most, self.note)


def _within(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def _line(name: str, measured: str, reached: bool, least: float | None, most: float | None, note: str) -> str:
    wanted = f"at most {most:.3g}" if least is None else f"at least {least:.3g}"
    line = f"{name}: {measured} ({wanted}: {'reached' if reached else 'MISSED'})"
    return f"{line}; {note}" if note else line


@dataclass(frozen=True)
class LeftOut:
    """A figure that cannot be measured on this machine, and why."""

    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.name}: left out, {self.why}"


Measured = BenchRatio | BenchFigure
