"""Translate between the outside and a use case, and nothing else."""
