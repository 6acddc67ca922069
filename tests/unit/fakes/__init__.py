"""Tests of the fakes that other tests lean on."""
