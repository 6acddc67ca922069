"""The stack that Compose starts, as its file describes it."""
