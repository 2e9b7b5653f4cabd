"""Controls over time of a laboratory, one analyte a page: Levey–Jennings charts with lots and the rules that were broken."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from headworks.jobs.laboratory import controls_of
from headworks.reports.laboratory import levey_jennings
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import about
from headworks.web.operations.laboratory.laboratories import LABORATORY, laboratories_of, laboratory_of

_ROWS_SHOWN = 200


@signed_in(*LABORATORY)
@require_GET
def controls(request: HttpRequest) -> HttpResponse:
    """The chart of an analyte; the first of the reader's laboratories and of its analytes where none is named."""
    reader = request.reader  # type: ignore[attr-defined]
    known = laboratories_of(reader)
    paths = [path for path, _area in known]
    path = request.GET.get("laboratory", paths[0] if paths else "")
    if known and path not in paths:
        raise NotVisible(f"laboratory {path[:80]}")
    about(request, "controls", area_path=path)
    chart = controls_of(laboratory_of(path)) if known else None
    names = [] if chart is None or not chart.width else chart["analyte"].unique().sort().to_list()
    wanted = request.GET.get("analyte", "")
    analyte = wanted if wanted in names else (names[0] if names else "")
    said = {"laboratories": known, "path": path, "names": names, "analyte": analyte}
    if chart is not None and analyte:
        mine = chart.filter(analyte=analyte)
        # Ours, written by ElementTree, which escapes what it is given.
        said["drawn"] = mark_safe(levey_jennings(mine, analyte, "controls"))  # noqa: S308
        said["rows"] = mine.sort("run_at", descending=True).head(_ROWS_SHOWN).to_dicts()
        said["n_broken"] = sum(any(rule != "1_2s" for rule in row) for row in mine["rules"].to_list())
        said["n_controls"] = mine.height
    return render(request, "operations/laboratory_controls.html", said)
