"""Funding sources, as candidates and limits name them, and their names for people."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Words

SOURCES: Mapping[str, Words] = {
    "APBD": _("Regional budget (APBD)"),
    "PAD": _("Own revenue (PAD)"),
    "DAU": _("General allocation fund (DAU)"),
    "DBH": _("Revenue-sharing fund (DBH)"),
    "DAK": _("Special allocation fund (DAK)"),
    "APBD_PROV": _("Provincial budget (APBD provinsi)"),
    "APBN": _("National budget (APBN)"),
    "DANA_DESA": _("Village fund (Dana Desa)"),
    "CSR": _("Companies' social funds (CSR)"),
    "KPBU": _("Public-private partnership (KPBU)"),
    "HIBAH": _("Grants (hibah)"),
    "SWASTA": _("Private money (swasta)"),
    "SWADAYA": _("Own effort of the community (swadaya)"),
}
"""domain.md 1.5, with the APBD also by its parts; another source keeps its own code."""

UNSET = "BELUM"
"""Stands for a source that nobody has set yet: no limit has money under it."""
_OTHERS: Mapping[str, Words] = {UNSET: _("source not set yet")}

QUESTIONS: Mapping[str, Words] = {
    "running_cost": _("Who pays the running cost after completion?"),
    "owner_after": _("Who owns it after the project?"),
    "sdg": _("Which Sustainable Development Goals does it serve?"),
    "environment": _("What is its effect on the environment?"),
}
"""The four questions of sustainability, by the engine's words for them."""


def source_name(code: str) -> Words:
    """A source's name; its code where the list does not know it."""
    return SOURCES.get(code) or _OTHERS.get(code, code)


def with_others(codes: Iterable[str]) -> dict[str, Words]:
    """The known sources, then the other codes in use, in the order of the alphabet."""
    others = sorted(set(codes) - set(SOURCES))
    return {**SOURCES, **{code: source_name(code) for code in others}}
