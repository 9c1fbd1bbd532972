"""The web server as `habaring up` runs it, on the database of a test, and its visitors."""

import asyncio
import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests import makers

SERVED = "served by a test"
"""What PostgreSQL calls the connections of its pages."""


class Server:
    """One process that serves, unless more `workers` are asked for."""

    def __init__(self, workers: int = 1) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.shared.live_site.settings",
            "DATABASE_URL": makers.database_url(connection.settings_dict["NAME"]),
            "DATABASE_ROLE": "habaring_app",
            "SECRET_KEY": settings.SECRET_KEY,
            "HABARING_DATA": str(settings.DATA_DIR),
            "PLAIN_STATIC": "True",
            "PGAPPNAME": SERVED,
            "LOG_LEVEL": "CRITICAL",
        }
        command = [
            *(sys.executable, "-m", "granian", "--interface", "asgi"),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", str(workers), "--workers-kill-timeout", "5"),
            *("--log-level", "error", "habaring.config.asgi:application"),
        ]
        self.process = subprocess.Popen(command, env=env, start_new_session=True)

    def wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while self.ask("/sehat/")[0] != 200:
            if time.monotonic() > deadline:
                raise TimeoutError("the web server did not start")
            time.sleep(0.05)

    def ask(
        self, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Status and body; 0 where nobody answers."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(link), contextlib.suppress(OSError):
            link.request("GET" if body is None else "POST", path, body, headers)
            answer = link.getresponse()
            return answer.status, answer.read()
        return 0, b""

    def worker(self) -> int:
        """The process that serves, where there is one."""
        listed = subprocess.check_output(["pgrep", "-P", str(self.process.pid)])
        return int(listed.split()[-1])

    def memory(self) -> float:
        """Of that process, in MB."""
        status = Path(f"/proc/{self.worker()}/status").read_text()
        row = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(row.split()[1]) / 1024

    def stop(self) -> float:
        """As the supervisor asks; how many seconds it took."""
        begun = time.monotonic()
        self.process.terminate()
        self.process.wait(30)
        return time.monotonic() - begun

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Link:
    """A connection to the server, for what a client library would do."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int = 0
    head: str = ""
    told: list[tuple[int, str]] = field(default_factory=list)

    def close(self) -> None:
        self.writer.close()

    async def news(self, seconds: float = 20) -> tuple[int, str]:
        """The next event of a stream: its number and its data."""
        return await asyncio.wait_for(self._news(), seconds)

    async def _news(self) -> tuple[int, str]:
        number, data = 0, ""
        while True:
            line = (await self._line()).decode().rstrip("\n")
            if line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("data: "):
                data = line[6:]
            elif not line and data:
                return number, data

    async def _line(self) -> bytes:
        """Of the body, whatever chunks it came in."""
        while True:
            line = await self.reader.readline()
            if not line:
                raise EOFError
            if line.endswith(b"\r\n"):  # between chunks, and their lengths
                continue
            return line

    async def say(self, message: bytes, code: int = 2) -> None:
        """One frame of a websocket, masked with zeros."""
        size = len(message)
        length = (
            bytes([0x80 | size])
            if size < 126
            else b"\xfe" + size.to_bytes(2, "big")
            if size < 65_536
            else b"\xff" + size.to_bytes(8, "big")
        )
        self.writer.write(bytes([0x80 | code]) + length + b"\0\0\0\0" + message)
        await self.writer.drain()

    async def hear(self, seconds: float = 20) -> bytes:
        """The next binary message; EOFError with the code where the line is closed."""
        return await asyncio.wait_for(self._hear(), seconds)

    async def _hear(self) -> bytes:
        while True:
            first, size = await self.reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await self.reader.readexactly(8), "big")
            message = await self.reader.readexactly(size)
            if first & 15 == 8:
                raise EOFError(int.from_bytes(message[:2], "big"))
            if first & 15 == 2:
                return message


@contextlib.asynccontextmanager
async def opened(
    server: Server, path: str, *, session: str = "", **headers: str
) -> AsyncIterator[Link]:
    """Ask for an address and read the head of its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    link = Link(reader, writer)
    said = {
        "Host": f"127.0.0.1:{server.port}",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    writer.write(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
    try:
        link.head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).decode()
        link.status = int(link.head.split()[1])
        yield link
    finally:
        link.close()


def socket_headers(server: Server, origin: str = "") -> dict[str, str]:
    """What a browser asks a websocket with."""
    return {
        "Origin": origin or f"http://127.0.0.1:{server.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": secrets.token_urlsafe(16)[:22] + "==",
    }
