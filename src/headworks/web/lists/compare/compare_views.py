"""The page that compares areas of one level fairly, its picture and its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import vl_convert
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from headworks.assessment.comparison.overdispersion import LEAST_PLACES
from headworks.jobs.csv_text import disarmed_csv
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import about
from headworks.web.lists.compare.compared import Compared, compared, filed, sentences, spec_of
from headworks.web.lists.compare.counted import Counted, counted, filed_counts, sentences_of_counts, spec_of_counts
from headworks.web.lists.indicators import indicator_names
from headworks.web.situation.asked import Asked, drug_choice, levels_granted
from headworks.web.situation.downloads import LOCALES
from headworks.web.situation.map_files import file_response
from headworks.web.situation.maps import level_words
from headworks.workflows.assessment import AreaFunnel, CountFunnel


@require_safe
@signed_in("view")
def compare(request: HttpRequest) -> HttpResponse:
    """Areas in a funnel, with the table that says the same."""
    shown = compared(request)
    about(request, "compared areas", " ".join(shown.query.values()) if shown else "")
    if shown is None:
        return render(request, "lists/compare.html", {"shown": None})
    asked = shown.asked
    said = {
        "shown": shown, "sentences": sentences(shown), "query": urlencode(shown.query), "bar": asked.bar,
        "drugs": drug_choice(asked.figures), "chosen": asked.analyte, "drug_query": urlencode({"drug": asked.analyte}),
        "levels": [(one, level_words(asked, one)) for one, n in _levels(asked) if n > 1], "keep": f"&level={shown.level}",
        "counts": bool(indicator_names(request.reader)),  # type: ignore[attr-defined]
        "map": {"level": shown.level}, "has_chart": shown.funnel is not None, "least": LEAST_PLACES,
    }  # fmt: skip
    return render(request, "lists/compare.html", said)


@require_safe
@signed_in("view")
def compare_counts(request: HttpRequest) -> HttpResponse:
    """Areas by the rate of an indicator, for who sees its counts."""
    shown = counted(request)
    about(request, "compared counts", f"{shown.indicator} {shown.period} {shown.level}")
    said = {
        "shown": shown, "sentences": sentences_of_counts(shown.funnel) if shown.funnel else [], "least": LEAST_PLACES,
        "query": urlencode(shown.query), "has_chart": shown.funnel is not None,
    }  # fmt: skip
    return render(request, "lists/compare_counts.html", said)


def _levels(asked: Asked) -> tuple[tuple[int, int], ...]:
    """Levels with areas granted, and how many areas each has."""
    return levels_granted(asked.paths, settings.HEADWORKS_WORKSPACE, asked.version)


def _shown(request: HttpRequest, what: str, action: str = "view") -> tuple[Compared, AreaFunnel]:
    shown = compared(request)
    about(request, "compared areas", f"{' '.join(shown.query.values()) if shown else ''} {what}", action=action)
    if shown is None or shown.funnel is None:
        raise NotVisible("too few areas to compare")
    return shown, shown.funnel


@require_safe
@signed_in("view")
def compare_chart(request: HttpRequest) -> HttpResponse:
    """The specification of the funnel, for the page's script."""
    return JsonResponse(spec_of(*_shown(request, "chart"), is_dark=request.GET.get("dark") == "1"))


@require_safe
@signed_in("view")
def compare_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The funnel as a picture, or its table as CSV."""
    shown, funnel = _shown(request, kind, action="export")
    name = f"compared-{'-'.join(shown.query.values())}.{kind}"
    return _file(name, lambda: filed(shown), lambda: spec_of(shown, funnel, is_dark=False, is_alone=True))


def _file(name: str, table: Callable[[], pl.DataFrame], spec: Callable[[], dict[str, Any]]) -> HttpResponse:
    """The table or the picture, as the name ends."""
    if name.endswith(".csv"):
        return file_response(disarmed_csv(table()).encode(), "text/csv; charset=utf-8", name)
    locale: Any = LOCALES.get((get_language() or "en")[:2])
    drawn = vl_convert.vegalite_to_svg(spec(), format_locale=locale, allowed_base_urls=[])
    return file_response(drawn.encode(), "image/svg+xml", name)


def _counted(request: HttpRequest, what: str, action: str = "view") -> tuple[Counted, CountFunnel]:
    shown = counted(request)
    about(request, "compared counts", f"{' '.join(shown.query.values())} {what}", action=action)
    if shown.funnel is None:
        raise NotVisible("too few areas to compare")
    return shown, shown.funnel


@require_safe
@signed_in("view")
def compare_counts_chart(request: HttpRequest) -> HttpResponse:
    """The specification of the funnel of rates, for the page's script."""
    return JsonResponse(spec_of_counts(*_counted(request, "chart"), is_dark=request.GET.get("dark") == "1"))


@require_safe
@signed_in("view")
def compare_counts_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The funnel of rates as a picture, or its table as CSV."""
    shown, funnel = _counted(request, kind, action="export")
    name = f"counted-{'-'.join(shown.query.values())}.{kind}"
    return _file(name, lambda: filed_counts(shown), lambda: spec_of_counts(shown, funnel, is_dark=False, is_alone=True))
