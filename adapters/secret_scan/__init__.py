"""Secrets found by the rules of detect-secrets, by a few of our own, and by comparing with the agent's own secrets."""
