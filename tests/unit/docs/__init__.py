"""The pages of the documentation that a machine can check."""
