"""What was taken and what the laboratory released."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from headworks.core.schema import Table, about
from headworks.tables.places import MATRICES

# quantified: a value at or above the LOQ. below_loq: not quantified; at most the LOQ, and at least the LOD where both are
# stated; with no limit at all (a zero in a file that names none) it is "not quantified, limit unknown". not_detected: below
# the LOD. A missing result has no row.
DETECTION = ["quantified", "below_loq", "not_detected"]
SAMPLING_MODES = ["flow_proportional", "volume_proportional", "time_proportional", "grab", "passive", "unknown"]
# routine: of the place and day. Blanks never make a load; a duplicate is averaged with its routine sample.
SAMPLE_ROLES = ["routine", "duplicate", "supervisory", "field_blank", "travel_blank"]
QC_FLAGS = ["accepted", "suspect", "rejected"]


class Samples(Table):
    """Samples as collected."""

    sample_id = dy.String(primary_key=True, min_length=1, description="Identifier of the sample.", metadata=about("-"))
    site_id = dy.String(min_length=1, description="Where it was taken.", metadata=about("-"))
    matrix = dy.Enum(MATRICES, description="What it is made of.", metadata=about("-"))
    collected_from = dy.Datetime(time_zone="UTC", time_unit="us", description="Start of the collection window; the sampling day is its local date.", metadata=about("instant, UTC"))
    collected_to = dy.Datetime(time_zone="UTC", time_unit="us", nullable=True, description="End of the collection window.", metadata=about("instant, UTC"))
    utc_offset_min = dy.Int16(min=-840, max=840, description="Local offset from UTC at the start of the window.", metadata=about("min"))
    mode = dy.Enum(SAMPLING_MODES, description="How the composite was made.", metadata=about("-"))
    interval_min = dy.Float64(nullable=True, min_exclusive=0, description="Time between sub-samples.", metadata=about("min"))
    flow_m3_per_day = dy.Float64(nullable=True, min_exclusive=0, description="Water that passed on the sampling day.", metadata=about("m3/d"))
    u_flow = dy.Float64(nullable=True, min=0, description="Relative standard uncertainty of the flow of a day.", metadata=about("1"))
    temperature_c = dy.Float64(nullable=True, min=-10, max=60, description="Temperature of the sewage.", metadata=about("degree Celsius"))
    ph = dy.Float64(nullable=True, min=0, max=14, description="pH of the sewage.", metadata=about("1"))
    volume_ml = dy.Float64(nullable=True, min=0, description="Volume collected.", metadata=about("mL"))
    role = dy.Enum(SAMPLE_ROLES, nullable=True, description="routine when empty; a blank never makes a load.", metadata=about("-"))
    transport_temperature_c = dy.Float64(nullable=True, min=-90, max=60, description="Highest temperature on the way to the laboratory.", metadata=about("degree Celsius"))
    received_at = dy.Datetime(time_zone="UTC", time_unit="us", nullable=True, description="When the laboratory received it.", metadata=about("instant, UTC"))
    extracted_at = dy.Datetime(time_zone="UTC", time_unit="us", nullable=True, description="When it was extracted or preserved in the laboratory.", metadata=about("instant, UTC"))
    deviation = dy.String(nullable=True, description="What departed from the sampling specification.", metadata=about("-"))

    @dy.rule()
    def ends_after_it_begins(cls) -> pl.Expr:
        return pl.col("collected_to").is_null() | (pl.col("collected_to") >= pl.col("collected_from"))


class Measurements(Table):
    """Concentrations as released by the laboratory, one row per sample, analyte and replicate."""

    sample_id = dy.String(primary_key=True, min_length=1, description="Sample.", metadata=about("-"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue, as named in the reference.", metadata=about("-"))
    replicate = dy.Int16(primary_key=True, min=1, description="1, 2 … when a sample was measured more than once.", metadata=about("1"))
    concentration_ng_per_l = dy.Float64(nullable=True, min=0, description="Released value; below the LOQ kept as reported, never used as a value.", metadata=about("ng/L"))
    detection = dy.Enum(DETECTION, description="quantified, below_loq or not_detected.", metadata=about("-"))
    lod_ng_per_l = dy.Float64(nullable=True, min=0, description="Limit of detection of this result.", metadata=about("ng/L"))
    loq_ng_per_l = dy.Float64(nullable=True, min=0, description="Limit of quantification of this result.", metadata=about("ng/L"))
    u_analysis = dy.Float64(nullable=True, min=0, description="Relative standard uncertainty of repeatability.", metadata=about("1"))
    u_batch = dy.Float64(nullable=True, min=0, description="Relative standard uncertainty that the batch shares: calibration, bias.", metadata=about("1"))
    batch_id = dy.String(nullable=True, description="Laboratory batch; what shares its calibration.", metadata=about("-"))
    method = dy.String(nullable=True, description="Analytical method.", metadata=about("-"))
    qc_flag = dy.Enum(QC_FLAGS, description="Verdict of quality control; a rejected result is kept and not used.", metadata=about("-"))

    @dy.rule()
    def a_quantified_result_has_a_value(cls) -> pl.Expr:
        return (pl.col("detection").cast(pl.String) != "quantified") | pl.col("concentration_ng_per_l").is_not_null()

    @dy.rule()
    def the_lod_is_at_most_the_loq(cls) -> pl.Expr:
        return (pl.col("lod_ng_per_l") <= pl.col("loq_ng_per_l")).fill_null(True)


class Flows(Table):
    """Water that passed a site on a day, where it is not written with the sample."""

    site_id = dy.String(primary_key=True, min_length=1, description="Site.", metadata=about("-"))
    day = dy.Date(primary_key=True, description="Sampling day.", metadata=about("date"))
    flow_m3_per_day = dy.Float64(min_exclusive=0, description="Water that passed.", metadata=about("m3/d"))
    u_flow = dy.Float64(nullable=True, min=0, description="Relative standard uncertainty of the flow of a day.", metadata=about("1"))
    flow_source = dy.String(nullable=True, description="meter, pump hours, estimate …", metadata=about("-"))


class EnantiomericFractions(Table):
    """Share of the R-enantiomer of a residue in a sample: tells use from direct disposal."""

    sample_id = dy.String(primary_key=True, min_length=1, description="Sample.", metadata=about("-"))
    analyte = dy.String(primary_key=True, min_length=1, description="Residue, as named in the reference.", metadata=about("-"))
    fraction_r = dy.Float64(min=0, max=1, description="R over R plus S.", metadata=about("1"))
    u_fraction = dy.Float64(nullable=True, min=0, description="Standard uncertainty of the fraction, absolute.", metadata=about("1"))
