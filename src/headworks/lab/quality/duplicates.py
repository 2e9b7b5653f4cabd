"""Whether two results of one sample agree, and how well pairs repeat.

    RPD = 100 |x1 - x2| / ((x1 + x2) / 2)                                                                       (J3)
    s = sqrt(sum d^2 / (2 k)),   or  mean (|d| / mean of the pair) / 1.128, relative                            (J4)

Both below the LOQ: nothing can be told, and nothing is wrong. One below: the least they can differ by is taken, with the other
at its limit. The trap: half the limit in place of a result makes a difference that nobody measured.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.quality.findings import BATCH, CENSORED, ROUNDING, Rules, finding_rows, no_findings, result_bounds
from headworks.lab.sentences import sentence

Array = npt.NDArray[np.float64]
# Mean range of two normal values in standard deviations, 2 / sqrt(pi) = 1.12838, as it is printed and used.
_RANGE_OF_TWO = 1.128


class Repeatability(NamedTuple):
    """Standard deviation in the unit of the values, relative standard deviation, mean relative range, and pairs it is from."""

    sd: float
    relative_sd: float
    mean_relative_range: float
    n_pairs: int


def repeatability_of_pairs(first: Array, second: Array) -> Repeatability:
    """Repeatability from pairs of results (J4).

    Parameters
    ----------
    first, second
        Two results of each sample, above 0, shape ``(n_pairs,)``; a pair without a number is left out.

    Raises
    ------
    DataRefused
        ``HW-D633`` for no pair, or a result that is not above 0.

    Examples
    --------
    >>> round(repeatability_of_pairs(np.array([9.0]), np.array([11.0])).mean_relative_range, 12)
    0.2
    """
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    whole = np.isfinite(first) & np.isfinite(second)
    first, second = first[whole], second[whole]
    if not first.size or min(first.min(), second.min()) <= 0:
        raise DataRefused(
            "Repeatability needs pairs of results above zero.",
            where="pairs",
            found="none" if not first.size else f"{min(first.min(), second.min()):g}",
            remedy="Leave out pairs of which one is not quantified",
            code="HW-D633",
        )
    apart = np.abs(first - second)
    relative = float(np.mean(apart / ((first + second) / 2.0)))
    return Repeatability(
        float(np.sqrt(np.sum(apart**2) / (2 * first.size))), relative / _RANGE_OF_TWO, relative, int(first.size)
    )


def duplicate_findings(results: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Each duplicate against the sample it is of (J3).

    Parameters
    ----------
    results
        From :func:`findings.results_of`; a duplicate names its sample in ``parent_sample_name``.
    rules
        ``duplicate`` rules ``relative_difference``, ``relative_difference_near_loq``, ``near_loq``.

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``, one row per duplicate and analyte; ``found`` is the RPD in percent, of a pair of which one is
        below its limit the least it can be.
    """
    rule = rules.get(("duplicate", "relative_difference"))
    if rule is None:
        return no_findings()
    near_rule, near = rules.get(("duplicate", "relative_difference_near_loq"), rule), rules.get(("duplicate", "near_loq"))
    parents = results.filter(pl.col("sample_type") == "sample").unique(
        [*BATCH, "sample_name"], keep="first", maintain_order=True
    )
    parents = parents.select(*BATCH, "sample_name", "injection", "concentration", "detection", "loq", "lod")
    pairs = results.filter(pl.col("sample_type") == "duplicate").join(
        parents, left_on=[*BATCH, "parent_sample_name"], right_on=[*BATCH, "sample_name"], how="left", suffix="_of",
        maintain_order="left",
    )  # fmt: skip
    own, other = result_bounds(""), result_bounds("_of")
    apart = pl.max_horizontal(own[0] - other[1], other[0] - own[1], pl.lit(0.0))
    middle = (_nearest(own, other) + _nearest(other, own)) / 2.0
    censored = [pl.col(name).is_in(CENSORED).fill_null(value=False) for name in ("detection", "detection_of")]
    loq = pl.max_horizontal("loq", "loq_of")
    is_near = censored[0] | censored[1] | (middle < (near.ceiling if near else 0.0) * loq).fill_null(value=False)
    rows = pairs.with_columns(
        found=pl.when(middle > 0).then(100.0 * apart / middle).otherwise(0.0),
        upper=pl.when(is_near).then(near_rule.ceiling).otherwise(rule.ceiling), why_not=_why_not(*censored),
        injections=pl.concat_list("injection", "injection_of").list.drop_nulls().list.sort(),
    ).with_columns(touches=pl.col("injections"))  # fmt: skip
    rows = rows.with_columns(pl.when(pl.col("why_not").is_null()).then("found").alias("found"))
    said = {"sample": pl.col("sample_name"), "found": pl.col("found").round_sig_figs(4), "limit": pl.col("upper")}
    at_least = pl.when(censored[0] | censored[1]).then(sentence("duplicate.differ_at_least", **said))
    reason = at_least.otherwise(sentence("duplicate.differ", **said))
    met = pl.col("found") <= pl.col("upper") * (1 + ROUNDING)
    return finding_rows(rows, "duplicate", "relative_difference", rule, is_met=met, reason=reason)


def _nearest(one: tuple[pl.Expr, pl.Expr], other: tuple[pl.Expr, pl.Expr]) -> pl.Expr:
    """The value of one result that is nearest to the other."""
    return pl.min_horizontal(pl.max_horizontal(one[0], other[0]), one[1])


def _why_not(own_censored: pl.Expr, other_censored: pl.Expr) -> pl.Expr:
    """Why a pair cannot be judged, or null."""
    name = pl.col("sample_name")
    states = [pl.col("detection"), pl.col("detection_of")]
    open_one = [state.is_null() | (state == "above_uloq") for state in states]
    no_limit = (own_censored & pl.col("loq").is_null()) | (other_censored & pl.col("loq_of").is_null())
    return (
        pl.when(pl.col("injection_of").is_null()).then(sentence("duplicate.no_sample", sample=name))
        .when(open_one[0] | open_one[1]).then(sentence("duplicate.no_result", sample=name))
        .when(own_censored & other_censored).then(sentence("duplicate.both_below", sample=name))
        .when(no_limit).then(sentence("duplicate.no_limit", sample=name))
    )  # fmt: skip
