"""People behind sites in quarters, by one method each: register, design capacity, a marker, cotinine.

All take the site quarters that are wanted and give ``site_id, quarter, method, population, sigma, n_days, note``; ``sigma`` is
the log-scale standard deviation. With ``ln L`` and ``var``, the mean of the marker's days and its variance (``days``):

    ln P = ln L - ln(per capita)                                                                  (M10)
    sigma^2 = var + (ln(high / low) / (2 z))^2                                                    (M11)

Low to high is the 95 % range of the per-capita load. The trap is a per-capita load from memory or from elsewhere: it decides
the figure and is the same at every site, so the note says where it is from.
"""

from __future__ import annotations

import polars as pl

from headworks.core.periods import Period
from headworks.core.uncertainty import coverage_factor, sigma_log
from headworks.places.populations.cotinine import cotinine_mg_per_cigarette
from headworks.places.populations.days import marker_quarters

COLUMNS = ("site_id", "quarter", "method", "population", "sigma", "n_days", "note")
COTININE = "cotinine"
_LEVEL = 0.95
_LOW, _CENTRAL, _HIGH = (f"load_{which}_mg_per_person_per_day" for which in ("low", "central", "high"))


def population_registered(
    quarters: pl.DataFrame, sites: pl.DataFrame, populations: pl.DataFrame, u_register: float
) -> pl.DataFrame:
    """People by register: the newest row of ``populations`` valid on the quarter's last day, else the register of sites.

    Parameters
    ----------
    quarters
        ``site_id, quarter``: the estimates wanted.
    sites, populations
        Tables.
    u_register
        Relative standard uncertainty where the row states none.
    """
    ends = _with_dates(quarters).sort("last")
    dated = populations.select(
        "site_id", "valid_from", "u_population", _dated="population", _dated_method="population_method"
    ).sort("valid_from", "site_id")
    found = ends.join_asof(
        dated, left_on="last", right_on="valid_from", by="site_id", strategy="backward", check_sortedness=False
    )
    served = sites.select("site_id", _served="population_served", _served_method="population_method")
    found = found.join(served, on="site_id", how="left").sort("site_id", "quarter")
    is_dated = pl.col("_dated").is_not_null()
    method = pl.when(is_dated).then("_dated_method").otherwise("_served_method").fill_null("unstated")
    within = pl.when(is_dated & (pl.col("valid_from") > pl.col("first"))).then(
        pl.format("; valid from {}, within the quarter", pl.col("valid_from").cast(pl.String))
    )
    return _rows(
        found,
        method=pl.lit("register"),
        population=pl.coalesce("_dated", "_served"),
        sigma=sigma_log(pl.col("u_population").fill_null(u_register)),
        n_days=pl.lit(None, dtype=pl.Int32),
        note=pl.format("method: {}{}", method, within.otherwise(pl.lit(""))),
    )


def population_design(quarters: pl.DataFrame, sites: pl.DataFrame, u_design: float) -> pl.DataFrame:
    """People the plant was designed for, as an estimate of those who drain to it: poor, so ``u_design`` should be large."""
    found = quarters.join(sites.select("site_id", "design_population"), on="site_id", how="left").sort("site_id", "quarter")
    return _rows(
        found,
        method=pl.lit("design"),
        population=pl.col("design_population"),
        sigma=pl.lit(sigma_log(u_design)),
        n_days=pl.lit(None, dtype=pl.Int32),
        note=pl.lit(None, dtype=pl.String),
    )


def population_by_markers(
    quarters: pl.DataFrame, markers: pl.DataFrame, per_capita: pl.DataFrame, u_unstated: float
) -> pl.DataFrame:
    """People by every marker that was measured and whose per-capita load is known.

    Parameters
    ----------
    quarters
        ``site_id, quarter``: the estimates wanted.
    markers
        Table ``loads``, as for :func:`marker_quarters`.
    per_capita
        ``marker``, low, central and high load of a person, ``status``; with ``site_id`` where a site has its own, which
        goes before a row whose ``site_id`` is empty.
    u_unstated
        Relative standard uncertainty of a per-capita load whose range is not stated.
    """
    days = marker_quarters(quarters, markers, per_capita["marker"].unique().to_list())
    found = _with_per_capita(days, per_capita).filter(pl.col(_CENTRAL).is_not_null())
    memory = pl.when(pl.col("status") == "from memory").then(pl.lit("per-capita load from memory"))
    calibrated = pl.when(pl.col("status") == "calibrated").then(pl.lit("per-capita load calibrated at this site"))
    per_person = _log_range(pl.col(_LOW), pl.col(_HIGH), u_unstated)
    return _rows(
        found,
        method=pl.col("analyte"),
        population=(pl.col("mean_ln") - pl.col(_CENTRAL).log()).exp(),
        sigma=(pl.col("variance") + per_person * per_person).sqrt(),
        n_days=pl.col("n_days"),
        note=_notes(pl.coalesce(memory, calibrated), _no_range(pl.col(_LOW), pl.col(_HIGH)), _left_out()),
    )


