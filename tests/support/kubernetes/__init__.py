"""Manifests as Kubernetes would read them, and what may be wrong with them."""
