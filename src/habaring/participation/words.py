"""What a step of a proposal says, in the reader's language, out of its details.

`Step.details` holds plain values under these keys, so that a page in either language
can say them: `into` and `from` (codes of proposals), `department` (its name), `verdict`
(a word of Check), `cost` (whole rupiah), `vote` (its name), `bought` (whether the vote
chose it), `call` (the name of the next one), `candidate` (its title), `origin`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.participation.models import Origin, Step, StepKind
from habaring.shared import formats
from habaring.shared.refusal import Words

Details = Mapping[str, Any]


def sentence(step: Step) -> str:
    """What happened, as one sentence in the language that is active now."""
    say = _SENTENCES.get(StepKind(step.kind))
    said = say(step.details) if say else ""
    return said or f"{StepKind(step.kind).label}."


told = lazy(sentence, str)
"""The same, chosen when it is shown: a letter has its own language."""


def _codes(values: Any) -> str:
    return ", ".join([values] if isinstance(values, str) else [str(v) for v in values])


def _merged(details: Details) -> str:
    if details.get("into"):
        return _("Merged into %(code)s; everything said here goes on there.") % {
            "code": _codes(details["into"])
        }
    if details.get("from"):
        return _("Took in %(codes)s with its authors and followers.") % {
            "codes": _codes(details["from"])
        }
    return ""


def _unmerged(details: Details) -> str:
    if details.get("into"):
        return _("It stands by itself again, no longer part of %(code)s.") % {
            "code": _codes(details["into"])
        }
    if details.get("from"):
        return _("%(codes)s stands by itself again.") % {
            "codes": _codes(details["from"])
        }
    return ""


def _split(details: Details) -> str:
    if details.get("into"):
        return _("Split into %(codes)s.") % {"codes": _codes(details["into"])}
    if details.get("from"):
        return _("Came out of %(code)s.") % {"code": _codes(details["from"])}
    return ""


def _asked(details: Details) -> str:
    if not details.get("department"):
        return ""
    return (
        _("%(department)s checks whether it can be done and what it costs.") % details
    )


def _checked(details: Details) -> str:
    department = details.get("department", "")
    if details.get("verdict") == "feasible":
        if details.get("cost") is None:
            return _("%(department)s says that it can be done.") % {
                "department": department
            }
        return _("%(department)s says that it can be done, for %(cost)s.") % {
            "department": department,
            "cost": formats.rupiah(details["cost"]),
        }
    if details.get("verdict") == "not_feasible":
        return _("%(department)s says that it cannot be done.") % {
            "department": department
        }
    return ""


def _on_ballot(details: Details) -> str:
    if not details.get("vote"):
        return ""
    return _("It stands for election in “%(vote)s”.") % details


def _counted(details: Details) -> str:
    if "bought" not in details:
        return ""
    values = {"vote": details.get("vote", "")}
    if details["bought"]:
        return _("The voters chose it in “%(vote)s”.") % values
    return _("It was not chosen in “%(vote)s”; the result page says why.") % values


def _overridden(details: Details) -> str:
    if "bought" not in details:
        return ""
    if details["bought"]:
        return _(
            "The council took it in after “%(vote)s”, by decision %(decision)s."
        ) % {
            "vote": details.get("vote", ""),
            "decision": details.get("decision", "–"),
        }
    return _("The council left it out after “%(vote)s”, by decision %(decision)s.") % {
        "vote": details.get("vote", ""),
        "decision": details.get("decision", "–"),
    }


def _candidate(details: Details) -> str:
    if not details.get("candidate"):
        return ""
    return _("It is now the candidate programme “%(candidate)s”.") % details


def _passed_on(details: Details) -> str:
    if not details.get("call"):
        return ""
    return _("Goes on in “%(call)s”.") % details


def _sent(details: Details) -> str:
    if not details.get("origin"):
        return ""
    return _("Sent in by %(origin)s.") % {"origin": Origin(details["origin"]).label}


def _changed(details: Details) -> str:
    named = [str(_FIELDS[one]) for one in details.get("fields", ()) if one in _FIELDS]
    if not named:
        return ""
    return _("Its authors changed %(what)s.") % {"what": formats.listing(named)}


_FIELDS: Mapping[str, Words] = {
    "title": gettext_lazy("the title"),
    "problem": gettext_lazy("the problem"),
    "idea": gettext_lazy("the idea"),
    "place": gettext_lazy("the place"),
    "place_text": gettext_lazy("the place in words"),
    "latitude": gettext_lazy("the point on the map"),
    "beneficiaries": gettext_lazy("who gains"),
    "dimension_code": gettext_lazy("the dimension"),
    "rough_cost": gettext_lazy("the rough cost"),
}
_SENTENCES: Mapping[StepKind, Callable[[Details], str]] = {
    StepKind.SENT: _sent,
    StepKind.CHANGED: _changed,
    StepKind.MERGED: _merged,
    StepKind.UNMERGED: _unmerged,
    StepKind.SPLIT: _split,
    StepKind.CHECK_ASKED: _asked,
    StepKind.CHECKED: _checked,
    StepKind.ON_BALLOT: _on_ballot,
    StepKind.COUNTED: _counted,
    StepKind.OVERRIDDEN: _overridden,
    StepKind.CANDIDATE: _candidate,
    StepKind.PASSED_ON: _passed_on,
}
