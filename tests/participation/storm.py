"""A platform that is killed while many people vote: the server, and their telephones."""

import asyncio
import contextlib
import http.client
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.urls import reverse

from habaring.participation.receipts import Receipt
from tests import makers

CSRF = "storm" + "0" * 27
PATIENCE = 600  # seconds for a storm of the usual size


class Server:
    """The web server as `habaring up` runs it, on the database of this test."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self) -> None:
        env = {
            **os.environ,
            "DATABASE_URL": makers.database_url(connection.settings_dict["NAME"]),
            "DATABASE_ROLE": "habaring_app",
            "SECRET_KEY": settings.SECRET_KEY,
            "PERSONAL_DATA_KEY": settings.PERSONAL_DATA_KEY,
            "DATA_DIR": str(settings.DATA_DIR),
            "PLAIN_STATIC": "True",
        }
        command = [
            *(sys.executable, "-m", "granian", "--interface", "asgi"),
            *("--host", "127.0.0.1", "--port", str(self.port), "--workers", "2"),
            "--respawn-failed-workers",
            *("--log-level", "error", "habaring.config.asgi:application"),
        ]
        self.process = subprocess.Popen(
            command, env=env, start_new_session=True, stderr=subprocess.DEVNULL
        )
        self.starts += 1

    def ready(self) -> bool:
        """Whether it answers, and its database too."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            with contextlib.closing(link):
                link.request("GET", reverse("web:health"))
                return link.getresponse().status == 200
        return False

    def wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not self.ready():
            if time.monotonic() > deadline:
                raise TimeoutError("the web server did not start")
            time.sleep(0.05)

    def kill(self) -> None:
        """All of its processes at once, with nothing to tidy up."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Voter:
    """Somebody with a telephone: who they are, what they cast, what they were told."""

    session: str
    codes: tuple[str, ...]
    receipt: Receipt
    told: int = 0  # how often the server said that this receipt is in the box
    refused: bool = False


@dataclass
class Storm:
    """Many voters at a time. `drop`: the share of requests cut before the answer."""

    address: str
    port: int
    clients: int = 50
    drop: float = 0.05
    patience: float = PATIENCE
    chance: random.Random = field(default_factory=lambda: random.Random(20261122))  # noqa: S311 - a storm that can be repeated
    counted: Counter[str] = field(default_factory=Counter)

    async def blow(self, voters: Sequence[Voter]) -> None:
        waiting: asyncio.Queue[Voter] = asyncio.Queue()
        for voter in voters:
            waiting.put_nowait(voter)
        clients = (self._client(waiting) for _ in range(self.clients))
        try:
            async with asyncio.timeout(self.patience):
                await asyncio.gather(*clients)
        except TimeoutError:
            raise TimeoutError(
                f"not everybody was answered within {self.patience:.0f} s:"
                f" {dict(self.counted)}"
            ) from None

    async def _client(self, waiting: "asyncio.Queue[Voter]") -> None:
        link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while not waiting.empty():
            voter = waiting.get_nowait()
            while not (voter.told or voter.refused):
                try:
                    link = link or await asyncio.open_connection("127.0.0.1", self.port)
                    if not await asyncio.wait_for(self._ask(link, voter), 30):
                        link[1].close()
                        link = None
                except ConnectionRefusedError:  # the server is on its way back
                    self.counted["waited"] += 1
                    await asyncio.sleep(0.3 + self.chance.random() / 2)
                except (TimeoutError, OSError, EOFError, ValueError):
                    self.counted["broken"] += 1
                    if link:
                        link[1].close()
                    link = None
                    await asyncio.sleep(0.05 + self.chance.random() / 5)
        if link:
            link[1].close()

    async def _ask(
        self, link: tuple[asyncio.StreamReader, asyncio.StreamWriter], voter: Voter
    ) -> bool:
        """One try; whether the connection can go on."""
        reader, writer = link
        body = urlencode(
            [("langkah", "kirim"), ("resi", str(voter.receipt))]
            + [("kode", code) for code in voter.codes]
        ).encode()
        head = (
            f"POST {self.address} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\nX-CSRFToken: {CSRF}\r\n"
            f"Cookie: {settings.SESSION_COOKIE_NAME}={voter.session};"
            f" {settings.CSRF_COOKIE_NAME}={CSRF}\r\n\r\n"
        )
        self.counted["requests"] += 1
        cut = self.chance.random() < self.drop
        if cut and self.chance.random() < 0.3:  # in the middle of the request
            writer.write(head.encode() + body[: len(body) // 2])
            await writer.drain()
            self.counted["cut"] += 1
            return False
        writer.write(head.encode() + body)
        await writer.drain()
        if cut:  # the answer is never read
            await asyncio.sleep(self.chance.random() / 10)
            self.counted["cut"] += 1
            return False
        status, answer = await _answer(reader)
        self.counted[f"answer {status}"] += 1
        if status == 200 and str(voter.receipt)[:9].encode() in answer:
            voter.told += 1
        elif status == 422:
            voter.refused = True
        else:
            await asyncio.sleep(0.1)
        return True


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    if "content-length" not in headers:  # a server that is going down, no real answer
        raise EOFError(lines[0])
    body = await reader.readexactly(int(headers["content-length"]))
    return int(lines[0].split()[1]), body


def session_key() -> str:
    """As Django draws one."""
    return secrets.token_hex(16)
