"""One signal of a workspace, from the record that was kept with it: figures, sentence, picture."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.warning.warn import kept_signals, signals_for
from headworks.store import Workspace

# What tells of sites, samples and areas behind a signal or around it, in the record and in the sentence.
_ONLY_STEWARD = ("without_each", "neighbours", "levels", "folded", "left_out", "parts", "batch",
                 "first_sample_id", "confirmed_by", "doubts", "widest", "spread", "cluster", "members", "together",
                 "signals_inside")  # fmt: skip
_PARTS_ONLY_STEWARD = (
    "It hangs on",
    "No single",
    "In its laboratory batch",
    "Of that:",
    "Around it",
    "In doubt",
    "Together that",
)
_NEAREST = 3


@dataclass(frozen=True)
class Explained:
    """The signal's row, and what made it speak."""

    row: dict[str, Any]
    explanation: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**{name: value for name, value in self.row.items() if name != "explanation"}, "explanation": self.explanation}

    def chart(self) -> dict[str, Any]:
        """Vega-Lite: how far the weeks that speak lie from what was expected, and the weights of the baseline."""
        if self.row["kind"] == "first_appearance":
            return self._course()
        normals = [{"week": week, "normal": value} for week, value in self.explanation["normals"].items()]
        weights = self.explanation["baseline"]["weights"]
        rows = [{"week": week, "weight": value} for week, value in sorted(weights.items())]
        title = f"{self.row['analyte']}, {self.explanation['unit_name']}, {self.row['period']}"
        week = {"field": "week", "type": "ordinal", "title": "ISO week", "sort": None}
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json", "title": title,
            "vconcat": [
                {"width": 480, "height": 180, "data": {"values": normals}, "mark": {"type": "bar", "color": "#b5472f"},
                 "encoding": {"x": week, "y": {"field": "normal", "type": "quantitative",
                                               "title": "Standard deviations from what was expected"}}},
                {"width": 480, "height": 120, "data": {"values": rows}, "mark": {"type": "bar", "color": "#33658a"},
                 "encoding": {"x": week, "y": {"field": "weight", "type": "quantitative", "title": "Weight in the baseline"}}},
            ],
        }  # fmt: skip

    def _course(self) -> dict[str, Any]:
        """Sites at which a substance had been seen, by day."""
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "title": f"{self.row['analyte']}, sites at which it was seen", "width": 480, "height": 180,
            "data": {"values": self.explanation.get("spread", [])},
            "mark": {"type": "line", "interpolate": "step-after", "point": True, "color": "#b5472f"},
            "encoding": {"x": {"field": "day", "type": "temporal", "title": "day of sampling"},
                         "y": {"field": "n_sites", "type": "quantitative", "title": "sites"}},
        }  # fmt: skip


def explain_signal(workspace: Workspace, said: str, week: str | None, tier: str) -> Explained:
    """A signal by its id, or the number of its row in the list of its week.

    Parameters
    ----------
    workspace
        Where signals were kept.
    said
        ``signal_id``, or 1 for the first of the list that the tier sees.
    week
        ISO week; the newest with signals where None.
    tier
        Whose.

    Raises
    ------
    UsageError
        ``HW-U292`` where no signals were kept, ``HW-U293`` for one there is not, or that the tier may not see.
    """
    found = kept_signals(workspace, week)
    seen = signals_for(workspace, found, tier).sort("p_value", "signal_id")
    row = _chosen(seen, said)
    if row is None:
        # One that is withheld is answered as one there is not: else an id could be asked for until it is found.
        near = difflib.get_close_matches(said, seen["signal_id"].to_list(), n=_NEAREST, cutoff=0.4)
        raise UsageError(
            "There is no such signal.", where=f"{found.week}, of those that {tier} readers may see", found=said,
            remedy=f"Did you mean {' or '.join(near) or 'a number of the list, or another --tier'}?", code="HW-U293",
        )  # fmt: skip
    explanation = json.loads(row["explanation"])
    if tier != "steward":
        # Of sites and neighbours behind it no tier below may know what the unit's own figure does not tell.
        explanation = {name: value for name, value in explanation.items() if name not in _ONLY_STEWARD}
        explanation["sentence"] = _without_parts(explanation["sentence"])
    return Explained({name: value for name, value in row.items() if name != "explanation"}, explanation)


def _chosen(seen: pl.DataFrame, said: str) -> dict[str, Any] | None:
    if said.isdecimal() and 1 <= int(said) <= seen.height:
        return seen.row(int(said) - 1, named=True)
    rows = seen.filter(signal_id=said)
    return rows.row(0, named=True) if rows.height else None


def _without_parts(sentence: str) -> str:
    """The sentence without what names a site or a sample."""
    parts = sentence.split(". ")
    kept = [part for part in parts if not part.startswith(_PARTS_ONLY_STEWARD)]
    return ". ".join(kept).rstrip(".") + "."
