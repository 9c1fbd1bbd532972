"""Practices shared between regions."""
