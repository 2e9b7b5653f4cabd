"""Pages of screening: what waits for a person, one hit with its spectra head to tail, accepted or rejected with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from headworks.core.errors import UsageError
from headworks.web.access.decorators import signed_in
from headworks.web.audit.middleware import about
from headworks.web.operations.laboratory.laboratories import LABORATORY
from headworks.web.operations.laboratory.screening.hits import (
    DECIDING,
    area_of,
    decide_hit,
    expected_of,
    hits_of,
    require_hit,
    reviews_of,
    spectrum_of,
)
from headworks.web.operations.laboratory.screening.mirrored_spectra import mirrored_spectra
from headworks.web.operations.laboratory.screening.words import REVIEW_WORDS, reason_words, rule_words

_PAGE = 100


@signed_in(*LABORATORY)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Hits of the reader's samples, what is open first."""
    hits = hits_of(request.reader)  # type: ignore[attr-defined]
    about(request, "screening")
    wanted = request.GET.get("state", "")
    shown = hits.filter(review=wanted) if wanted in REVIEW_WORDS else hits
    page = Paginator(shown.to_dicts(), _PAGE).get_page(request.GET.get("page"))
    said = {
        "page": page, "rows": [(row, REVIEW_WORDS[row["review"]], rule_words(row["rule"])) for row in page],
        "wanted": wanted, "words": REVIEW_WORDS,
        "may_send": request.reader.has("measure"),  # type: ignore[attr-defined]
        "n_open": hits.filter(review="open").height, "query": f"state={wanted}" if wanted in REVIEW_WORDS else "",
    }  # fmt: skip
    return render(request, "operations/laboratory_screening.html", said)


@signed_in(*LABORATORY)
@require_GET
def hit(request: HttpRequest, hit: str) -> HttpResponse:
    """One hit."""
    return _page(request, hit)


def _page(request: HttpRequest, name: str, problem: UsageError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    found = require_hit(reader, name)
    area_path = area_of(str(found["sample_id"]))
    about(request, "screening_hit", name, area_path)
    spectrum = spectrum_of(found)
    said: dict[str, Any] = {
        "hit": found, "problem": problem, "form": request.POST, "words": REVIEW_WORDS[str(found["review"])],
        "rule": rule_words(str(found["rule"])), "reason": reason_words(str(found["reason"])),
        "reviews": [(one, REVIEW_WORDS.get(one.verdict, one.verdict)) for one in reviews_of(found)],
        "may_decide": any(reader.has(scope, area_path) for scope in DECIDING),
    }  # fmt: skip
    if spectrum is not None:
        title = _("%(suspect)s in %(sample)s") % {"suspect": found["substance"], "sample": found["sample_id"]}
        drawn = mirrored_spectra(spectrum, expected_of(found), "spectra", title=title)
        # Ours, written by ElementTree, which escapes what it is given.
        said["drawn"] = mark_safe(drawn)  # noqa: S308
    return render(request, "operations/laboratory_hit.html", said, status=400 if problem else 200)


@signed_in(*DECIDING)
@require_POST
def decide(request: HttpRequest, hit: str) -> HttpResponse:
    """Accept or reject a hit."""
    said = request.POST
    try:
        decide_hit(
            request.reader, hit, said.get("verdict", ""), said.get("reason", ""),  # type: ignore[attr-defined]
            request_id=request.request_id,  # type: ignore[attr-defined]
        )  # fmt: skip
    except UsageError as problem:
        return _page(request, hit, problem)
    request.is_audited = True  # type: ignore[attr-defined]
    messages.success(request, _("Written down."))
    return redirect("screening-hit", hit)
