"""From a model's answer to changed files: parse, locate, apply."""
