"""A task as JSON."""
