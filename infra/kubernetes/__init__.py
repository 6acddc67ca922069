"""How the agent is deployed on Kubernetes; nothing of it is imported by the agent."""
