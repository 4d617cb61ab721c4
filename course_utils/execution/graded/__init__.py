"""Run what the graded answers of a submission need, in the sandbox, and bring back what they produced."""
