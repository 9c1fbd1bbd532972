"""The vault: files that prove something, with their verdicts."""
