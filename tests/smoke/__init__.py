"""Checks against services that are really there, with the credentials of who runs them."""
