"""Syntax and structure of source files by tree-sitter's grammars (one wheel a language), in processes of their own."""
