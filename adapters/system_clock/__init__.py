"""The clock of the operating system."""
