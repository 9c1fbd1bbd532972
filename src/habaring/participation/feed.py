"""The newest public proposals as an Atom feed (RFC 4287): text only, no pictures."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habaring.participation.models import Proposal
from habaring.participation.queries import lines
from habaring.participation.telling import page_of
from habaring.regions.models import Region

MOST = 30


def answer(
    request: HttpRequest, region: Region, found: QuerySet[Proposal]
) -> HttpResponse:
    """The feed of what `found` holds, newest first."""
    root = settings.SITE_ADDRESS or request.build_absolute_uri("/")[:-1]
    made = Atom1Feed(
        title=_("Proposals of %(place)s") % {"place": region.full_name},
        link=root + reverse("participation:calls", args=[region.pk]),
        description="",
        language=get_language(),
        feed_url=root + request.get_full_path(),
    )
    for line in lines(found[:MOST]):
        row, address = line.proposal, root + page_of(line.proposal)
        made.add_item(
            title=f"{row.code}: {row.title}",
            link=address,
            description=linebreaks(f"{row.problem}\n\n{row.idea}", autoescape=True),
            unique_id=address,
            author_name=line.author,
            pubdate=row.sent_at,
            updateddate=row.changed_at,
            categories=[row.call.name, _("example")]
            if row.illustrative
            else [row.call.name],
        )
    return HttpResponse(
        made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
