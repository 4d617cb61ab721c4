"""Take in what a class has handed in: from Moodle, from Canvas, or from folders."""
