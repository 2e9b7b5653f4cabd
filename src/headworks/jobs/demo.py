"""The main job on real data, from nothing: workspace, import, run, report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.demo_files import ACKNOWLEDGEMENT, demo_digests, demo_paths
from headworks.jobs.export import writing_to
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.report import LANGUAGES, write_report
from headworks.jobs.run import run
from headworks.store import Workspace, read_imports, read_result, write_atomically

_NEARLY_SURE = 0.95


@dataclass(frozen=True)
class DemoOutcome:
    """Where the reports are and three things that can be seen in them."""

    workspace: Path
    reports: dict[str, Path]
    sights: tuple[str, str, str]
    acknowledgement: str = ACKNOWLEDGEMENT


def demo(folder: Path, tell: Callable[[str], None] = lambda step: None) -> DemoOutcome:
    """Make or refresh the demo workspace; the same again changes nothing but the date on the report.

    Raises
    ------
    UsageError
        ``HW-U018`` when the folder is a workspace with other data.
    """
    workspace = Workspace.create(folder, name="European cities", timezone="UTC")
    others = read_imports(workspace).filter(~pl.col("content_sha256").is_in(list(demo_digests())))
    if others.height:
        raise UsageError(
            "This workspace holds other data, which the demo's would be mixed with.",
            where=str(folder),
            found=", ".join(others["file"].head(3).to_list()),
            remedy="Name a new folder: headworks demo FOLDER",
            code="HW-U018",
        )
    for path in demo_paths():
        tell(f"importing {path.name}")
        import_file(workspace, path, ImportOrder("score"))
    tell("computing loads, means and changes")
    run(workspace)
    reports = {}
    for language in LANGUAGES:
        tell(f"writing the report ({language})")
        path = folder / "reports" / f"situation-2022-{language}.html"
        html = write_report(workspace, period="2022", language=language)
        with writing_to(path):
            write_atomically(path, html)
        reports[language] = path
    return DemoOutcome(folder, reports, _sights(workspace))


def _sights(workspace: Workspace) -> tuple[str, str, str]:
    means = read_result(workspace, "period_means").filter(pl.col("period_kind").cast(pl.String) == "year")
    changes = read_result(workspace, "changes").filter((pl.col("period") == "2022") & (pl.col("drug") == "cocaine"))
    rose = changes.filter(pl.col("p_rose") > _NEARLY_SURE).height
    fell = changes.filter(pl.col("p_rose") < 1 - _NEARLY_SURE).height
    classed = dict(changes["change_class"].cast(pl.String).value_counts().rows())
    inconsistent = read_result(workspace, "inconsistent_means").select("site_id", "year", "week", "drug").n_unique()
    years = means["period"].unique().sort()
    sampled = means.filter(pl.col("period") == "2022")["site_id"].n_unique()
    known = means["site_id"].n_unique()
    first = (
        f"A map and ranked intervals of {means['drug'].n_unique()} drugs: {sampled} cities sampled in 2022, {known} since "
        f"{years[0]}; every day that was not quantified is drawn as such."
    )
    second = (
        f"Cocaine 2021 to 2022: the published rule calls {classed.get('increase', 0)} of {changes.height} cities an increase "
        f"and {classed.get('decrease', 0)} a decrease; a rise is nearly certain (p > {_NEARLY_SURE}) in {rose}, a fall "
        f"in {fell}."
    )
    third = f"{inconsistent} published weeks whose means the printed days do not give are listed, not hidden."
    return first, second, third
