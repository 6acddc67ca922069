"""The scripts that bring an engine and its images."""
