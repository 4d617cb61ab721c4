"""The lab twenty trials."""
