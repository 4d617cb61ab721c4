"""The layer microscope."""
