"""How much a lesson runs in each profile, and what it may take."""

from dataclasses import dataclass

#: The most memory, in MB, that a lesson should hold.
LESSON_MEMORY_MB = 2000.0
_USUAL = 90  # seconds of the laptop profile


@dataclass(frozen=True)
class Profile:
    """How much a lesson runs, and the seconds that it should take at most on two cores."""

    name: str
    lesson_seconds: float
    cell_seconds: float

    def allowed(self, announced: float) -> float:
        """Seconds for a whole lesson: more where its front matter announces more than the usual 90 on a laptop."""
        return self.lesson_seconds * max(1.0, announced / _USUAL)


PROFILES = {
    profile.name: profile for profile in (Profile("smoke", 30, 30), Profile("laptop", 90, 30), Profile("gpu", 600, 120))
}
