"""The expected "no" of evaluation, and the schemes of instruments."""

from fractions import Fraction
from functools import lru_cache
from importlib.resources import files

from habaring.evaluation import scheme
from habaring.evaluation.models import Instrument, Round
from habaring.evaluation.scheme import Scheme
from habaring.shared.refusal import Refusal

PACKAGED = files("habaring.evaluation") / "instruments"


class InstrumentRefused(Refusal):
    """An instrument that cannot be used or changed."""


class RoundRefused(Refusal):
    """A step that a round does not allow now."""


class AnswerRefused(Refusal):
    """An answer, or a submission of answers, that cannot be taken."""


class ReadingRefused(Refusal):
    """A step of an assessor that cannot be taken."""


class FindingRefused(Refusal):
    """A step of a finding that cannot be taken."""


class AppealRefused(Refusal):
    """An appeal that cannot be filed or decided."""


class AwardRefused(Refusal):
    """An award that cannot be published or given."""


@lru_cache(maxsize=32)
def _read(sha256: str, toml: str) -> Scheme:
    return scheme.read(toml)


def scheme_of(instrument: Instrument) -> Scheme:
    """The questions and weights of an instrument."""
    return _read(instrument.sha256, instrument.toml)


def scheme_of_round(row: Round) -> Scheme:
    """The same of a round; give it with `instrument` loaded."""
    return scheme_of(row.instrument)


def packaged() -> list[str]:
    """The TOML of every instrument that comes with the platform, by file name."""
    found = sorted(PACKAGED.iterdir(), key=lambda one: one.name)
    return [one.read_text() for one in found if one.name.endswith(".toml")]


def step_of(row: Round) -> Fraction:
    """How far two readings may lie apart before a third is asked for."""
    return Fraction(row.third_step)
