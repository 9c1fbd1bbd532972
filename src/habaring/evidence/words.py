"""The words of evidence: its kinds, and how it stands."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Words

KINDS: Mapping[str, Words] = {
    "regulation": _("regulation or by-law"),
    "decree": _("decree"),
    "plan": _("planning document"),
    "budget": _("budget document"),
    "minutes": _("minutes or attendance"),
    "report": _("report"),
    "data": _("data or statistics"),
    "sop": _("standard procedure"),
    "contract": _("agreement or contract"),
    "picture": _("picture"),
    "other": _("other document"),
}

WAITING, VALID, REFUSED = "waiting", "valid", "refused"
VERDICTS: Mapping[str, Words] = {
    WAITING: _("not yet judged"),
    VALID: _("valid"),
    REFUSED: _("not accepted"),
}
TONES: Mapping[str, str] = {WAITING: "info", VALID: "good", REFUSED: "bad"}
ICONS: Mapping[str, str] = {WAITING: "clock", VALID: "check", REFUSED: "warning"}
