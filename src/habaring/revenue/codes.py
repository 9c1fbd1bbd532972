"""Short codes that people read out and type: Crockford's base 32, without I, L, O, U."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_MISREAD = str.maketrans("OIL", "011", "- .\u2013\u00a0")


def new_code() -> str:
    """Eight characters drawn at random: 40 bits, nobody guesses one."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def plain(text: str) -> str:
    """A code as it is kept, from what somebody typed: O is 0, I and L are 1."""
    return text.strip().upper().translate(_MISREAD)


def shown(code: str) -> str:
    """In fours: `K7QM3XRT` → `K7QM-3XRT`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
