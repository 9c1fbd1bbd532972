"""Registers of the people whom an act is for, such as an electorate."""
