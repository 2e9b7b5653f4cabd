"""Days and instants from text: ISO 8601, or the order of day and month that the file's owner has said.

``03/04/2024`` is refused, because it is two days; so is a local time that the clocks' change made double or skipped, and one
without an offset when nobody has said the time zone.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import polars as pl

from headworks.core.errors import DataRefused, UsageError

_ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MIDNIGHT = r"^([T ]00:00(:00(\.0+)?)?)?$"
_ISO_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(\.\d+)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII)
_TIME_FORMATS = (" %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", " %H:%M%z", " %H:%M %z", "T%H:%M%z", "T%H:%M:%S%z")
# No sample of ours is older; a year outside is a slip of the pen or a spreadsheet's day zero.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_WIDEST_OFFSET_MIN = 840
INSTANT_REMEDY = "Write 2024-02-28T08:00+08:00, or give the workspace or the mapping a timezone"


def parse_days(cells: pl.Series, date_format: str | None) -> pl.Series:
    """Calendar days; null where the text is none.

    Examples
    --------
    >>> parse_days(pl.Series(["2024-02-28", "2024/02/29", "2023-02-29"]), None).to_list()
    [datetime.date(2024, 2, 28), datetime.date(2024, 2, 29), None]
    """
    if date_format:
        return cells.str.to_date(date_format, strict=False)
    plain = cells.str.replace_all("/", "-", literal=True).str.slice(0, 10)
    is_day = plain.str.contains(_ISO_DAY) & cells.str.slice(10).str.contains(_MIDNIGHT)
    return pl.select(pl.when(is_day).then(plain)).to_series().str.to_date("%Y-%m-%d", strict=False)


def why_no_day(text: str, date_format: str | None) -> tuple[str, str, str]:
    """Code, problem and remedy for a text that is no day."""
    if date_format:
        return "HW-D106", f"This is not a day in the format {date_format}.", "Correct the day or the format"
    if re.fullmatch(r"\d{4}[-/]\d{2}[-/]\d{2}", text):
        return "HW-D106", "There is no such day in the calendar.", "Correct the day"
    parts = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text)
    if parts and not any(_is_day(int(parts[3]), int(parts[m]), int(parts[d])) for m, d in ((1, 2), (2, 1))):
        return "HW-D106", "There is no such day in the calendar.", "Correct the day, and write it as 2024-02-28"
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", text):
        remedy = 'Write 2024-02-28, or say the order in the mapping: date_format = "%d/%m/%Y"'
        return "HW-D106", "Day and month may be in either order.", remedy
    return "HW-D106", "This is not a day.", "Write it as 2024-02-28"


def parse_instant(text: str, timezone: str | None, date_format: str | None) -> tuple[dt.datetime, int] | str:
    """An instant in UTC (without its zone) and the local offset in minutes, or what is wrong with the text.

    Examples
    --------
    >>> parse_instant("2024-02-28T08:00+08:00", None, None)
    (datetime.datetime(2024, 2, 28, 0, 0), 480)
    >>> parse_instant("2024-02-28 08:00", None, None)
    'The time has no offset from UTC.'
    >>> parse_instant("2024-03-31 02:30", "Europe/Berlin", None)
    'The clocks were changed at this hour: there are two such instants, or none.'
    """
    value = _read(text, date_format)
    if isinstance(value, str):
        return value
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        return f"The year is not between {_FIRST_YEAR} and {_LAST_YEAR}."
    if value.tzinfo is None:
        if timezone is None:
            return "The time has no offset from UTC."
        value = value.replace(tzinfo=ZoneInfo(timezone))
        if value.utcoffset() != value.replace(fold=1).utcoffset():
            return "The clocks were changed at this hour: there are two such instants, or none."
    minutes = int((value.utcoffset() or dt.timedelta()).total_seconds() // 60)
    if abs(minutes) > _WIDEST_OFFSET_MIN:
        return "There is no such offset from UTC."
    return value.astimezone(dt.UTC).replace(tzinfo=None), minutes


def _read(text: str, date_format: str | None) -> dt.datetime | str:
    for ending in _TIME_FORMATS if date_format else ():
        try:
            return dt.datetime.strptime(text, f"{date_format}{ending}")  # noqa: DTZ007 (the offset is looked at next)
        except ValueError:
            continue
    match = _ISO_INSTANT.fullmatch(text)
    if match is None:
        return "This is not a time of day on a day."
    day, minute, second, fraction, offset = match.groups()
    zone = {None: "", "Z": "+00:00"}.get(offset, offset)
    try:
        return dt.datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{(fraction or '')[:7]}{zone}")
    except ValueError:
        return "There is no such day or time."


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def require_timezone(name: str, *, where: str) -> str:
    """The name, if the time zone database knows it.

    Raises
    ------
    DataRefused
        ``HW-D106`` for an unknown zone.
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as problem:
        raise DataRefused(
            "This time zone is not known.", where=where, found=name, remedy="Give a name such as Asia/Shanghai", code="HW-D106"
        ) from problem
    return name


def require_date_format(date_format: str, *, where: str) -> str:
    """The format, if a day written in it is read back as the same day.

    Raises
    ------
    UsageError
        ``HW-U005`` for a format that leaves out the day, the month or the year, or is none.
    """
    day = dt.date(2024, 2, 28)
    try:
        read = pl.Series([day.strftime(date_format)]).str.to_date(date_format, strict=False).to_list()
    except (pl.exceptions.PolarsError, ValueError):
        read = []
    if read != [day]:
        raise UsageError(
            "This is not a format of days.", where=where, found=date_format, remedy='date_format = "%d/%m/%Y"', code="HW-U005"
        )
    return date_format
