"""The freeze lab on the learner's own model."""
