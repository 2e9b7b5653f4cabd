"""The papers of a batch: its report as HTML, its tables as CSV, and the chart of an analyte's controls over all batches."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.csv_text import disarmed_csv
from headworks.jobs.laboratory.evaluate import history
from headworks.jobs.laboratory.profiles import lab_profile
from headworks.jobs.laboratory.stored import StoredEvaluation, list_evaluations
from headworks.lab.quality import control_chart
from headworks.lab.quality.findings import rules_by_name
from headworks.reference.lab_values import calibration_profile
from headworks.reference.laboratory_rules import quality_rules
from headworks.reports.laboratory import BatchPaper, batch_report, levey_jennings
from headworks.store import Workspace, write_atomically

# Tables that leave the house; the others are in the workspace.
_TAKEN = ("results", "verdicts", "curves", "calibrators", "limits", "findings")
# For review inside the evaluation; a number that must not be released does not leave in a table of results.
_INNER = ("estimate", "is_external", "is_refused", "n_of_name", "response", "fault_code", "identification_said")


def report_html(stored: StoredEvaluation) -> str:
    """The batch report of a version."""
    record = stored.record
    tables = {name: stored.table(name) for name in ("results", "curves", "calibrators", "limits", "findings", "chart")}
    method = lab_profile(record["profile"]).method
    facts = [
        ("File", record["file"]), ("Evaluation", f"{stored.id}, version {stored.version}"),
        ("Evaluated", str(record["recorded_at"])[:16]),
        ("By", record["evaluated_by"] or "not said"), ("Method", method.name or "not named"),
        ("Calibration", method.calibration_profile),
        ("Identification", method.identification_profile), ("Quality control", method.quality_profile),
        ("Headworks", record["code_version"]),
    ]  # fmt: skip
    if record["reason"]:
        facts.append(("Last change", f"{record['kind']} by {record['made_by']}: {record['reason']}"))
    asked = tuple(f"{one['code']} {one['ask']} {one['found']}" for one in record["questions"])
    limit = 100.0 * calibration_profile(method.calibration_profile).deviation_limit
    title = "Batch " + ", ".join(record["batches"])
    return batch_report(BatchPaper(title, {**tables, "verdicts": stored.verdicts}, tuple(facts), asked, limit))


def report_tables(stored: StoredEvaluation) -> dict[str, str]:
    """CSV of the tables by file name; results without what is for review only."""
    found = {}
    for name in _TAKEN:
        frame = stored.verdicts if name == "verdicts" else stored.table(name)
        found[f"{name}.csv"] = disarmed_csv(_flat(frame.drop(_INNER, strict=False)))
    return found


def write_papers(stored: StoredEvaluation, folder: Path) -> list[Path]:
    """The report and the tables into a folder; what was there under these names is replaced.

    Raises
    ------
    UsageError
        ``HW-U225`` where the folder cannot be written to.
    """
    papers = {"report.html": report_html(stored), **report_tables(stored)}
    try:
        for name, text in papers.items():
            write_atomically(folder / name, text)
    except OSError as problem:
        raise UsageError(
            "The report cannot be written.", where=str(folder), found=problem.strerror or str(problem),
            remedy="Name a folder that can be written to", code="HW-U225",
        ) from problem  # fmt: skip
    return [folder / name for name in papers]


def controls_of(workspace: Workspace, analyte: str | None = None, quality_profile: str | None = None) -> pl.DataFrame:
    """The control chart of all batches of a workspace, as data; by the rules of the newest evaluation if none is named."""
    known = list_evaluations(workspace)
    controls = history(known, "controls", ["batch_id", "analyte", "level", "injection"])
    if controls is None:
        return known[0].table("chart").clear() if known else pl.DataFrame()
    profile = quality_profile or lab_profile(known[0].record["profile"]).method.quality_profile
    mine = controls if analyte is None else controls.filter(analyte=analyte)
    return control_chart(mine, rules_by_name(quality_rules(profile)))


def chart_svg(workspace: Workspace, analyte: str) -> tuple[str, pl.DataFrame]:
    """Levey-Jennings chart of an analyte with lots and broken rules, and its data.

    Raises
    ------
    UsageError
        ``HW-U229`` when no batch has a control of the analyte, with those that have.
    """
    chart = controls_of(workspace)
    names = chart["analyte"].unique().sort().to_list() if chart.width else []
    folded = {name.casefold(): name for name in names}
    if analyte.casefold() not in folded:
        raise UsageError(
            "No batch has a control of this analyte with a time.", found=analyte,
            remedy="Name one of " + ", ".join(names[:12]) if names else "Evaluate batches with controls first", code="HW-U229",
        )  # fmt: skip
    mine = chart.filter(analyte=folded[analyte.casefold()])
    return levey_jennings(mine, folded[analyte.casefold()], "controls"), mine


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as text, for CSV."""
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    texts = [name for name in lists if frame.schema[name] == pl.List(pl.String)]
    return frame.with_columns(
        *(pl.col(name).list.join(" | ") for name in texts),
        *(pl.col(name).cast(pl.List(pl.String)).list.join(" ") for name in lists if name not in texts),
    )
