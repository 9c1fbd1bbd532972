"""Letters from one region's officers to another's, and the yearly three questions."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from habaring.exchange import queries
from habaring.exchange.models import Adoption, Practice, SurvivalCheck
from habaring.exchange.models.adoptions import Running
from habaring.regions.models import Region
from habaring.shared import notices
from habaring.shared.refusal import Refusal

_SALT = "habaring.exchange.survival"


class LinkUnreadable(Refusal):
    """The link of a letter was cut short or is not ours."""

    status = 404


def tell(
    region: Region, template: str, context: dict[str, Any], *, at: datetime
) -> int:
    """One letter to each who answers for a region in the exchange; how many went."""
    told = 0
    for account in queries.sharers(region, at=at):
        if not account.email:
            continue
        told += 1
        notices.send_letter(
            to=[account.email],
            template=f"exchange/letters/{template}.txt",
            context={"region": region, **context},
            language=account.language,
        )
    return told


def page_of(practice: Practice) -> str:
    """The address of its public page."""
    path = reverse("exchange:practice", args=[practice.region_id, practice.number])
    return str(settings.SITE_ADDRESS) + path


def adoption_page(adoption: Adoption) -> str:
    """Where the adopting region deals with it."""
    path = reverse("exchange-work:adoption", args=[adoption.region_id, adoption.pk])
    return str(settings.SITE_ADDRESS) + path


def work_page(name: str, region: str, *args: object) -> str:
    """An address of the work room."""
    path = reverse(f"exchange-work:{name}", args=[region, *args])
    return str(settings.SITE_ADDRESS) + path


def answer_links(check: SurvivalCheck) -> dict[str, str]:
    """One link an answer to the first question: one click, then the other two."""
    token = signing.dumps([check.region_id, check.pk], salt=_SALT, compress=True)
    path = str(settings.SITE_ADDRESS) + reverse("practices:survival", args=[token])
    return {choice: f"{path}?jalan={choice}" for choice in Running.values}


def read_token(token: str) -> SurvivalCheck:
    """The question that a letter's link names; LinkUnreadable where it is not ours."""
    try:
        region, key = signing.loads(token, salt=_SALT)
        rows = SurvivalCheck.objects.select_related(
            "adoption__practice__region", "adoption__region"
        )
        return rows.get(pk=key, region=region)
    except (signing.BadSignature, SurvivalCheck.DoesNotExist, ValueError) as error:
        raise LinkUnreadable(
            what=_("This link cannot be read."),
            why=_("Perhaps it was cut in two by a mail program."),
            next=_("Copy it whole, or answer in the work room under Practices."),
        ) from error
