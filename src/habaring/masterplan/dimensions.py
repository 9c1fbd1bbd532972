"""The dimensions and sub-dimensions that the analysis is sorted by."""

from collections.abc import Mapping

from habaring.assessment.models import Dimension, Framework


def known() -> Mapping[str, Dimension]:
    """Code → dimension or sub-dimension of the newest framework in force, in order:
    each dimension before its parts.
    """
    newest = Framework.objects.filter(status="in_force").order_by("-year").first()
    if newest is None:
        return {}
    rows = list(
        Dimension.objects.filter(framework=newest)
        .select_related("parent")
        .order_by("order", "code")
    )
    found: dict[str, Dimension] = {}
    for top in (row for row in rows if row.parent_id is None):
        found[top.code] = top
        found.update({row.code: row for row in rows if row.parent_id == top.pk})
    return found


def top_of(code: str) -> str:
    """The dimension above a sub-dimension: GOV of GOV.1."""
    return code.partition(".")[0]


def name_of(code: str, among: Mapping[str, Dimension]) -> str:
    """The name of a dimension; of a code that is none any more, the code."""
    return among[code].name if code in among else code


def choices(*, parts: bool = True) -> list[tuple[str, str]]:
    """Dimensions (and their parts, indented by a dash) for a list of choices."""
    return [
        (code, f"{'– ' if row.parent_id else ''}{row.name}")
        for code, row in known().items()
        if parts or row.parent_id is None
    ]
