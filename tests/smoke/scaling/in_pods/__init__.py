"""Programs that are given to the Python of the image, in pods that can reach what the check itself cannot."""
