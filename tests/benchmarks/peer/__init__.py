"""What the gateway is compared with; it runs in an environment of its own."""
