"""What changed from one edition to the next, figure by figure, and because of what.

A figure is another when its number or its state is; bounds alone are not listed, they follow the number. The reason is what
differs between the facts of the two snapshots, the most specific first: imports that only the later run read, the parameter
set, the version of the program, and otherwise that it was computed anew. The trap: several may differ at once; then all
figures carry all reasons, for which of them moved which figure cannot be told from the outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from headworks.reports.cycle.inputs import REVISIONS, CycleTables

# Relative difference below which a change is 0.0 % as it is printed.
SAME = 5e-4
_KEY = ["area_id", "drug"]
_OFF = ["stays_off", "not_assessable"]


def reasons_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between the facts of two snapshots.

    Examples
    --------
    >>> old = {"imports": ["a.csv"], "parameter_set": "p-1", "code_version": "0.1", "run_id": "r1"}
    >>> reasons_of(old, {**old, "imports": ["a.csv", "b.csv"], "run_id": "r2"})
    ['import:b.csv']
    >>> reasons_of(old, {**old, "run_id": "r2"})
    ['run:r2']
    """
    known = set(before.get("imports") or ())
    found = [f"import:{name}" for name in (after.get("imports") or ()) if name not in known]
    if before.get("parameter_set") != after.get("parameter_set"):
        found.append(f"parameters:{after.get('parameter_set')}")
    if before.get("code_version") != after.get("code_version"):
        found.append(f"code:{after.get('code_version')}")
    if not found and before.get("run_id") != after.get("run_id"):
        found.append(f"run:{after.get('run_id')}")
    return found


def revisions_between(
    before: CycleTables, after: CycleTables, facts_before: Mapping[str, Any], facts_after: Mapping[str, Any]
) -> pl.DataFrame:
    """Figures and outcomes that are others than in the edition before; by area and drug.

    Parameters
    ----------
    before, after
        Frozen tables of the two editions, for the same readers.
    facts_before, facts_after
        Facts of the two.

    Returns
    -------
    pl.DataFrame
        As :data:`headworks.reports.cycle.inputs.REVISIONS`; ``what`` is the figure, its state, or the outcome of a list, whose
        numbers are probabilities. Numbers are empty where there is none.
    """
    reasons = reasons_of(facts_before, facts_after)
    # Nothing computed differs, so what moved is what may be shown, or what other rooms handed over.
    computed = "; ".join(reasons)
    own = _figures(before.figures, after.figures).with_columns(reason=pl.lit(computed or "disclosure"))
    became_withheld = pl.col("is_withheld")
    own = own.with_columns(reason=pl.when(became_withheld).then(pl.lit("disclosure")).otherwise("reason"))
    listed = _outcomes(before.lists, after.lists).with_columns(reason=pl.lit(computed or "tables"))
    empty = pl.DataFrame(schema=REVISIONS)
    return pl.concat([empty, own.drop("is_withheld"), listed], how="diagonal").sort("area_id", "drug", "list_name", "what")


def _figures(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    value = "load_mg_per_1000_per_day"
    old, new = (
        frame.select(
            *_KEY, pl.col("state").alias(f"state_{when}"), pl.col(value).alias(when), pl.col("lower").alias(f"{when}_lower"),
            pl.col("upper").alias(f"{when}_upper"),
        )
        for frame, when in ((before, "before"), (after, "after"))
    )  # fmt: skip
    both = old.join(new, on=_KEY, how="full", coalesce=True)
    both = both.with_columns(pl.col("state_before", "state_after").fill_null("not_sampled"))
    is_moved = ((pl.col("after") - pl.col("before")).abs() > SAME * pl.col("before").abs()).fill_null(value=False)
    is_other = pl.col("state_before") != pl.col("state_after")
    what = pl.when(is_other).then(pl.lit("state")).otherwise(pl.lit(value))
    is_withheld = is_other & pl.any_horizontal(pl.col("state_before", "state_after") == "suppressed")
    return both.filter(is_moved | is_other).with_columns(what=what, is_withheld=is_withheld)


def _outcomes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    key = ["area_id", "rule_set", "list_name"]
    both = before.select(*key, state_before="outcome", before="probability").join(
        after.select(*key, state_after="outcome", after="probability"), on=key, how="full", coalesce=True
    )
    # An area that is on no list is the same whether its list was assessed or not.
    is_off = [pl.col(name).is_null() | pl.col(name).is_in(_OFF) for name in ("state_before", "state_after")]
    other = both.filter(pl.col("state_before").ne_missing(pl.col("state_after")) & ~(is_off[0] & is_off[1]))
    return other.select("area_id", "list_name", pl.exclude(key), what=pl.lit("outcome"))
