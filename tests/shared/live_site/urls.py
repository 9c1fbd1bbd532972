"""A board whose rows are news, a text that several write, and plain pages."""

import hashlib
from collections.abc import Iterator
from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import include, path
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

from habaring.config.urls import urlpatterns as platform
from habaring.people import access
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared import live
from habaring.shared.live import streams

streams.LOOK_AGAIN = 1.0
streams.BEAT = 0.5
streams.SLOWEST = 3.0


def rows(board: int, after: int) -> list[live.News]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, words FROM live_try WHERE board = %s AND id > %s ORDER BY id"
            " LIMIT %s",
            [board, after, live.BATCH],
        )
        return [
            live.News(number, {"words": words}) for number, words in cursor.fetchall()
        ]


def let_in(request: HttpRequest, code: str) -> None:
    region = get_object_or_404(Region, code=code)
    access.require(request.user, Power.SEE_WORK_ROOM, at=now(), region=region)


def board(request: HttpRequest, code: str, number: int) -> HttpResponse:
    let_in(request, code)
    topic = live.topic("try.board", number)
    return live.stream(request, topic, since=partial(rows, number))


def text(request: HttpRequest, code: str, number: int) -> HttpResponse:
    let_in(request, code)
    topic = live.topic("try.text", number)
    return live.socket(request, passing_on, topic=topic, largest=10_000)


async def passing_on(line: live.Line) -> None:
    """What one writes the others read; `count` asks the database."""
    await line.send(b"hello")
    async for event in line.events():
        if isinstance(event, live.News):
            assert isinstance(event.data, bytes)
            await line.send(event.data)
        elif event == b"count":
            await line.send(str(await line.run(Region.objects.count)).encode())
        else:
            await line.announce(event)


def large(request: HttpRequest) -> StreamingHttpResponse:
    megabytes = int(request.GET["mb"])

    def pieces() -> Iterator[bytes]:
        for _ in range(megabytes * 16):
            yield b"x" * 65_536

    return StreamingHttpResponse(pieces(), content_type="text/plain")


@csrf_exempt
def upload(request: HttpRequest) -> HttpResponse:
    file = request.FILES["file"]
    assert isinstance(file, UploadedFile)
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    return HttpResponse(f"{file.size} {digest.hexdigest()}")


urlpatterns = [
    path("coba/<str:code>/papan/<int:number>/", board),
    path("coba/<str:code>/naskah/<int:number>/", text),
    path("coba/besar/", large),
    path("coba/unggah/", upload),
    path("", include(platform)),
]
