"""One-time codes: sign-in without a password, and where an account is reached."""
