"""The verbs of the workshop room."""
