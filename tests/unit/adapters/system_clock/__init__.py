"""Tests of the system clock."""
