"""What a reader may read of a detector's explanation: nothing of places that are not theirs, nothing finer than their tier.

An explanation speaks of single samples and sites, of neighbours and of levels above. Whoever sees the figure alone reads what
is made of that figure; the rest is for the tier that sees samples. The trap: an identifier may stand inside a sentence, so
texts are searched for them word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.access.policy import visible_areas, visible_sites
from headworks.web.access.reader import Reader

# Of the unit's own figure; everything else is of its samples, sites or neighbours.
OF_THE_FIGURE: Final = frozenset({
    "allowed", "switch_off", "since", "period", "first_shown", "kind", "is_above", "budget", "n_questions", "n_days",
    "n_sites", "share_censored", "presence", "p_value", "normals", "baseline", "n_batches", "n_kept_out", "pair",
    "recurrence_weeks", "first_day", "best_level", "standing", "confirmed_day", "n_samples", "earlier_negatives", "source",
    "inchikey",
})  # fmt: skip
_WORD = re.compile(r"[^\s,;:()\[\]\"']+")
_DOTS = ".!?"
_GONE = object()


def explanation_for(reader: Reader, explanation: dict[str, Any], above: str | None, *, is_whole: bool) -> dict[str, Any]:
    """The explanation as a reader may read it.

    Parameters
    ----------
    reader
        Who asks.
    explanation
        What the detector said.
    above
        Path of the area that the signal's place and its neighbours lie in; None where it is not known.
    is_whole
        Whether the reader's tier sees samples; without, what is made of the figure itself is left.
    """
    said = {key: value for key, value in explanation.items() if is_whole or key in OF_THE_FIGURE}
    if above is None or not reader.has("view", above):
        # How many neighbours stand out would be a count over others.
        said.pop("neighbours", None)
    foreign = _foreign(reader, set(_words(said)))
    kept = _without(said, foreign) if foreign else said
    return kept if isinstance(kept, dict) else {}


def _words(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        for word in _WORD.findall(said):
            yield word
            yield word.rstrip(_DOTS)
        yield said
    elif isinstance(said, dict):
        for key, value in said.items():
            yield from _words(key)
            yield from _words(value)
    elif isinstance(said, (list, tuple)):
        for value in said:
            yield from _words(value)


def _foreign(reader: Reader, words: set[str]) -> set[str]:
    """Those of the words that name an area or a site which the reader does not see."""
    some = list(words)
    areas = set(AreaNode.objects.filter(pk__in=some).values_list("pk", flat=True))
    sites = set(SiteNode.objects.filter(pk__in=some).values_list("pk", flat=True))
    if areas:
        areas -= set(visible_areas(reader).filter(pk__in=areas).values_list("pk", flat=True))
    if sites:
        sites -= set(visible_sites(reader, "view").filter(pk__in=sites).values_list("pk", flat=True))
    return areas | sites


def _without(said: Any, foreign: set[str]) -> Any:
    """The same without what speaks of foreign places: a text goes, and with it the row that it names."""
    if isinstance(said, str):
        return _GONE if foreign & set(_words(said)) else said
    if isinstance(said, dict):
        kept = {key: _without(value, foreign) for key, value in said.items() if not foreign & set(_words(key))}
        names_a_place = any(value is _GONE for key, value in kept.items() if key.endswith("_id") or key in ("unit", "part"))
        return _GONE if names_a_place else {key: value for key, value in kept.items() if value is not _GONE}
    if isinstance(said, (list, tuple)):
        return [one for one in (_without(value, foreign) for value in said) if one is not _GONE]
    return said
