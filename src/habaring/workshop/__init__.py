"""The workshop room: ideas of many people at once."""
