"""The sandbox in which learners' code is graded: Linux, bubblewrap, an unprivileged user, and limits."""
