"""The ``course`` command: what a learner, an instructor and a maintainer type."""
