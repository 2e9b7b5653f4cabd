"""The page of rounds between laboratories: what they hold back, the trend of an analyte's scores, every entry; and sending."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from headworks.core.errors import DataRefused, HeadworksError, UsageError
from headworks.jobs.laboratory import ROUND_ENDINGS
from headworks.lab.proficiency import laboratory_gate
from headworks.lab.sentences import translated_sentences
from headworks.web.access.decorators import signed_in
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import about
from headworks.web.operations.laboratory.laboratories import LABORATORY, areas_measured_in
from headworks.web.operations.laboratory.rounds.chart import chart_of_scores
from headworks.web.operations.laboratory.rounds.gate import last_rounds
from headworks.web.operations.laboratory.rounds.kept import keep_round, own_laboratories, rounds_of
from headworks.web.operations.laboratory.uploads import sent_files

OUTCOME_WORDS = {
    "satisfactory": gettext_lazy("satisfactory"), "questionable": gettext_lazy("questionable"),
    "unsatisfactory": gettext_lazy("unsatisfactory"), "false negative": gettext_lazy("there and not found"),
    "agrees, below limit": gettext_lazy("agrees, below its limit"), "no result": gettext_lazy("no result"),
}  # fmt: skip
# What follows from the last rounds, and from a year of them.
_STANDING = {
    "reject": gettext_lazy("held back"), "look": gettext_lazy("needs a look"), "none": gettext_lazy("free"),
    "note": gettext_lazy("not assessed"),
}  # fmt: skip
_YEAR_WORDS = {
    "use": gettext_lazy("use"), "keep out": gettext_lazy("keep out"), "not assessed": gettext_lazy("not assessed"),
}  # fmt: skip
_ORDER = ("reject", "look", "note", "none")
_ROWS_SHOWN = 300


@signed_in(*LABORATORY)
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """Rounds of a laboratory; the first of the reader's where none is named."""
    return _page(request)


@signed_in("measure")
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Scores or results of a round, for the laboratory of an area."""
    area_path = request.POST.get("area", "")
    try:
        (file, *_more) = sent_files(request, "file")
        kept = keep_round(request.reader, area_path, file, request_id=request.request_id)  # type: ignore[attr-defined]
    except (UsageError, DataRefused) as problem:
        return _page(request, problem)
    request.is_audited = True  # type: ignore[attr-defined]
    messages.success(request, ngettext("%(n)s score is kept.", "%(n)s scores are kept.", kept.height) % {"n": kept.height})
    return redirect(f"{reverse('rounds')}?{urlencode({'laboratory': area_path})}")


def _page(request: HttpRequest, problem: HeadworksError | None = None) -> HttpResponse:
    reader = request.reader  # type: ignore[attr-defined]
    known = own_laboratories(reader)
    paths = [path for path, _area in known]
    path = request.GET.get("laboratory", request.POST.get("area", paths[0] if paths else ""))
    if path not in paths:
        raise NotVisible(f"laboratory {path[:80]}")
    about(request, "rounds", area_path=path)
    kept = rounds_of(path)
    names = kept["analyte"].unique().sort().to_list()
    wanted = request.GET.get("analyte", "")
    standing = standing_of(kept)
    analyte = wanted if wanted in names else (standing[0]["analyte"] if standing else "")
    said: dict[str, Any] = {
        "laboratories": known, "path": path, "names": names, "analyte": analyte, "standing": standing, "problem": problem,
        "areas": areas_measured_in(reader), "form": request.POST, "endings": ROUND_ENDINGS, "n_entries": kept.height,
        "n_held": sum(one["consequence"] == "reject" for one in standing), "rows": _rows(kept),
    }  # fmt: skip
    if analyte:
        words = {name: str(text) for name, text in OUTCOME_WORDS.items()}
        title = _("Scores of %(analyte)s") % {"analyte": analyte}
        # Ours, written by ElementTree, which escapes what it is given.
        said["drawn"] = mark_safe(chart_of_scores(kept.filter(analyte=analyte), "scores", title=title, words=words))  # noqa: S308
    return render(request, "operations/laboratory_rounds.html", said, status=400 if problem else 200)


def standing_of(kept: pl.DataFrame) -> list[dict[str, Any]]:
    """What the last rounds and the last year say of each laboratory and analyte, what is held back first."""
    pairs = kept.select("analyte", "laboratory_id").unique().with_columns(batch_id=pl.col("laboratory_id"))
    findings = last_rounds(kept, pairs)
    said = translated_sentences(findings, _)
    # En is no z: it counts by its outcome alone.
    scores = kept.select(
        "analyte", "outcome", laboratory=pl.col("laboratory_id"), year=pl.col("reported_on").dt.year(),
        score=pl.when(pl.col("kind").fill_null("z") != "En").then("z"),
    )  # fmt: skip
    years = laboratory_gate(scores).group_by("laboratory", "analyte", maintain_order=True).last()
    both = findings.join(years, left_on=["batch_id", "analyte"], right_on=["laboratory", "analyte"], how="left")
    rank = pl.col("consequence").replace_strict(_ORDER, range(len(_ORDER)), return_dtype=pl.Int8)
    return [
        row | {
            "words": _STANDING[row["consequence"]], "said": said.get(row["reason"], row["reason"]),
            "year_words": _YEAR_WORDS.get(row["verdict"] or "", ""),
        }
        for row in both.sort(rank, "batch_id", "analyte").iter_rows(named=True)
    ]  # fmt: skip


def _rows(kept: pl.DataFrame) -> list[dict[str, Any]]:
    newest = kept.sort("reported_on", descending=True, maintain_order=True).head(_ROWS_SHOWN)
    return [row | {"words": OUTCOME_WORDS[row["outcome"]]} for row in newest.iter_rows(named=True)]
