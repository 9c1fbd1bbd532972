"""Whole columns between PostgreSQL and numpy, without a Python object for each row.

The binary form of an int8[] is a head of 20 bytes and then, for each element, its
length and its value, both with the highest byte first (PostgreSQL, array_send): numpy
reads and writes that as it lies.
"""

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.db import connection
from psycopg import Cursor
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import Format

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_INT8, _INT8_ARRAY = 20, 1016  # oids
_HEAD = 20
_PAIR = [("length", ">i4"), ("value", ">i8")]


class _Raw(Loader):
    """An int8[] as the bytes that came."""

    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class _Column(Dumper):
    """An array of numpy as an int8[]."""

    format = Format.BINARY
    oid = _INT8_ARRAY

    def dump(self, obj: Any) -> bytes:
        # late: most processes never bill a year
        import numpy as np

        pairs = np.empty(len(obj), dtype=_PAIR)
        pairs["length"] = 8
        pairs["value"] = obj
        return struct.pack(">iiIii", 1, 0, _INT8, len(obj), 1) + pairs.tobytes()


def ask(sql: str, params: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one row of a statement, if it has one, run as the transaction stands (its open region, its
    role). Parameters that are arrays of numpy go as int8[]; columns of int8[] without
    nulls come as arrays of int64, other columns as values.
    """
    # late: as above
    import numpy as np

    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.adapters.register_loader(_INT8_ARRAY, _Raw)
        cursor.adapters.register_dumper(np.ndarray, _Column)
        cursor.execute(sql.encode(), params, binary=True)
        row = cursor.fetchone() if cursor.description else None
    return tuple(_read(one) if isinstance(one, bytes) else one for one in row or ())


def _read(data: bytes) -> "NDArray[np.int64]":
    import numpy as np

    if len(data) <= _HEAD:
        return np.empty(0, dtype=np.int64)
    pairs = np.frombuffer(data, dtype=_PAIR, offset=_HEAD)
    return cast("NDArray[np.int64]", pairs["value"].astype(np.int64))
