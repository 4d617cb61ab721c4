"""How learners' and authors' code is run: notebooks under papermill, kernels, single answer cells."""
