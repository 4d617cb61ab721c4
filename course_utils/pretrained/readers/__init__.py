"""Readers of weight files: each reads tensors as data, and refuses a file that asks for anything else."""
