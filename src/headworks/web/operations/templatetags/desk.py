"""Values as a form must hold them: in full, and with the point that every reader of files takes."""

from __future__ import annotations

from django import template

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
