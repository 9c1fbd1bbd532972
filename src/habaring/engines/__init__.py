"""Engines: the sums behind what the platform says, free of the platform.

An engine may take plain frozen values and give back a frozen result that carries
its reasons. It may use numpy, scipy, highspy and the standard library.
It may not import Django, read a clock, open a file, reach a network or keep state.
Ties and seeds are arguments; the same input gives the same output.
It refuses bad input with its own exception, naming every problem at once.
It does not lean on another engine; domains turn rows into its values.
Each has hand-worked cases and a slow, obvious twin under `tests/engines/`.
"""
