"""The one exception that is written for the person who reads it."""


class CourseError(ValueError):
    """A mistake that its reader can mend: the message names the thing, the cause and the mend."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows for it: the sentence, without a stack that is ours and not the learner's."""
        return [str(self)]
