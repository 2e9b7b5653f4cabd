"""Register what an evaluation is going to look at, from what somebody typed.

The trap: compared areas that were chosen for being like the listed ones in the window before are high by chance as well. All
areas of the level on which nothing is done are the better choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from headworks.core.errors import UsageError
from headworks.jobs.area_figures import find_area
from headworks.jobs.assessment.registrations import KeptRegistration, keep_registration
from headworks.jobs.clock import now
from headworks.reference.substance_names import resolve_analyte
from headworks.store import Workspace, read_facts
from headworks.workflows.assessment.evaluations import METHODS, effect_of_fall, plan_of_counts, plan_of_loads, read_window


@dataclass(frozen=True)
class PlanOrder:
    """A plan in words: areas by id or name, windows as periods, a residue or an indicator, a fall in percent.

    ``compared_level`` adds all areas of a level that are not acted on.
    """

    question: str
    areas: tuple[str, ...]
    before: str
    after: str
    analyte: str = ""
    indicator: str = ""
    compared: tuple[str, ...] = ()
    compared_level: int | None = None
    method: str = METHODS[0]
    fall_percent: float = 20.0


def register_order(workspace: Workspace, order: PlanOrder, role: str) -> KeptRegistration:
    """Register a plan today.

    Raises
    ------
    UsageError
        ``HW-U003`` and ``HW-U337`` for a window or a fall that cannot be, ``HW-U015`` for an area that is none, ``HW-U316``
        for a plan registered before, ``HW-U335`` for a method that there is not, ``HW-U338`` without a question, or unless
        one of residue and indicator is named.
    DataRefused
        ``HW-P002`` for a residue that is none; ``HW-D768``, ``HW-D773`` and ``HW-D875`` as in :func:`keep_registration`
        and :func:`plan_of_loads`.
    """
    if not order.question.strip() or bool(order.analyte) == bool(order.indicator):
        raise UsageError("A plan asks one question about one figure.", found=order.question[:40],
                         remedy="Give the question, and a residue or an indicator", code="HW-U338")  # fmt: skip
    areas = read_facts(workspace, "areas")
    acted = _codes(areas, order.areas)
    compared = _codes(areas, order.compared)
    if order.compared_level is not None:
        latest = areas.sort("valid_from").unique("area_id", keep="last", maintain_order=True)
        of_level = latest.filter(pl.col("level") == order.compared_level)["area_id"].sort()
        compared += tuple(one for one in of_level if one not in {*acted, *compared})
    windows, effect = (read_window(order.before), read_window(order.after)), effect_of_fall(order.fall_percent)
    question = order.question.strip()
    if order.indicator:
        plan = plan_of_counts(question, order.indicator, acted, *windows, effect, compared)
    else:
        analyte = resolve_analyte(order.analyte)
        plan = plan_of_loads(question, analyte, acted, *windows, effect, compared, order.method)
    return keep_registration(workspace, plan, now().date(), role=role)


def _codes(areas: pl.DataFrame, said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(find_area(areas, one)[0] for one in said))
