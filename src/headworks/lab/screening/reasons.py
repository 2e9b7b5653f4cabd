"""Why a hit has its level, in a sentence with its numbers; and the same in another language.

    The spectrum agrees with a library; isomers remain possible. (score 0.83, 6 fragments)

A hit keeps the English, which is put together of ``lab.sentences.TEMPLATES`` and the sentence of its rule. To translate it, it
is taken apart by the same templates. The trap: names of compounds hold brackets and commas, so the numbers are looked for at
the end, and no name is split.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from headworks.lab.sentences import TEMPLATES, placeholders

_HEADS = ("screening.isomers", "screening.few_fragments", "screening.also_isomers")
_NUMBERS = ("screening.score", "screening.fragments", "screening.minutes", "screening.isotopes")
_AT_END = re.compile(r"(.*) \(([^()]*)\)", re.DOTALL)


def level_reason(said: str, numbers: Sequence[tuple[str, object]]) -> str:
    """A sentence with numbers: codes of ``TEMPLATES`` without ``screening.``, and the value of their one place.

    Examples
    --------
    >>> level_reason("Only the exact mass agrees.", [("score", "0.83"), ("fragments", 2)])
    'Only the exact mass agrees. (score 0.83, 2 fragments)'
    """
    parts = [_fill(TEMPLATES[f"screening.{code}"], [str(value)]) for code, value in numbers]
    return f"{said} ({', '.join(parts)})"


def head(code: str, *values: str) -> str:
    """The sentence of a code, its places filled in their order."""
    return _fill(TEMPLATES[f"screening.{code}"], values)


def translated_reason(reason: str, translate: Callable[[str], str]) -> str:
    """The reason of a hit in another language; what is in no template stays as it is.

    Parameters
    ----------
    reason
        As :func:`level_reason` wrote it.
    translate
        A template, or the sentence of a rule, in the other language, such as gettext.

    Examples
    --------
    >>> translated_reason("Only the exact mass agrees. (2 fragments)", {"{n} fragments": "{n} Fragmente"}.get)
    'Only the exact mass agrees. (2 Fragmente)'
    """
    found = _AT_END.fullmatch(reason)
    if found is None:
        return _translated(reason, _HEADS, translate)
    numbers = [_translated(part, _NUMBERS, translate) for part in found[2].split(", ")]
    return f"{_translated(found[1], _HEADS, translate)} ({', '.join(numbers)})"


def _translated(text: str, codes: Sequence[str], translate: Callable[[str], str]) -> str:
    for code in codes:
        template, values = TEMPLATES[code], _pattern(code).fullmatch(text)
        other = translate(template) if values else None
        if values and other and set(placeholders(other)) == set(placeholders(template)):
            shown = [translate(value) or value if name == "rule" else value for name, value in values.groupdict().items()]
            return _fill(other, shown, placeholders(template))
    return translate(text) or text


@cache
def _pattern(code: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", TEMPLATES[code])
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)), re.DOTALL
    )


def _fill(template: str, values: Sequence[str], names: Sequence[str] | None = None) -> str:
    by_name = dict(zip(names or placeholders(template), values, strict=True))
    return re.sub(r"\{(\w+)\}", lambda place: by_name[place[1]], template)
