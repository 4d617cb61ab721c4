"""Headless runs of the lessons: results, progress, reports."""
