"""The depth x rate map."""
