"""The profiles: how much of a lesson's work runs, and how long it may take."""

from dataclasses import dataclass

#: The most memory, in MB, that a lesson should hold.
LESSON_MEMORY_MB = 2000.0
_USUAL = 90  # seconds of the laptop profile


@dataclass(frozen=True)
class Profile:
    """A profile, and the most seconds that a lesson and a cell should take in it on two cores.

    One with a ``backbone`` runs on that real network unless another is named, and needs a folder of photographs.
    ``both`` is whether learners' versions run even where they differ from the solutions in nothing but answers.
    """

    name: str
    lesson_seconds: float
    cell_seconds: float
    needs_gpu: bool = False
    backbone: str | None = None
    both: bool = True

    def allowed(self, announced: float) -> float:
        """Return the seconds for a whole lesson: more if its front matter announces more than the usual 90."""
        return self.lesson_seconds * max(1.0, announced / _USUAL)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", 30, 30, both=False),
        Profile("laptop", 90, 30),
        Profile("real", 240, 60, backbone="efficientnet_lite0"),
        Profile("gpu", 600, 120, needs_gpu=True),
    )
}
