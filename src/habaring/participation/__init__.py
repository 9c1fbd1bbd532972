"""Listening: calls, proposals, discussion, votes and their counts."""
