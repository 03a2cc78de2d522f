"""Erasure: a person's state, keys and links are dropped, and each recipient is told which tokens to delete."""
