"""Lessons as notebooks: read from their sources, derived for learners, executed and validated."""
