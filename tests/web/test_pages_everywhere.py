"""Every page of the site map, as the public and as an officer, in both languages."""

import html
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.journeys import town as towns
from tests.journeys.site import (
    STARTS,
    WORK_STARTS,
    Answer,
    Visitor,
    kind_of,
    names,
    walk,
)
from tests.journeys.town import SOURCE, Town

LANGUAGES = ["id", "en"]
ROOM = "/ruang-kerja/62.02/"
STATIC = SOURCE / "web" / "static"
# Reached by sending a form, or on purpose by no link.
WITHOUT_LINK = {
    # Kotim's guidance is over since 2022; these are offered while a stage is open
    "guidance-work:plan-sitting",
    "guidance-work:change-sitting",
    "guidance-work:programme",
    "guidance-work:close-stage",
    "guidance-work:hand-in",  # while a piece of work is open, as the next three
    "guidance-work:answer",
    "guidance-work:verdict",  # of the mentor's, as the next
    "guidance-work:due",
    "guidance-platform:application",  # of a cohort that has regions: the newest has none
    "guidance-platform:decide",
    "guidance-platform:method",  # until a planned cohort opens its call
    "evaluation-platform:appeals",  # of a round with results: the newest has none
    "evaluation-platform:decide",  # once somebody appeals
    "exchange:version",  # once a practice has a second version
    "exchange-work:adopt",  # on the page of another region's practice
    "exchange-work:check",  # of a region whose yearly check is due: Kotim's is not
    "masterplan-work:new",  # on the lists of the analysis; the walk takes the first of
    "masterplan-work:change",  # its parts, and that is readiness with pages of its own
    "guidance-work:phone-worker",  # asked by the desk's telephone, as the next
    "guidance-work:phone-state",
    "guidance-work:reopen-stage",  # of a closed stage, as a mentor
    "guidance-platform:application-file",  # where a letter came with it
    "web:language",
    "web:health",
    "web:style",
    "people:sign-out",
    "people:welcome",
    "assessment-work:publication",  # while an edition is being made
    "my-data:download",  # where the background job has made the copy
    "privacy-work:look",  # the kind and key of a person whose request or NIK is known
    "participation:coauthors",  # on one's own proposal, as the next five
    "participation:draft",
    "revenue:object",  # by its NOP, as the next four
    "revenue:bill",
    "revenue:bill-later",
    "revenue:what-if",
    "revenue:what-if-later",
    "revenue:basket",  # once something lies in it, as the next three
    "revenue:pay",
    "revenue:charge",
    "revenue:charge-picture",
    "revenue:receipt",  # by its number and secret, as the next
    "revenue:receipt-pdf",
    "revenue:mine-bill",  # of what is registered to oneself, as the next
    "revenue:mine-summary",
    "revenue:ask-choose",  # about a bill of one's own, as the next three
    "revenue:ask",
    "revenue:case",
    "revenue:case-document",
    "revenue:remind-stop",  # from a letter
    "revenue:claim-find",  # by the number that was given, as the next
    "revenue:claim-follow",
    "revenue:filing-acquire",  # once one is known as a taxpayer
    "revenue:filing-link-code",  # once a code was asked for
    "revenue:file",  # of one's own business, as the next three
    "revenue:filing-acquisition",
    "revenue:filing",
    "revenue:filing-document",
    "revenue-work:bill-sheet",  # of a bill that is in force
    "revenue-work:look-at-taxpayer",  # where a NIK or a contact is known
    "revenue-work:file",  # where a business has not filed, as the next
    "revenue-work:filings-file",
    "revenue-work:import",  # once a file was sent
    "revenue-work:filing",  # once somebody filed, as the next two
    "revenue-work:filing-document",
    "revenue-work:validate",
    "revenue-work:take",  # by the button of what is ticked at the counter
    "revenue-work:counter-receipts",  # once cash was taken, as the next two
    "revenue-work:mistake",
    "revenue-work:decide-mistake",
    "revenue-work:statement",  # once a file came, as the next
    "revenue-work:finding",
    "revenue-work:payment",  # once somebody paid
    "revenue-work:collector",  # once somebody has a telephone, as the next four
    "revenue-work:change-collector",
    "revenue-work:revoke-collector",
    "revenue-work:collector-deposit",
    "revenue-work:collector-conflict",
    "revenue-work:phone-worker",  # asked for by the telephone itself, as the next
    "revenue-work:phone-state",
    "revenue-work:enter-case",  # of the bill that was named before
    "revenue-work:case",  # once somebody asks, as the next
    "revenue-work:case-document",
    "revenue-work:letter-sheets",  # once a letter was written, as the next two
    "revenue-work:letter",
    "revenue-work:letter-sheet",
    "revenue-work:acknowledge",  # of a debt that expires
    "revenue-work:write-off",  # once somebody proposes it, as the next
    "revenue-work:waiver",
    "revenue:mine-letter",  # about a bill of one's own
    "participation:drop-draft",
    "participation:leave",
    "participation:photo",
    "participation:withdraw",
    "participation:comment-change",  # for a quarter of an hour, one's own
    "participation:comment-withdraw",
    "participation:appeal",  # once something of one's own is hidden
    "participation-work:appeal",  # once somebody appeals
    "participation-work:moderation-item",  # once something waits
    "participation-work:proposal",  # once something is proposed, as the next three
    "participation-work:merge",
    "participation-work:split",
    "participation-work:enter-correct",  # of what an officer entered
    "participation-work:check",  # once a department is asked
    "participation-work:paper",  # of a vote that takes paper, as the next four
    "participation-work:paper-sheets",
    "participation-work:paper-attendance",
    "participation-work:paper-voters-template",
    "participation-work:paper-ballots-template",
    "participation:thread",  # once somebody says something
    "participation-work:preview-vote",  # of a vote that is a draft
    "participation-work:counting",  # of a vote that is being counted
    "participation-work:override",  # of a vote that was counted
    "participation:join",  # from a letter, as the next
    "participation:stop",
    "writing-work:line",  # the editor's own, as the next
    "writing-work:aside",
    "practices:survival",  # from a letter
    "workshop:door",  # by the code on the big screen; inside, as the next six
    "workshop:join",
    "workshop:room",
    "workshop:board",
    "workshop:me",
    "workshop:line",
    "workshop:edit",
    "workshop-work:line",
    "workshop-work:choose",  # by a form on the page of what is carried on
    "workshop-work:carry-one",
    "web:favicon",  # browsers ask for it by themselves
    "history-platform:history",  # an operator's, as the next three
    "history-platform:sheet",
    "history-platform:bare",
    "history-platform:entry",
    "council:paper",  # where a decision has one, as the next three
    "council:instrument-paper",
    "council:agenda-paper",
    "council:proof",
    "council:answer",  # from a letter
    "council:attend",  # from a QR code
    "council:own-calendar",  # shown once
    "council-work:strike",  # while a meeting takes attendance
    "council-work:approve",  # once minutes are written
    "history:seals",  # once a day is sealed, as the next
    "history:region-seals",
    "posts-work:handover",  # once somebody leaves a post, as the next three
    "posts-work:answer",
    "posts-work:successor",
    "posts-work:finish",
    "posts-work:fill-post",  # a form on the page of the post, as the next
    "posts-work:begin",
    "council-work:add-item",  # a form on the page of a meeting
    "council-work:minutes",  # once a meeting was held
    "council-work:new-task",  # once a meeting has begun
    "api:door",  # for programs: its operations stand in the contract
    "evaluation-work:reading",  # an assessor's own
    "snap:token",  # for the machines of banks, as the next six: POST alone
    "snap:inquiry",
    "snap:payment",
    "snap:status",
    "snap:reversal",
    "snap:notify",
    "snap:cancel",
    # the platform's own people: the operator's pages, of which Budi is none
    "people-platform:people",
    "people-platform:roles",
    "people-platform:invite",
    "people-platform:export",
    "people-platform:person",
    "people-platform:give",
    "account_login",  # allauth's name for the sign-in page
    "mfa_authenticate",  # after the password
    "account_reauthenticate",  # before a change to one's way in
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_reset_password_done",
    "account_reset_password_from_key",  # from a letter
    "mfa_activate_totp",  # once only, and Budi has an app
    "mfa_view_recovery_codes",  # shown once
    "people:directories",  # where a region has a directory, as the next three
    "openid_connect_login",
    "openid_connect_callback",
    "people-work:directory",
    "people:code",  # after a code was asked for
    "people:code-name",
    "people:reach-code",
    "people:entry",  # from a refused act
    "people:unfollow",  # of a region that one follows
    "people:follow-stop",  # from a letter
    "people-work:register",  # once a register was sent
    "people-work:register-use",
    "people-work:register-withdraw",
}
LEFTOVERS = (
    "None",
    "{{",
    "{%",
    "%(",
    "&lt;/",
    "&amp;lt;",
    "[object",
    "Promise",
    "lazy",
)
WORDS = 3  # a msgid of so many words is a sentence that cannot be Indonesian by chance


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with towns.opened(tmp_path_factory.mktemp("town") / "data") as running:
        yield running


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def site(town: Town, language: str) -> dict[str, Answer]:
    """Every kind of address that the links lead to."""
    public = dict(walk(Visitor(town, language), STARTS))
    officer = Visitor(town, language).signs_in("Budi")
    works(officer)
    guard = Visitor(town, language).signs_in("Dewi")
    protects(guard)
    ministry = Visitor(town, language).signs_in("Wulan")
    return (
        public
        | {
            f"{path} (signed in)": answer
            for path, answer in walk(officer, [*WORK_STARTS, *more_work(officer)])
        }
        | {
            f"{path} (guard)": answer
            for path, answer in walk(guard, ["/data-saya/", f"{ROOM}data-pribadi/"])
        }
        | {
            f"{path} (ministry)": answer
            for path, answer in walk(
                ministry, ["/ruang-kerja/angkatan/", "/ruang-kerja/evaluasi/"]
            )
        }
    )


