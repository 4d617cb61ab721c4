"""The exception whose message is written for the user."""


class CourseError(ValueError):
    """A mistake that the user can fix: the message names the thing, the cause and the fix."""

    #: Has Keras raise the message from inside a layer as it is, without a list of the layer's arguments around it.
    _keras_call_info_injected = True

    def _render_traceback_(self) -> list[str]:
        """Have IPython show the message alone: the stack is the library's, not the learner's."""
        return [str(self)]
