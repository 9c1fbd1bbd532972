"""Which sections somebody stands by: the newest revision beside its sign-off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate

from habaring.masterplan.models import Section, SignOff
from habaring.people.models import Account
from habaring.posts.models import Post
from habaring.posts.queries import owner_of
from habaring.regions.models import Region


@dataclass(frozen=True)
class Standing:
    """How one section stands: `sign` is the newest sign-off, of whatever revision."""

    revision: int
    sign: SignOff | None

    @property
    def signed(self) -> bool:
        """Whether what stands there now was signed."""
        return self.sign is not None and self.sign.revision == self.revision > 0

    @property
    def reopened(self) -> bool:
        """Whether it was signed once and changed since."""
        return self.sign is not None and self.sign.revision < self.revision


NOTHING = Standing(0, None)


def standings(region: Region) -> Mapping[str, Standing]:
    """Every written section of a region: two queries."""
    newest: dict[str, int] = {}
    for key, revision in Section.objects.filter(region=region).values_list(
        "key", "revision"
    ):
        newest[key] = max(revision, newest.get(key, 0))
    signs: dict[str, SignOff] = {}
    rows = SignOff.objects.filter(region=region).select_related("post", "by")
    for row in rows.order_by("key", "-revision", "-at"):
        signs.setdefault(row.key, row)
    return {key: Standing(revision, signs.get(key)) for key, revision in newest.items()}


def who_signs(
    region: Region, key: str, *, at: datetime
) -> tuple[Post, Account | None] | None:
    """The post that owns a section and who holds it; None: no such section."""
    owned = owner_of(region, "section", key, at=at, on=localdate(at))
    return (owned.post, owned.holder) if owned else None
