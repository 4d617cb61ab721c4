"""The exception whose message is written for the user."""


class CourseError(ValueError):
    """A mistake that the user can fix: the message names the thing, the cause and the fix."""

    def _render_traceback_(self) -> list[str]:
        """Have IPython show the message alone: the stack is the library's, not the learner's."""
        return [str(self)]
