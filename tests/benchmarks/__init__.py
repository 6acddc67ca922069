"""Measurements; not part of the gate."""
