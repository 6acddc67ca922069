"""A real small model behind a real server: the wire, not the quality. `make test-model`, not the gate, runs these."""
