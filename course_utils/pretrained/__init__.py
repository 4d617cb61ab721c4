"""Pretrained weights as files: which ones are trusted, where they come from, and where they are kept."""
