"""Tables to documents: one content model, several formats and languages.

In: the tables of a workspace, handed over as frames, and a request. Out: a content tree
(:func:`situation_report`), from it a self-contained HTML file (:func:`render_html`), and the figures as CSV and XLSX
(:func:`write_csv_text`, :func:`write_workbook`). How one figure was computed, as text for a terminal
(:func:`computed_text`). This room reads no workspace and no clock; dates and run facts arrive in
``SituationTables.method``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Not with the others: a function that is called like its module is found only where both are loaded together.
from headworks.reports.computed_text import computed_text

if TYPE_CHECKING:
    from headworks.reports.area_tables import AreaTables, Computed
    from headworks.reports.content import Label, SituationContent
    from headworks.reports.downloads import write_csv_text, write_workbook
    from headworks.reports.html import render_html
    from headworks.reports.inputs import ReportRequest, SituationTables
    from headworks.reports.situation import situation_report

# Loaded when first used: the five reports of the cycle need neither the chart engine nor the templates of the situation
# report, and to load these takes a second.
_HOMES = {
    "area_tables": ("AreaTables", "Computed"),
    "content": ("Label", "SituationContent"),
    "downloads": ("write_csv_text", "write_workbook"),
    "html": ("render_html",),
    "inputs": ("ReportRequest", "SituationTables"),
    "situation": ("situation_report",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AreaTables",
    "Computed",
    "Label",
    "ReportRequest",
    "SituationContent",
    "SituationTables",
    "computed_text",
    "render_html",
    "situation_report",
    "write_csv_text",
    "write_workbook",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
