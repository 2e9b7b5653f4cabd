"""Our own detector for counts, from a table of weeks to a table of weeks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused
from headworks.warning.evidence.judge import judge
from headworks.warning.predictive.counts import SHORTEST_YEARS, count_predictive

_NO_SAMPLE = "no sample in this week"
_COLUMNS = ("series", "t", "observed")


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
        First and last ``t``, both included; the last one of all series without. Evidence begins at the first.
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
        ``HW-D742`` when a column is missing or the table is empty, ``HW-D743`` when a series has a week twice, and as
        :func:`count_predictive`.
    UsageError
        As :func:`count_predictive` and ``judge``.

    Examples
    --------
    >>> weeks = pl.DataFrame({"series": "a", "t": range(100), "observed": [3, 4, 5, 4] * 24 + [3, 4, 5, 25]})
    >>> warn_counts(weeks, np.random.default_rng(1)).select("series", "t", "alarm").rows()
    [('a', 99, True)]
    """
    _require_weeks(observed)
    origin, n_weeks = _span(observed)
    names = observed["series"].unique().sort()
    counts = np.full((len(names), n_weeks), np.nan)
    place = names.search_sorted(observed["series"]).to_numpy(), observed["t"].to_numpy().astype(np.int64) - origin
    counts[place] = observed["observed"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    known = _known(known_outbreaks, names, origin, n_weeks)
    first, last = (n_weeks - 1, n_weeks - 1) if evaluate is None else (evaluate[0] - origin, evaluate[1] - origin)
    found = count_predictive(
        counts, rng, evaluate=(first, last), freq=freq, known_outbreaks=known, level=level, threads=threads
    )  # fmt: skip
    judged = judge(found.z, alpha, resets=known[:, first : last + 1], p=found.p_value)
    seen, flat = counts[:, first : last + 1], np.ravel
    table = pl.DataFrame(
        {
            "series": names.gather(np.repeat(np.arange(len(names)), last + 1 - first)),
            "t": np.tile(np.arange(first, last + 1) + origin, len(names)),
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
    reason = pl.when(pl.col("observed").is_null()).then(pl.lit(_NO_SAMPLE)).when(~pl.col("assessable")).then(short)
    return table.with_columns(alarm=pl.when("assessable").then("alarm"), reason=reason).select(
        "series", "t", "observed", "expected", "lower", "upper", "dispersion", "p_week", "p_value", "z", "e_value",
        "evidence", "alarm", "assessable", "reason", "weeks_in_baseline", "weeks_believed_quiet",
    )  # fmt: skip


def _require_weeks(observed: pl.DataFrame) -> None:
    """Refuse a table without the columns or with a week twice."""
    missing = [name for name in _COLUMNS if name not in observed.columns]
    if missing or observed.is_empty():
        raise DataRefused(
            "A table of counts has series, t and observed, and a row.",
            found=f"without {', '.join(missing)}" if missing else "no row",
            remedy="Give a row for each series and week",
            code="HW-D742",
        )
    twice = observed.filter(pl.struct("series", "t").is_duplicated())
    if twice.height:
        raise DataRefused(
            "A series has a week twice.",
            where=f"series {twice['series'][0]}, week {twice['t'][0]}",
            found=f"{twice.height} rows",
            remedy="Add the counts of a week up, or keep one",
            code="HW-D743",
        )


def _span(observed: pl.DataFrame) -> tuple[int, int]:
    """First week, and weeks from there to the last."""
    first, last = (
        int(observed["t"].to_numpy()[at]) for at in (observed["t"].arg_min(), observed["t"].arg_max()) if at is not None
    )
    return first, last + 1 - first


def _known(weeks: pl.DataFrame | None, names: pl.Series, origin: int, n_weeks: int) -> npt.NDArray[np.bool_]:
    """Weeks of known outbreaks; those of other series or beyond the weeks are none of ours."""
    known = np.zeros((len(names), n_weeks), dtype=bool)
    if weeks is None:
        return known
    mine = weeks.filter(pl.col("series").is_in(names.implode()), pl.col("t").is_between(origin, origin + n_weeks - 1))
    known[names.search_sorted(mine["series"]).to_numpy(), mine["t"].to_numpy().astype(np.int64) - origin] = True
    return known
