"""Controls over time: a Levey-Jennings chart as data, the multi-rules on it, and what they say of a batch.

    z = (c - target) / s,   lines at target, target ± s, ± 2 s, ± 3 s

A *series* is a laboratory, an instrument and an analyte; it has levels, and a level has lots. Limits belong to a lot;
patterns go on across lots, since z has no lot. The trap: a rule broken against provisional limits calls for a look and
rejects nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.quality.control_limits import learn_limits
from headworks.lab.quality.findings import BATCH, LOOK, NOTHING, REJECT, SAMPLES, Rule, Rules, finding_rows, no_findings
from headworks.lab.quality.westgard import RULES, broken_rules
from headworks.lab.sentences import sentence

SERIES = ["laboratory_id", "instrument", "analyte"]
_LINES = (-3, -2, -1, 1, 2, 3)
CHART_COLUMNS = (
    *SERIES, "level", "lot", "batch_id", "run_at", "injection", "concentration", "target", "sd", "z",
    *(f"{'lower' if line < 0 else 'upper'}_{abs(line)}s" for line in _LINES),
    "n_points", "is_provisional", "rules",
)  # fmt: skip


def control_chart(controls: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Controls with their limits, z, and the rules they break.

    Parameters
    ----------
    controls
        One row per control: ``analyte, level, batch_id, run_at`` (any ordered type), ``injection, concentration`` (null
        without a valid result); where known ``laboratory_id, instrument, lot``, and ``target, sd`` where they are assigned
        and not learnt.
    rules
        ``westgard`` rules; ``target_points`` and ``least_points`` say when limits stand and from when on they are given.

    Returns
    -------
    pl.DataFrame
        ``CHART_COLUMNS`` in order of series, run and injection. ``z`` and the lines are null where there are no limits yet;
        ``rules`` is the list of rules the control breaks; ``n_points`` is null where target and sd are assigned.

    Raises
    ------
    DataRefused
        ``HW-D635`` for a missing column; ``HW-D636`` for a batch that runs at two times; ``HW-D634`` for a rule that is not
        known.

    Examples
    --------
    >>> from headworks.lab.quality.findings import rules_by_name
    >>> from headworks.reference.laboratory_rules import quality_rules
    >>> days = {"batch_id": ["1", "2", "3"], "run_at": [1, 2, 3], "injection": [9, 9, 9], "concentration": [10.5, 12.1, 12.2]}
    >>> mine = pl.DataFrame(days).with_columns(analyte=pl.lit("ketamine"), level=pl.lit("low"), target=10.0, sd=1.0)
    >>> control_chart(mine, rules_by_name(quality_rules()))["rules"].to_list()
    [[], ['1_2s'], ['1_2s', '2_2s']]
    """
    rows = _in_order(controls)
    run = _codes(rows, [*SERIES, "run_at", "batch_id"])
    lots = _codes(rows, [*SERIES, "level", "lot"])
    values = rows["concentration"].cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
    values[~np.isfinite(values)] = np.nan
    points = [_points(rules, f"{name}_points") for name in ("target", "least", "settled")]
    learnt = learn_limits(values, lots, run, target_points=points[0], least_points=points[1], settled_points=points[2])
    assigned = [rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("target", "sd")]
    is_assigned = np.isfinite(assigned[0]) & (assigned[1] > 0)
    target = np.where(is_assigned, assigned[0], learnt.target)
    sd = np.where(is_assigned, assigned[1], learnt.sd)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sd > 0, (values - target) / sd, np.nan)
    limits = {
        name: rule.ceiling for (check, name), rule in rules.items() if check == "westgard" and not name.endswith("_points")
    }
    broken = broken_rules(z, _codes(rows, SERIES), run, _codes(rows, ["level"]), limits)
    names = [pl.when(pl.Series(broken[name])).then(pl.lit(name)) for name in RULES if name in broken]
    has_limits = np.isfinite(sd) & (sd > 0)
    return rows.with_columns(
        _number("target", target, has_limits), _number("sd", sd, has_limits), _number("z", z, np.isfinite(z)),
        *(_number(f"{'lower' if line < 0 else 'upper'}_{abs(line)}s", target + line * sd, has_limits) for line in _LINES),
        n_points=pl.when(pl.Series(~is_assigned)).then(pl.Series(learnt.n_points)),
        is_provisional=pl.Series(learnt.is_provisional & ~is_assigned),
        rules=pl.concat_list(names).list.drop_nulls() if names else pl.lit([], pl.List(pl.String)),
    ).select(CHART_COLUMNS)  # fmt: skip


