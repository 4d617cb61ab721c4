"""Grading on more machines than this one, through Dask distributed."""
