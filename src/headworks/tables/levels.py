"""Levels and trends week by week, days that stand out, and estimates of whole areas."""

from __future__ import annotations

import dataframely as dy

from headworks.core.schema import Table, about

_LOAD = "mg/d per 1,000 people"
UNIT_KINDS = ["site", "area"]
BASES = ["measured", "partly_measured", "modelled"]


class Trends(Table):
    """Level and trend of a site or of the sampled part of an area at the end of an ISO week, from all days near it.

    The level is the mean day's load, weekdays evened out; days below a limit count as what they are. Earlier weeks are told anew
    as later days come in; ``level_online`` is what the days up to that week alone say.
    """

    unit_kind = dy.Enum(UNIT_KINDS, primary_key=True, description="site or area.", metadata=about("-"))
    unit_id = dy.String(primary_key=True, min_length=1, description="Site or area.", metadata=about("-"))
    period = dy.String(primary_key=True, description="ISO week, such as 2026-W46.", metadata=about("-"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue.", metadata=about("-"))
    drug = dy.String(description="Drug it stands for.", metadata=about("-"))
    level = dy.Float64(nullable=True, min=0, description="Level; empty where no day near it was quantified.", metadata=about(_LOAD))
    lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound; compares a unit with itself.", metadata=about(_LOAD))
    upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound; where no day was quantified, the limit.", metadata=about(_LOAD))
    lower_total = dy.Float64(nullable=True, min=0, description="Lower 95 % bound with what all weeks share; compares units.", metadata=about(_LOAD))
    upper_total = dy.Float64(nullable=True, min=0, description="Upper 95 % bound with what all weeks share.", metadata=about(_LOAD))
    level_online = dy.Float64(nullable=True, min=0, description="Level as the days up to the end of this week say it.", metadata=about(_LOAD))
    change_per_year = dy.Float64(nullable=True, min=0, description="Factor by which the level grows in a year at the slope of this week.", metadata=about("1"))
    p_rising = dy.Float64(nullable=True, min=0, max=1, description="Probability that the level rises in this week.", metadata=about("1"))
    quarter_ratio = dy.Float64(nullable=True, min=0, description="Level over that of 13 weeks before, over the same sites.", metadata=about("1"))
    quarter_ratio_lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of it; what both weeks share is cancelled.", metadata=about("1"))
    quarter_ratio_upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of it.", metadata=about("1"))
    p_rose = dy.Float64(nullable=True, min=0, max=1, description="Probability that the level is above that of 13 weeks before.", metadata=about("1"))
    n_days = dy.Int32(min=0, description="Site days sampled in the week.", metadata=about("days"))
    share_censored = dy.Float64(nullable=True, min=0, max=1, description="Share of them that were not quantified; empty without a day.", metadata=about("1"))
    n_sites = dy.Int32(min=1, description="Independent catchments added; 1 for a site.", metadata=about("1"))
    n_matched = dy.Int32(min=0, description="Of these, added 13 weeks before as well; what the quarter's ratio speaks of.", metadata=about("1"))


class TrendSettings(Table):
    """How the days of a site's residue move and scatter, learnt from a year of them; the trends of the next year use it."""

    year = dy.Int16(primary_key=True, description="Calendar year it was learnt from.", metadata=about("year"))
    site_id = dy.String(primary_key=True, min_length=1, description="Site.", metadata=about("-"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue.", metadata=about("-"))
    drug = dy.String(primary_key=True, description="Drug it stands for.", metadata=about("-"))
    setting = dy.Int8(primary_key=True, min=0, max=4, description="0 the middle; 1 to 4 corners that stand for what is not known of it.", metadata=about("1"))
    wander = dy.Float64(min=0, description="Log-scale variance by which the level moves in a day.", metadata=about("1/d"))
    slope_variance = dy.Float64(min=0, description="Log-scale variance of the slope in the long run.", metadata=about("1/d2"))
    day_variance = dy.Float64(min=0, description="Log-scale variance between days beyond what measuring explains.", metadata=about("1"))
    outlier_share = dy.Float64(min=0, max=1, description="Share of days that scatter more widely.", metadata=about("1"))
    outlier_scale = dy.Float64(min=1, description="By which factor their variance is larger.", metadata=about("1"))


class WeekdayOffsets(Table):
    """How a residue's weekdays differ over all sites, learnt from a year of days; their mean is 0."""

    year = dy.Int16(primary_key=True, description="Calendar year it was learnt from.", metadata=about("year"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue.", metadata=about("-"))
    weekday = dy.Int8(primary_key=True, min=1, max=7, description="1 is Monday.", metadata=about("1"))
    log_offset = dy.Float64(description="Natural logarithm of the weekday's load over that of an even week.", metadata=about("1"))
    variance = dy.Float64(min=0, description="Of the logarithm.", metadata=about("1"))


class OutlyingDays(Table):
    """Days that stand out from the trend of their site: probably not use as usual."""

    site_id = dy.String(primary_key=True, min_length=1, description="Site.", metadata=about("-"))
    day = dy.Date(primary_key=True, description="Sampling day.", metadata=about("-"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue.", metadata=about("-"))
    drug = dy.String(description="Drug it stands for.", metadata=about("-"))
    load_mg_per_1000_per_day = dy.Float64(min=0, description="Load of the day.", metadata=about(_LOAD))
    usual_mg_per_1000_per_day = dy.Float64(min=0, description="Median load of such a day by the trend.", metadata=about(_LOAD))
    p_outlier = dy.Float64(min=0, max=1, description="Probability that the day is an outlier.", metadata=about("1"))


class AreaEstimates(Table):
    """Load of all residents of an area, adding up over the five levels; the part that nobody sampled is modelled."""

    area_id = dy.String(primary_key=True, min_length=1, description="Area.", metadata=about("-"))
    period = dy.String(primary_key=True, description="2026-Q4, 2026-H2 or 2026.", metadata=about("-"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue.", metadata=about("-"))
    drug = dy.String(description="Drug it stands for.", metadata=about("-"))
    level = dy.Int8(min=1, max=5, description="Level of the area.", metadata=about("1"))
    parent_id = dy.String(nullable=True, description="Area it is added to.", metadata=about("-"))
    population = dy.Float64(min=0, description="Residents.", metadata=about("people"))
    load_mg_per_day = dy.Float64(min=0, description="Load of all residents; children add up to it.", metadata=about("mg/d"))
    load_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="The same over the residents.", metadata=about(_LOAD))
    lower = dy.Float64(nullable=True, min=0, description="Lower 95 % bound of the per-capita load.", metadata=about(_LOAD))
    upper = dy.Float64(nullable=True, min=0, description="Upper 95 % bound of the per-capita load.", metadata=about(_LOAD))
    basis = dy.Enum(BASES, description="measured: at least nine tenths of the residents; modelled: none.", metadata=about("-"))
    coverage = dy.Float64(min=0, max=1, description="Share of the residents whose sewage was sampled.", metadata=about("1"))
    measured_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="What was measured in the sampled part.", metadata=about(_LOAD))
    modelled_mg_per_1000_per_day = dy.Float64(nullable=True, min=0, description="What the model says of a place like this.", metadata=about(_LOAD))
