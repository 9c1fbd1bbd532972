"""Rules to begin from where a region has none: every figure an example, to be replaced.

They are those of the demo, under the name of the region that asks.
"""

import re
from datetime import date
from importlib import resources

from habaring.engines.taxing import TAXES
from habaring.regions.models import Region

_FOLDER = "rules/62.02"
_PLACE = "Kotawaringin Timur"
_HEAD = """\
# Contoh. Every figure is invented within the bounds of Law 1/2022: replace each by what
# your by-law says, with its article; then write its name and take `example` away.
"""


def taxes() -> list[str]:
    """The taxes that there is an example of, in the order of the law."""
    folder = resources.files("habaring.revenue").joinpath(_FOLDER)
    return [code for code in TAXES if folder.joinpath(f"{code}.toml").is_file()]


def text(tax: str, region: Region, *, on: date) -> str:
    """The example of a tax as a rule of this region, in force from the year's first day;
    empty where there is none.
    """
    if tax not in taxes():
        return ""
    folder = resources.files("habaring.revenue").joinpath(_FOLDER)
    body = folder.joinpath(f"{tax}.toml").read_text("utf-8")
    for name, value in {
        "region": f'"{region.code}"',
        "by_law": f'"Perda {region.full_name} (contoh: tulis nomor dan tahunnya)"',
        "in_force_from": f"{on.year}-01-01",
    }.items():
        body = re.sub(rf"^{name} = .*$", f"{name} = {value}", body, count=1, flags=re.M)
    body = re.sub(r"\A(#.*\n)+", _HEAD, body)
    return body.replace(_PLACE, region.name)
