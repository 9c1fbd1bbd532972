"""The whole site as its links tell it: one address for each kind of page."""

import html
import re
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.cookiejar import Cookie, CookieJar
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.journeys.town import PASSWORD, Town

LINKS = re.compile(r'href="(/[^"#]*)')
STARTS = (
    "/",
    "/?q=kotim",
    "/?q=Zzyzx+99",
    "/daerah/62.02/",
    "/daerah/62/",
    "/daerah/62.02.06/",
    "/masuk/",
    *(
        f"/daerah/31.71/{stage}"
        for stage in ("", "kondisi/", "pilihan/", "rencana/", "dewan/", "wilayah/")
    ),
)
WORK_STARTS = ("/ruang-kerja/", "/ruang-kerja/62.02/")
EDGE = "tepi-dari-berkas"
SAME_KIND = 1  # of each kind of page, so many are read


@dataclass(frozen=True)
class Answer:
    """What an address answered."""

    path: str
    status: int
    kind: str
    text: str

    @property
    def is_page(self) -> bool:
        return self.kind.startswith("text/html")


@dataclass
class Visitor:
    """Somebody who reads the site without a browser."""

    town: Town
    language: str = "id"
    jar: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.jar)
        )
        self.jar.set_cookie(_cookie("bahasa", self.language))

    def get(self, path: str) -> Answer:
        return self._ask(path, None)

    def post(self, path: str, **data: str) -> Answer:
        """Send a form."""
        form = {"csrfmiddlewaretoken": self._token(), **data}
        return self._ask(path, urllib.parse.urlencode(form).encode())

    def send(self, path: str, name: str, content: str) -> Answer:
        """Send a file by the form of a page."""
        parts = [
            ('name="csrfmiddlewaretoken"', self._token()),
            (f'name="file"; filename="{name}"', content),
        ]
        body = "".join(
            f"--{EDGE}\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n"
            for head, text in parts
        )
        kind = f"multipart/form-data; boundary={EDGE}"
        return self._ask(path, f"{body}--{EDGE}--\r\n".encode(), kind)

    def _token(self) -> str:
        return next((c.value for c in self.jar if c.name == "csrftoken"), "") or ""

    def signs_in(self, name: str) -> "Visitor":
        self.get("/masuk/")
        asked = self.post(
            "/masuk/", login=f"{name.lower()}@contoh.id", password=PASSWORD
        )
        if asked.path == "/masuk/langkah-kedua/":
            asked = self.post(asked.path, code=self.town.code(name))
        assert not asked.path.startswith("/masuk/"), asked.text
        return self

    def _ask(self, path: str, data: bytes | None, kind: str = "") -> Answer:
        request = urllib.request.Request(self.town.url(path), data)  # noqa: S310 - our own server
        request.add_header("Referer", self.town.address)
        if kind:
            request.add_header("Content-Type", kind)
        try:
            with self.opener.open(request, timeout=60) as response:
                return _answer(urlsplit(response.url).path, response)
        except urllib.error.HTTPError as refused:
            with refused:
                return _answer(path, refused)


def _answer(path: str, response: Any) -> Answer:
    kind = response.headers.get("Content-Type", "")
    body = response.read()
    text = body.decode() if "text/html" in kind else ""
    return Answer(path, response.status, kind, text)


def _cookie(name: str, value: str) -> Cookie:
    return Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain="127.0.0.1",
        domain_specified=False,
        domain_initial_dot=False,
        path="/",
        path_specified=True,
        secure=False,
        expires=None,
        discard=True,
        comment=None,
        comment_url=None,
        rest={},
    )


def walk(visitor: Visitor, starts: Iterable[str]) -> Iterator[tuple[str, Answer]]:
    """Every kind of address that the pages lead to, with what it answered.

    The kind of an address is the name of its view, with the region it tells of where
    that is not Kotim: a province and a region without data have other pages.
    """
    waiting, seen = deque(starts), set[str]()
    kinds: dict[str, int] = {}
    given = set(starts)
    while waiting:
        path = waiting.popleft()
        kind = kind_of(path)
        if path in seen or kind is None:
            continue
        seen.add(path)
        if path not in given and kinds.get(kind, 0) >= SAME_KIND:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = visitor.get(path)
        yield path, answer
        if answer.is_page:
            links = (html.unescape(link) for link in LINKS.findall(answer.text))
            waiting.extend(dict.fromkeys(links))


def kind_of(path: str) -> str | None:
    """The name of the view behind an address; None where we do not go."""
    try:
        found = resolve(urlsplit(path).path)
    except Resolver404:
        return None
    code = str(found.kwargs.get("code", "62.02"))
    if code != "62.02" and (found.view_name != "web:region" or code[:2] != "62"):
        return found.view_name + " " + code if path in STARTS else None
    level = code.count(".") if code != "62.02" else ""
    return f"{found.view_name}{level}"


def names(of: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """The name of every pattern of the site map."""
    for pattern in (of or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.name)
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from names(pattern, prefix + inner)
