"""A region's code as part of an address; known before any site map is read."""

from django.urls import register_converter


class RegionCode:
    """Kemendagri's dotted code in an address: 62, 62.02, 62.02.06, 62.02.06.1001."""

    regex = r"\d{2}(?:\.\d{2}(?:\.\d{2}(?:\.\d{4})?)?)?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RegionCode, "code")
