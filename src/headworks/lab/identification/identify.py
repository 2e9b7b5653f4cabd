"""Identified, indicated or not identified, and every reason in words.

- *not identified*: there is no peak, or a criterion was judged and missed;
- *indicated*: nothing speaks against it, but a criterion the profile requires could not be judged;
- *identified*: every required criterion was judged and met.

The trap: a ratio nobody could measure is no evidence. It neither identifies nor rules out.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.identification.criteria import (
    CRITERIA_COLUMNS,
    FAIL,
    NOT_JUDGED,
    PASS,
    coelution_criteria,
    criterion_rows,
    ion_ratio_criteria,
    retention_time_criteria,
    signal_to_noise_criteria,
)
from headworks.lab.identification.peak_tables import PEAK_KEY, peaks_of, ratios_of, require_columns, require_once
from headworks.lab.identification.reference_peaks import REFERENCE_COLUMNS
from headworks.lab.sentences import SENTENCE_COLUMNS, no_sentence, sentence

VERDICTS = ("identified", "indicated", "not_identified")
_ORDER = ["peak", "retention_time", "coelution", "ion_ratio", "signal_to_noise", "points"]
_PEAK_CRITERIA = {
    "retention_time": retention_time_criteria,
    "coelution": coelution_criteria,
    "signal_to_noise": signal_to_noise_criteria,
}


class Identification(NamedTuple):
    """``verdicts``: a row per injection and analyte; ``criteria``: a row per criterion it was held to."""

    verdicts: pl.DataFrame
    criteria: pl.DataFrame


def identify_peaks(
    peaks: pl.DataFrame, qualifiers: pl.DataFrame, reference: pl.DataFrame, rules: pl.DataFrame, *, separation: str = "LC"
) -> Identification:
    """Each peak against a profile (I2) to (I5).

    Parameters
    ----------
    peaks, qualifiers
        As of :func:`derive_reference`; all types of samples are judged.
    reference
        From :func:`derive_reference` or :func:`with_stored_reference`.
    rules
        Of one profile, from ``reference.laboratory_rules.identification_rules``.
    separation
        ``LC`` or ``GC``: the rules of a profile may differ.

    Returns
    -------
    Identification
        ``verdicts``: batch_id, injection, analyte, verdict (of ``VERDICTS``), profile, reference_source, points (null
        without a rule for them), reasons (list of texts), said (the same as sentences of ``lab.sentences``), in order of
        ``peaks``. ``criteria``: ``CRITERIA_COLUMNS``.

    Raises
    ------
    DataRefused
        ``HW-D620`` to ``HW-D624`` as of the tables; ``HW-D626`` for rules of no or of several profiles, or none for the
        separation.

    Examples
    --------
    >>> from headworks.reference.laboratory_rules import identification_rules
    >>> from headworks.lab.identification import derive_reference
    >>> key = {"batch_id": ["b", "b"], "injection": [1, 2], "analyte": ["ketamine"] * 2}
    >>> kinds = {"sample_type": ["calibrator", "sample"], "retention_time_min": [5.0, 5.04], "area": [100.0, 100.0]}
    >>> peaks, ions = pl.DataFrame(key | kinds), pl.DataFrame(key | {"qualifier": ["q", "q"], "qualifier_area": [40.0, 50.0]})
    >>> found = identify_peaks(peaks, ions, derive_reference(peaks, ions), identification_rules("eu-2021-808"))
    >>> found.verdicts["verdict"].to_list()
    ['identified', 'identified']
    """
    mine = _rules_of(rules, separation)
    known = peaks_of(peaks)
    rows = _with_reference(known, reference, [])
    times = rows.filter("is_found")
    parts = [_peak_criteria(rows)]
    for name, judge in _PEAK_CRITERIA.items():
        chosen = mine.filter(rule=name)
        if chosen.height:
            parts.append(judge(times, chosen))
    of_ratio = mine.filter(rule="ion_ratio")
    if of_ratio.height:
        ions = _with_reference(ratios_of(known, qualifiers).filter("is_found"), reference, ["qualifier"])
        parts += [ion_ratio_criteria(ions, of_ratio), _without_qualifier(times, ions, of_ratio)]
    if mine.filter(rule="points").height:
        parts.append(_points_criteria(times, parts[-2] if of_ratio.height else parts[0].clear(), mine))
    criteria = pl.concat(parts)
    return Identification(_verdicts(rows, criteria, str(mine["profile"][0])), _in_order(criteria, known))


def _rules_of(rules: pl.DataFrame, separation: str) -> pl.DataFrame:
    """The rules that hold for a separation."""
    profiles = rules["profile"].unique().sort().to_list()
    mine = rules.filter(pl.col("separation").is_null() | (pl.col("separation") == separation))
    if len(profiles) != 1 or mine.filter(rule="retention_time").is_empty():
        raise DataRefused(
            "Identification goes by one profile that has a rule for the retention time of this separation.",
            where=f"identification rules, separation {separation}",
            found=", ".join(profiles) or "no rules",
            remedy="Choose one profile, and LC or GC",
            code="HW-D626",
        )
    return mine


def _with_reference(rows: pl.DataFrame, reference: pl.DataFrame, more: list[str]) -> pl.DataFrame:
    """Rows beside the numbers of their reference, named ``*_reference``."""
    require_columns(reference, list(REFERENCE_COLUMNS), [], "reference")
    require_once(reference, ["batch_id", "analyte", "qualifier"], "reference")
    theirs = reference if more else reference.filter(pl.col("qualifier") == "").drop("qualifier")
    if not more:
        # A stored reference of one qualifier may hold the time as well.
        rest = reference.drop("qualifier").filter(pl.col("retention_time_min").is_not_null())
        theirs = pl.concat([theirs, rest]).unique(["batch_id", "analyte"], keep="first", maintain_order=True)
    key = ["batch_id", "analyte", *more]
    theirs = theirs.rename({name: f"{name}_reference" for name in theirs.columns if name not in key})
    return rows.join(theirs, on=key, how="left", maintain_order="left")


def _peak_criteria(rows: pl.DataFrame) -> pl.DataFrame:
    """Whether there is a peak at all."""
    area = pl.col("area")
    text = (
        pl.when("is_found").then(sentence("identification.peak", area=area))
        .when(area < 0).then(sentence("identification.area_below_zero", area=area))
        .when(area > 0).then(sentence("identification.no_time"))
        .otherwise(sentence("identification.no_peak"))
    )  # fmt: skip
    nothing = pl.lit(None, pl.Float64)
    filled = rows.with_columns(
        found=area, expected=nothing, lower=nothing, upper=nothing, why_not=no_sentence(),
        outcome=pl.when("is_found").then(pl.lit(PASS)).otherwise(pl.lit(FAIL)),
    )  # fmt: skip
    return criterion_rows(filled, "peak", pl.lit("area"), text, is_required=True)


def _without_qualifier(peaks: pl.DataFrame, ions: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """A peak for which no qualifier was measured."""
    alone = peaks.join(ions, on=PEAK_KEY, how="anti", maintain_order="left")
    nothing = pl.lit(None, pl.Float64)
    filled = alone.with_columns(
        found=nothing, expected=nothing, lower=nothing, upper=nothing,
        why_not=sentence("identification.no_qualifier"),
    )  # fmt: skip
    required = bool(rules["is_required"].any())
    return criterion_rows(filled, "ion_ratio", pl.lit("percent"), no_sentence(), is_required=required)


def _points_criteria(peaks: pl.DataFrame, ratios: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Points of identification of separation, precursor, quantifier and each qualifier that agrees (I5)."""
    value = {name: limit for name, limit in rules.select("rule", "limit").rows() if name.startswith("points")}
    agreeing = ratios.filter(outcome=PASS).group_by(PEAK_KEY).agg(n_agreeing=pl.len())
    seen = pl.col("n_agreeing").fill_null(0).cast(pl.Float64) + 1.0
    fixed = value.get("points_of_separation", 0.0) + value.get("points_of_precursor", 0.0)
    needed = value["points"]
    rows = peaks.join(agreeing, on=PEAK_KEY, how="left", maintain_order="left").with_columns(
        found=fixed + seen * value.get("points_of_product_ion", 0.0),
        expected=pl.lit(None, pl.Float64), lower=pl.lit(needed), upper=pl.lit(None, pl.Float64),
        why_not=no_sentence(),
    )  # fmt: skip
    # Too few points are a want of evidence, not evidence against: a qualifier that disagrees fails by its ratio.
    few = pl.when(pl.col("found") < needed).then(pl.lit(NOT_JUDGED))
    text = sentence("identification.points", found=pl.col("found"), limit=needed)
    return criterion_rows(rows.with_columns(outcome=few), "points", pl.lit("points"), text, is_required=True)


