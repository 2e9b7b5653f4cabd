"""When a sample was injected, whatever the language of the computer: day and month are read by proof or word, not by guess.

    26/11/2024 3:05 pm     only one reading: day first         1/20/25 17:00      only one reading: month first
    29-Apr-21              the month is a word                 2024/11/26 下午 3:05
    03/04/2024 08:00       two readings: a question, unless another row of the column proves the order

One row that can be read in one way only proves the order of all. With proofs of both the column is mixed, and every row with
two readings is refused. A clock without an offset is kept as local time; its offset is added when the profile names the zone.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple
from zoneinfo import ZoneInfo

_TIME = re.compile(
    r"(?P<front>[AaPp]\.?[Mm]\.?|上午|下午)?\s*(?P<h>\d{1,2})[:.](?P<m>\d{2})(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<back>[AaPp]\.?\s?[Mm]\.?)?\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?"
)
_NUMERIC = re.compile(r"(\d{1,4})\s*([-/.年])\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})日?(?=$|[\sT,])")
_WORDED = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?:(\d{1,2})[-\s./]+([A-Za-z]{3,9})\.?|([A-Za-z]{3,9})\.?\s+(\d{1,2}),?)[-\s./]+(\d{4}|\d{2})(?=$|[\sT,])"
)
_MONTHS = {word: number for number, word in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip
# No instrument's file of ours is older; a two-figure year is of this century.
_FIRST_YEAR, _LAST_YEAR, _CENTURY = 1990, 2100, 2000
_WIDEST_OFFSET_MIN = 840
# A batch is injected within days; a reading that spreads it wider than the other by this factor is the less likely one.
_LIKELIER = 3


class Reading(NamedTuple):
    """Readings of one text by order, or none."""

    by_order: dict[str, dt.datetime]
    offset_min: int | None = None
    has_clock: bool = False


class Times(NamedTuple):
    """What a column says: text to local time and offset; texts that are no time; texts left open; the guess and its proof."""

    read: dict[str, tuple[dt.datetime, int | None]]
    bad: list[str]
    is_open: list[str]
    is_mixed: bool
    guess: str


def read_times(texts: list[str], order: str | None, timezone: str | None) -> Times:
    """Local times of the distinct texts of a column, in the order of the file.

    Examples
    --------
    >>> times = read_times(["26/11/2024 3:05 pm", "03/12/2024 08:00"], None, None)
    >>> times.read["03/12/2024 08:00"][0].isoformat()
    '2024-12-03T08:00:00'
    >>> read_times(["03/12/2024 08:00"], None, None).is_open
    ['03/12/2024 08:00']
    """
    readings = {text: _look(text) for text in texts}
    # Where others have a time of day, a day alone is cut off, not midnight.
    has_clocks = any(reading.has_clock for reading in readings.values())
    readings = {text: r if r.has_clock or not has_clocks else Reading({}) for text, r in readings.items()}
    bad = [text for text, reading in readings.items() if not reading.by_order]
    single = {next(iter(r.by_order)) for r in readings.values() if len(r.by_order) == 1 and "fixed" not in r.by_order}
    is_mixed = order is None and len(single & {"dmy", "mdy"}) > 1
    proven = order or (next(iter(single)) if len(single) == 1 else None)
    zone = ZoneInfo(timezone) if timezone else None
    read: dict[str, tuple[dt.datetime, int | None]] = {}
    is_open: list[str] = []
    for text, reading in readings.items():
        values = set(reading.by_order.values())
        chosen = reading.by_order.get("fixed") or reading.by_order.get(proven or "")
        if len(values) == 1 and order is None:
            chosen = next(iter(values))
        if chosen is not None:
            read[text] = (chosen, _offset(chosen, reading.offset_min, zone))
        elif values and order is not None:
            bad.append(text)
        elif values:
            is_open.append(text)
    return Times(read, bad, is_open, is_mixed, _guess([readings[text] for text in is_open]) if not is_mixed else "")


def _look(text: str) -> Reading:
    match = _NUMERIC.match(text) or _WORDED.match(text)
    rest = text[match.end() :].strip(" T,") if match else ""
    clock = _clock(rest) if match else None
    if match is None or clock is None:
        return Reading({})
    candidates: dict[str, tuple[int, int, int]] = {}
    if match.re is _WORDED:
        month = _MONTHS.get((match[2] or match[3])[:3].lower(), 0)
        candidates = {"fixed": (int(match[5]), month, int(match[1] or match[4]))}
    elif len(match[1]) == 4:
        candidates = {"fixed": (int(match[1]), int(match[3]), int(match[4]))}
    elif len(match[1]) <= 2 and len(match[4]) in (2, 4):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        candidates = {"dmy": (year, second, first), "mdy": (year, first, second)}
    found = {order: value for order, parts in candidates.items() if (value := _moment(*parts, clock[0]))}
    return Reading(found, clock[1], bool(rest))


def _clock(text: str) -> tuple[dt.time, int | None] | None:
    if not text:
        return dt.time(), None
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, half = int(match["h"]), (match["front"] or match["back"] or "").replace(".", "").replace(" ", "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in ("pm", "下午") else 0)
    offset = match["offset"]
    minutes = None
    if offset:
        digits = offset[1:].replace(":", "")
        minutes = 0 if offset == "Z" else int(f"{offset[0]}1") * (int(digits[:2]) * 60 + int(digits[2:]))
    if minutes is not None and abs(minutes) > _WIDEST_OFFSET_MIN:
        return None
    try:
        return dt.time(hour, int(match["m"]), int(match["s"] or 0)), minutes
    except ValueError:
        return None


def _moment(year: int, month: int, day: int, clock: dt.time) -> dt.datetime | None:
    try:
        value = dt.datetime.combine(dt.date(year + _CENTURY if year < 100 else year, month, day), clock)
    except ValueError:
        return None
    return value if _FIRST_YEAR <= value.year <= _LAST_YEAR else None


def _offset(value: dt.datetime, said: int | None, zone: ZoneInfo | None) -> int | None:
    if said is not None or zone is None:
        return said
    local = value.replace(tzinfo=zone)
    offset = local.utcoffset()
    # An hour that the clocks' change doubled or skipped has no offset of its own.
    return None if offset is None or offset != local.replace(fold=1).utcoffset() else int(offset.total_seconds() // 60)


def _guess(readings: list[Reading]) -> str:
    spans = {}
    for order in ("dmy", "mdy"):
        days = [reading.by_order[order] for reading in readings if order in reading.by_order]
        if len(days) > 1 and days == sorted(days):
            spans[order] = (days[-1] - days[0]).total_seconds() + 1
    if len(spans) == 1:
        return next(iter(spans))
    if len(spans) > 1:
        near, far = sorted(spans, key=lambda order: spans[order])
        return near if spans[far] > _LIKELIER * spans[near] else ""
    return ""
