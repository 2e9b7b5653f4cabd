"""What a room below the server refused, in the reader's language: the filter ``said_to_reader`` of every template.

Those rooms know no language: they say what is wrong in English, with what they found filled in. ``scripts/catalogues.py``
reads their sentences from the source into the catalogues, with places (``The row has {found} cells, the header {width}.``).
Here the sentence of a message is found again, and what was filled in is put into its translation. The trap: a sentence that
nobody translated, or that was put together in another way, stays English.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django import template
from django.utils.translation import get_language, pgettext
from django.utils.translation.trans_real import translation

register = template.Library()
# The context of such sentences in the catalogues.
REFUSAL = "refusal"
_MARK = f"{REFUSAL}\x04"
_PLACE = re.compile(r"\{(\w+)\}")
# What was found may be a whole file; a sentence of ours is not.
_LONGEST = 1_000


@register.filter
def said_to_reader(text: str) -> str:
    """A sentence of a room below in the reader's language, or as it is where there is no translation of it."""
    language = get_language() or "en"
    if not text or language.startswith("en") or len(text) > _LONGEST:
        return text
    exact = pgettext(REFUSAL, text)
    if exact != text:
        return exact
    for pattern, sentence in _sentences(language):
        if found := pattern.fullmatch(text):
            # What was filled in may be a sentence too, such as which name was meant.
            filled = {name: said_to_reader(value) for name, value in found.groupdict().items()}
            return _PLACE.sub(lambda place, by=filled: by[place[1]], pgettext(REFUSAL, sentence))  # type: ignore[misc]
    return text


@lru_cache(maxsize=8)
def _sentences(language: str) -> list[tuple[re.Pattern[str], str]]:
    """The sentences with places of a language's catalogue, those that say most first."""
    known = [key for key, _said in translation(language)._catalog.items() if isinstance(key, str) and key.startswith(_MARK)]
    said = [key.removeprefix(_MARK) for key in known if _PLACE.search(key)]
    said.sort(key=lambda one: (-len(_PLACE.sub("", one)), one))
    return [(_pattern(one), one) for one in said]


def _pattern(sentence: str) -> re.Pattern[str]:
    first, *rest = _PLACE.split(sentence)
    parts = [f"(?P<{place}>.*?){re.escape(words)}" for place, words in zip(rest[::2], rest[1::2], strict=True)]
    # What was filled in ends where the words after it come first: nothing that a file holds makes the search a long one.
    return re.compile(re.escape(first) + "".join([*(f"(?>{part})" for part in parts[:-1]), *parts[-1:]]), re.DOTALL)