def _verdicts(rows: pl.DataFrame, criteria: pl.DataFrame, profile: str) -> pl.DataFrame:
    """One verdict per peak from its criteria."""
    missed = (pl.col("outcome") == FAIL).any()
    open_ones = ((pl.col("outcome") == NOT_JUDGED) & pl.col("is_required")).any()
    verdict = (
        pl.when(missed).then(pl.lit(VERDICTS[2])).when(open_ones).then(pl.lit(VERDICTS[1])).otherwise(pl.lit(VERDICTS[0]))
    )
    # What no one required and no one could judge says nothing of the verdict.
    is_said = (pl.col("outcome") != NOT_JUDGED) | pl.col("is_required")
    said = pl.struct(SENTENCE_COLUMNS).filter(is_said)
    points = pl.col("found").filter(pl.col("criterion") == "points").first()
    summed = criteria.group_by(PEAK_KEY, maintain_order=True).agg(
        verdict=verdict, points=points, reasons=pl.col("reason").filter(is_said), said=said
    )
    found = rows.join(summed, on=PEAK_KEY, how="left", maintain_order="left")
    source = pl.col("source_reference").alias("reference_source")
    return found.select(*PEAK_KEY, "verdict", pl.lit(profile).alias("profile"), source, "points", "reasons", "said")


def _in_order(criteria: pl.DataFrame, peaks: pl.DataFrame) -> pl.DataFrame:
    """Criteria in order of the peaks, each peak's in the order they are looked at."""
    place = peaks.select(PEAK_KEY).with_row_index("_place")
    step = pl.col("criterion").cast(pl.Enum(_ORDER)).to_physical()
    joined = criteria.join(place, on=PEAK_KEY, how="left").sort("_place", step, "qualifier", nulls_last=False)
    return joined.select(CRITERIA_COLUMNS)
