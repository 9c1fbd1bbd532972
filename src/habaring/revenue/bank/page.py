"""The bank's app for a demonstration: one small page of plain HTML, no scripts.

For this machine alone: it listens on 127.0.0.1, and anybody there can spend its money,
which is none.
"""

import html
import re
from collections.abc import Callable, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from habaring.revenue.bank.office import Bill, Office
from habaring.revenue.bank.scan import NotReadableError, Scanned, scan
from habaring.revenue.bank.signing import WIB
from habaring.revenue.bank.store import Money, NotRegisteredError

MOST = 20_000
_SETTLEMENT = re.compile(r"/setelmen/(va|qris)-(\d{4}-\d\d-\d\d)\.csv")
_STYLE = """
:root{color-scheme:light dark}*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:34rem;padding:1rem}
html{background:#fff;color:#111}h1{font-size:1.3rem}h2{font-size:1.1rem;margin-top:2rem}
.mark{border:1px solid;border-radius:1rem;padding:0 .5rem;font-size:.8rem}
label,textarea{display:block;margin:.25rem 0}textarea,button{font:inherit;width:100%;padding:.7rem;border-radius:.5rem;border:1px solid #888}
button{background:#0b5;color:#000;border:0;font-weight:600;margin:.25rem 0;min-height:44px}
button.quiet{background:transparent;color:inherit;border:1px solid #888;font-weight:400}
.card{border:1px solid #8886;border-radius:.75rem;padding:1rem;margin:1rem 0}
.sum{font-size:1.8rem;font-weight:700}.row{display:flex;gap:.5rem}code{overflow-wrap:anywhere}
.good{color:#084}.bad{color:#c22}@media(prefers-color-scheme:dark){html{background:#141816;color:#eee}.good{color:#4d9}.bad{color:#f88}}
"""
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
)


def rupiah(amount: int) -> str:
    """As people here write it."""
    return f"Rp{amount:,}".replace(",", ".")


def _page(body: str, said: str = "") -> str:
    note = f'<p class="card" role="status">{html.escape(said)}</p>' if said else ""
    return (
        '<!doctype html><html lang="id"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Bank Contoh</title><style>{_STYLE}</style>"
        '<body><main><h1>Bank Contoh <span class="mark">contoh</span></h1>'
        f"{note}{body}</main></body></html>"
    )


def home(office: Office, said: str = "") -> str:
    """Where to scan or paste, and the last payments."""
    rows = "".join(_row(one) for one in office.store.newest(20))
    today = office.clock().astimezone(WIB).date()
    return _page(
        '<form method="post" action="/lihat"><label for="n">Nomor virtual account atau '
        'isi kode QRIS</label><textarea id="n" name="isi" rows="3" required></textarea>'
        "<button>Lihat tagihan</button></form>"
        f"<h2>Pembayaran</h2>{rows or '<p>Belum ada.</p>'}"
        '<form method="post" action="/kirim"><button class="quiet">Kirim yang tertunda, '
        "yang terbaru dulu</button></form>"
        f"<h2>Berkas setelmen {today}</h2><p>"
        f'<a href="/setelmen/va-{today}.csv">Virtual account</a> · '
        f'<a href="/setelmen/qris-{today}.csv">QRIS</a></p>',
        said,
    )


def _row(one: Money) -> str:
    state = (
        ("bad", "dikembalikan")
        if one.back_at
        else ("good", "diterima daerah")
        if one.known
        else ("bad", "belum disampaikan")
    )
    reference = html.escape(one.paid.reference)
    keep = f'<input type="hidden" name="ref" value="{reference}">'
    return (
        f'<div class="card"><b>{rupiah(one.paid.amount)}</b> · {one.kind.upper()} · '
        f'<span class="{state[0]}">{state[1]}</span> <code>{html.escape(one.answer)}'
        f"</code><br><code>{reference}</code><div class=row>"
        f'<form method="post" action="/ulang">{keep}<button class="quiet">Kirim lagi'
        f'</button></form><form method="post" action="/balik">{keep}'
        '<button class="quiet">Kembalikan</button></form></div></div>'
    )


