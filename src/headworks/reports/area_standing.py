"""Where each area stands for one drug in the period: what every sentence, map, ladder and tree of areas is read from.

A row per area of the tree, measured or not. ``state`` is ``value``, ``below_limit`` (sampled, no member quantified),
``suppressed`` (there is a figure, and not for this reader) or ``not_sampled``; a suppressed row holds no number at all.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.core.periods import Period
from headworks.reports.area_tables import AreaTables
from headworks.reports.content import Amount, Label, Message, Sentence, Share, tell
from headworks.reports.standing import SURE

STATES = ("value", "below_limit", "suppressed", "not_sampled")
CHANGE_WORDS = {
    "rose": tell("▲ rose"),
    "fell": tell("▼ fell"),
    "unclear": tell("◆ cannot tell whether it rose or fell"),
    "none": tell("○ no earlier year"),
}
AREA_STATE_WORDS = {
    "value": tell("value"),
    "below_limit": tell("below the limit"),
    "not_sampled": tell("not sampled"),
    "suppressed": tell("suppressed"),
}
LEVELS_WORDS = {
    1: tell("provinces or countries"), 2: tell("cities"), 3: tell("counties"), 4: tell("towns"), 5: tell("villages"),
}  # fmt: skip
_LOADS = [
    "area_id", "load_mg_per_day", "least_mg_per_day", "most_mg_per_day", "load_mg_per_1000_per_day", "lower", "upper",
    "share_censored", "population", "area_population", "coverage", "n_sites", "n_nested", "n_days", "largest_share", "u_day",
    "u_batch", "u_site",
]  # fmt: skip
_CHANGES = {
    "previous_period": "previous_period", "ratio": "ratio", "ratio_lower": "ratio_lower", "ratio_upper": "ratio_upper",
    "p_rose": "p_rose", "n_matched": "n_sites", "matched_coverage": "coverage",
}  # fmt: skip
_CONSUMPTION = {
    "consumption_mg_per_1000_per_day": "consumption_mg_per_1000_per_day", "consumption_lower": "lower",
    "consumption_upper": "upper", "doses_per_1000_per_day": "doses_per_1000_per_day", "doses_lower": "doses_lower",
    "doses_upper": "doses_upper", "u_factor": "u_factor",
}  # fmt: skip


def area_standing(areas: AreaTables, drug: str, analyte: str, period: Period) -> pl.DataFrame:
    """One row per area of the tree: state, load with interval, coverage, change, consumption; by level and code.

    Parameters
    ----------
    areas
        What the reader may see.
    drug, analyte
        Heading and residue.
    period
        Period of the report.
    """
    of_residue = (pl.col("analyte") == analyte) & (pl.col("period") == period.label)
    loads = areas.loads.filter(of_residue).select(*_LOADS, detection=pl.col("detection").cast(pl.String))
    changes = areas.changes.filter(of_residue).select("area_id", **_CHANGES)
    used = areas.consumption.filter((pl.col("drug") == drug) & (pl.col("period") == period.label))
    withheld = areas.withheld.filter(pl.col("analyte") == analyte).select("area_id", _is_withheld=pl.lit(value=True))
    rows = areas.tree.select("area_id", "parent_id", "level", "name_en", "name_zh", residents="population")
    for part in (loads, changes, used.select("area_id", **_CONSUMPTION), withheld.unique()):
        rows = rows.join(part, on="area_id", how="left", maintain_order="left")
    state = (
        pl.when(pl.col("_is_withheld").is_not_null())
        .then(pl.lit("suppressed"))
        .when(pl.col("n_sites").is_null())
        .then(pl.lit("not_sampled"))
        .when(pl.col("load_mg_per_1000_per_day").is_not_null())
        .then(pl.lit("value"))
        .otherwise(pl.lit("below_limit"))
    )
    p_rose = pl.col("p_rose")
    change = (
        pl.when(p_rose > SURE)
        .then(pl.lit("rose"))
        .when(p_rose < 1 - SURE)
        .then(pl.lit("fell"))
        .when(pl.col("n_matched").is_not_null())
        .then(pl.lit("unclear"))
        .otherwise(pl.lit("none"))
    )
    return rows.with_columns(drug=pl.lit(drug), analyte=pl.lit(analyte), state=state, change=change).drop("_is_withheld")


def area_label(row: dict[str, Any]) -> Label:
    """Name of an area in both languages; its code where it has none."""
    return Label(row["name_en"] or row["name_zh"] or row["area_id"], row["name_zh"])


def area_number(row: dict[str, Any]) -> Message:
    """The number of an area's sentence."""
    if row["state"] == "value":
        return tell("{load} mg per 1,000 people a day", load=Amount(row["load_mg_per_1000_per_day"]))
    if row["state"] == "below_limit":
        mostly = row.get("detection") == "quantified"
        return tell("mostly below the limit of quantification") if mostly else tell("below the limit of quantification")
    return tell("suppressed for this reader") if row["state"] == "suppressed" else tell("not sampled")


