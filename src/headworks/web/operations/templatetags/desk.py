"""Values as a form must hold them: in full, and with the point that every reader of files takes."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.formats import date_format, number_format

register = template.Library()


@register.filter
def unlocalized(value: object) -> str:
    """A number in full.

    Examples
    --------
    >>> unlocalized(0.1 + 0.2), unlocalized("")
    ('0.30000000000000004', '')
    """
    return repr(value) if isinstance(value, float) else str(value)


@register.filter
def split_words(text: str) -> list[str]:
    """Words of a text.

    Examples
    --------
    >>> split_words("accepted suspect")
    ['accepted', 'suspect']
    """
    return text.split()


@register.filter
def short_weekday(day: dt.date) -> str:
    """Sign or two of a weekday, for a narrow column.

    Examples
    --------
    >>> short_weekday(dt.date(2024, 1, 2))
    'Tu'
    """
    name = date_format(day, "l")
    # 星期二 is told by its last sign, 火曜日 by its first.
    return name[-1] if name.startswith("星期") else name[0] if name.endswith("曜日") else name[:2]


@register.filter
def in_full(value: float | None) -> str:
    """A result as it was entered, to its last digit; who releases a number must see all of it.

    Examples
    --------
    >>> in_full(None)
    '–'
    """
    if value is None:
        return "–"
    text = f"{value:.12g}"
    return text if "e" in text else str(number_format(text, use_l10n=True))
