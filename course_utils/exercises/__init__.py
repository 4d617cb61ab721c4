"""One package of exercises for each lesson, and the small networks that they share."""
