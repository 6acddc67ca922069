"""Tests of adapters that need nothing outside the process."""
