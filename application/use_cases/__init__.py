"""What the agent does: one use case a file."""
