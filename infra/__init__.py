"""Settings, wiring, logging; and how the agent is deployed."""
