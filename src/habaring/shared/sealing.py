"""Personal data at rest: sealed under a key that is not in the database.

AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce a text; both working keys of an
entry of the key ring are drawn from it by HKDF-SHA256 (RFC 5869). What is sealed names
the key that sealed it, so that old rows stay readable while a rotation is going on. A
keyed hash (HMAC-SHA256) finds a row again without opening any.

The ring is PERSONAL_DATA_KEY or the private file `personal-key` in the data folder:
one `id:key` an entry, the last seals. Whoever has the database alone reads nothing.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

_VERSION = 1
_NONCE = 12
_FILE = "personal-key"


class SealError(ValueError):
    """What was to be opened is not ours, was changed, or its key is gone."""


class KeyRingError(RuntimeError):
    """The key ring cannot be read or written."""


@dataclass(frozen=True)
class _Key:
    id: str
    secret: bytes

    def drawn(self, use: str) -> bytes:
        return _drawn(self.secret, use)


@lru_cache(maxsize=64)
def _drawn(secret: bytes, use: str) -> bytes:
    # late: cryptography takes a while to load and most processes seal nothing
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, None, f"habaring {use}".encode()).derive(secret)


def seal(text: str, *, about: str = "") -> bytes:
    """Seal a text. `about` binds it to its row: another row cannot carry it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = _ring()[-1]
    head = bytes([_VERSION, len(key.id)]) + key.id.encode("ascii")
    nonce = os.urandom(_NONCE)
    body = AESGCM(key.drawn("seal")).encrypt(nonce, text.encode(), about.encode())
    return head + nonce + body


def open_sealed(sealed: bytes | memoryview, *, about: str = "") -> str:
    """The text again; SealError when it was changed, moved or its key is gone."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sealed = bytes(sealed)
    wanted = key_of(sealed)
    key = next((one for one in _ring() if one.id == wanted), None)
    if key is None:
        raise SealError(f"The key {wanted} is not on the ring.")
    start = 2 + len(wanted)
    nonce, body = sealed[start : start + _NONCE], sealed[start + _NONCE :]
    try:
        opened = AESGCM(key.drawn("seal")).decrypt(nonce, body, about.encode())
    except InvalidTag as error:
        raise SealError("The sealed text was changed or belongs elsewhere.") from error
    return opened.decode()


def key_of(sealed: bytes | memoryview) -> str:
    """The id of the key that sealed it; SealError when nothing of ours."""
    sealed = bytes(sealed)
    if len(sealed) < 2 or sealed[0] != _VERSION or len(sealed) < 2 + sealed[1] + 28:
        raise SealError("This was not sealed here.")
    try:
        return sealed[2 : 2 + sealed[1]].decode("ascii")
    except UnicodeDecodeError as error:
        raise SealError("This was not sealed here.") from error


def keyed_hash(text: str) -> str:
    """64 hexadecimal digits that stand for the text, under the key in use."""
    return _hashed(_ring()[-1], text)


def keyed_hashes(text: str) -> list[str]:
    """The same under every key of the ring: what to look for during a rotation."""
    return [_hashed(key, text) for key in _ring()]


def keyed_hasher() -> Callable[[str], str]:
    """`keyed_hash` for many texts: the ring is read once, for as long as this is held."""
    key = _ring()[-1]
    return lambda text: _hashed(key, text)


def sealer() -> Callable[[str, str], bytes]:
    """`seal` for many texts, as `keyed_hasher`: called with the text and its `about`."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = _ring()[-1]
    head = bytes([_VERSION, len(key.id)]) + key.id.encode("ascii")
    cipher = AESGCM(key.drawn("seal"))

    def sealed(text: str, about: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return head + nonce + cipher.encrypt(nonce, text.encode(), about.encode())

    return sealed


def _hashed(key: _Key, text: str) -> str:
    return hmac.new(key.drawn("find"), text.encode(), hashlib.sha256).hexdigest()


def drawn_key(use: str, key_id: str = "") -> tuple[str, bytes]:
    """The id and 32 secret bytes of a key of the ring (the one in use) for another use.

    Raises:
        SealError: no such key on the ring.
    """
    for key in reversed(_ring()):
        if key_id in ("", key.id):
            return key.id, key.drawn(use)
    raise SealError(f"The key {key_id} is not on the ring.")


def current_key() -> str:
    """The id of the key that seals now."""
    return _ring()[-1].id


def key_ids() -> list[str]:
    """The ids of all keys of the ring, oldest first."""
    return [key.id for key in _ring()]


def add_key() -> str:
    """Put a fresh key on the ring; from now on it seals. KeyRingError where the
    ring comes from the environment, which only the operator can change.
    """
    if settings.PERSONAL_DATA_KEY:
        raise KeyRingError(
            "PERSONAL_DATA_KEY holds the ring: put a comma and a new id:key at its end."
        )
    _ring()
    entry = new_entry()
    path = _path()
    _replace(path, path.read_text().rstrip() + f"\n{entry}\n")
    return entry.partition(":")[0]


def drop_old_keys() -> list[str]:
    """Take every key but the one in use off the ring, once nothing needs them."""
    if settings.PERSONAL_DATA_KEY:
        raise KeyRingError(
            "PERSONAL_DATA_KEY holds the ring: take the old entries out of it."
        )
    ring = _ring()
    _replace(_path(), _path().read_text().split()[-1] + "\n")
    return [key.id for key in ring[:-1]]


def new_entry() -> str:
    """A fresh `id:key` for the ring."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return f"{secrets.token_hex(4)}:{key}"


def _path() -> Path:
    return Path(settings.DATA_DIR) / _FILE


def _ring() -> tuple[_Key, ...]:
    if settings.PERSONAL_DATA_KEY:
        return _read(settings.PERSONAL_DATA_KEY)
    path = _path()
    try:
        return _read(path.read_text())
    except FileNotFoundError:
        _create(path)
        return _read(path.read_text())


@lru_cache(maxsize=8)
def _read(text: str) -> tuple[_Key, ...]:
    keys = []
    for entry in text.replace(",", "\n").split():
        name, _, code = entry.partition(":")
        try:
            secret = base64.urlsafe_b64decode(code)
        except ValueError:
            secret = b""
        if not (name.isascii() and 0 < len(name) < 64) or len(secret) != 32:
            raise KeyRingError(
                "The personal-data key must be id:key with 32 bytes in base64."
            )
        keys.append(_Key(name, secret))
    if not keys:
        raise KeyRingError("The personal-data key is empty.")
    return tuple(keys)


def _create(path: Path) -> None:
    """Make the ring whole under another name first: a reader never meets half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = _written(path, new_entry() + "\n")
    try:
        os.link(made, path)  # refuses where another process was first
    except FileExistsError:
        pass
    finally:
        made.unlink()


def _replace(path: Path, text: str) -> None:
    _written(path, text).replace(path)


def _written(path: Path, text: str) -> Path:
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return beside
