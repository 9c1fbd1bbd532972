"""Runs a region's smart-city programme, from a citizen's idea to the result measured."""

__version__ = "0.1.0"
