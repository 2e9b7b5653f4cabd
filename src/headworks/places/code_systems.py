"""What the digits of a code say, and what they do not.

A code system is a row of a table: how many signs each level has, and whether codes are filled up with zeros. GB/T 2260 is
2-2-2, the statistics bureau's is 2-2-2-3-3; any other is a row more. A level whose digits are zero is *left out*, so
441900003000 (Dongcheng, a street of Dongguan) is of level 4 and lies in 441900000000, of level 2: digits 5 and 6 name no
county there. The trap: digits only propose a parent; which area lies in which is in the table ``areas``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import polars as pl

from headworks.core.errors import DataRefused, UsageError

_TOWN_SEGMENT = 3


@dataclass(frozen=True)
class CodeSystem:
    """How a code is built: signs per level from the top, and whether the end is filled with zeros."""

    name: str
    segments: tuple[int, ...]
    is_padded: bool

    @property
    def length(self) -> int:
        """Signs of the longest code."""
        return sum(self.segments)

    def split(self, code: str) -> list[str]:
        """The signs of each level; empty beyond the end of a code that is not filled up."""
        starts = [sum(self.segments[:number]) for number in range(len(self.segments))]
        return [code[start : start + length] for start, length in zip(starts, self.segments, strict=True)]


@cache
def shipped_code_systems() -> pl.DataFrame:
    """The shipped code systems: ``code_system, segments, is_padded, about, source, status``."""
    with resources.files("headworks.places").joinpath("data/code_systems.csv").open("rb") as file:
        return pl.read_csv(file, schema_overrides={"is_padded": pl.Boolean})


@cache
def _town_kinds() -> list[tuple[int, int, str]]:
    with resources.files("headworks.places").joinpath("data/town_kinds.csv").open("rb") as file:
        return pl.read_csv(file).select("first", "last", "kind").rows()


def code_system(name: str, own: pl.DataFrame | None = None) -> CodeSystem:
    """A code system by name.

    Parameters
    ----------
    name
        Such as ``stats-cn-12``.
    own
        Systems of your own, which count first: ``code_system, segments`` (such as ``"2-3-3"``)``, is_padded``.

    Raises
    ------
    UsageError
        ``HW-U041`` when it is not known, or its segments are not whole numbers.

    Examples
    --------
    >>> code_system("stats-cn-12").segments
    (2, 2, 2, 3, 3)
    """
    columns = ["code_system", "segments", "is_padded"]
    tables = [shipped_code_systems().select(columns)]
    if own is not None:
        tables.insert(0, own.select(columns))
    rows = [row for table in tables for row in table.rows() if row[0] == name]
    if not rows:
        known = sorted({row[0] for table in tables for row in table.rows()})
        raise UsageError("The code system is not known.", found=name, remedy="Use " + ", ".join(known), code="HW-U041")
    lengths = str(rows[0][1]).split("-")
    if not all(length.isdecimal() and int(length) > 0 for length in lengths):
        raise UsageError(
            "The segments of a code system are not lengths.",
            where=name,
            found=str(rows[0][1]),
            remedy="Write the signs of each level from the top, such as 2-2-2-3-3",
            code="HW-U041",
        )
    return CodeSystem(name, tuple(map(int, lengths)), bool(rows[0][2]))


def require_code(code: str, system: CodeSystem) -> str:
    """The code, when it can be one of its system.

    Raises
    ------
    DataRefused
        ``HW-D404``: wrong length, a sign that is no digit, the look of a number from a spreadsheet, or a top level of zeros.
    """
    remedy = ""
    if system.is_padded:
        if not code.isascii() or not code.isdecimal():
            remedy = f"Give {system.length} digits and nothing else"
            if any(sign in code for sign in ".eE+"):
                remedy = "A spreadsheet took the code for a number; format its column as text and paste the codes again"
        elif len(code) != system.length:
            remedy = (
                f"Give all {system.length} digits. A spreadsheet drops leading zeros when it keeps a code as a number; "
                "format its column as text"
            )
        elif int(code[: system.segments[0]]) == 0:
            remedy = "The first level cannot be all zeros"
    elif len(code) not in [sum(system.segments[: number + 1]) for number in range(len(system.segments))]:
        remedy = "Give as many signs as one of its levels has: " + "-".join(map(str, system.segments))
    if remedy:
        raise DataRefused(
            f"This is no code of {system.name}.", where="area code", found=code or "(empty)", remedy=remedy, code="HW-D404"
        )
    return code


def level_of_code(code: str, system: CodeSystem) -> int:
    """The level, 1 at the top: the last one whose digits are not all zero.

    Raises
    ------
    DataRefused
        ``HW-D404`` when the code is malformed.

    Examples
    --------
    >>> level_of_code("441900003000", code_system("stats-cn-12")), level_of_code("441900", code_system("gbt-2260"))
    (4, 2)
    """
    return max(number for number, part in enumerate(_parts(code, system), start=1) if part)


def parent_of_code(code: str, system: CodeSystem) -> str | None:
    """The code one step up, levels of zeros left out; None at the top.

    Raises
    ------
    DataRefused
        ``HW-D404`` when the code is malformed.

    Examples
    --------
    >>> [parent_of_code(code, code_system("stats-cn-12")) for code in ("441900003000", "440103001000", "440000000000")]
    ['441900000000', '440103000000', None]
    """
    parts = _parts(code, system)
    level = level_of_code(code, system)
    above = [number for number, part in enumerate(parts[: level - 1], start=1) if part]
    if not above:
        return None
    signs = "".join(system.split(code)[: above[-1]])
    return signs.ljust(system.length, "0") if system.is_padded else signs


def significant_digits(code: str, system: CodeSystem) -> str:
    """The code without the levels of zeros at its end.

    Raises
    ------
    DataRefused
        ``HW-D404`` when the code is malformed.

    Examples
    --------
    >>> significant_digits("440103000000", code_system("stats-cn-12"))
    '440103'
    """
    return "".join(system.split(code)[: level_of_code(code, system)])


def town_kind(code: str, system: CodeSystem) -> str | None:
    """Street, town, township or statistical unit, from digits 7 to 9 of the statistics bureau's code; None at other levels.

    An ethnic township reads ``township`` here; only its name tells.

    Raises
    ------
    DataRefused
        ``HW-D404`` when the code is malformed.

    Examples
    --------
    >>> town_kind("441900003000", code_system("stats-cn-12"))
    'street'
    """
    parts = _parts(code, system)
    if system.name != "stats-cn-12" or level_of_code(code, system) != _TOWN_SEGMENT + 1:
        return None
    number = int(parts[_TOWN_SEGMENT])
    return next(kind for first, last, kind in _town_kinds() if first <= number <= last)


def _parts(code: str, system: CodeSystem) -> list[str]:
    """The signs of each level, empty where it is left out."""
    parts = system.split(require_code(code, system))
    return ["" if system.is_padded and int(part) == 0 else part for part in parts]
