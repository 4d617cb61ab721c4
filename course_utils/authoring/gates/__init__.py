"""The release gates: what must hold for every lesson, beyond being built, before learners get it.

Each gate is a function from a lesson to findings: what is wrong, where, and how to fix it. ``examine`` puts every
lesson through all of them.
"""
