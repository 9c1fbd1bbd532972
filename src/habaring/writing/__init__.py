"""Text that several people write at once, with comments and suggestions."""