def area_interval(row: dict[str, Any]) -> Message:
    """The 95 % interval of an area's sentence."""
    if row["state"] == "value":
        return tell("{low}–{high}", low=Amount(row["lower"]), high=Amount(row["upper"]))
    if row["state"] == "below_limit" and row.get("detection") == "quantified" and row["upper"] is not None:
        return tell("{low}–{high}", low=Amount(row["lower"]), high=Amount(row["upper"]))
    if row["state"] == "below_limit":
        return tell("at most {high}", high=Amount(row["upper"])) if row["upper"] is not None else tell("limit unknown")
    return tell("no interval")


def area_coverage(row: dict[str, Any]) -> Message:
    """The coverage of an area's sentence; above 100 % with its flag."""
    if row["n_sites"] is None:
        return tell("coverage not shown") if row["state"] == "suppressed" else tell("no resident covered")
    if row["coverage"] is None:
        return tell("coverage not known")
    if row["coverage"] > 1:
        return tell("⚠ {share} of residents covered", share=Share(row["coverage"]))
    return tell("{share} of residents covered", share=Share(row["coverage"]))


def area_words(row: dict[str, Any]) -> Message:
    """What happened in an area since a year before, in words; nothing is said of an area without a figure."""
    if row["state"] in ("not_sampled", "suppressed"):
        return tell("nothing can be said")
    return CHANGE_WORDS[row["change"]]


def area_sentence(row: dict[str, Any]) -> Sentence:
    """Words, number, interval, coverage of an area."""
    return Sentence(area_words(row), area_number(row), area_interval(row), area_coverage(row))


def area_notes(row: dict[str, Any]) -> tuple[Message, ...]:
    """What must be known beside the sentence: held upstream, over-covered, one site alone."""
    if row["n_sites"] is None:
        return ()
    notes = []
    if row["n_nested"]:
        notes.append(tell("{n} sites upstream are held by a plant below them", n=row["n_nested"]))
    if row["coverage"] is not None and row["coverage"] > 1:
        notes.append(tell("more people than residents: something is counted twice or a register is old"))
    if row["change"] in ("rose", "fell"):
        notes.append(
            tell(
                "{ratio} times the year before ({low}–{high})",
                ratio=Amount(row["ratio"]), low=Amount(row["ratio_lower"]), high=Amount(row["ratio_upper"]),
            )
        )  # fmt: skip
    return tuple(notes)


def area_hover(row: dict[str, Any]) -> Message:
    """The sentence of an area as one message, as shown on hovering."""
    if row["state"] in ("not_sampled", "suppressed"):
        return tell("{area}: {state}", area=area_label(row), state=AREA_STATE_WORDS[row["state"]])
    return tell(
        "{area}: {words} · {number} · {interval} · {coverage}", area=area_label(row), words=area_words(row),
        number=area_number(row), interval=area_interval(row), coverage=area_coverage(row),
    )  # fmt: skip
