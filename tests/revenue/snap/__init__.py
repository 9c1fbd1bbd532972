"""What banks send, and what they are told."""
