"""``course certificate``: what was done, and how well the learner predicted what would be measured."""
