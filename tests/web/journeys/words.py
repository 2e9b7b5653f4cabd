"""What people must read, in their language, and what they must not: sentences that stayed English."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation import gettext, ngettext, override

from headworks.reference import names

LANGUAGES = ("en", "zh-hans", "ja")
# What people type in the journeys; it stays in their language, whoever reads it.
REASON = {"en": "Seen in two towns.", "zh-hans": "两个镇均已观察到。", "ja": "二つの町で確認した。"}
OF_EDITION = {"en": "Figures of the first quarter.", "zh-hans": "第一季度的数字。", "ja": "第1四半期の数値です。"}
_TYPED = frozenset([*REASON.values(), *OF_EDITION.values()])
_LOCALE = Path(__file__).resolve().parents[3] / "src" / "headworks" / "web" / "locale"
_CATALOGUES = {"zh-hans": ("zh_Hans", "zh"), "ja": ("ja", "ja")}
_PLACE = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")
_SURE_WORDS = re.compile(r"[A-Za-z]{3,}")
# Three words and more in a row, all but the first in small letters: a sentence that no catalogue knows.
_SENTENCE = re.compile(r"\b[A-Za-z]{2,}(?:,? [a-z]{2,}){2,}")


def say(language: str, text: str, plural: str = "", n: int = 0, **places: object) -> str:
    """A text of the catalogue in a language, its places filled."""
    with override(language):
        said = ngettext(text, plural, n) if plural else gettext(text)
    return said % places if places else said


def part_of(language: str, text: str, plural: str = "", n: int = 0) -> str:
    """The longest piece of a text between its places, to look for where the places are not known."""
    return max(_PLACE.split(say(language, text, plural, n)), key=len).strip()


@lru_cache(maxsize=4)
def _english_of(language: str) -> tuple[frozenset[str], re.Pattern[str]]:
    """Texts that a page of a language must not hold: those without places, and a pattern of those with."""
    folder, locale = _CATALOGUES[language]
    with (_LOCALE / folder / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale=locale)
    whole, patterns = set(), []
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in ids:
            if not text or text in said:
                continue
            parts = _PLACE.split(" ".join(text.split()))
            if len(parts) == 1:
                whole.add(parts[0].replace("%%", "%"))
            elif len(_SURE_WORDS.findall(" ".join(parts))) >= 2:
                patterns.append(".+?".join(re.escape(part.replace("%%", "%")) for part in parts))
    return frozenset(whole), re.compile("|".join(patterns) or "(?!)")


@lru_cache(maxsize=1)
def _substances() -> frozenset[str]:
    """Names of substances, of which some have none in another language."""
    return frozenset(names()["name_en"].drop_nulls().to_list())


def english_in(language: str, texts: list[str]) -> list[str]:
    """Texts of a page that should have been said in another language."""
    if language == "en":
        return []
    whole, pattern = _english_of(language)
    found = []
    passed_over = _substances() | _TYPED
    for text in texts:
        # A comma between two names is no language's.
        is_known = any(sign.isalpha() for sign in text) and (text in whole or pattern.fullmatch(text) is not None)
        if is_known or (_SENTENCE.search(text) and text not in passed_over):
            found.append(text)
    return found
