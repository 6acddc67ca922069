"""Tests of the forge in a folder."""