def works(officer: Visitor) -> None:
    """What leaves pages behind: a bad file, a good one, an invitation."""
    head = "region,indicator,year,value,status,source,note\n"
    row = "62.02,K05,2024,{value},,BPS 2024,Dibetulkan\n"
    to = f"{ROOM}kenali/unggah/"
    officer.get(to)
    assert officer.send(to, "buruk.csv", head + row.format(value="x")).status == 422
    value = "13200" if officer.language == "id" else "13300"
    answer = officer.send(to, "nilai.csv", head + row.format(value=value))
    assert "/kenali/riwayat/" in answer.path, answer.text
    # the bad one last, since the list of problems is of the last refused file
    assert officer.send(to, "buruk.csv", head + row.format(value="x")).status == 422
    mail = f"baru-{officer.language}@contoh.id"
    answer = officer.post(
        f"{ROOM}orang/undang/", email=mail, role="officer", langkah="kirim"
    )
    assert mail in answer.text
    there = f"https://contoh.id/{officer.language}"
    assert officer.post(f"{ROOM}api/webhook/baru/", address=there).status == 200


def protects(guard: Visitor) -> None:
    """Her own copy, a request at the counter, a breach: each leaves a page behind."""
    to = f"{ROOM}data-pribadi/"
    guard.get("/data-saya/")
    assert guard.post("/data-saya/salinan/").status == 200
    kind = "see" if guard.language == "id" else "object"
    answer = guard.post(
        f"{to}baru/", reach="alya@contoh.id", kind=kind, proof="KTP dilihat"
    )
    assert "/permintaan/" in answer.path, answer.text
    answer = guard.post(
        f"{to}insiden/baru/",
        title="Berkas contoh",
        discovered_at="2026-01-05T09:00",
        what="Berkas terkirim ke alamat lain.",
        data_kinds="Nama",
        illustrative="on",
    )
    assert "/insiden/INS-" in answer.path, answer.text


