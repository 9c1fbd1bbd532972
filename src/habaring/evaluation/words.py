"""The words of evaluation: states, kinds and grounds."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.shared.refusal import Words

ROUND_STATES: Mapping[str, Words] = {
    "draft": _("being prepared"),
    "open": _("regions answer"),
    "reading": _("assessors read"),
    "announced": _("announced, appeals possible"),
    "published": pgettext_lazy("evaluation", "published"),
}
ROUND_TONES: Mapping[str, str] = {
    "draft": "",
    "open": "info",
    "reading": "info",
    "announced": "warn",
    "published": "good",
}
ENTRY_STATES: Mapping[str, Words] = {
    "answering": _("answering"),
    "submitted": _("submitted"),
}
READING_STATES: Mapping[str, Words] = {
    "asked": _("waits for the declaration"),
    "reading": _("being read"),
    "submitted": _("submitted"),
    "conflicted": _("conflict of interest"),
    "withdrawn": _("taken back"),
}
READING_TONES: Mapping[str, str] = {
    "asked": "info",
    "reading": "info",
    "submitted": "good",
    "conflicted": "bad",
    "withdrawn": "",
}
REMARK_KINDS: Mapping[str, Words] = {
    "interview": _("note of the interview"),
    "strength": pgettext_lazy("evaluation", "strength"),
    "weakness": pgettext_lazy("evaluation", "weakness"),
    "recommendation": _("recommendation"),
}
FINDING_KINDS: Mapping[str, Words] = {
    kind: said for kind, said in REMARK_KINDS.items() if kind != "interview"
}
FINDING_STATES: Mapping[str, Words] = {
    "open": pgettext_lazy("finding", "open"),
    "reported": _("reported as done"),
    "closed": _("closed"),
}
FINDING_TONES: Mapping[str, str] = {
    "open": "warn",
    "reported": "info",
    "closed": "good",
}
TO_DO = ("weakness", "recommendation")
"""The kinds of findings that need an owner and a day."""

APPEAL_STATES: Mapping[str, Words] = {
    "filed": _("waits for a decision"),
    "granted": _("granted"),
    "refused": _("refused"),
}
APPEAL_TONES: Mapping[str, str] = {"filed": "info", "granted": "good", "refused": ""}
GROUND_KINDS: Mapping[str, Words] = {
    "mentor": _("was a mentor of the region"),
    "work": _("works or worked for the region"),
    "family": _("has family in the region's leadership"),
    "business": _("does business with the region"),
    "other": _("another tie"),
}
STAGES: Mapping[int, Words] = {1: _("Stage I"), 2: _("Stage II")}
