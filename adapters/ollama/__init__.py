"""A model on one's own machines, behind Ollama's HTTP API."""

from adapters.ollama.model import OllamaModel

__all__ = ["OllamaModel"]
