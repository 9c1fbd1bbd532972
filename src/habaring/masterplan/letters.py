"""What people are told by mail about what they said of a draft."""

from django.conf import settings
from django.urls import reverse

from habaring.masterplan.models import Remark
from habaring.shared import notices


def disposed(row: Remark, *, changed: bool) -> None:
    """Tell the author of a remark what became of it, in the author's language.

    Nobody is told who left no address, or whose account is closed; who spoke at a
    meeting has none. `changed`: there was another outcome before.
    """
    author = row.author
    if author is None or author.erased_at or not author.is_active or not author.email:
        return
    place = [row.region_id, row.consultation.number]
    notices.send_letter(
        to=[author.email],
        template="masterplan/letters/disposed.txt",
        context={
            "row": row,
            "consultation": row.consultation,
            "section": row.section,
            "changed": changed,
            "address": settings.SITE_ADDRESS
            + reverse("masterplan:dispositions", args=place),
        },
        language=author.language,
    )
