"""The process that works on tasks."""
