"""Addresses of the public: a language, then a page. Nobody signs in, no cookie is set, and nothing needs a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from headworks.core.periods import KINDS, Period
from headworks.jobs.disclosure import rule_of
from headworks.reports.drawing.classes import CIVIDIS, class_edges
from headworks.web.access.models import AreaNode, RegisterState, codes_of
from headworks.web.opened import the_workspace
from headworks.web.public.editions import newest_edition
from headworks.web.public.models import Edition
from headworks.web.public.pages.area_page import PublicFigure, figures_of_area, ladder_of, series_of
from headworks.web.public.pages.downloads import csv_of, data_package, edition_rows, json_of, zip_of
from headworks.web.public.pages.drawing import bars_of, steps_of
from headworks.web.public.pages.figures import EditionFigures, figures_of
from headworks.web.public.pages.map_page import SORTS, list_areas, shapes_of
from headworks.web.public.pages.memory import remembered
from headworks.web.public.pages.wording import LEVEL_WORDS, drug_name, residue_name

_FOUND = 30
_LONGEST_QUERY = 60
_HTML = "text/html; charset=utf-8"
_LANGUAGES = [code for code, _ in settings.LANGUAGES]


@require_safe
def to_language(request: HttpRequest) -> HttpResponse:
    """To the pages in the reader's language."""
    wanted = request.GET.get("language", "") or get_language_from_request(request)
    answer = redirect("public-home", language=wanted if wanted in _LANGUAGES else _LANGUAGES[0])
    answer.headers["Cache-Control"] = "public, max-age=300"
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    return answer


@require_safe
def home(request: HttpRequest, language: str) -> HttpResponse:
    """Is it rising where I live: the question, and everything together."""

    def page(edition: Edition, figures: EditionFigures) -> dict[str, Any]:
        tops = list(AreaNode.objects.filter(parent=None).order_by("pk")[:3])
        return {"wholes": [(area, figures_of_area(figures, area)) for area in tops]}

    return _page(request, language, "home", (), page)


@require_safe
def search(request: HttpRequest, language: str) -> HttpResponse:
    """Areas by a part of their name; not kept, since people type anything."""
    said = request.GET.get("q", "").strip()[:_LONGEST_QUERY]

    def page(edition: Edition, figures: EditionFigures) -> dict[str, Any]:
        names = Q(pk=said) | Q(name_en__icontains=said) | Q(name_zh__icontains=said) | Q(name_pinyin__icontains=said)
        rows = AreaNode.objects.filter(names).order_by("level", "pk")[: _FOUND + 1] if said else []
        found = [(area, _parents(area)) for area in list(rows)[:_FOUND]]
        return {"query": said, "found": found, "is_cut": len(rows) > _FOUND}

    return _page(request, language, "search", (said,), page, {"q": said})


@require_safe
def area(request: HttpRequest, language: str, area_id: str) -> HttpResponse:
    """One area: words, numbers, what lies above, how it went."""
    found = AreaNode.objects.filter(pk=area_id).first()
    if found is None:
        raise Http404

    def page(edition: Edition, figures: EditionFigures) -> dict[str, Any]:
        mine = figures_of_area(figures, found)
        said = {
            "area": found,
            "above": _parents(found),
            "inside": list(AreaNode.objects.filter(parent=found).order_by("pk")),
            "is_withheld": bool(mine) and all(one.state == "suppressed" for one in mine),
        }
        if said["is_withheld"]:
            return {**said, "main": [], "others": []}
        main, others = ([_part(figures, one) for one in mine if one.is_main == is_main] for is_main in (True, False))
        return {**said, "main": main, "others": others}

    return _page(request, language, "area", (area_id,), page)


@require_safe
def areas(request: HttpRequest, language: str) -> HttpResponse:
    """All areas of a level for one residue, as a map and as a table."""
    asked = {name: request.GET.get(name, "")[:_LONGEST_QUERY] for name in ("residue", "period", "level", "sort")}

    def page(edition: Edition, figures: EditionFigures) -> dict[str, Any]:
        chosen, offered = _choice(figures, asked)
        if chosen is None:
            return {"rows": [], "offered": offered}
        rows = list_areas(figures, chosen["residue"], chosen["period"], chosen["level"], chosen["sort"])
        drawn = shapes_of(rows, chosen["level"])
        drug = next((row.figure.drug for row in rows if row.figure is not None), "")
        edges = class_edges(drug)
        return {
            "rows": rows, "chosen": chosen, "offered": offered, "drug": drug_name(drug),
            "outlines": drawn[0] if drawn else None, "shapes": drawn[1] if drawn else [],
            "classes": list(zip(CIVIDIS, LEVEL_WORDS, (None, *edges), (*edges, None), strict=True)),
            "counts": {state: sum(row.state == state for row in rows) for state in ("suppressed", "not_sampled")},
        }  # fmt: skip

    return _page(request, language, "areas", tuple(asked.values()), page, asked)


@require_safe
def about(request: HttpRequest, language: str) -> HttpResponse:
    """How do you know, what it means, what it cannot say."""
    return _page(request, language, "about", (), lambda edition, figures: {})