def more_work(officer: Visitor) -> list[str]:
    """Addresses that a form's answer leads to."""
    page = officer.get(f"{ROOM}pilih/skenario/").text
    found = sorted(set(re.findall(r"/skenario/(\d+)/", page)), key=int)
    page = officer.get(f"{ROOM}dewan/rapat/").text
    meetings = sorted(set(re.findall(r"/rapat/(\d+)/", page)), key=int)
    compared = f"?a={found[0]}&b={found[-1]}"
    return [
        f"{ROOM}pilih/skenario/banding/{compared}",
        f"{ROOM}pilih/skenario/{found[0]}/kemajuan/",
        f"{ROOM}kenali/unggah/masalah.csv",
        f"{ROOM}kenali/indikator/K05/",
        f"{ROOM}dewan/rapat/{meetings[0]}/",  # one that was held
        f"{ROOM}dewan/rapat/{meetings[-1]}/",  # one that is planned
    ]


@cache
def sentences() -> frozenset[str]:
    """The English sentences that have another form in Indonesian."""
    found = set()
    for path in SOURCE.glob("*/locale/id/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                if isinstance(message.id, str) and message.id != message.string:
                    found.add(message.id)
    return frozenset(found)


class Words(HTMLParser):
    """The words that are to be read on a page, piece by piece."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.foreign: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"script", "style", "code", "pre"} or given.get("lang") == "en":
            self.foreign.append(tag)
        for name in ("aria-label", "placeholder", "title", "alt"):
            self._take(given.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        if self.foreign and self.foreign[-1] == tag:
            self.foreign.pop()

    def handle_data(self, data: str) -> None:
        self._take(data)

    def _take(self, data: str) -> None:
        piece = " ".join(html.unescape(data).split())
        if piece and not self.foreign:
            self.pieces.append(piece)


def pages(site: dict[str, Answer]) -> list[tuple[str, Answer]]:
    return [(path, answer) for path, answer in site.items() if answer.is_page]


def test_every_address_answers(site: dict[str, Answer]) -> None:
    wrong = [f"{path}: {a.status}" for path, a in site.items() if a.status != 200]
    assert not wrong, "\n".join(wrong)


def test_every_pattern_of_the_site_map_is_reached(site: dict[str, Answer]) -> None:
    reached = {
        (kind_of(path.split(" ")[0]) or "").split(" ")[0].rstrip("0123456789")
        for path in site
    }
    by_form = {name for name in names() if post_only(name)}
    missed = sorted(set(names()) - reached - WITHOUT_LINK - by_form)
    assert not missed, f"no link leads to: {missed}"


def post_only(name: str) -> bool:
    """Whether a page is only a form's address."""
    return name in {
        "guidance-work:take-back",
        "guidance-work:own-deed",
        "guidance-work:guide-deed",
        "guidance-work:held",
        "guidance-work:strike",
        "guidance-work:phone-send",
        "evidence-work:judge",
        "evidence-work:withdraw",
        "evidence-work:bring-back",
        "evidence-work:unlink",
        "evaluation-work:link",
        "evaluation-work:submit",
        "evaluation-work:take-back",
        "evaluation-work:appeal",
        "evaluation-work:plan",
        "evaluation-work:report",
        "evaluation-work:verdict",
        "evaluation-work:revoke-award",
        "evaluation-work:declare",
        "evaluation-work:mark",
        "evaluation-work:remark",
        "evaluation-work:drop-remark",
        "evaluation-platform:packaged",
        "evaluation-platform:step",
        "evaluation-platform:invite",
        "evaluation-platform:assign",
        "evaluation-platform:take-away",
        "guidance-platform:end-mentor",
        "guidance-platform:cohort-deed",
        "workshop:leave",
        "workshop:write",
        "workshop:dots",
        "workshop:group",
        "workshop:withdraw",
        "workshop-work:lead",
        "workshop-work:lead-board",
        "workshop-work:person",
        "workshop-work:group",
        "exchange-work:publish",
        "exchange-work:discard",
        "exchange-work:close-offer",
        "masterplan:take-back",
        "masterplan-work:begin-year",
        "masterplan-work:unlink-evidence",
        "masterplan-work:vote",
        "masterplan-work:release",
        "masterplan-work:withdraw-row",
        "masterplan-work:sign",
        "masterplan-work:end-consultation",
        "revenue:put",
        "revenue:drop",
        "revenue:mine-remove",
        "revenue:mine-pay",
        "revenue:mine-remind",
        "revenue:case-add",
        "revenue:case-withdraw",
        "revenue-work:decide-case",
        "revenue-work:take-up",
        "revenue-work:more-case",
        "revenue-work:confirm-case",
        "revenue-work:end-plan",
        "revenue-work:case-fine",
        "revenue-work:partner-secret",
        "revenue-work:test-partner",
        "revenue-work:collector-code",
        "revenue-work:phone-enrol",
        "revenue-work:phone-send",
        "revenue-work:save-import",
        "revenue-work:cancel-import",
        "people-work:revoke",
        "people-work:withdraw",
        "people-work:send-again",
        "people-work:unlock",
        "people-work:reset-second-step",
        "people-work:directory-test",
        "people-work:directory-switch",
        "people:remove-step",
        "people:end-session",
        "people:sign-out-everywhere",
        "mfa_generate_recovery_codes",
        "people-work:send-list",
        "people-work:change-end",
        "people-platform:revoke",
        "people-platform:withdraw",
        "people-platform:send-again",
        "people-platform:change-end",
        "participation-work:take-back-merge",
        "participation-work:pass-on",
        "participation-work:ask-checks",
        "participation-work:take-back-check",
        "participation-work:open-call",
        "participation-work:close-call",
        "participation-work:publish-vote",
        "participation-work:drop-vote",
        "participation-work:extend-vote",
        "participation-work:cancel-vote",
        "participation-work:close-vote",
        "council-work:add-item",  # a form on the page of the meeting
        "council-work:drop-item",
        "council-work:invite",
        "council-work:close",
        "council-work:make-groups",
        "posts-work:assign",
        "posts-work:close-post",
        "posts-work:confirm",
        "posts-work:end-holding",
        "posts-work:undo",
        "my-data:consent",
        "my-data:export",
        "my-data:cancel",
        "portfolio-work:cancel",
        "portfolio-work:withdraw",
        "api-work:rotate-token",
        "api-work:revoke-token",
        "api-work:act",
    }


def test_every_page_is_whole(site: dict[str, Answer], language: str) -> None:
    wrong = []
    for path, answer in pages(site):
        text = answer.text
        title = re.search(r"<title>\s*(\S.*?)\s*· Habaring</title>", text, re.DOTALL)
        told = {
            "one h1": len(re.findall(r"<h1[ >]", text)) == 1,
            "a title": title is not None,
            "its language": f'<html lang="{language}"' in text,
            "no inline style": " style=" not in text,
            "each id once": not repeated_ids(text),
            f"its style sheets {unstyled(text)}": not unstyled(text),
        }
        wrong += [f"{path}: {what}" for what, holds in told.items() if not holds]
    assert not wrong, "\n".join(wrong)


@cache
def own_classes() -> dict[str, set[str]]:
    """Classes that only sheets of single domains know, with the names of these."""
    main = classes_of(STATIC / "habaring.css")
    found: dict[str, set[str]] = {}
    for path in sorted((STATIC / "css").glob("*.css")):
        for name in classes_of(path) - main:
            found.setdefault(name, set()).add(path.name)
    return found


def classes_of(path: Path) -> set[str]:
    bare = re.sub(r"/\*.*?\*/|{[^{}]*}", " ", path.read_text("utf-8"), flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][a-z0-9-]*)", bare))


