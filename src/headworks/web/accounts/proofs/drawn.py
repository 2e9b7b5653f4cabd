"""Codes and keys drawn at random, and the digests under which they are kept."""

from __future__ import annotations

import hashlib
import secrets

# No letter or digit that could be read as another.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def draw_code(groups: int = 5, length: int = 5) -> str:
    """A code to read out and type: five groups of five signs are 123 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(length)) for _ in range(groups))


def draw_secret() -> str:
    """256 bits for a program to keep."""
    return secrets.token_urlsafe(32)


def digest_of(text: str) -> str:
    """SHA-256, which is enough for what was drawn at random, and for nothing that somebody thought of."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_code(text: str) -> str:
    """Digest of a code as it was typed: case, dashes and blanks do not count.

    Examples
    --------
    >>> digest_of_code("ab2-c") == digest_of_code(" AB2C ")
    True
    """
    return digest_of("".join(sign for sign in text.upper() if sign.isalnum()))
