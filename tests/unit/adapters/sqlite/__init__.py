"""Tests of the SQLite queue's translation of errors."""
