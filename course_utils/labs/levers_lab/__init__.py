"""Lesson 10's lab: two levers, voice and facts."""
