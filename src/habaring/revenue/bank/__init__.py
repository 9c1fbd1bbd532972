"""A bank to practise with: it pays, repeats, delays, reverses, sends its file."""
