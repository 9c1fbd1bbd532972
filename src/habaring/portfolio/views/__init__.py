"""Pages of the work room of choosing: candidates, then what is chosen of them."""
