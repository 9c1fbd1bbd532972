"""Charts: SVG drawn on the server from values, the same for page and book."""
