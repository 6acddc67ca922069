"""The agent's own words, in each language: one TOML file a language."""
