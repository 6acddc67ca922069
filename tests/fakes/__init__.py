"""Ports filled in memory, for tests."""
