"""The front lab: what a remedy against forgetting keeps, learns and costs."""
