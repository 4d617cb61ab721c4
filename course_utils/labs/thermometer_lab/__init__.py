"""The forgetting thermometer."""
