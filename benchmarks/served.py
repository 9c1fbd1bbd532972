"""The settings of the served benchmark: the real ones, with one bare page added."""

from habaring.config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.bare"
