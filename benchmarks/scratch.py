"""A database of its own on the server that DATABASE_URL names; dropped at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


def address(name: str) -> str:
    """The same server, another database (its socket may be in the query)."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


@contextmanager
def database(name: str) -> Iterator[str]:
    """Its address, which is DATABASE_URL meanwhile; an old one of that name is dropped."""
    before, own = os.environ["DATABASE_URL"], address(name)
    _drop(before, name)
    with psycopg.connect(before, autocommit=True) as plain:
        plain.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    os.environ["DATABASE_URL"] = own
    try:
        yield own
    finally:
        os.environ["DATABASE_URL"] = before
        _drop(before, name)


def _drop(server: str, name: str) -> None:
    words = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    with psycopg.connect(server, autocommit=True) as plain:
        plain.execute(words.format(sql.Identifier(name)))


def query(statement: str) -> list[tuple[Any, ...]]:
    """As the owner, on a connection of its own, whatever role the database gives."""
    here = os.environ["DATABASE_URL"]
    with psycopg.connect(here, autocommit=True, options="-c role=none") as plain:
        cursor = plain.execute(statement)
        return cursor.fetchall() if cursor.description else []


def server() -> int:
    """The process that all of PostgreSQL's others are children of; on this machine."""
    data = Path(query("SHOW data_directory")[0][0])
    return int((data / "postmaster.pid").read_text().split()[0])


def ahead(pid: int = 0) -> None:
    """Before other work of a machine that many share, where BENCH_AHEAD asks for it and
    the account may: what a benchmark measures then comes near to a machine of its own.
    """
    if os.environ.get("BENCH_AHEAD"):
        os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(1))


@contextmanager
def server_ahead() -> Iterator[None]:
    """PostgreSQL's new processes too, for so long."""
    if not os.environ.get("BENCH_AHEAD"):
        yield
        return
    pid = server()
    ahead(pid)
    try:
        yield
    finally:
        os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))
