"""A model behind any server that speaks OpenAI's chat completions: vLLM, llama.cpp, LM Studio, and OpenAI itself."""

from adapters.openai_compatible.model import OpenAiCompatibleModel

__all__ = ["OpenAiCompatibleModel"]
