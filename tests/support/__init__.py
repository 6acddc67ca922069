"""Servers and repositories that tests run against."""