def unstyled(text: str) -> list[str]:
    """Classes on a page that does not load the sheet which knows them."""
    used = set(" ".join(re.findall(r'\sclass="([^"]*)"', text)).split())
    sheet = r'<link rel="stylesheet" href="[^"]*/css/([a-z]+)(?:\.[0-9a-f]+)?\.css"'
    linked = {f"{name}.css" for name in re.findall(sheet, text)}
    return sorted(
        name for name in used & own_classes().keys() if not own_classes()[name] & linked
    )


def repeated_ids(text: str) -> list[str]:
    found = re.findall(r'\sid="([^"]+)"', text)
    return sorted({one for one in found if found.count(one) > 1})


def test_no_page_shows_what_a_template_left_over(site: dict[str, Answer]) -> None:
    wrong = []
    for path, answer in pages(site):
        for piece in Words(answer.text).pieces:
            wrong += [
                f"{path}: {sign!r} in {piece[:80]!r}"
                for sign in LEFTOVERS
                if re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", piece)
            ]
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_no_english_on_an_indonesian_page(
    site: dict[str, Answer], language: str
) -> None:
    if language != "id":
        pytest.skip("the English pages are in English")
    wrong = [
        f"{path}: {piece!r}"
        for path, answer in pages(site)
        for piece in Words(answer.text).pieces
        if piece in sentences()
    ]
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_the_walk_left_nothing_behind(town: Town) -> None:
    assert not [word for word in town.words if '"level": "error"' in word]
    assert Path(town.data).is_dir()
