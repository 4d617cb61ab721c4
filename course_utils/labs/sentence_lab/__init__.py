"""Lesson 08's lab: the sentence microscope."""
