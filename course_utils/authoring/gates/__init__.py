"""The release gates: what must hold of every lesson before learners get it, beyond being built.

Each gate is a function from a lesson to findings: what is wrong, where, and how it is mended. ``examine`` puts
every lesson through all of them.
"""
