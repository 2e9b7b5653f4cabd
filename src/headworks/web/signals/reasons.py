"""Why a signal speaks, in sentences of the reader's language, made from the numbers that were kept with it.

The trap: sentences must not say more than the numbers, and nothing that the reader may not read: they are made from the
explanation as it was cut for the reader, never from the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeGuard

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.figures.templatetags.figures import amount, area_name, percent
from headworks.web.signals.shown import ShownSignal

PART_WORDS: Final = {
    "concentration": gettext_lazy("concentration"),
    "flow": gettext_lazy("flow"),
    "people": gettext_lazy("number of people"),
}
# Factors closer to 1, and shares below the limit that are smaller, are no part of a story.
_NOTEWORTHY = 1.25
_MANY_CENSORED = 0.2
_WEEKS_A_YEAR, _CENTURY = 52, 100


def reasons(shown: ShownSignal) -> list[str]:
    """Sentences, what matters most first; none where the numbers are withheld."""
    said = shown.explanation
    return [] if not said else [*_cluster(said), *_presence(said), *_parts(said), *_hangs_on(said), *_laboratory(said)]


def switch_off_words(shown: ShownSignal) -> str:
    """What would have silenced the signal; empty where that is not known."""
    factor = shown.explanation.get("switch_off")
    kind = shown.signal.kind
    if not _is_number(factor) or factor <= 0 or kind in ("ratio", "variance"):
        return ""
    if kind == "drop":
        return _("Had these samples held %(share)s more, it would have been silent.") % {"share": percent(factor - 1)}
    return _("Had these samples held %(share)s less, it would have been silent.") % {"share": percent(1 - 1 / factor)}


def beside_rows(shown: ShownSignal) -> list[dict[str, Any]]:
    """What areas around it and neighbours say of the same question: ``name, relation, p``."""
    said = shown.explanation
    levels = [one | {"relation": _("around it")} for one in listed(said.get("levels"))]
    beside = said.get("neighbours")
    near = listed(beside.get("nearest_to_a_signal")) if isinstance(beside, dict) else []
    rows = [*levels, *(one | {"relation": _("beside it")} for one in near)]
    names = _names({str(one.get("unit_id")) for one in rows})
    return [
        {"name": names[str(one["unit_id"])], "relation": one["relation"], "p": one.get("p")}
        for one in rows
        if str(one.get("unit_id")) in names
    ]


def member_rows(shown: ShownSignal) -> list[dict[str, Any]]:
    """Sites of a cluster, the strongest first: ``site, name, times, normal``; those that the reader sees."""
    rows = listed(shown.explanation.get("members"))
    names = _names({str(one.get("unit_id")) for one in rows})
    return [
        {"site": one["unit_id"], "name": names[str(one["unit_id"])], "times": one.get("times"), "normal": one.get("normal")}
        for one in rows
        if str(one.get("unit_id")) in names
    ]


def _cluster(said: Mapping[str, Any]) -> Iterator[str]:
    if said.get("kind") == "cluster":
        yield _("Sites beside each other that are up together: %(n)s.") % {"n": said.get("n_sites")}
        together = said.get("together")
        if isinstance(together, dict) and _is_number(together.get("times")):
            told = {
                name: amount(together.get(name)) for name in ("times", "times_lower", "times_upper", "observed", "expected")
            }
            yield _("Together %(times)s times what was expected (%(times_lower)s–%(times_upper)s): %(observed)s, where "
                    "%(expected)s was expected.") % told  # fmt: skip
        if _is_number(said.get("recurrence_weeks")):
            yield _often(said["recurrence_weeks"])
    elif isinstance(said.get("cluster"), dict):
        yield _("It explains a cluster of sites beside each other that are up together: %(n)s.") % {
            "n": said["cluster"].get("n_sites")
        }


def _often(weeks: float) -> str:
    """How rarely chance alone makes such a cluster, over all residues."""
    if weeks >= _CENTURY * _WEEKS_A_YEAR:
        return _("Chance alone makes a cluster as strong, of any residue, less than once in a hundred years.")
    if weeks < 2 * _WEEKS_A_YEAR:
        return _("Chance alone makes a cluster as strong, of any residue, once in %(n)s weeks.") % {
            "n": round(max(weeks, 1.0))
        }
    return _("Chance alone makes a cluster as strong, of any residue, once in %(n)s years.") % {
        "n": round(weeks / _WEEKS_A_YEAR)
    }


def _names(ids: set[str]) -> dict[str, str]:
    areas = {area.pk: area_name(area) for area in AreaNode.objects.filter(pk__in=ids)}
    return areas | {site.pk: site.name or site.pk for site in SiteNode.objects.filter(pk__in=ids)}


def _presence(said: Mapping[str, Any]) -> Iterator[str]:
    pair = said.get("presence")
    if isinstance(pair, list) and len(pair) == 2:
        shares = {"now": percent(pair[0]), "before": percent(pair[1])}
        yield _("It comes and goes here: found in %(now)s of the samples now, in %(before)s before.") % shares
    elif _is_number(said.get("share_censored")) and said["share_censored"] > _MANY_CENSORED:
        yield _("%(share)s of the samples were below the limit.") % {"share": percent(said["share_censored"])}


def _parts(said: Mapping[str, Any]) -> Iterator[str]:
    parts = said.get("parts")
    if isinstance(parts, dict):
        moved = [
            f"{words} × {amount(parts[name])}"
            for name, words in PART_WORDS.items()
            if _is_number(parts.get(name)) and not 1 / _NOTEWORTHY < parts[name] < _NOTEWORTHY
        ]
        if moved:
            yield _("Of the change: %(parts)s.") % {"parts": ", ".join(moved)}


def _hangs_on(said: Mapping[str, Any]) -> Iterator[str]:
    left, allowed = said.get("left_out"), said.get("allowed")
    if isinstance(left, dict) and _is_number(left.get("p")) and _is_number(allowed):
        if left["p"] > allowed:
            yield _("It hangs on %(part)s: without that it would not be shown.") % {"part": left.get("part", "–")}
        else:
            yield _("No single sample or site makes it: it stays without any one of them.")


def _laboratory(said: Mapping[str, Any]) -> Iterator[str]:
    if said.get("n_batches") == 1 and (said.get("n_days") or 0) > 1:
        yield _("All its samples were measured in one laboratory batch: ask the laboratory first.")
    if said.get("n_kept_out"):
        yield _("Loads of known disposal that were left out: %(n)s.") % {"n": said["n_kept_out"]}


def listed(said: Any) -> list[dict[str, Any]]:
    """Rows of a list in an explanation; none where it is none."""
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
