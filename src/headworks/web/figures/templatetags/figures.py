"""Numbers, intervals and names of areas in the reader's language."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language

register = template.Library()
_FIGURES = 3


def _is_number(value: Any) -> TypeGuard[float]:
    """Nothing, and what a template writes for nothing, is none."""
    return isinstance(value, (int, float)) and math.isfinite(value)


@register.filter
def amount(value: float | None) -> str:
    """Three significant figures, with the language's signs; a dash for nothing.

    Examples
    --------
    >>> amount(None)
    '–'
    """
    if not _is_number(value):
        return "–"
    if value == 0:
        return "0"
    digits = max(0, _FIGURES - 1 - math.floor(math.log10(abs(value))))
    return str(number_format(round(value, digits), decimal_pos=digits, use_l10n=True, force_grouping=True))


@register.filter
def percent(value: float | None) -> str:
    """A share as whole percent."""
    return "–" if not _is_number(value) else f"{number_format(round(100 * value))} %"


@register.filter
def fine_percent(value: float | None) -> str:
    """A small share, to a tenth of a percent."""
    return "–" if not _is_number(value) else f"{number_format(100 * value, decimal_pos=1)} %"


@register.filter
def people(value: float | None) -> str:
    """A count of people or of cubic metres, whole and grouped."""
    return "–" if not _is_number(value) else str(number_format(round(value), force_grouping=True))


@register.filter
def area_name(area: Any) -> str:
    """An area's name in the reader's language."""
    return str(area.name_in(get_language() or "en"))
