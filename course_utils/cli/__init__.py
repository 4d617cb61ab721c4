"""The ``course`` command, for learners, instructors and maintainers."""
