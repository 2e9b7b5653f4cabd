"""Our own detector for counts, from a table of weeks to a table of weeks."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused
from headworks.warning.evidence.judge import judge
from headworks.warning.peers.counts import Counts, counts_of
from headworks.warning.predictive.baseline import N_PHI, PHI_STEP
from headworks.warning.predictive.counts import SHORTEST_YEARS, count_predictive

_NO_SAMPLE = "no sample in this week"
_WILD = (
    f"counts scatter by {math.exp(PHI_STEP * (N_PHI - 1)):,.0f} times chance or more: a law of loads fits them, none of counts"
)


def warn_counts(
    observed: pl.DataFrame,
    rng: np.random.Generator,
    *,
    freq: float = 52.0,
    evaluate: tuple[int, int] | None = None,
    known_outbreaks: pl.DataFrame | None = None,
    alpha: float = 0.01,
    level: float = 0.95,
    threads: int | None = None,
) -> pl.DataFrame:
    """What every evaluated week of every series says: expected, p-value, evidence, alarm.

    Parameters
    ----------
    observed
        ``series, t, observed``: a count for each week ``t``, a whole number; null or no row where a week is missing.
    rng
        Breaks ties of counts.
    freq
        Weeks in a year.
    evaluate
        First and last ``t``, both included, also beyond the table; its last one without. Evidence begins at the first.
    known_outbreaks
        ``series, t``: weeks that leave the baseline, are assessed all the same, and after which evidence begins anew.
    alpha
        False alarms a week, as a share.
    level
        Coverage of ``lower`` to ``upper``.
    threads
        At most.

    Returns
    -------
    pl.DataFrame
        ``series, t, observed, expected, lower, upper, dispersion, p_week, p_value, z, e_value, evidence, alarm, assessable,
        reason, weeks_in_baseline, weeks_believed_quiet``, a row for each series and evaluated week, in their order. Where a
        week is not assessable ``alarm`` is null and ``reason`` says why; ``expected`` and its bounds stand where there is a
        history.

    Raises
    ------
    DataRefused
        ``HW-D742`` when the table is empty, and as :func:`headworks.warning.peers.counts_of` and :func:`count_predictive`.
    UsageError
        As :func:`headworks.warning.peers.counts_of`, :func:`count_predictive` and ``judge``.

    Examples
    --------
    >>> weeks = pl.DataFrame({"series": "a", "t": range(100), "observed": [3, 4, 5, 4] * 24 + [3, 4, 5, 25]})
    >>> warn_counts(weeks, np.random.default_rng(1)).select("series", "t", "alarm").rows()
    [('a', 99, True)]
    """
    counts = counts_of(observed, evaluate)
    _require_rows(counts)
    columns = counts.columns[-1:] if evaluate is None else counts.columns
    first, last = int(columns[0]), int(columns[-1])
    known = _known(known_outbreaks, counts)
    found = count_predictive(
        counts.observed, rng, evaluate=(first, last), freq=freq, known_outbreaks=known, level=level, threads=threads
    )  # fmt: skip
    judged = judge(found.z, alpha, resets=known[:, columns], p=found.p_value)
    seen, flat = counts.observed[:, columns], np.ravel
    table = pl.DataFrame(
        {
            "series": counts.names.gather(np.repeat(np.arange(len(counts.names)), columns.size)),
            "t": np.tile(columns + counts.start, len(counts.names)),
            "observed": flat(seen),
            "expected": flat(found.expected),
            "lower": flat(found.lower),
            "upper": flat(found.upper),
            "dispersion": flat(found.dispersion),
            "p_week": flat(found.p_week),
            "p_value": flat(found.p_value),
            "z": flat(found.z),
            "e_value": flat(judged.e_value),
            "evidence": flat(judged.evidence),
            "alarm": flat(judged.alarm),
            "assessable": flat(judged.is_assessed),
            "weeks_in_baseline": flat(found.n_weeks).astype(np.int64),
            "weeks_believed_quiet": flat(found.believed_weeks),
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
    return _with_reason(table, round(SHORTEST_YEARS * freq))


def _with_reason(table: pl.DataFrame, fewest: int) -> pl.DataFrame:
    """Why a week was not assessed; its alarm is neither given nor denied."""
    short = pl.format(f"fewer than {fewest} weeks with a sample before it: {{}}", "weeks_in_baseline")
    reason = (
        pl.when(pl.col("observed").is_null()).then(pl.lit(_NO_SAMPLE))
        .when(pl.col("weeks_in_baseline") < fewest).then(short)
        .when(~pl.col("assessable")).then(pl.lit(_WILD))
    )  # fmt: skip
    return table.with_columns(alarm=pl.when("assessable").then("alarm"), reason=reason).select(
        "series", "t", "observed", "expected", "lower", "upper", "dispersion", "p_week", "p_value", "z", "e_value",
        "evidence", "alarm", "assessable", "reason", "weeks_in_baseline", "weeks_believed_quiet",
    )  # fmt: skip


def _require_rows(counts: Counts) -> None:
    """Refuse a table without a week."""
    if not counts.observed.size:
        raise DataRefused(
            "A table of counts has a row.", found="no row", remedy="Give a row for each series and week", code="HW-D742"
        )


def _known(weeks: pl.DataFrame | None, counts: Counts) -> npt.NDArray[np.bool_]:
    """Weeks of known outbreaks; those of other series or beyond the weeks are none of ours."""
    known = np.zeros(counts.observed.shape, dtype=bool)
    if weeks is None:
        return known
    last = counts.start + counts.observed.shape[1] - 1
    mine = weeks.filter(pl.col("series").is_in(counts.names.implode()), pl.col("t").is_between(counts.start, last))
    known[counts.names.search_sorted(mine["series"]).to_numpy(), mine["t"].to_numpy().astype(np.int64) - counts.start] = True
    return known
