"""The one exception that is written for the person who reads it."""


class CourseError(ValueError):
    """A mistake that its reader can mend: the message names the thing, the cause and the mend."""
