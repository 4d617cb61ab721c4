"""The freeze lab."""
