"""Tables to documents: one content model, several formats and languages.

In: the tables of a workspace, handed over as frames, and a request. Out: a content tree
(:func:`situation_report`), from it a self-contained HTML file (:func:`render_html`), and the figures as CSV and XLSX
(:func:`write_csv_text`, :func:`write_workbook`). How one figure was computed, as text for a terminal
(:func:`computed_text`). This room reads no workspace and no clock; dates and run facts arrive in
``SituationTables.method``.
"""

from __future__ import annotations

from headworks.reports.area_tables import AreaTables, Computed
from headworks.reports.computed_text import computed_text
from headworks.reports.content import Label, SituationContent
from headworks.reports.downloads import write_csv_text, write_workbook
from headworks.reports.html import render_html
from headworks.reports.inputs import ReportRequest, SituationTables
from headworks.reports.situation import situation_report

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
