"""What programmes agree on rather than measure: default uncertainties, weeks, country codes, per-capita markers.

The trap is the week: the same programme printed its weekday means from Tuesday to Thursday in most years and from Tuesday
to Friday in one. So a convention has years, and the narrower row comes first and wins.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from headworks.reference.parameter_files import DATA_DIR

_NUMBER = pl.Float64


@cache
def uncertainty_defaults() -> pl.DataFrame:
    """Relative standard uncertainties used where a file states none.

    Returns
    -------
    pl.DataFrame
        parameter, scope (u_day, u_batch, u_site, u_factor), rsd, low, high, status, citation, note.

    Examples
    --------
    >>> uncertainty_defaults().filter(parameter="flow")["rsd"].item()
    0.2
    """
    return _read("uncertainty.csv", rsd=_NUMBER, low=_NUMBER, high=_NUMBER)


@cache
def week_conventions() -> pl.DataFrame:
    """Named conventions of a weekly mean; of the rows that hold for a year, the first wins.

    Returns
    -------
    pl.DataFrame
        convention, weekday_days, weekend_days (lists of 1 Monday ... 7 Sunday), first_year, last_year (empty: open),
        zero_is (what a printed zero counts as in the mean), citation.

    Examples
    --------
    >>> week_conventions().select("convention", "weekday_days").rows()
    [('score-2021', [2, 3, 4, 5]), ('score', [2, 3, 4])]
    """
    frame = _read("week_conventions.csv", first_year=pl.Int16, last_year=pl.Int16)
    return frame.with_columns(pl.col("weekday_days", "weekend_days").str.split(";").cast(pl.List(pl.Int8)))


@cache
def population_markers() -> pl.DataFrame:
    """Per-capita loads of the substances a population can be estimated from.

    Returns
    -------
    pl.DataFrame
        marker (an analyte where it is measured in the sample), load_low_, load_central_ and
        load_high_mg_per_person_per_day (empty where only a rule is known; the rule is in the note), published_unit,
        stability, status, citation, note.

    Examples
    --------
    8 g of ammonium nitrogen per person and day.

    >>> population_markers().filter(marker="ammonium")["load_central_mg_per_person_per_day"].item()
    8000.0
    """
    loads = (f"load_{which}_mg_per_person_per_day" for which in ("low", "central", "high"))
    return _read("population_markers.csv", **dict.fromkeys(loads, _NUMBER))


@cache
def country_codes() -> pl.DataFrame:
    """Country codes as editions print them, and the ISO 3166 code they stand for.

    Returns
    -------
    pl.DataFrame
        published_code, iso_code, name_en, name_zh.

    Examples
    --------
    >>> country_codes().filter(published_code="H")["iso_code"].item()
    'HU'
    """
    return _read("country_codes.csv")


def _read(name: str, **types: type[pl.DataType]) -> pl.DataFrame:
    frame = pl.read_csv(DATA_DIR / name, infer_schema=False)
    return frame.with_columns(pl.col(column).cast(dtype) for column, dtype in types.items())
