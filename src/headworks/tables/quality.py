"""What speaks for or against a sample, a site and a day: conformity, populations by method, residue ratios, disposal."""

from __future__ import annotations

import dataframely as dy

from headworks.core.schema import Table, about

RATIO_VERDICTS = ["ordinary", "above_limit", "below_limit", "too_few_days"]


class Nonconformities(Table):
    """Where a sample departs from the sampling specification: one row per sample and rule that was broken or could not be judged."""

    sample_id = dy.String(primary_key=True, min_length=1, description="Sample.", metadata=about("-"))
    rule = dy.String(primary_key=True, min_length=1, description="Rule of the specification.", metadata=about("-"))
    verdict = dy.Enum(["broken", "not_stated"], description="broken; not_stated when the sample does not say what the rule asks.", metadata=about("-"))
    found = dy.String(nullable=True, description="What the sample says.", metadata=about("-"))
    asked = dy.String(description="What the rule asks.", metadata=about("-"))
    specification = dy.String(description="Specification and its edition.", metadata=about("-"))


class PopulationEstimates(Table):
    """People behind a site in a quarter, by every method, and combined."""

    site_id = dy.String(primary_key=True, min_length=1, description="Site.", metadata=about("-"))
    quarter = dy.String(primary_key=True, description="2026-Q4.", metadata=about("-"))
    method = dy.String(primary_key=True, description="register, design, ammonium, cotinine … or combined.", metadata=about("-"))
    population = dy.Float64(min=0, description="Median.", metadata=about("people"))
    lower = dy.Float64(min=0, description="Lower 95 % bound.", metadata=about("people"))
    upper = dy.Float64(min=0, description="Upper 95 % bound.", metadata=about("people"))
    u_population = dy.Float64(min=0, description="Relative standard uncertainty.", metadata=about("1"))
    n_days = dy.Int32(nullable=True, min=0, description="Days with the marker; empty for a register.", metadata=about("days"))
    is_used = dy.Bool(description="Whether loads are divided by this one.", metadata=about("-"))
    note = dy.String(nullable=True, description="Where the methods disagree, or a per-capita load is from memory.", metadata=about("-"))


class ResidueRatios(Table):
    """Ratio of two residues of one drug on a day, with the control limits of the site's own past."""

    site_id = dy.String(primary_key=True, min_length=1, description="Site.", metadata=about("-"))
    day = dy.Date(primary_key=True, description="Sampling day.", metadata=about("date"))
    numerator = dy.String(primary_key=True, description="Residue above the line.", metadata=about("-"))
    denominator = dy.String(primary_key=True, description="Residue below the line.", metadata=about("-"))
    drug = dy.String(description="Drug both come from.", metadata=about("-"))
    ratio = dy.Float64(nullable=True, min=0, description="Molar ratio; empty when a residue was not quantified.", metadata=about("mol/mol"))
    ratio_least = dy.Float64(nullable=True, min=0, description="The least it can have been.", metadata=about("mol/mol"))
    ratio_most = dy.Float64(nullable=True, min=0, description="The most it can have been; empty when unbounded.", metadata=about("mol/mol"))
    lower_limit = dy.Float64(nullable=True, min=0, description="Lower control limit.", metadata=about("mol/mol"))
    upper_limit = dy.Float64(nullable=True, min=0, description="Upper control limit.", metadata=about("mol/mol"))
    n_history = dy.Int32(min=0, description="Days behind the limits.", metadata=about("days"))
    verdict = dy.Enum(RATIO_VERDICTS, description="ordinary, above_limit, below_limit or too_few_days.", metadata=about("-"))


class DisposalEvents(Table):
    """Days on which a drug was poured away rather than used, as far as its residues tell; kept visible, out of the trend."""

    site_id = dy.String(primary_key=True, min_length=1, description="Site.", metadata=about("-"))
    day = dy.Date(primary_key=True, description="Sampling day.", metadata=about("date"))
    drug = dy.String(primary_key=True, description="Drug.", metadata=about("-"))
    test = dy.String(primary_key=True, description="enantiomeric_fraction, residue_ratio or load_jump.", metadata=about("-"))
    analytes = dy.String(description="Residues whose loads of the day are kept out of the trend, separated by semicolons.", metadata=about("-"))
    statistic = dy.Float64(nullable=True, min=0, description="Fraction or ratio found.", metadata=about("1"))
    limit = dy.Float64(nullable=True, min=0, description="Fraction of consumption, or control limit.", metadata=about("1"))
    disposed_share = dy.Float64(nullable=True, min=0, max=1, description="Share of the load that was not consumed.", metadata=about("1"))
    lower = dy.Float64(nullable=True, min=0, max=1, description="Lower 95 % bound of that share.", metadata=about("1"))
    upper = dy.Float64(nullable=True, min=0, max=1, description="Upper 95 % bound of that share.", metadata=about("1"))
    is_kept_out = dy.Bool(description="Whether the day is out of means and trends.", metadata=about("-"))
    explanation = dy.String(description="In words.", metadata=about("-"))
