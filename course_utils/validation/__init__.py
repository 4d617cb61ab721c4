"""Lessons run headless, and what became of them: results, progress, reports."""
