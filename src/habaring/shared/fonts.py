"""The self-hosted web font, cut into the weights that typst reads.

typst reads TrueType with fixed weights; the package ships one variable WOFF2. The cut
is the same bytes for the same package version. Without the package the books are set
in typst's own fonts.
"""

import hashlib
from pathlib import Path

from django.conf import settings

WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
FAMILY = "Plus Jakarta Sans"
_SOURCE = (
    Path(__file__).resolve().parent.parent
    / "web/static/vendor/plus-jakarta-sans-latin-wght-normal.woff2"
)


def folder() -> Path | None:
    """Where the cut fonts lie; made at the first call, None without the package."""
    if not _SOURCE.exists():
        return None
    digest = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:16]
    place = Path(settings.DATA_DIR) / "fonts" / digest
    if not all((place / f"{name}.ttf").exists() for name in WEIGHTS.values()):
        place.mkdir(parents=True, exist_ok=True)
        for weight, name in WEIGHTS.items():
            _cut(weight, name, place / f"{name}.ttf")
    return place


def _cut(weight: int, name: str, target: Path) -> None:
    # late: a quarter of a second that most processes never need
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(_SOURCE, recalcTimestamp=False)
    font.flavor = None
    font = instancer.instantiateVariableFont(font, {"wght": weight})
    font["OS/2"].usWeightClass = weight
    for entry in font["name"].names:
        if entry.nameID in {1, 16}:
            entry.string = FAMILY
        elif entry.nameID in {2, 17}:
            entry.string = name
        elif entry.nameID == 4:
            entry.string = f"{FAMILY} {name}"
    waiting = target.with_suffix(f".{weight}.part")
    font.save(waiting)
    waiting.rename(target)  # whole or not at all: another process may cut too


def digest() -> str:
    """Tells editions apart that were set with different fonts."""
    if not _SOURCE.exists():
        return "typst"
    return hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:16]
