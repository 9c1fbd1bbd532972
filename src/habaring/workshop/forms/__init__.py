"""Forms of the workshop room."""
