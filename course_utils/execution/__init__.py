"""Run learners' and authors' code: notebooks under papermill, kernels, single answer cells."""
