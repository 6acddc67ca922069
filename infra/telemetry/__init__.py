"""What is told about the work while it goes on: traces and metrics.

Nothing here is imported by a process that tells neither.
"""
