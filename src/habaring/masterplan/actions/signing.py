"""The holder of a post stands by a section as it is written now."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.masterplan import signing
from habaring.masterplan.models import Section, SignOff
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal, Words


class NotSigned(Refusal):
    """A section that cannot be signed off by this person now."""


@transaction.atomic
def sign_section(
    *, region: Region, key: str, by: Account | None, at: datetime, note: str = ""
) -> SignOff:
    """Sign the newest revision of a section; the next change opens it again.

    `by` None is the demo, whose posts nobody holds: that sign-off is an example.
    Raises NotSigned for anybody but who holds the post that owns it, for a section
    without text, and for a revision that is signed already.
    """
    newest = (
        Section.objects.select_for_update()
        .filter(region=region, key=key)
        .order_by("-revision")
        .first()
    )
    if newest is None or not newest.text:
        raise _no(_("Nothing is written there yet."), _("Write the section first."))
    owner = signing.who_signs(region, key, at=at)
    if owner is None:
        raise _no(_("The set of books has no such section."), "")
    post, holder = owner
    if by is not None and (holder is None or holder.pk != by.pk):
        raise _no(
            _("Only who holds the post “%(post)s” signs this section.")
            % {"post": post.name},
            _("Ask that person, or have the section put in the charge of your post."),
        )
    rows = SignOff.objects.filter(region=region, key=key, revision=newest.revision)
    if rows.filter(post=post).exists():
        raise _no(_("This revision is signed already."), "")
    row = SignOff.objects.create(
        region=region,
        key=key,
        revision=newest.revision,
        post=post,
        note=note.strip()[:300],
        at=at,
        by=by,
        illustrative=by is None,
    )
    audit.record(
        by=by,
        at=at,
        verb="masterplan.section.signed",
        subject=row,
        region=region.code,
        details={"key": key, "revision": row.revision, "post": post.code},
    )
    return row


def _no(why: Words, following: Words) -> NotSigned:
    return NotSigned(what=_("The section was not signed."), why=why, next=following)
