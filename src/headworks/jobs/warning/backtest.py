"""Try a detector on a workspace's own history, with outbreaks laid on it, and write what came of it.

``backtest.json`` and ``backtest.html`` in the folder asked for, else below ``signals/backtests``, where the pages find them.
The trap: what is said beside the outbreaks is called false, though a real history may hold true ones; on a simulated one the
truth beside it tells.
"""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.warning.warn import DEFAULT_BUDGET, FOLLOWED_WEEKS, method_version
from headworks.jobs.warning.warn_input import warn_input
from headworks.store import Workspace, require_run, write_atomically
from headworks.warning.backtest import parse_injection
from headworks.warning.budget import parse_budget
from headworks.workflows.warning.backtest import OURS, scores_by_type, try_detector

DETECTORS = (OURS, "farrington", "farrington_flexible", "ears_c1", "ears_c2", "ears_c3", "cusum", "rki", "bayes")
_PICTURED = ("found", "found_within_a_week", "sensitivity", "predictive_value")
# One history of two years is short for methods that ask for five.
_OF_SHORT_HISTORY = {"farrington": {"b": 1}, "farrington_flexible": {"b": 1}}


@dataclass(frozen=True)
class BacktestOrder:
    """Detector, outbreak in words, budget of ours, replicates, seed, last week of the history."""

    detector: str = OURS
    inject: str = "size=2,shape=step,level=county,weeks=4"
    budget: str = DEFAULT_BUDGET
    replicates: int = 3
    seed: int = 1
    week: str | None = None


@dataclass(frozen=True)
class Backtested:
    """Scores by type of series, and what was tried."""

    scores: pl.DataFrame
    record: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``; what is not a number is empty."""
        return {**self.record, "scores": self.scores.fill_nan(None).to_dicts()}


def backtest(workspace: Workspace, order: BacktestOrder, tell: Callable[[str], None] = lambda step: None) -> Backtested:
    """Scores of a detector on the history of a workspace.

    Raises
    ------
    UsageError
        ``HW-U297`` for an unknown detector or fewer than one replicate, ``HW-U295`` for an outbreak that is none,
        ``HW-U296`` for a history without room for it.
    """
    if order.detector not in DETECTORS or order.replicates < 1:
        raise UsageError("This cannot be tried.", found=f"{order.detector}, {order.replicates} replicates",
                         code="HW-U297",
                         remedy=f"Give --detector {', '.join(DETECTORS)}, and one replicate or more")  # fmt: skip
    outbreak, budget = parse_injection(order.inject), parse_budget(order.budget)
    run = require_run(workspace)
    given = warn_input(workspace, run, order.week)
    weeks = (int(given.days.ordinal.max()) - int(given.days.ordinal.min())) // 7 + 1
    judged = min(FOLLOWED_WEEKS, weeks // 2)
    trials = []
    for number, seed in enumerate(np.random.SeedSequence(order.seed).spawn(order.replicates)):
        tell(f"replicate {number + 1} of {order.replicates}")
        trials.append(try_detector(
            given.days, given.register.network, given.learnt, outbreak, budget, np.random.default_rng(seed),
            detector=order.detector, weeks_judged=judged, **_OF_SHORT_HISTORY.get(order.detector, {}),
        ))  # fmt: skip
    record = {
        "detector": order.detector, "inject": order.inject, "budget": budget.in_words(), "replicates": order.replicates,
        "seed": order.seed, "run_id": run.run_id, "week": given.week.label, "weeks_judged": judged,
        "method_version": method_version(),
    }  # fmt: skip
    return Backtested(scores_by_type(trials, outbreak.weeks), record)


def backtest_folder(workspace: Workspace, found: Backtested) -> Path:
    """Where a back-test is kept if nothing else is said; the same one done again takes its place."""
    record = found.record
    asked = "|".join(str(record[name]) for name in ("inject", "budget", "replicates", "seed", "run_id", "method_version"))
    name = f"{record['detector']}-{record['week']}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}"
    return workspace.path / "signals" / "backtests" / name


def write_backtest(found: Backtested, folder: Path) -> list[Path]:
    """``backtest.json`` and ``backtest.html`` in a folder, which is made.

    Raises
    ------
    UsageError
        ``HW-U298`` where the folder cannot be written to.
    """
    files = {"backtest.json": json.dumps(found.as_dict(), indent=1, ensure_ascii=False) + "\n", "backtest.html": _page(found)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write_atomically(folder / name, text)
    except OSError as problem:
        raise UsageError("The back-test cannot be written.", where=str(folder), found=problem.strerror or str(problem),
                         remedy="Name a folder that can be written to", code="HW-U298") from problem  # fmt: skip
    return [folder / name for name in files]


def _page(found: Backtested) -> str:
    """The page: what was tried, scores, a picture."""
    record, scores = found.record, found.scores.fill_nan(None)
    head = "".join(f"<th>{html.escape(name.replace('_', ' '))}</th>" for name in scores.columns)
    rows = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in scores.rows())
    said = "".join(
        f"<li>{html.escape(name.replace('_', ' '))}: {html.escape(str(value))}</li>" for name, value in record.items()
    )
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Back-test</title><style>body{font:15px/1.5 sans-serif;"
        "margin:2rem;max-width:70rem}table{border-collapse:collapse}td,th{padding:.3rem .6rem;border-bottom:1px solid #ccc;"
        f"text-align:right}}</style><h1>Back-test of {html.escape(str(record['detector']))}</h1><ul>{said}</ul>"
        f"{_picture(scores)}<table><tr>{head}</tr>{rows}</table><p>Shares are of outbreaks (found), of their weeks "
        "(sensitivity), of quiet weeks (specificity) and of episodes of alarms (false discovery, predictive value). Episodes "
        "beside the outbreaks count as false, though the history itself may hold true ones.</p></html>\n"
    )


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) else html.escape(str(value))


def _picture(scores: pl.DataFrame) -> str:
    import vl_convert

    rows = [
        {"type": row["series_type"], "score": name.replace("_", " "), "share": row[name]}
        for row in scores.to_dicts() for name in _PICTURED if row[name] is not None
    ]  # fmt: skip
    chart = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "data": {"values": rows}, "mark": "bar",
        "width": 160, "height": 180,
        "encoding": {"column": {"field": "score", "title": None}, "color": {"field": "type", "legend": None},
                     "x": {"field": "type", "type": "nominal", "title": None, "sort": None},
                     "y": {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1]}, "title": "share"}},
    }  # fmt: skip
    return str(vl_convert.vegalite_to_svg(chart, allowed_base_urls=[]))
