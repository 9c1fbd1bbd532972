"""A bank's traffic through HTTP while everything is killed, and what must hold after."""
