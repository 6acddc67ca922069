"""The embedded durable queue: one SQLite file, shared by all processes of one machine."""
