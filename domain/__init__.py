"""What the agent is about, in plain Python: no I/O, no third-party package."""
