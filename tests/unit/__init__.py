"""Tests that need nothing outside the process."""