@require_safe
def download(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """A file of the edition."""

    def content(edition: Edition, figures: EditionFigures) -> tuple[bytes | str, str, str]:
        if name == "edition.zip":
            return zip_of(figures, edition), "application/zip", f"headworks-edition-{edition.pk}.zip"
        rows = edition_rows(figures)
        if name == "datapackage.json":
            return json.dumps(data_package(edition, rows), ensure_ascii=False, indent=2), "application/json", ""
        return _table_file(rows, edition, name)

    return _answer(request, language, (name,), content)


@require_safe
def download_area(request: HttpRequest, language: str, area_id: str, name: str) -> HttpResponse:
    """A file of one area."""
    if not AreaNode.objects.filter(pk=area_id).exists():
        raise Http404

    def content(edition: Edition, figures: EditionFigures) -> tuple[bytes | str, str, str]:
        return _table_file(edition_rows(figures, area_id), edition, name)

    return _answer(request, language, (area_id, name), content)


def _table_file(rows: Any, edition: Edition, name: str) -> tuple[bytes | str, str, str]:
    if name.endswith(".csv"):
        return csv_of(rows), "text/csv; charset=utf-8", name
    return json_of(rows, edition), "application/json", ""


def _page(
    request: HttpRequest,
    language: str,
    template: str,
    asked: tuple[str, ...],
    page: Callable[[Edition, EditionFigures], Any],
    query: dict[str, str] | None = None,
) -> HttpResponse:
    def content(edition: Edition, figures: EditionFigures) -> tuple[str, str, str]:
        rule = rule_of(the_workspace(), "public")
        said = {
            "edition": edition, "language": language, "here": template, "rule": rule, "rest": _rest(request, language, query),
            "name": the_workspace().settings.name, **page(edition, figures),
        }  # fmt: skip
        return render_to_string(f"public/{template}.html", said), _HTML, ""

    return _answer(request, language, (template, *asked), content)


def _answer(request: HttpRequest, language: str, asked: tuple[str, ...], content: Callable[..., Any]) -> HttpResponse:
    if language not in _LANGUAGES:
        raise Http404
    edition = newest_edition()
    figures = figures_of(edition) if edition is not None else None
    state = RegisterState.objects.values_list("last_import_seq", flat=True).first()
    number = str(edition.pk) if edition is not None and figures is not None else ""
    key = (settings.HEADWORKS_WORKSPACE, number, f"{edition and edition.published_at}", str(state), language, *asked)
    if edition is None or figures is None:
        said = {"language": language, "here": "", "rest": _rest(request, language)}
        answer = remembered(request, key[:5], language, lambda: (render_to_string("public/nothing.html", said), _HTML, ""))
        answer.headers["Cache-Control"] = "public, max-age=30"
        return answer
    return remembered(request, key, language, lambda: content(edition, figures))


def _rest(request: HttpRequest, language: str, query: dict[str, str] | None = None) -> str:
    """The address after the language, for the same page in another one; of the query only what the page hangs on."""
    path = request.path.partition(f"/{language}/")[2]
    said = urlencode({name: value for name, value in (query or {}).items() if value})
    return f"{path}?{said}" if said else path


def _part(figures: EditionFigures, one: PublicFigure) -> dict[str, Any]:
    """A figure with the same of the areas above, and as it went."""
    return {
        "figure": one,
        "ladder": bars_of(ladder_of(figures, one.area, one.analyte, one.period)),
        "series": steps_of(series_of(figures, one.area, one.analyte)),
    }


def _parents(found: AreaNode) -> list[AreaNode]:
    codes = codes_of(found.path)[:-1]
    known = AreaNode.objects.in_bulk(codes)
    return [known[code] for code in codes if code in known]


def _both_names(drug: str, analyte: str) -> str:
    first, second = drug_name(drug), residue_name(analyte)
    return first if ": " in drug or first.lower() == second.lower() else f"{first} ({second})"


def _choice(figures: EditionFigures, asked: dict[str, str]) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What is shown of what was asked for, and what else there is."""
    keys = figures.maps
    drugs = figures.drugs()
    residues = sorted(drugs, key=lambda one: (": " in drugs[one], drug_name(drugs[one])))
    levels = sorted(str(level) for level in keys["level"].unique().to_list()) if keys.height else []
    periods = figures.periods() if keys.height else []
    offered = {
        "residues": [(one, _both_names(drugs[one], one)) for one in residues], "levels": levels, "periods": periods,
    }  # fmt: skip
    if not residues:
        return None, offered
    # Counties have outlines on every map; of a workspace without them the most detailed level is shown.
    usual = "3" if "3" in levels else levels[-1]
    shortest = min(periods, key=lambda label: KINDS.index(Period.parse(label).kind))
    chosen = {
        "residue": asked["residue"] if asked["residue"] in residues else figures.most_found(residues),
        "period": asked["period"] if asked["period"] in periods else shortest,
        "level": int(asked["level"] if asked["level"] in levels else usual),
        "sort": asked["sort"] if asked["sort"] in SORTS else "name",
    }
    return chosen, offered
