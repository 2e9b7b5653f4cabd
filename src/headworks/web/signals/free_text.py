"""A text about an area or a site must not name a person: what looks like a number of one is refused before it is kept.

Telephones, identity numbers, number plates and addresses of mail are found by their form. A name cannot be found by its
form; the page says that none belongs here. Codes of areas have twelve digits and are let through where the register knows
them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _

from headworks.core.errors import DataRefused
from headworks.web.access.models import AreaNode

LONGEST: Final = 4_000
_CODE = re.compile(r"(?<!\d)\d{12}(?!\d)")
_PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_FORMS: Final = (
    ("identity number", re.compile(r"(?<!\d)\d{6}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)")),
    ("telephone", re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -.]?\d{4}[ -.]?\d{4}(?!\d)")),
    ("telephone", re.compile(r"\+\d{1,3}[ ().-]*(?:\d[ ().-]*){6,13}\d")),
    ("telephone", re.compile(r"(?<![\d-])\(?0\d{1,4}\)?[ -]\d{2,4}[ -]?\d{3,4}(?:-\d{4})?(?![\d-])")),
    ("address of mail", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("number plate", re.compile(rf"[{_PLATE_PROVINCES}][A-HJ-NP-Z][·• ]?[A-HJ-NP-Z0-9]{{5,6}}(?![A-Za-z0-9])")),
    ("long number", re.compile(r"(?<![\d.])\d{9,}(?![\d.])")),
)


def require_no_person(said: Any, where: str) -> None:
    """Refuse a text, or texts anywhere in what JSON can hold, with a number that is a person's.

    The number is not repeated in the refusal: it would end in a log.

    Raises
    ------
    DataRefused
        ``HW-U171``.
    """
    for text in _texts(said):
        kind = person_number_in(text)
        if kind is not None:
            raise DataRefused(
                _("A text holds what looks like a number of a person."),
                where=where,
                found=kind,
                remedy=_("Say it about the area or the site; persons are not recorded here"),
                code="HW-U171",
            )


def person_number_in(text: str) -> str | None:
    """What kind of a person's number a text holds; None when none.

    Examples
    --------
    >>> person_number_in("A plume was seen at 3 p.m. below the bridge, about 250 m long.")
    """
    plain = unicodedata.normalize("NFKC", text)
    codes = set(_CODE.findall(plain))
    if codes:
        for code in AreaNode.objects.filter(pk__in=codes).values_list("pk", flat=True):
            plain = plain.replace(code, " ")
    return next((kind for kind, form in _FORMS if form.search(plain)), None)


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for key, value in said.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(said, (list, tuple)):
        for value in said:
            yield from _texts(value)
