"""Addresses of what citizens do: codes, registers, following a region."""

from habaring.people.codes import urls as codes
from habaring.people.entitled import urls as entitled
from habaring.people.follows import urls as follows

public = [*codes.public, *entitled.public, *follows.public]
work = entitled.work
