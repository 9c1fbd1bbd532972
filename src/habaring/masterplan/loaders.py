"""`habaring load book-set FILE [--region CODE]`."""

from habaring.masterplan.actions import load_set
from habaring.regions.loaders import region_of
from habaring.shared.loading import Loader, Request, register


def _book_set(request: Request) -> str:
    """Without --region the set is for every region."""
    template = load_set(
        toml=request.path.read_text(encoding="utf-8"),
        region=region_of(request) if request.region else None,
        by=None,
        at=request.at,
    )
    return f"{template.code}: {template.title}"


register(
    Loader("book-set", "which books and chapters an edition has (TOML)", _book_set)
)
