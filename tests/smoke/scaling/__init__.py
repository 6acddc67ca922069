"""Publishes tasks on a cluster, watches the workers come and go, and says whether every task was done exactly once.

It needs Python and kubectl and nothing else, so that it runs where the agent is not installed.
"""
