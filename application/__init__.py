"""What the agent does, and what it needs from outside; imports no vendor package."""
