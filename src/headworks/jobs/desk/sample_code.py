"""The code on a sample's label: site, date, number of the day, and a character that tells a slip of the pen.

    P440103-20250106-01-9

The last character is ISO/IEC 7064 MOD 37,36 over the letters and digits before it: every single wrong character and nearly
every pair of swapped neighbours is found. The trap is a site whose identifier has other signs than A–Z and 0–9: its code is
drawn from a hash, so that any keyboard can type it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re

from headworks.core.errors import UsageError

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MODULUS = len(_SIGNS)
_LONGEST_SITE = 24
_MOST_A_DAY = 99
_TAIL = re.compile(r"^([0-9A-Z]{1,24})(\d{8})(\d{2})([0-9A-Z])$")


def check_character(text: str) -> str:
    """The check character of letters and digits; other signs are passed over.

    Examples
    --------
    >>> check_character("A1-2425G-ABC1234002"), check_character("00000000D07A0090")
    ('M', 'Q')
    """
    rest = _MODULUS
    for sign in _compact(text):
        rest = (rest + _SIGNS.index(sign)) % _MODULUS or _MODULUS
        rest = rest * 2 % (_MODULUS + 1)
    return _SIGNS[(1 - rest) % _MODULUS]


def site_code(site_id: str) -> str:
    """A site's identifier as letters and digits that any keyboard has.

    Examples
    --------
    >>> site_code("P-440103"), site_code("荔湾")
    ('P440103', 'XT53AC6BQ')
    """
    signs = _compact(site_id)
    plain = all(sign.isascii() for sign in site_id)
    return signs if plain and 0 < len(signs) <= _LONGEST_SITE else "X" + _base36(hashlib.sha256(site_id.encode()).digest())[:8]


def make_sample_code(site_id: str, day: dt.date, number: int) -> str:
    """The code of the n-th sample of a site on a day.

    Raises
    ------
    UsageError
        ``HW-U140`` for a number that is not 1 to 99.

    Examples
    --------
    >>> make_sample_code("P440103", dt.date(2025, 1, 6), 1)
    'P440103-20250106-01-9'
    """
    if not 1 <= number <= _MOST_A_DAY:
        raise UsageError(
            "A site has at most 99 samples a day.", where=site_id, found=str(number), remedy="Give 1 to 99", code="HW-U140"
        )
    stem = f"{site_code(site_id)}-{day:%Y%m%d}-{number:02d}"
    return f"{stem}-{check_character(stem)}"


def read_sample_code(text: str) -> str:
    """The code as it is written, from what was scanned or typed: case, blanks and dashes do not matter.

    Raises
    ------
    UsageError
        ``HW-U140`` when it is no code, or its check character says that a sign is wrong.

    Examples
    --------
    >>> read_sample_code(" p440103 20250106 019 ")
    'P440103-20250106-01-9'
    """
    said = _compact(text)
    parts = _TAIL.match(said)
    if parts is None or check_character(said[:-1]) != said[-1]:
        raise UsageError(
            "This is no code of a sample, or a sign of it is wrong.", found=text[:80],
            remedy="Scan the label again, or compare it sign by sign", code="HW-U140",
        )  # fmt: skip
    return "-".join(parts.groups())


def _compact(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign in _SIGNS)


def _base36(content: bytes) -> str:
    number, signs = int.from_bytes(content, "big"), ""
    while number:
        number, rest = divmod(number, _MODULUS)
        signs += _SIGNS[rest]
    return signs
