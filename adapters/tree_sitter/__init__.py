"""Syntax checks by tree-sitter's grammars, one wheel a language."""
