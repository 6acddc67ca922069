"""The image and the stack, by a Docker engine: `make test-image`. Not part of the gate."""
