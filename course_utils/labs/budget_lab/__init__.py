"""The label-budget lab."""
