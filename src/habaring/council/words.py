"""What the stored codes of this domain are called in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.shared.refusal import Words

BODY_KINDS: Mapping[str, Words] = {
    "council": _("Smart City Council (Dewan)"),
    "team": _("Executing team (Tim Pelaksana)"),
    "group": _("Working group"),
    "forum": _("Forum"),
    "other": pgettext_lazy("body", "Other body"),
}
PILLARS: Mapping[str, Words] = {
    "government": _("Government"),
    "dprd": _("DPRD (regional parliament)"),
    "business": _("Business"),
    "community": _("Community"),
    "academia": _("Academia"),
    "media": _("Media"),
}
POSTS: Mapping[str, Words] = {
    "chair": _("Chair"),
    "vice_chair": _("Vice chair"),
    "secretary": _("Secretary"),
    "member": pgettext_lazy("seat", "Member"),
}
QUORUM_RULES: Mapping[str, Words] = {
    "more_than_half": _("more than half of the seats"),
    "half": _("at least half of the seats"),
    "two_thirds": _("at least two thirds of the seats"),
    "three_quarters": _("at least three quarters of the seats"),
    "count": _("a fixed number of seats"),
}
INSTRUMENT_KINDS: Mapping[str, Words] = {
    "mou": _("Memorandum of understanding (MoU)"),
    "sk": _("Decree (SK)"),
    "perbup": _("Regulation of the head (Perbup/Perwali)"),
    "perda": _("Regional regulation (Perda)"),
    "other": pgettext_lazy("instrument", "Other instrument"),
}
MEETING_STATES: Mapping[str, Words] = {
    "draft": pgettext_lazy("meeting", "draft"),
    "invited": _("invited"),
    "held": _("held"),
    "approved": _("minutes approved"),
    "cancelled": pgettext_lazy("meeting", "cancelled"),
}
ANSWERS: Mapping[str, Words] = {
    "none": _("no answer yet"),
    "coming": _("comes"),
    "not_coming": _("does not come"),
    "substitute": _("sends a substitute"),
}
WAYS: Mapping[str, Words] = {
    "code": _("by QR and personal code"),
    "account": _("by QR and account"),
    "guest": _("by QR as a guest"),
    "hand": _("written down by the secretary"),
}
TASK_STATES: Mapping[str, Words] = {
    "open": pgettext_lazy("follow-up", "open"),
    "done": pgettext_lazy("follow-up", "done"),
    "cancelled": pgettext_lazy("follow-up", "cancelled"),
}
DIMENSIONS: Mapping[str, str] = {  # names as Kominfo writes them, in both languages
    "GOV": "Smart Governance",
    "BRA": "Smart Branding",
    "ECO": "Smart Economy",
    "LIV": "Smart Living",
    "SOC": "Smart Society",
    "ENV": "Smart Environment",
}
