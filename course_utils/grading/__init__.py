"""Classes: the folder that an instructor works in."""
