"""Whether the data of a laboratory may be used for an analyte, by its rounds.

SCORE leaves out pairs of laboratory and analyte with an unsatisfactory score. A pair passes for a year when its mean |z| of
that year's scored results is satisfactory, no more than one in four of its results is a false negative or unsatisfactory, and
there was a round at all. The trap: a pair without a round has not failed; it is *not assessed*, and the user decides.
"""

from __future__ import annotations

import polars as pl

from headworks.core.errors import DataRefused
from headworks.reference.lab_values import lab_constant

COLUMNS = ("laboratory", "analyte", "year", "score", "outcome")
# Share of a year's results that may fail: one of a round of four samples, our choice.
_MOST_FAILING = 0.25
_FAILING = ("unsatisfactory", "false negative")


def laboratory_gate(scores: pl.DataFrame) -> pl.DataFrame:
    """Verdict for every laboratory, analyte and year.

    Parameters
    ----------
    scores
        laboratory, analyte, year, score (null or nan for a censored entry), outcome (of ``OUTCOMES``); a row a result.

    Returns
    -------
    pl.DataFrame
        laboratory, analyte, year, n_results, n_scored, mean_score (its sign shows a bias), mean_absolute_score, n_failing,
        verdict (use, keep out, not assessed), reason; in order of the first three.

    Raises
    ------
    DataRefused
        ``HW-D619`` where a column is missing.

    Examples
    --------
    >>> rows = {"laboratory": ["L", "L"], "analyte": ["ketamine"] * 2, "year": [2025] * 2}
    >>> one = pl.DataFrame(rows | {"score": [0.5, 3.4], "outcome": ["satisfactory", "unsatisfactory"]})
    >>> laboratory_gate(one).select("mean_absolute_score", "n_failing", "verdict").row(0)
    (1.95, 1, 'keep out')
    """
    missing = [name for name in COLUMNS if name not in scores.columns]
    if missing:
        raise DataRefused(
            "A table of scores lacks a column.",
            found=", ".join(scores.columns),
            remedy="Add " + ", ".join(missing),
            code="HW-D619",
        )
    score = pl.col("score").cast(pl.Float64).fill_nan(None)
    has_result = pl.col("outcome") != "no result"
    summed = scores.group_by("laboratory", "analyte", "year").agg(
        n_results=has_result.sum(),
        n_scored=score.is_not_null().sum(),
        mean_score=score.mean(),
        mean_absolute_score=score.abs().mean(),
        n_failing=pl.col("outcome").is_in(_FAILING).sum(),
    )
    is_far = pl.col("mean_absolute_score").fill_null(0.0) > lab_constant("score_warning")
    is_failing = pl.col("n_failing") > _MOST_FAILING * pl.col("n_results")
    reason = (
        pl.when(pl.col("n_results") == 0)
        .then(pl.lit("no result in a round"))
        .when(is_far)
        .then(pl.lit("the mean score is beyond the warning limit"))
        .when(is_failing)
        .then(pl.lit("too many results fail"))
        .otherwise(pl.lit(""))
    )
    verdict = (
        pl.when(pl.col("n_results") == 0)
        .then(pl.lit("not assessed"))
        .when(is_far | is_failing)
        .then(pl.lit("keep out"))
        .otherwise(pl.lit("use"))
    )
    return summed.with_columns(verdict=verdict, reason=reason).sort("laboratory", "analyte", "year")
