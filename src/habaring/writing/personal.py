"""What `writing` holds about people: what they wrote, said, suggested and decided."""

from django.utils.translation import gettext_lazy as _

from habaring.shared.holdings import deeds

deeds(
    "writing",
    _("What you wrote in texts of your region, and said of them"),
    "writing.Document.began_by",
    "writing.Update.author",
    "writing.Pen.account",
    "writing.Comment.author",
    "writing.Comment.resolved_by",
    "writing.Suggestion.author",
    "writing.Suggestion.decided_by",
    "writing.Version.frozen_by",
)