def population_by_cotinine(
    quarters: pl.DataFrame, markers: pl.DataFrame, sites: pl.DataFrame, cigarettes: pl.DataFrame, u_unstated: float
) -> pl.DataFrame:
    """People by the provincial rule (M3): the load times the domestic share over cigarettes times cotinine of one.

    Parameters
    ----------
    quarters, markers, u_unstated
        As :func:`population_by_markers`.
    sites
        Table; a share that is not stated counts as 1, and the note says so.
    cigarettes
        From :func:`cigarettes_of_sites`; a site without a number gets a row without a population, whose note says why.
    """
    days = marker_quarters(quarters, markers, [COTININE])
    found = days.join(sites.select("site_id", "domestic_share"), on="site_id", how="left")
    found = found.join(cigarettes, on="site_id", how="left").sort("site_id", "quarter")
    per_person = pl.col("cigarettes_per_person_day") * cotinine_mg_per_cigarette()
    # A share of 0 leaves nothing to divide: no estimate rather than nobody.
    share = pl.col("domestic_share").fill_null(1.0)
    spread = _log_range(pl.col("cigarettes_low"), pl.col("cigarettes_high"), u_unstated)
    unstated = pl.when(pl.col("domestic_share").is_null()).then(pl.lit("domestic share not stated, taken as 1"))
    memory = pl.when(pl.col("status") == "from memory").then(pl.lit("cigarettes per person from memory"))
    lacking = pl.when(pl.col("cigarettes_per_person_day").is_null()).then(
        pl.lit("cotinine was measured, but no area of the site states its cigarettes per person: no estimate")
    )
    no_range = _no_range(pl.col("cigarettes_low"), pl.col("cigarettes_high"))
    return _rows(
        found,
        method=pl.lit(COTININE),
        population=pl.when(share > 0).then((pl.col("mean_ln") + share.log() - per_person.log()).exp()),
        sigma=(pl.col("variance") + spread * spread).sqrt(),
        n_days=pl.col("n_days"),
        note=pl.coalesce(lacking, _notes(memory, no_range, unstated, _left_out())),
        keep=pl.col("cigarettes_per_person_day").is_null(),
    )


def _with_per_capita(days: pl.DataFrame, per_capita: pl.DataFrame) -> pl.DataFrame:
    """Each site's own per-capita load of a marker, else the general one."""
    wanted = [_LOW, _CENTRAL, _HIGH, "status"]
    if "site_id" not in per_capita.columns:
        return days.join(per_capita.select("marker", *wanted), left_on="analyte", right_on="marker", how="left")
    own = per_capita.filter(pl.col("site_id").is_not_null()).select("site_id", "marker", *wanted)
    general = per_capita.filter(pl.col("site_id").is_null()).select("marker", *wanted)
    found = days.join(own, left_on=["site_id", "analyte"], right_on=["site_id", "marker"], how="left")
    found = found.join(general, left_on="analyte", right_on="marker", how="left", suffix="_general")
    is_own = pl.col(_CENTRAL).is_not_null()
    chosen = [pl.when(is_own).then(pl.col(name)).otherwise(pl.col(f"{name}_general")).alias(name) for name in wanted]
    return found.with_columns(chosen).sort("site_id", "quarter", "analyte")


def _with_dates(quarters: pl.DataFrame) -> pl.DataFrame:
    labels = quarters["quarter"].unique().sort()
    periods = [Period.parse(label) for label in labels]
    dates = pl.DataFrame(
        {"quarter": labels, "first": [p.first for p in periods], "last": [p.last for p in periods]},
        schema={"quarter": pl.String, "first": pl.Date, "last": pl.Date},
    )
    return quarters.join(dates, on="quarter", how="left")


def _log_range(low: pl.Expr, high: pl.Expr, u_unstated: float) -> pl.Expr:
    """Log-scale standard deviation of a value whose 95 % range is stated, or of one without a range."""
    half = 1.0 / (2.0 * coverage_factor(_LEVEL))
    return ((high.log() - low.log()) * half).fill_null(sigma_log(u_unstated))


def _no_range(low: pl.Expr, high: pl.Expr) -> pl.Expr:
    return pl.when(low.is_null() | high.is_null()).then(pl.lit("no range of the per-capita load is stated"))


def _left_out() -> pl.Expr:
    return pl.when(pl.col("n_censored") > 0).then(
        pl.format("{} censored days left out, so the estimate is on the high side", pl.col("n_censored"))
    )


def _notes(*parts: pl.Expr) -> pl.Expr:
    text = pl.concat_str(list(parts), separator="; ", ignore_nulls=True)
    return pl.when(text != "").then(text)


def _rows(frame: pl.DataFrame, *, keep: pl.Expr | None = None, **columns: pl.Expr) -> pl.DataFrame:
    """The columns of an estimate; without people there is no row, unless it says why."""
    rows = frame.with_columns(_keep=pl.lit(value=False) if keep is None else keep).with_columns(**columns)
    return rows.filter((pl.col("population") > 0).fill_null(value=False) | pl.col("_keep")).select(COLUMNS)
