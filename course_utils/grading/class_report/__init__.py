"""What a class believes: a report on the results of its lessons, for the instructor alone."""