def westgard_findings(chart: pl.DataFrame, results: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """What the multi-rules say of the batches under judgement.

    Parameters
    ----------
    chart
        From :func:`control_chart`, of these batches and of earlier ones.
    results
        Results of the batches under judgement, from :func:`findings.results_of`; all their samples are touched.

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``: a row per control and rule it breaks, one per control that breaks none (``rule`` is
        ``none_broken``), and one that says so for each control without limits. ``found`` is z.
    """
    samples = results.group_by(BATCH, maintain_order=True).agg(
        touches=pl.col("injection").filter(pl.col("sample_type").is_in(SAMPLES))
    )
    mine = chart.join(samples, on=BATCH, how="inner", maintain_order="left").rename({"z": "found"})
    mine = mine.with_columns(injections=pl.concat_list(pl.col("injection").cast(pl.Int64)))
    parts = [no_findings()]
    for (check, name), rule in rules.items():
        if check != "westgard" or name.endswith("_points"):
            continue
        rows = mine.filter(pl.col("rules").list.contains(name))
        found = finding_rows(rows, "westgard", name, rule, is_met=pl.lit(value=False), reason=_said_of(name))
        mild = pl.Series("mild", rows["is_provisional"]) if rows.height else pl.Series("mild", [], dtype=pl.Boolean)
        softened = pl.when(mild & (pl.col("consequence") == REJECT)).then(pl.lit(LOOK)).otherwise("consequence")
        parts.append(found.with_columns(consequence=softened) if rows.height else found)
    if len(parts) == 1:
        return parts[0]
    kept = Rule(None, None, "sd", NOTHING)
    clean = mine.filter(pl.col("rules").list.len() == 0).with_columns(why_not=_why_not())
    parts.append(
        finding_rows(clean, "westgard", "none_broken", kept, is_met=pl.lit(value=True), reason=_said_of("none_broken"))
    )
    return pl.concat(parts)


def _said_of(name: str) -> pl.Expr:
    control = {"level": pl.col("level"), "z": pl.col("found").round(2)}
    provisional = sentence(f"westgard.{name}.provisional", n=pl.col("n_points"), **control)
    return pl.when("is_provisional").then(provisional).otherwise(sentence(f"westgard.{name}", **control))


def _why_not() -> pl.Expr:
    """Why a control has no z, or null."""
    level = pl.col("level")
    return (
        pl.when(pl.col("concentration").is_null()).then(sentence("westgard.no_result", level=level))
        .when(pl.col("found").is_null())
        .then(sentence("westgard.no_limits", level=level, n=pl.col("n_points").fill_null(0)))
    )  # fmt: skip


def _in_order(controls: pl.DataFrame) -> pl.DataFrame:
    """Controls in order of series, run and injection, with the columns that may be left out."""
    needed = ["analyte", "level", "batch_id", "run_at", "injection", "concentration"]
    missing = [name for name in needed if name not in controls.columns]
    if missing:
        raise DataRefused(
            "Controls lack a column.",
            where="controls, column " + ", ".join(missing),
            found=", ".join(controls.columns),
            remedy="Add it",
            code="HW-D635",
        )
    defaults = {"laboratory_id": pl.String, "instrument": pl.String, "lot": pl.String, "target": pl.Float64, "sd": pl.Float64}
    rows = controls.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in defaults.items() if name not in controls.columns
    )
    rows = rows.with_columns(pl.col("laboratory_id", "instrument", "lot", "level").cast(pl.String).fill_null(""))
    twice = (
        rows.group_by([*SERIES, "batch_id"], maintain_order=True).agg(pl.col("run_at").n_unique()).filter(pl.col("run_at") > 1)
    )
    if twice.height or rows["run_at"].null_count():
        raise DataRefused(
            "A batch of controls runs at one time.",
            where="controls, column run_at",
            found=str(twice["batch_id"][0]) + " at several" if twice.height else "a control without a time",
            remedy="Give the start of the batch with each of its controls",
            code="HW-D636",
        )
    return rows.sort(*SERIES, "run_at", "batch_id", "injection", "level")


def _codes(rows: pl.DataFrame, columns: list[str]) -> npt.NDArray[np.int64]:
    """A number for each distinct row of some columns, in their order."""
    return rows.select(pl.struct(columns).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy().copy()


def _points(rules: Rules, name: str) -> int:
    rule = rules.get(("westgard", name))
    return int(rule.floor) if rule is not None and rule.lower is not None else 2


def _number(name: str, values: npt.NDArray[np.float64], is_there: npt.NDArray[np.bool_]) -> pl.Expr:
    return pl.when(pl.Series(is_there)).then(pl.Series(values)).alias(name)
