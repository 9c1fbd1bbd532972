"""What `posts` holds about people: which posts they held, what they handed over."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from habaring.posts.models import Holding as PostHolding
from habaring.shared.holdings import Column, Holding, deeds, register

if TYPE_CHECKING:
    from habaring.people.models import Account


def _held(account: "Account") -> Iterable[Mapping[str, Any]]:
    rows = PostHolding.objects.filter(account=account).select_related("post__region")
    for row in rows:
        yield {
            "post": row.post.name,
            "region": row.post.region.full_name,
            "since": row.since,
            "until": row.until,
        }


register(
    Holding(
        code="posts.held",
        purpose="work",
        name=_("Posts you hold or held"),
        columns=(
            Column("post", _("Post")),
            Column("region", _("Region")),
            Column("since", _("Since")),
            Column("until", _("Until")),
        ),
        covers=("posts.Holding.account", "posts.HandOver.successor"),
        collect=_held,
        stays=_("Who held which post when stays on record, without your name."),
        legal_reference="UU 43/2009 (Kearsipan)",
        officer_decides=True,
    )
)
deeds(
    "posts",
    _("Charges you gave, hand-overs you began or confirmed"),
    "posts.Charge.given_by",
    "posts.HandOver.begun_by",
    "posts.HandOver.confirmed_by",
    "posts.HandOverItem.dealt_by",
)
