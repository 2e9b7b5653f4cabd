"""What screening found in samples that the reader's laboratory works on, and what a person makes of it.

Hits of a workspace are of everybody's samples. The trap is *first seen*: over all samples it would tell of a neighbour's, so
here it is the first day among the samples that the reader sees.
"""

from __future__ import annotations

import hashlib
from typing import Any

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.jobs.screening import list_archive, read_hits, review_hit
from headworks.jobs.screening.screen_files import read_known_suspects
from headworks.tables.screening import HIT_LEVELS
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.opened import the_workspace
from headworks.web.operations.laboratory.laboratories import LABORATORY
from headworks.web.operations.models import HitReview, SampleRecord

DECIDING = ("measure", "approve")
_KEY = ("sample_id", "substance", "adduct", "run")
# A spectrum of the archive is that of a hit when its precursor is within this of the hit's.
_PPM = 25.0


def hits_of(reader: Reader) -> pl.DataFrame:
    """Hits of the reader's samples with ``hit`` (a name for addresses), what is open and well identified first."""
    hits = read_hits(the_workspace())
    if not any("" in reader.roots(scope) for scope in LABORATORY):
        names = hits["sample_id"].unique().to_list()
        seen: set[str] = set()
        for scope in LABORATORY:
            seen |= set(SampleRecord.objects.visible_to(reader, scope).filter(pk__in=names).values_list("pk", flat=True))
        hits = hits.filter(pl.col("sample_id").is_in(sorted(seen)))
    compound = pl.coalesce(pl.col("inchikey").str.slice(0, 14), pl.col("substance").str.to_lowercase())
    rank = pl.col("level").cast(pl.String).replace_strict(HIT_LEVELS, list(range(len(HIT_LEVELS))), return_dtype=pl.Int32)
    return hits.with_columns(
        first_seen=pl.col("sampled_on").filter(pl.col("review") != "rejected").min().over(compound),
        hit=pl.struct(_KEY).map_elements(_name, return_dtype=pl.String), _rank=rank, _is_done=pl.col("review") != "open",
    ).sort("_is_done", "_rank", "first_seen", "sample_id", "substance", nulls_last=True).drop("_rank", "_is_done")  # fmt: skip


def _name(key: dict[str, str | None]) -> str:
    said = "\x1f".join(str(key[name] or "") for name in _KEY)
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def require_hit(reader: Reader, name: str) -> dict[str, Any]:
    """One hit that the reader may see.

    Raises
    ------
    NotVisible
        When there is none, or it is of somebody else's sample.
    """
    found = hits_of(reader).filter(hit=name)
    if found.is_empty():
        raise NotVisible(f"hit {name[:40]}")
    return found.row(0, named=True)


def area_of(sample_id: str) -> str:
    """Whose the sample is; nobody's in particular when the desk does not know it."""
    rows = SampleRecord.objects.unscoped("the sample of a hit that the reader sees").filter(pk=sample_id)
    return str(rows.values_list("owner_path", flat=True).first() or "")


def spectrum_of(hit: dict[str, object]) -> tuple[list[float], list[float]] | None:
    """m/z and heights of the archived MS2 spectrum of a hit that lies nearest in time, or None."""
    run = next((run for run in list_archive(the_workspace()) if run.run == hit["run"]), None)
    if run is None:
        return None
    archived = run.open()
    mz, at = float(str(hit["precursor_mz"])), hit["retention_time_min"]
    rows = archived.precursors.with_row_index("_row").filter((pl.col("precursor_mz") / mz - 1.0).abs() <= _PPM * 1e-6)
    if rows.is_empty():
        return None
    if at is not None:
        rows = rows.sort((pl.col("retention_time_min") - float(str(at))).abs(), "_row", nulls_last=True)
    peaks = archived.spectra([int(rows["_row"][0])])
    return peaks["mz"][0].to_list(), peaks["intensity"][0].to_list()


def expected_of(hit: dict[str, Any]) -> tuple[list[float], list[float] | None]:
    """What is expected of a hit: peaks of the library's record with their heights, else the list's fragments without."""
    if hit["library_mz"]:
        return list(hit["library_mz"]), list(hit["library_share"])
    rows = read_known_suspects(the_workspace()).filter(substance=hit["substance"])
    return sorted({mz for row in rows["fragment_mz"].to_list() for mz in row or []}), None


def reviews_of(hit: dict[str, object]) -> list[HitReview]:
    """What was said of the suspect in this sample, the newest first, for whoever was let at the hit."""
    rows = HitReview.objects.unscoped("reviews of a hit that the reader sees")
    return list(rows.filter(sample_id=hit["sample_id"], substance=str(hit["substance"])[:200]).order_by("-pk"))


def decide_hit(reader: Reader, name: str, verdict: str, reason: str, *, request_id: str = "") -> None:
    """Confirm or reject a hit, with a reason.

    Raises
    ------
    NotVisible
        When it is not the reader's, or they neither measure nor approve there.
    UsageError
        ``HW-U143`` without a reason, ``HW-U213`` for another word.
    """
    hit = require_hit(reader, name)
    sample_id, suspect, area_path = str(hit["sample_id"]), str(hit["substance"]), area_of(str(hit["sample_id"]))
    if not any(reader.has(scope, area_path) for scope in DECIDING):
        raise NotVisible(f"hit {name[:40]}: decide")
    if not reason.strip():
        raise UsageError(_("A reason is needed."), where=suspect, remedy=_("Say why"), code="HW-U143")
    with transaction.atomic():
        HitReview.objects.create(
            sample_id=sample_id, substance=suspect[:200], area_path=area_path, verdict=verdict[:10],
            reason=reason.strip()[:1000],
            decided_by=reader.username,
        )  # fmt: skip
        record(
            "hit_reviewed", actor=reader.username, purpose=reader.purpose, request_id=request_id, object_kind="screening_hit",
            object_id=name, area_path=area_path,
            detail={"sample_id": sample_id, "substance": suspect, "verdict": verdict[:40], "reason": reason[:1000]},
        )  # fmt: skip
        # Last, so that a word that is refused leaves nothing behind.
        review_hit(the_workspace(), sample_id, suspect, verdict)
