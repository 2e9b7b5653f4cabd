"""How much of what was added is found again.

    recovery = 100 (c_spiked - c_native) / c_added                                                              (J5)

What the sample held before is always taken off: sewage is never blank. A native result below its limit lies between nothing
and the limit, so the recovery lies between two bounds, and is judged where both say the same. The trap: with less added than
was there, the difference of two large numbers is judged; such a spike is *not evaluable*.
"""

from __future__ import annotations

import polars as pl

from headworks.lab.quality.findings import BATCH, ROUNDING, Rules, finding_rows, no_findings, result_bounds
from headworks.lab.sentences import sentence


def spike_findings(results: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Recovery of each spike with the native content taken off (J5).

    Parameters
    ----------
    results
        From :func:`findings.results_of`; a row of type ``matrix_spike`` names its sample in ``parent_sample_name`` and what
        was added in ``added_concentration``.
    rules
        ``spike`` rules ``recovery`` and ``least_addition`` (multiple of the native content).

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``, one row per spike and analyte; ``found`` is the recovery in percent, the middle of its bounds
        where the native content is below its limit. A spike too small to tell is ``not_judged``.
    """
    rule, least = rules.get(("spike", "recovery")), rules.get(("spike", "least_addition"))
    if rule is None:
        return no_findings()
    natives = results.filter(pl.col("sample_type") == "sample").unique(
        [*BATCH, "sample_name"], keep="first", maintain_order=True
    )
    natives = natives.select(*BATCH, "sample_name", "injection", "concentration", "detection", "loq", "lod")
    rows = results.filter(pl.col("sample_type") == "matrix_spike").join(
        natives, left_on=[*BATCH, "parent_sample_name"], right_on=[*BATCH, "sample_name"], how="left", suffix="_of",
        maintain_order="left",
    )  # fmt: skip
    native, spiked = result_bounds("_of"), result_bounds("")
    scale = 100.0 * pl.col("added_concentration") ** -1
    rows = rows.with_columns(_lower=(spiked[0] - native[1]) * scale, _upper=(spiked[1] - native[0]) * scale, _most=native[1])
    low = pl.col("_upper") < rule.floor * (1 - ROUNDING)
    high = pl.col("_lower") > rule.ceiling * (1 + ROUNDING)
    inside = (pl.col("_lower") >= rule.floor * (1 - ROUNDING)) & (pl.col("_upper") <= rule.ceiling * (1 + ROUNDING))
    told = (low | high | inside).fill_null(value=False)
    rows = rows.with_columns(
        why_not=_why_not(told, least.floor if least else 0.0),
        injections=pl.concat_list("injection", "injection_of").list.drop_nulls().list.sort(),
        touches=pl.concat_list("injection_of").list.drop_nulls(),
    ).with_columns(found=pl.when(pl.col("why_not").is_null()).then((pl.col("_lower") + pl.col("_upper")) / 2.0))  # fmt: skip
    shown = [pl.col(name).round_sig_figs(4) for name in ("_lower", "_upper")]
    is_one = pl.col("_lower") == pl.col("_upper")
    limits = {"sample": pl.col("sample_name"), "lower": rule.lower, "upper": rule.upper}
    between = sentence("spike.recovery_between", least=shown[0], most=shown[1], **limits)
    reason = pl.when(is_one).then(sentence("spike.recovery", found=shown[0], **limits)).otherwise(between)
    return finding_rows(rows, "spike", "recovery", rule, is_met=inside, reason=reason)


def _why_not(told: pl.Expr, least: float) -> pl.Expr:
    """Why a spike cannot be judged, or null."""
    name, added = pl.col("sample_name"), pl.col("added_concentration")
    states = [pl.col("detection"), pl.col("detection_of")]
    open_one = [state.is_null() | (state == "above_uloq") for state in states]
    small = pl.col("_most") * least * (1 - ROUNDING) > added
    small_text = sentence("spike.too_small", sample=name, added=added, native=pl.col("_most"))
    return (
        pl.when(pl.col("injection_of").is_null()).then(sentence("spike.no_sample", sample=name))
        .when(~(added > 0).fill_null(value=False)).then(sentence("spike.no_addition", sample=name))
        .when(open_one[0] | open_one[1]).then(sentence("spike.no_result", sample=name))
        .when(pl.col("_lower").is_null() | pl.col("_upper").is_null())
        .then(sentence("spike.no_limit", sample=name))
        .when(small).then(small_text)
        .when(~told).then(sentence("spike.open", sample=name, least=pl.col("_lower").round_sig_figs(4),
                                   most=pl.col("_upper").round_sig_figs(4)))
    )  # fmt: skip
