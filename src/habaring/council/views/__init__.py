"""Pages of the bodies: for everyone, and in the work room."""
