"""What waits on the desk of those who write together: suggestions to decide."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.posts.things import Asked, Line, Waiting, register_lines
from habaring.writing import kinds
from habaring.writing.models import Suggestion, SuggestionState


def _open(asked: Asked) -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(region=asked.region, state=SuggestionState.OPEN)


def _to_decide(asked: Asked, _count: int) -> Iterator[Waiting]:
    """One line for all texts of a kind that the person may write."""
    prefixes = [one.prefix for one in kinds.kinds() if one.write & asked.powers]
    keys = _open(asked).values_list("document__key", flat=True)
    mine = [key for key in keys if key.startswith(tuple(prefixes))]
    if not mine:
        return
    one = len(set(mine)) == 1
    yield Waiting(
        _("Decide about %(count)d suggestions") % {"count": len(mine)},
        _("Somebody would word a paragraph differently."),
        reverse("writing-work:document", args=[asked.region.code, mine[0]])
        if one
        else reverse("writing-work:texts", args=[asked.region.code]),
    )


register_lines("writing", Line(lambda asked: _open(asked)[:1], _to_decide))
