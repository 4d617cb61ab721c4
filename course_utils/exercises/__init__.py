"""One package for each lesson's exercises, and the small networks and readers that they share."""
