"""An editor's open line: what it says, what it hears (docs/writing.md has the table).

Each message begins with a byte that says what it is. A change is kept in the database
before it is acknowledged, and only then the others hear of it; an editor keeps what is
not acknowledged and sends it again, which changes nothing where it had arrived.
"""

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils.translation import override

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.live import Line, News
from habaring.shared.refusal import Refusal
from habaring.writing import actions, keeping, queries
from habaring.writing.actions import Hand
from habaring.writing.models import Document
from habaring.writing.weaving import LARGEST_UPDATE, Unfit

HELLO, UPDATE, HERE = 1, 2, 3  # an editor says
STATE, CHANGE, TAKEN, REFUSED, PERSON, ASIDE = 1, 2, 3, 4, 5, 6  # an editor hears
LARGEST = LARGEST_UPDATE + 64
_SHORT = 200


@dataclass
class Editor:
    """One person at one open text. `clock` is the view's."""

    line: Line
    region: str
    key: str
    account: int
    may_write: bool
    clock: Callable[[], datetime]
    language: str = "id"
    document: Document | None = None
    wrote: bool = False
    here: Mapping[str, Any] | None = None
    known: set[str] = field(default_factory=set)
    names: dict[int, str] = field(default_factory=dict)

    async def sit(self) -> None:
        """Until the line ends; then the others hear that they are gone."""
        try:
            async for event in self.line.events():
                if isinstance(event, News):
                    await self._told(event)
                else:
                    await self._said(event)
        finally:
            if self.here is not None:
                with contextlib.suppress(DatabaseError):
                    await self.line.announce({"k": "gone", "l": self.line.id})

    async def _said(self, message: bytes) -> None:
        kind, rest = message[0], message[1:]
        if kind == HELLO:
            await self._greet(rest)
        elif kind == UPDATE and self.document is not None and len(rest) > 4:
            await self._take(int.from_bytes(rest[:4], "big"), rest[4:])
        elif kind == HERE and self.document is not None:
            await self._stand(rest)

    async def _greet(self, vector: bytes) -> None:
        """All that the editor does not have yet."""
        try:
            number, update = await self.line.run(self._open, vector)
        except Unfit:
            await self._send(REFUSED, _u32(0) + _json({"reason": "garbled"}))
            return
        self.line.seen(number)
        await self._send(STATE, _u32(number) + update)

    def _open(self, vector: bytes) -> tuple[int, bytes]:
        by = Account.objects.get(pk=self.account)
        region = Region.objects.get(pk=self.region)
        self.document = actions.begin(
            region=region, key=self.key, by=by, at=self.clock()
        )
        loom, number = keeping.read(self.document)
        return number, loom.since(vector or b"\0")

    async def _take(self, serial: int, content: bytes) -> None:
        try:
            number = await self.line.run(self._keep, content)
        except Refusal as refusal:
            words = self._in_words(refusal)
            await self._send(REFUSED, _u32(serial) + _json(words))
            return
        self.wrote = True
        await self._send(TAKEN, _u32(serial) + _u32(number))

    def _in_words(self, refusal: Refusal) -> Mapping[str, str]:
        with override(self.language):
            return {
                "reason": getattr(refusal, "reason", "refused"),
                "what": str(refusal.what),
                "why": str(refusal.why),
                "next": str(refusal.next),
            }

    def _keep(self, content: bytes) -> int:
        if not self.may_write or self.document is None:
            raise actions.NotTaken("readonly")
        by = Account.objects.get(pk=self.account)
        return actions.take(
            document=self.document,
            content=content,
            hand=Hand(by, self.clock(), self.line.id),
            first=not self.wrote,
        )

    async def _stand(self, content: bytes) -> None:
        """Where the person is: in which paragraph, or in none."""
        try:
            said = json.loads(content[:_SHORT])
            where = str(said["p"])[:16]
        except (ValueError, KeyError, TypeError):
            return
        self.here = {"k": "here", "l": self.line.id, "a": self.account, "p": where}
        await self.line.announce(self.here)

    async def _told(self, news: News) -> None:
        if self.document is None:
            return  # what was missed until the greeting comes with it
        if isinstance(news.data, bytes):
            await self._send(CHANGE, _u32(news.number) + news.data)
            return
        kind = news.data.get("k")
        if kind == "aside":
            await self._send(ASIDE, _json({"p": news.data.get("p", "")}))
        elif kind == "gone":
            self.known.discard(str(news.data.get("l")))
            await self._send(PERSON, _json({"l": news.data.get("l")}))
        elif kind == "here":
            await self._met(news.data)

    async def _met(self, data: Mapping[str, Any]) -> None:
        """Somebody is somewhere; a newcomer is told where this one is."""
        who, line = int(data["a"]), str(data["l"])
        if who not in self.names:
            self.names[who] = await self.line.run(_name, who)
        person = {
            "l": line,
            "p": data["p"],
            "name": self.names[who],
            "c": queries.colour(who),
        }
        await self._send(PERSON, _json(person))
        if line not in self.known:
            self.known.add(line)
            if self.here is not None:
                await self.line.announce(self.here)

    async def _send(self, kind: int, content: bytes) -> None:
        await self.line.send(bytes([kind]) + content)


def _name(account: int) -> str:
    """Names go to those who share the text, never through the notices."""
    return Account.objects.get(pk=account).full_name


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def _json(words: Mapping[str, Any]) -> bytes:
    return json.dumps(words, ensure_ascii=False).encode()