def bill(found: Bill, text: str) -> str:
    """What is to be paid, and the ways to try it."""
    keep = f'<input type="hidden" name="isi" value="{html.escape(text, quote=True)}">'
    keep += f'<input type="hidden" name="jumlah" value="{found.amount}">'
    ways = (
        ("1", "", "Bayar"),
        ("2", "quiet", "Bayar, dan kabarkan dua kali"),
        ("ganda", "quiet", "Bayar dua kali"),
        ("nanti", "quiet", "Bayar, kabarkan nanti"),
    )
    buttons = "".join(
        f'<button class="{look}" name="cara" value="{way}">{label}</button>'
        for way, look, label in ways
    )
    if not found.answer.good:
        code = html.escape(found.answer.code)
        words = html.escape(str(found.answer.body.get("responseMessage", "")))
        return _page(
            f'<p class="bad">Tidak bisa dibayar: {words} <code>{code}</code></p>'
            '<p><a href="/">Kembali</a></p>'
        )
    return _page(
        f'<div class="card"><p>{html.escape(found.name)}</p><p class="sum">'
        f"{rupiah(found.amount)}</p><code>{html.escape(found.scanned.target)}</code></div>"
        f'<form method="post" action="/bayar">{keep}{buttons}</form>'
        '<p><a href="/">Kembali</a></p>'
    )


def _pay(office: Office, scanned: Scanned, amount: int, way: str) -> str:
    money = office.pay(scanned, amount, tell=way != "nanti")
    if way == "nanti":
        return "Uang diambil; daerah belum dikabari."
    if way == "2":
        money = office.tell(money)
    if way == "ganda":
        second = office.pay(scanned, amount, tell=False)
        office.store.answered(second, "")  # told as a fact: the money moved
        found = office.store.find(second.paid.reference)
        money = office.tell(found or second)
    return f"Jawaban daerah: {money.answer}"


def done(office: Office, place: str, given: Mapping[str, str]) -> str:
    """Do what a form asks for; what the region said of it."""
    if place == "/bayar":
        scanned = scan(given.get("isi", ""))
        return _pay(office, scanned, int(given["jumlah"]), given.get("cara", "1"))
    if place == "/kirim":
        return f"{len(office.tell_all())} dikirim."
    money = office.store.find(given.get("ref", ""))
    if money is None:
        return "Tidak ada pembayaran itu."
    if place == "/balik":
        return f"Jawaban daerah: {office.take_back(money).code}"
    return f"Jawaban daerah: {office.tell(money).answer}"


def act(office: Office, place: str, given: Mapping[str, str]) -> str:
    """The page that answers a form."""
    if place == "/lihat":
        return bill(office.look_up(given.get("isi", "")), given.get("isi", ""))
    return home(office, done(office, place, given))


class _Door(BaseHTTPRequestHandler):
    """One request of a browser on this machine."""

    office: Office

    def do_GET(self) -> None:
        """The first page, and the settlement file of a day."""
        place, query = urlsplit(self.path).path, urlsplit(self.path).query
        if place == "/":
            said = parse_qs(query).get("kata", [""])[-1][:200]
            self._answer(lambda: home(self.office, said))
        elif found := _SETTLEMENT.fullmatch(place):
            kind, day = found.groups()
            self._answer(
                lambda: self.office.settle(date.fromisoformat(day), kind),
                kind="text/csv",
            )
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """A form of one of our own pages."""
        length = int(self.headers.get("Content-Length") or 0)
        origin = urlsplit(self.headers.get("Origin", "")).netloc
        if length > MOST or origin not in {"", self.headers.get("Host", "")}:
            self.send_error(403)
            return
        form = parse_qs(self.rfile.read(length).decode())
        given = {name: values[-1] for name, values in form.items()}
        place = urlsplit(self.path).path
        if place == "/lihat":
            self._answer(lambda: act(self.office, place, given))
        else:
            self._answer(lambda: self._back(done(self.office, place, given)))

    def _back(self, said: str) -> str:
        """To the first page: loaded again, it pays nothing again."""
        self.send_response(303)
        self.send_header("Location", f"/?{urlencode({'kata': said})}")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return ""

    def _answer(self, make: Callable[[], str], *, kind: str = "text/html") -> None:
        try:
            if text := make():
                self._send(text, kind)
        except NotRegisteredError:
            self._send(_page("<p>Bank ini belum didaftarkan di daerah mana pun.</p>"))
        except (NotReadableError, ValueError, KeyError) as error:
            self._send(home(self.office, f"Tidak terbaca: {error}"))

    def _send(self, text: str, kind: str = "text/html") -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", _POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the console shows what the command says."""


def server(office: Office, port: int) -> ThreadingHTTPServer:
    """On this machine only; `serve_forever` runs it."""
    door = type("Door", (_Door,), {"office": office})
    return ThreadingHTTPServer(("127.0.0.1", port), door)
