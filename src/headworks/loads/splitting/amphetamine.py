"""Amphetamine used as such, after what use of methamphetamine left of it.

    amphetamine = l_amphetamine - l_methamphetamine x rho                                     (L25)

rho is the ratio of the two after use of methamphetamine, from the reference or calibrated at sites of which it is known that
their amphetamine is a metabolite only. The trap is to calibrate at a site where amphetamine is used: then none is left.
"""

from __future__ import annotations

import polars as pl

from headworks.core.errors import DataRefused
from headworks.loads.derive_consumption import select_consumption_factors
from headworks.loads.splitting.split_rows import DerivedSplit, Part, as_part, shared_correlation, split_rows
from headworks.reference.residue_pairs import splitting_ratios

RESIDUES = "amphetamine - methamphetamine"
_SITE_DAY = ["site_id", "day"]
_LEAST_DAYS = 2


def derive_amphetamine(
    loads: pl.DataFrame, factors: pl.DataFrame, parameter_set: str, ratios: pl.DataFrame | None = None
) -> DerivedSplit:
    """Amphetamine of every site and day on which methamphetamine was measured too (L25).

    Parameters
    ----------
    loads
        Table ``loads``.
    factors
        Of a parameter set.
    parameter_set
        Its name.
    ratios
        ``site_id, ratio, u_ratio`` as :func:`calibrate_amphetamine_ratio` gives them; other sites take the ratio of the
        reference.

    Returns
    -------
    DerivedSplit
        For :func:`headworks.loads.replace_consumption`. Methamphetamine that was not quantified takes nothing off the value,
        and its limit off the lower bound.
    """
    default = splitting_ratios().row(by_predicate=pl.col("residue") == "amphetamine", named=True)
    if ratios is None:
        ratios = pl.DataFrame(schema={"site_id": pl.String, "ratio": pl.Float64, "u_ratio": pl.Float64})
    source = loads.filter(pl.col("analyte") == default["source"]).select(
        *_SITE_DAY, _meth="load_mg_per_1000_per_day", _meth_most="limit_mg_per_1000_per_day", _meth_u_day="u_day"
    )
    rows = loads.filter((pl.col("analyte") == "amphetamine") & pl.col("population").is_not_null())
    rows = rows.join(source, on=_SITE_DAY, how="inner").join(
        ratios.select("site_id", "ratio", "u_ratio"), on="site_id", how="left"
    )
    ratio, u_ratio = pl.col("ratio").fill_null(default["ratio"]), pl.col("u_ratio").fill_null(default["u_ratio"])
    part = as_part(
        "amphetamine_of_methamphetamine", pl.col("_meth") * ratio, pl.col("_meth_u_day"), u_ratio, shared_correlation(),
        pl.col("_meth_most") * ratio,
    )  # fmt: skip
    rows = rows.with_columns(*part, drug=pl.lit("amphetamine"), residues=pl.lit(RESIDUES), is_complete=pl.lit(value=True))
    chosen = select_consumption_factors(factors).filter((pl.col("drug") == "amphetamine") & (pl.col("_rank") == 0))
    parts = [Part("amphetamine_of_methamphetamine", is_of_the_sample=True)]
    return split_rows(rows, parts, chosen, parameter_set)


def calibrate_amphetamine_ratio(loads: pl.DataFrame, sites: list[str]) -> pl.DataFrame:
    """Median ratio of amphetamine to methamphetamine at sites where amphetamine is a metabolite only.

    Parameters
    ----------
    loads
        Table ``loads``.
    sites
        Sites of which that is known; days on which both were quantified count.

    Returns
    -------
    pl.DataFrame
        site_id, ratio, u_ratio (log-scale standard error of the median), n_days, sorted by site.

    Raises
    ------
    DataRefused
        ``HW-D257`` when a site has fewer than 2 days with both.
    """
    both = loads.filter(pl.col("analyte") == "amphetamine").join(
        loads.filter(pl.col("analyte") == "methamphetamine"), on=_SITE_DAY, how="inner", suffix="_meth"
    )
    ratio = pl.col("load_mg_per_day") * (1.0 / pl.col("load_mg_per_day_meth"))
    both = both.filter(pl.col("site_id").is_in(sites) & (pl.col("load_mg_per_day") > 0) & (pl.col("load_mg_per_day_meth") > 0))
    logs = both.select("site_id", "day", log=ratio.log()).sort("site_id", "day")
    found = logs.group_by("site_id", maintain_order=True).agg(
        ratio=pl.col("log").median().exp(), sd=pl.col("log").std(), n_days=pl.len().cast(pl.Int32)
    )
    few = sorted(set(sites) - set(found.filter(pl.col("n_days") >= _LEAST_DAYS)["site_id"]))
    if few:
        raise DataRefused(
            "A ratio of amphetamine to methamphetamine cannot be calibrated.",
            where="site " + ", ".join(few),
            found=f"fewer than {_LEAST_DAYS} days with both quantified",
            remedy="Leave the site out or give more days",
            code="HW-D257",
        )
    # The median of a normal sample varies sqrt(pi/2) times as much as its mean.
    error = pl.col("sd") * (1.0 / pl.col("n_days").cast(pl.Float64)).sqrt() * 1.2533141373155001
    return found.select("site_id", "ratio", u_ratio=(error.pow(2).exp() - 1.0).sqrt(), n_days="n_days")
