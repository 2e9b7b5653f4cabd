"""What stands beside the figures of a year: disposal, populations by every method, conformity of the samples."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import polars as pl

from headworks.core.periods import period_label
from headworks.loads import disposal_events, fractions_of_days, kept_out_days, residue_ratios
from headworks.loads.sampling import nonconformities
from headworks.places.populations import PopulationErrors, cigarettes_of_sites, population_estimates, sampled_quarters
from headworks.reference import population_markers, uncertainty_defaults
from headworks.tables import PART
from headworks.workflows.method import Method
from headworks.workflows.parts import with_part_of_period


class Disposal(NamedTuple):
    """Tables ``residue_ratios`` and ``disposal_events``, and the loads kept out of means: ``site_id, day, analyte``."""

    ratios: pl.DataFrame
    events: pl.DataFrame
    kept_out: pl.DataFrame


def derive_disposal(loads: pl.DataFrame, facts: dict[str, pl.DataFrame], method: Method, since: dt.date) -> Disposal:
    """Days on which a drug was poured away, from a day on; earlier loads are the past that they are judged by."""
    fractions = fractions_of_days(facts["enantiomeric_fractions"], facts["samples"])
    # A corrected load is carried back to the source already.
    residence = None if method.in_sewer_loss == "corrected" else facts["sites"].filter(pl.col("residence_h").is_not_null())
    ratios = residue_ratios(loads, since=since, residence=residence)
    events = disposal_events(ratios, fractions.filter(pl.col("day") >= since), loads, since=since)
    return Disposal(ratios, events, kept_out_days(events))


def derive_populations(
    loads: pl.DataFrame, facts: dict[str, pl.DataFrame], method: Method, quarters: frozenset[str]
) -> pl.DataFrame:
    """Table ``population_estimates`` of some quarters, with its part."""
    days = loads.select("day").unique().with_columns(quarter=period_label(pl.col("day"), "quarter"))
    days = days.filter(pl.col("quarter").is_in(list(quarters)))
    marked = loads.join(days, on="day", how="inner", maintain_order="left")
    said = uncertainty_defaults().filter(parameter="population")
    errors = PopulationErrors(method.uncertainty["population"], said["high"].item())
    cigarettes = cigarettes_of_sites(facts["sites"], facts["areas"], method.smoking)
    estimates = population_estimates(
        marked, facts["sites"], facts["populations"], population_markers(), cigarettes, sampled_quarters(marked), errors=errors
    )
    return with_part_of_period(estimates, "quarter")


def derive_conformity(samples: pl.DataFrame, method: Method, year: int, quarters: frozenset[str] | None) -> pl.DataFrame:
    """Table ``nonconformities`` of the samples of some quarters of a year, all when None, with the part of their day.

    A quarter is judged whole: some rules count blanks and duplicates in it.
    """
    mine = samples.filter(pl.col("day").dt.year() == year)
    if quarters is not None:
        mine = mine.filter(period_label(pl.col("day"), "quarter").is_in(list(quarters)))
    found = nonconformities(mine.drop("day"), method.sampling_rules)
    parts = mine.select("sample_id", pl.col("day").dt.strftime("%Y-%m").alias(PART))
    return found.join(parts, on="sample_id", how="left", maintain_order="left")
