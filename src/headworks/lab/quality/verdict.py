"""Released, needs a look, or rejected: a batch's verdict per analyte, and how a second person may overrule it.

- *rejected*: a broken rule rejects;
- *needs_a_look*: a broken rule asks for a look or withholds results, or a check that matters could not be made;
- *released*: neither.

A verdict is of one analyte: what is wrong with one does not hold up the others. What was computed stays beside what was
decided. The trap: an override is not a correction. It changes no number and no finding, and says who took it upon themselves.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.quality.findings import BATCH, LOOK, NOTE, NOTHING, REJECT, SAMPLES, WITHHOLD

VERDICTS = ("released", "needs_a_look", "rejected")
OVERRIDE_COLUMNS = ("batch_id", "analyte", "verdict", "decided_by", "reason")


class Override(NamedTuple):
    """What a second person decided of a batch's analyte, and why."""

    batch_id: str
    analyte: str
    verdict: str
    decided_by: str
    reason: str


def batch_verdicts(results: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """One verdict per batch and analyte, with every reason.

    Parameters
    ----------
    results
        From :func:`findings.results_of`.
    findings
        ``FINDING_SCHEMA``, of all checks.

    Returns
    -------
    pl.DataFrame
        batch_id, analyte, verdict (of ``VERDICTS``), reasons (sentences, the gravest first), notes (sentences that change
        nothing), touched_injections (samples a finding touches), withheld_injections (results that are not to be released
        whatever the verdict), sorted by batch and analyte.
    """
    grave = findings.filter(~pl.col("consequence").is_in([NOTHING, NOTE]))
    rank = pl.col("consequence").replace_strict({REJECT: 0, WITHHOLD: 1, LOOK: 2}, return_dtype=pl.Int8)
    ordered = grave.with_columns(_rank=rank).sort(*BATCH, "_rank", maintain_order=True)
    summed = ordered.group_by(BATCH, maintain_order=True).agg(_worst=pl.col("_rank").min(), reasons=pl.col("reason"))
    noted = findings.filter(consequence=NOTE).group_by(BATCH, maintain_order=True).agg(notes=pl.col("reason"))
    touched = _lists(grave, "touches", "touched_injections")
    withheld = _lists(findings.filter(consequence=WITHHOLD), "injections", "withheld_injections")
    samples = results.filter(pl.col("sample_type").is_in((*SAMPLES, "matrix_spike"))).select(*BATCH, "injection")
    withheld = withheld.explode("withheld_injections").join(
        samples, left_on=[*BATCH, "withheld_injections"], right_on=[*BATCH, "injection"], how="semi"
    ).group_by(BATCH).agg(pl.col("withheld_injections").sort())  # fmt: skip
    found = results.select(BATCH).unique().sort(BATCH)
    for part in (summed, noted, touched, withheld):
        found = found.join(part, on=BATCH, how="left", maintain_order="left")
    worst = pl.col("_worst")
    verdict = pl.when(worst == 0).then(pl.lit(VERDICTS[2])).when(worst.is_not_null()).then(pl.lit(VERDICTS[1]))
    empty_texts, empty_places = pl.lit([], pl.List(pl.String)), pl.lit([], pl.List(pl.Int64))
    return found.select(
        *BATCH,
        verdict.otherwise(pl.lit(VERDICTS[0])).alias("verdict"),
        *(pl.col(name).fill_null(empty_texts) for name in ("reasons", "notes")),
        *(pl.col(name).fill_null(empty_places) for name in ("touched_injections", "withheld_injections")),
    )


def _lists(findings: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """Distinct injections of a column of lists, per batch and analyte."""
    long = findings.select(*BATCH, pl.col(column).alias(name)).filter(pl.col(name).list.len() > 0).explode(name)
    return long.group_by(BATCH, maintain_order=True).agg(pl.col(name).unique().sort())


def require_second_person(override: Override, involved: frozenset[str]) -> None:
    """Refuse an override that a second person did not make, or made without a reason.

    Parameters
    ----------
    override
        What was decided.
    involved
        Who measured, evaluated or decided of this batch before, by the ids that ``decided_by`` is of; in whatever case.

    Raises
    ------
    DataRefused
        ``HW-D638`` for a person who is involved or not named, ``HW-D639`` for a reason without a word or a verdict that is
        not known.

    Examples
    --------
    >>> require_second_person(Override("b", "ketamine", "released", "li", "Rerun agrees."), frozenset({"wang"}))
    """
    who = override.decided_by.strip().casefold()
    if not who or who in {name.strip().casefold() for name in involved}:
        raise DataRefused(
            "A verdict is overruled by a second person.",
            where=f"batch {override.batch_id}, {override.analyte}",
            found=override.decided_by.strip() or "nobody",
            remedy="Ask someone who neither measured, evaluated nor decided this batch",
            code="HW-D638",
        )
    if override.verdict not in VERDICTS or not any(sign.isalpha() for sign in override.reason):
        raise DataRefused(
            "A verdict is overruled with a reason, to a verdict there is.",
            where=f"batch {override.batch_id}, {override.analyte}",
            found=override.verdict if override.verdict not in VERDICTS else "a reason without a word",
            remedy="Say why, and give one of " + ", ".join(VERDICTS),
            code="HW-D639",
        )


def with_overrides(verdicts: pl.DataFrame, overrides: pl.DataFrame) -> pl.DataFrame:
    """Verdicts as decided, the last override of each counting; what was computed stays in ``computed_verdict``.

    Parameters
    ----------
    verdicts
        From :func:`batch_verdicts`.
    overrides
        ``OVERRIDE_COLUMNS`` in order of time, each of them accepted by :func:`require_second_person`.

    Returns
    -------
    pl.DataFrame
        The verdicts with ``computed_verdict, decided_by, override_reason`` (the last two null without an override). Results
        that are withheld stay withheld.
    """
    last = overrides.select(OVERRIDE_COLUMNS).unique(BATCH, keep="last", maintain_order=True)
    last = last.rename({"verdict": "_decided", "reason": "override_reason"})
    joined = verdicts.rename({"verdict": "computed_verdict"}).join(last, on=BATCH, how="left", maintain_order="left")
    decided = pl.coalesce("_decided", "computed_verdict").alias("verdict")
    names = [name for name in verdicts.columns if name not in (*BATCH, "verdict")]
    return joined.select(*BATCH, decided, *names, "computed_verdict", "decided_by", "override_reason")
