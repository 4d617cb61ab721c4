"""Lesson 11's own voice: record words in the page, teach them to a probe, and try it on new ones."""
