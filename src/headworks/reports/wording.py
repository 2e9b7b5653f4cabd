"""Which words and which number signs a reader gets.

English is the key of the catalogues; Chinese and Japanese come from ``locale``, read when first needed. Numbers and dates are
written by the rules of the locale. The trap: values are formatted first and put into the translated text last, so a brace
or a percent sign in a site's name can do nothing.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from headworks.core.errors import UsageError
from headworks.reports.content import Amount, Label, Message, Share

# Language of the report: locale of its numbers, value of the HTML lang attribute, catalogue.
LANGUAGES = {
    "en": ("en_GB", "en", None),
    "zh": ("zh_Hans_CN", "zh-Hans", "zh_CN.po"),
    "ja": ("ja_JP", "ja", "ja.po"),
}  # fmt: skip
_DASH = "–"
NO_BREAK = "\u00a0"
_SIGNIFICANT = 3


@lru_cache(maxsize=8)
def read_catalogue(name: str) -> Catalog:
    """The catalogue of one language as shipped in this package."""
    with files("headworks.reports").joinpath("locale", name).open("rb") as stream:
        return read_po(stream)


def decimals_for(value: float) -> int:
    """Decimal places that give three significant digits, at least 0 and at most 4.

    Examples
    --------
    >>> [decimals_for(x) for x in (1234.0, 210.4, 42.31, 4.2, 0.031)]
    [0, 0, 1, 2, 4]
    """
    if value == 0 or not math.isfinite(value):
        return 0
    return max(0, min(4, _SIGNIFICANT - 1 - math.floor(math.log10(abs(value)))))


# The same figures stand in several tables and formats.
@lru_cache(maxsize=50_000)
def _written(value: float, decimals: int, locale: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(value, pattern, locale=locale))


@dataclass(frozen=True)
class Wording:
    """The words and number signs of one language."""

    language: str
    locale: Locale
    html_lang: str
    catalogue: Catalog | None

    def text(self, english: str) -> str:
        """The text in this language; the English one where the catalogue has none."""
        if self.catalogue is None:
            return english
        found = self.catalogue.get(english)
        return str(found.string) if found is not None and found.string else english

    def say(self, thing: Any) -> str:
        """Any value of a content as words: messages are translated, numbers written as the locale does."""
        if isinstance(thing, Message):
            spoken = {name: self.say(value) for name, value in thing.values.items()}
            return self.text(thing.text).format_map(spoken)
        if isinstance(thing, Label):
            return self._name(thing)
        if isinstance(thing, Amount):
            return _DASH if thing.value is None else self.number(thing.value, decimals_for(thing.value))
        if isinstance(thing, Share):
            return self.percent(thing.value)
        if isinstance(thing, dt.date):
            return str(format_date(thing, "long", locale=self.locale))
        if isinstance(thing, int | float) and not isinstance(thing, bool):
            return self.number(thing, 0 if float(thing).is_integer() else decimals_for(thing))
        return _DASH if thing is None else str(thing)

    def _name(self, label: Label) -> str:
        if self.language == "ja":
            # A residue beside another has both names.
            parts = label.en.split(": ")
            found = label.ja or "：".join(self.text(part) for part in parts)
            return found if found != "：".join(parts) else label.zh or label.en
        return (label.zh or label.en) if self.language == "zh" else label.en

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with so many decimals, grouped as the locale does."""
        return _written(float(value), decimals, str(self.locale))

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share in hundredths; in English with a space that no line is broken at."""
        return self.number(100 * share, decimals) + (NO_BREAK + "%" if self.language == "en" else "%")

    def territory(self, code: str | None) -> str:
        """The country's name for its two letters; anything else as it came."""
        return str(self.locale.territories.get(code or "", code or _DASH))

    def month(self, day: dt.date) -> str:
        """Short name of the month a day is in; of January with the year."""
        return str(format_skeleton("yMMM" if day.month == 1 else "MMM", day, locale=self.locale))

    def weekdays(self) -> list[str]:
        """Short names of the days, Monday first."""
        names = get_day_names("abbreviated", locale=self.locale)
        return [str(names[day]) for day in range(7)]


def wording_for(language: str) -> Wording:
    """The wording of a language.

    Raises
    ------
    UsageError
        ``HW-U005`` for a language without a catalogue.

    Examples
    --------
    >>> wording_for("en").say(Message("{n} people", {"n": 34_100_000}))
    '34,100,000 people'
    """
    if language not in LANGUAGES:
        raise UsageError(
            "There is no report in this language.", found=language, remedy="Give " + " or ".join(LANGUAGES), code="HW-U005"
        )
    locale, html_lang, catalogue = LANGUAGES[language]
    return Wording(language, Locale.parse(locale), html_lang, read_catalogue(catalogue) if catalogue else None)
