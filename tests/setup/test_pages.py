"""The threads that pages run in, behind the ASGI server."""

import asyncio
import time
from threading import Event, current_thread

import pytest

from habaring.config.pages import Threads


def test_work_is_done_in_threads_and_its_errors_come_back() -> None:
    async def play() -> None:
        threads = Threads(2)
        assert await threads.run(len, "abc") == 3
        assert await threads.run(lambda: current_thread().name) in {"page_0", "page_1"}
        with pytest.raises(ZeroDivisionError):
            await threads.run(divmod, 1, 0)
        assert await threads.run(len, "") == 0  # the thread goes on
        threads.end()

    asyncio.run(play())


def test_so_many_at_once_and_no_more() -> None:
    async def play() -> None:
        threads, go = Threads(2), Event()
        held = [threads.run(go.wait, 10) for _n in range(2)]
        third = threads.run(len, "abc")
        await asyncio.sleep(0.1)
        assert not third.done()
        go.set()
        assert await asyncio.gather(*held) == [True, True]
        assert await third == 3
        threads.end()

    asyncio.run(play())


def test_what_was_asked_is_done_before_the_end() -> None:
    async def play() -> None:
        threads = Threads(1)
        slow, after = threads.run(time.sleep, 0.2), threads.run(len, "abc")
        await asyncio.to_thread(threads.end)
        await slow
        assert await after == 3
        assert await threads.run(len, "ab") == 2  # and it can begin anew
        threads.end()

    asyncio.run(play())


def test_who_gave_up_is_not_waited_for() -> None:
    async def play() -> None:
        threads = Threads(1)
        given_up = threads.run(time.sleep, 0.1)
        given_up.cancel()
        assert await threads.run(len, "abc") == 3
        threads.end()

    asyncio.run(play())
