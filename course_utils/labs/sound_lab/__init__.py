"""Lesson 11's lab: the sound microscope."""
