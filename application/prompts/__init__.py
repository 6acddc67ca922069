"""What is said to a model: one template and one typed function a prompt."""
