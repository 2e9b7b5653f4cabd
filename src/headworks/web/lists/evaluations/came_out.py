"""What came out of a plan, in the order in which it is to be read, in the reader's language.

First what was to be expected without any action, then what was seen, then the effect; of a mixture of areas what it consists
of, and what the same comparison finds where nothing was done.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headworks.assessment.evaluation import EvaluationPlan
from headworks.web.access.models import AreaNode
from headworks.web.figures.naming import residue_name
from headworks.web.figures.templatetags.figures import amount
from headworks.web.lists.words.criterion_words import own_words
from headworks.web.refusals import said_to_reader
from headworks.workflows.assessment.evaluations import Evaluated

METHOD_WORDS = {
    "interrupted_series": gettext_lazy("interrupted series: level at the action, beside trend and season"),
    "before_after": gettext_lazy("before and after, beside areas where nothing is done (at least 10)"),
    "synthetic_control": gettext_lazy("a mixture of areas where nothing is done (at least 9), month by month"),
}
# The strip of placebos, in pixels: room for the largest ring at both ends.
_STRIP, _EDGE = 600, 12


def method_words(plan: EvaluationPlan) -> str:
    """How a plan looks; of a series without a season, why."""
    if plan.method == "interrupted_series" and plan.setting("harmonics") == "0":
        return _("interrupted series: level at the action, beside trend; too short for a season")
    return str(METHOD_WORDS.get(plan.method, plan.method))


def figure_words(plan: EvaluationPlan) -> str:
    """What a plan looks at."""
    if name := plan.setting("indicator"):
        return _("%(indicator)s, count per person and year by quarter") % {"indicator": own_words(name.replace("_", " "))}
    said = {"drug": residue_name(plan.setting("analyte"))}
    if plan.method == "interrupted_series":
        return _("%(drug)s, load per 1,000 people by week") % said
    return _("%(drug)s, load per 1,000 people by month") % said


def shown_result(plan: EvaluationPlan, found: Evaluated, areas: Mapping[str, AreaNode]) -> dict[str, Any]:
    """What the page of a plan shows once its later window is over."""
    rows = [_row(row, areas) for row in found.rows.iter_rows(named=True)]
    return {
        "rows": rows, "expected": [row for row in rows if row["expected_ratio"] is not None],
        "is_mixture": plan.method == "synthetic_control", "is_series": plan.method == "interrupted_series",
        "mixtures": [mixture for row in rows if (mixture := _mixture(row, found.donors, areas))],
        "left_out": [areas[code] for code in found.left_out],
    }  # fmt: skip


def _row(row: dict[str, Any], areas: Mapping[str, AreaNode]) -> dict[str, Any]:
    return {
        **row, "area": areas[row["area_id"]], "problem": said_to_reader(row["problem"]),
        "interval": _interval(row["lower"], row["upper"]),
        "expected_interval": _interval(row["expected_lower"], row["expected_upper"]),
    }  # fmt: skip


def _interval(lower: float | None, upper: float | None) -> str:
    if lower is None or upper is None:
        return ""
    if math.isinf(upper):
        return _("no bounds")
    return _("%(low)s–%(high)s") % {"low": amount(lower), "high": amount(upper)}


def _mixture(row: dict[str, Any], donors: pl.DataFrame, areas: Mapping[str, AreaNode]) -> dict[str, Any] | None:
    """Of what the mixture of an area consists, and where the area stands among all taken as if they had been acted on."""
    parts = donors.filter(area_id=row["area_id"]).sort("weight", "compared_id", descending=[True, False])
    if parts.is_empty():
        return None
    largest = max(row["statistic"], *parts["statistic"])
    across = (_STRIP - 2 * _EDGE) / (largest or 1.0)
    return {
        "row": row, "strip": _STRIP, "own": round(_EDGE + across * row["statistic"], 1), "largest": largest,
        "others": [round(_EDGE + across * one, 1) for one in parts["statistic"]],
        "n_all": parts.height + 1, "n_larger": int((parts["statistic"] >= row["statistic"]).sum()) + 1,
        "parts": [{**one, "area": areas[one["compared_id"]]} for one in parts.iter_rows(named=True)],
    }  # fmt: skip
