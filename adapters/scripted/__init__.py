"""Answers that were written beforehand: for the demo and for tests, without a model."""

from adapters.scripted.model import ScriptedModel

__all__ = ["ScriptedModel"]
