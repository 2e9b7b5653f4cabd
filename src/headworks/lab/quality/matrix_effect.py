"""What the matrix does to the signal, and what the extraction loses.

A is a neat standard, B a standard added after extraction, C before it; what the sample held before is taken off B and C:

    ME = 100 B / A,   RE = 100 C / B,   PE = 100 C / A                                                          (J11)

A spike after extraction is a sample of the batch, and its result already says how much of what was added is seen beside the
internal standard, against calibrators in solvent:

    ME_normalised = (c_B - c_native) / c_added,    ME = 100 ME_normalised A_IS(spike) / mean A_IS(calibrators)  (J13)

With an internal standard ME is that of the analyte over that of the standard. From two curves it is the ratio of their slopes,

    ME = 100 b_matrix / b_solvent,   SE = ME sqrt((SE_m / b_m)^2 + (SE_s / b_s)^2)                              (J12)

The trap: a matrix effect of 60 % that the labelled standard shares does no harm; judge the normalised one where there is one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.quality.findings import BATCH, ROUNDING, Rules, finding_rows, no_findings, result_bounds
from headworks.lab.quality.internal_standards import internal_standard_percent
from headworks.lab.sentences import no_sentence, sentence

Array = npt.NDArray[np.float64]
# Type of a sample to which the substance was added after the extraction.
SPIKED_AFTER = "post_extraction_spike"


class MatrixEffect(NamedTuple):
    """Matrix effect, recovery of the extraction and efficiency of the process in percent, normalised effect as a fraction."""

    matrix_effect_percent: Array
    extraction_recovery_percent: Array
    process_efficiency_percent: Array
    normalised: Array


def matrix_effect(
    neat: Array, after: Array, before: Array, *, native: Array | float = 0.0, standard_neat: Array | float = np.nan,
    standard_after: Array | float = np.nan,
) -> MatrixEffect:  # fmt: skip
    """Matuszewski's three numbers (J11) from mean areas.

    Parameters
    ----------
    neat, after, before
        Areas of the neat standard, of the extract with the standard added after, and of the sample with it added before
        extraction, shape ``(n,)``; not a number where one was not measured.
    native
        Area of the extract with nothing added.
    standard_neat, standard_after
        Areas of the internal standard beside ``neat`` and ``after``.

    Raises
    ------
    DataRefused
        ``HW-D637`` for a neat standard without an area above 0.

    Examples
    --------
    >>> found = matrix_effect(np.array([1000.0]), np.array([700.0]), np.array([560.0]), native=np.array([100.0]))
    >>> [round(number.item(), 2) for number in found[:3]]
    [60.0, 76.67, 46.0]
    """
    neat, after, before = (np.asarray(one, dtype=np.float64) for one in (neat, after, before))
    if not np.all(neat > 0):
        raise DataRefused(
            "A matrix effect is relative to a neat standard with a peak.",
            where="neat",
            found=f"{neat[~(neat > 0)].flat[0]:g}",
            remedy="Leave out analytes without one",
            code="HW-D637",
        )
    net_after, net_before = after - native, before - native
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = 100.0 * net_after / neat
        recovery = np.where(net_after > 0, 100.0 * net_before / net_after, np.nan)
        own = 100.0 * np.asarray(standard_after, dtype=np.float64) / np.asarray(standard_neat, dtype=np.float64)
        normalised = np.where(own > 0, effect / own, np.nan)
    return MatrixEffect(effect, recovery, 100.0 * net_before / neat, normalised)


def matrix_effect_from_slopes(
    slope_matrix: Array, slope_solvent: Array, se_matrix: Array | float = 0.0, se_solvent: Array | float = 0.0
) -> tuple[Array, Array]:
    """Matrix effect in percent and its standard error from the slopes of two curves (J12).

    Raises
    ------
    DataRefused
        ``HW-D637`` for a slope in solvent that is not above 0.

    Examples
    --------
    >>> effect, error = matrix_effect_from_slopes(np.array([0.8]), np.array([1.0]), np.array([0.04]))
    >>> round(effect.item(), 9), round(error.item(), 9)
    (80.0, 4.0)
    """
    slope_matrix, slope_solvent = np.asarray(slope_matrix, dtype=np.float64), np.asarray(slope_solvent, dtype=np.float64)
    if not np.all(slope_solvent > 0):
        raise DataRefused(
            "A matrix effect is relative to a curve in solvent that rises.",
            where="slope_solvent",
            found=f"{slope_solvent[~(slope_solvent > 0)].flat[0]:g}",
            remedy="Leave out analytes without one",
            code="HW-D637",
        )
    effect = 100.0 * slope_matrix / slope_solvent
    error = 100.0 / slope_solvent * np.sqrt(se_matrix**2 + (slope_matrix / slope_solvent * se_solvent) ** 2)
    return effect, error


def effects_of_spikes(results: pl.DataFrame) -> pl.DataFrame:
    """Matrix effects of the samples that were spiked after extraction (J13).

    Parameters
    ----------
    results
        From :func:`findings.results_of`; a row of type ``post_extraction_spike`` names its sample in ``parent_sample_name``
        and what was added in ``added_concentration``.

    Returns
    -------
    pl.DataFrame
        As :func:`matrix_effect_findings` reads them; of a native result below its limit the effect lies between ``least`` and
        ``most`` parts of its middle. Without an internal standard ``normalised`` is null.
    """
    natives = results.filter(pl.col("sample_type") == "sample").unique(
        [*BATCH, "sample_name"], keep="first", maintain_order=True
    )
    natives = natives.select(*BATCH, "sample_name", "injection", "concentration", "detection", "loq", "lod")
    standards = internal_standard_percent(results).select(*BATCH, "injection", _standard="of_calibrators_percent")
    rows = (
        results.filter(pl.col("sample_type") == SPIKED_AFTER)
        .join(natives, left_on=[*BATCH, "parent_sample_name"], right_on=[*BATCH, "sample_name"], how="left", suffix="_of",
              maintain_order="left")
        .join(standards, on=[*BATCH, "injection"], how="left", maintain_order="left")
    )  # fmt: skip
    native, added = result_bounds("_of"), pl.col("added_concentration")
    is_number = (pl.col("detection") == "quantified") & (added > 0)
    low, high = ((pl.col("concentration") - native[side]) / added for side in (1, 0))
    middle = pl.when(is_number).then((low + high) / 2.0)
    name = pl.col("sample_name")
    why_not = (
        pl.when(middle.is_null()).then(sentence("matrix_effect.no_pair", sample=name))
        .when(native[1] > added * (1 + ROUNDING)).then(sentence("matrix_effect.too_small", sample=name))
    )  # fmt: skip
    has_standard = pl.col("internal_standard_area").is_not_null()
    return rows.select(
        *BATCH, "sample_name", why_not=why_not, least=low / middle, most=high / middle,
        matrix_effect_percent=middle * pl.when(has_standard).then("_standard").otherwise(100.0),
        normalised=pl.when(has_standard).then(middle),
        injections=pl.concat_list("injection", "injection_of").list.drop_nulls().list.sort(),
        touches=pl.concat_list("injection_of").list.drop_nulls(),
    )  # fmt: skip


def matrix_effect_findings(effects: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Matrix effects against their limits: the normalised one where there is one, else the effect itself.

    Parameters
    ----------
    effects
        ``batch_id, analyte, matrix_effect_percent`` and ``normalised`` (null without an internal standard); where known
        ``injections, touches, why_not``, and ``least, most``, bounds of the effect as parts of it.
    """
    absent = {"least": pl.lit(1.0), "most": pl.lit(1.0), "why_not": no_sentence(), "sample_name": pl.lit("")}
    effects = effects.with_columns(value.alias(name) for name, value in absent.items() if name not in effects.columns)
    effects = effects.with_columns(pl.col("matrix_effect_percent", "normalised").cast(pl.Float64).fill_nan(None))
    has_one = pl.col("normalised").is_not_null() & pl.lit(("matrix_effect", "normalised") in rules)
    parts = [no_findings()]
    for name, column, chosen in (("percent", "matrix_effect_percent", ~has_one), ("normalised", "normalised", has_one)):
        rule = rules.get(("matrix_effect", name))
        if rule is None:
            continue
        is_there = pl.col(column).is_not_null() | pl.col("why_not").is_not_null()
        rows = effects.filter(chosen & is_there).with_columns(found=pl.col(column))
        ends = [pl.col("found") * pl.col(side) for side in ("least", "most")]
        inside = [(end >= rule.floor * (1 - ROUNDING)) & (end <= rule.ceiling * (1 + ROUNDING)) for end in ends]
        beyond = (ends[1] < rule.floor) | (ends[0] > rule.ceiling)
        is_open = ~(inside[0] & inside[1]) & ~beyond
        least, most = (end.round_sig_figs(4) for end in ends)
        between = sentence("matrix_effect.open", sample=pl.col("sample_name"), least=least, most=most)
        rows = rows.with_columns(why_not=pl.coalesce("why_not", pl.when(is_open).then(between)))
        reason = sentence(f"matrix_effect.{name}", found=pl.col("found").round_sig_figs(4), lower=rule.lower, upper=rule.upper)
        parts.append(finding_rows(rows, "matrix_effect", name, rule, is_met=inside[0] & inside[1], reason=reason))
    return pl.concat(parts)
