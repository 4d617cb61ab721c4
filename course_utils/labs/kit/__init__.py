"""What the labs share: the base of their widgets, live runs, recordings, and what a setting may be."""
