"""Pages: a person's own, the officer's work room, the breach register."""
