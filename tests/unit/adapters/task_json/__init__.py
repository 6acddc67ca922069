"""Tests of a task as JSON."""
