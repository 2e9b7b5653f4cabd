"""A batch as one HTML file that needs nothing else: verdicts, charts, tables, in this order.

Everything printed is escaped. The trap: an estimate stands in the tables of an evaluation for review; here a result without a
number has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from headworks.reports.laboratory.calibration_chart import calibration_chart
from headworks.reports.laboratory.levey_jennings import levey_jennings

_WORDS = {"released": "released", "needs_a_look": "needs a look", "rejected": "rejected"}
_ORDER = {"rejected": 0, "needs_a_look": 1, "released": 2}
# Charts of so many analytes make a page of a megabyte; the rest is in the tables.
_MOST_CHARTS = 60
_MOST_ROWS = 3_000
_RESULTS = ("sample_name", "sample_type", "analyte", "result", "interval", "unit", "loq", "lod", "u_day_percent",
            "u_batch_percent", "verdict", "identification", "reason")  # fmt: skip
_HEADINGS = {
    "sample_name": "Sample", "sample_type": "Type", "analyte": "Analyte", "result": "Result", "interval": "95 % interval",
    "unit": "Unit", "loq": "LOQ", "lod": "LOD", "u_day_percent": "u own, %", "u_batch_percent": "u of the batch, %",
    "verdict": "Verdict", "identification": "Identification", "reason": "Reason", "expected_concentration": "Expected",
    "back_calculated": "Back-calculated", "deviation_percent": "Deviation, %", "is_used": "Used", "is_beyond": "Beyond limit",
    "not_used_reason": "Why not used", "rule": "Rule", "basis": "Basis", "is_used_limit": "In use", "check": "Check",
    "outcome": "Outcome", "consequence": "Consequence", "weight": "Weight", "slope": "Slope", "intercept": "Intercept",
    "rse_percent": "RSE, %", "r2": "r², weighted", "lowest": "From", "highest": "To", "n_passed": "Levels passed",
    "n_levels": "Levels", "is_accepted": "Accepted", "level": "Level", "critical": "Critical", "concentration_unit": "Unit",
}  # fmt: skip


@dataclass(frozen=True)
class BatchPaper:
    """What a batch report is made of.

    ``tables`` are those of an evaluation with ``verdicts`` as decided; ``facts`` are terms and what is said of them;
    ``questions`` what the export left open.
    """

    title: str
    tables: dict[str, pl.DataFrame]
    facts: tuple[tuple[str, str], ...] = ()
    questions: tuple[str, ...] = ()
    limit_percent: float = 20.0


def batch_report(paper: BatchPaper) -> str:
    """The report as HTML; the same tables give the same text."""
    tables = paper.tables
    verdicts = tables["verdicts"].with_columns(
        _rank=pl.col("verdict").replace_strict(_ORDER, return_dtype=pl.Int8)
    ).sort("_rank", "batch_id", "analyte")  # fmt: skip
    counts = {word: verdicts.filter(verdict=name).height for name, word in _WORDS.items()}
    heading = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "no analyte"
    curves = tables["curves"].sort("batch_id", "analyte")
    names = verdicts.select("batch_id", "analyte").rows()[:_MOST_CHARTS]
    cards = [_card(paper, tables, batch, analyte, number) for number, (batch, analyte) in enumerate(names)]
    return str(_environment().get_template("batch.html").render(
        paper=paper, heading=heading, verdicts=list(verdicts.iter_rows(named=True)), words=_WORDS, cards=cards,
        n_left=max(verdicts.height - _MOST_CHARTS, 0), sections=[
            ("Results", _table(_result_rows(tables["results"]), _RESULTS)),
            ("Calibration curves", _table(curves.with_columns(rse_percent=100 * pl.col("rse")), (
                "analyte", "weight", "intercept", "slope", "r2", "rse_percent", "lowest", "highest", "concentration_unit",
                "n_passed", "n_levels", "is_accepted"))),
            ("Calibrators", _table(tables["calibrators"], (
                "analyte", "sample_name", "level", "expected_concentration", "back_calculated", "deviation_percent", "is_used",
                "is_beyond", "not_used_reason"))),
            ("Limits by every rule", _table(tables["limits"].rename({"is_used": "is_used_limit"}), (
                "analyte", "rule", "critical", "lod", "loq", "unit", "basis", "is_used_limit"))),
            ("Findings", _table(tables["findings"], ("analyte", "check", "rule", "outcome", "consequence", "reason"))),
        ], css=Markup(_css()),  # noqa: S704  our own style sheet
    ))  # fmt: skip


def _card(paper: BatchPaper, tables: dict[str, pl.DataFrame], batch: str, analyte: str, number: int) -> dict[str, Any]:
    curve = tables["curves"].filter(batch_id=batch, analyte=analyte).row(0, named=True)
    mine = tables["calibrators"].filter(batch_id=batch, analyte=analyte)
    chart = tables["chart"]
    has_controls = chart.filter(analyte=analyte).height > 0
    return {
        "analyte": analyte, "batch": batch, "curve": curve,
        # Both are written by ElementTree, which escapes what it is given.
        "calibration": Markup(calibration_chart(curve, mine, f"cal-{number}", limit_percent=paper.limit_percent)),  # noqa: S704
        "controls": Markup(levey_jennings(chart, analyte, f"lj-{number}")) if has_controls else "",  # noqa: S704
    }  # fmt: skip


def _result_rows(results: pl.DataFrame) -> pl.DataFrame:
    """Results as they are read: a number, or what bounds it."""
    loq, lod = (pl.col(name).round_sig_figs(4).cast(pl.String) for name in ("loq", "lod"))
    state = pl.col("detection")
    shown = (
        pl.when(state == "quantified").then(pl.col("concentration").round_sig_figs(4).cast(pl.String))
        .when(state == "not_detected").then(pl.format("< {} (LOD)", lod))
        .when(state == "below_loq").then(pl.format("< {} (LOQ)", loq))
        .when(state == "above_uloq").then(pl.format("> {}", pl.col("highest").round_sig_figs(4)))
        .otherwise(pl.lit("none"))
    )  # fmt: skip
    ends = (pl.col(name).round_sig_figs(4) for name in ("lower", "upper"))
    # Samples are what is read; calibrators and blanks come after them.
    is_sample = pl.col("sample_type").is_in(("sample", "duplicate", "matrix_spike")).fill_null(value=False)
    return results.sort("analyte", ~is_sample, "injection").with_columns(
        result=shown, interval=pl.when(state == "quantified").then(pl.format("{} to {}", *ends)),
        u_day_percent=100 * pl.col("u_day"), u_batch_percent=100 * pl.col("u_batch"),
    )  # fmt: skip


def _table(frame: pl.DataFrame, columns: tuple[str, ...]) -> dict[str, Any]:
    shown = frame.select(columns).head(_MOST_ROWS)
    numeric = {name for name, dtype in shown.schema.items() if dtype.is_numeric()} | {"result", "interval"}
    return {
        "columns": [(_HEADINGS.get(name, name), name in numeric) for name in columns],
        "rows": [[_cell(value) for value in row] for row in shown.iter_rows()], "left": max(frame.height - _MOST_ROWS, 0),
    }  # fmt: skip


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


@cache
def _environment() -> Environment:
    loader = PackageLoader("headworks.reports.laboratory", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _css() -> str:
    return files("headworks.reports.laboratory").joinpath("templates", "batch.css").read_text(encoding="utf-8")
