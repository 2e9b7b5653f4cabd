"""What can be taken along: every public figure of an edition as CSV or JSON, and what its columns mean (a data package)."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import polars as pl

from headworks.core.schema import describe
from headworks.jobs.csv_text import disarmed_csv
from headworks.tables import AreaLoads
from headworks.web.access.models import AreaNode
from headworks.web.public.models import Edition
from headworks.web.public.pages.figures import EditionFigures

FILE = "area_loads"
_STATE = "value, below_limit (nothing was quantified), or suppressed (withheld, without numbers)."
_TYPES = {"Int": "integer", "Flo": "number", "Boo": "boolean"}
# Of a zip the moment of each entry is part of its bytes: the same edition is the same file.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def edition_rows(figures: EditionFigures, area_id: str = "") -> pl.DataFrame:
    """All public figures of an edition, or those of an area, with the names of the areas."""
    rows = figures.rows("area_loads", area_id) if area_id else figures.all_loads()
    if rows.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(["area_id", "name_en", "name_zh", "state"], pl.String))
    areas = AreaNode.objects.values_list("area_id", "name_en", "name_zh")
    named = pl.DataFrame(list(areas), schema=dict.fromkeys(["area_id", "name_en", "name_zh"], pl.String), orient="row")
    shown = rows.join(named, on="area_id", how="left")
    order = ["area_id", "name_en", "name_zh", *[name for name in rows.columns if name != "area_id"]]
    return shown.select(order).sort("level", "area_id", "drug", "analyte", "period")


def csv_of(rows: pl.DataFrame) -> bytes:
    """CSV that a spreadsheet opens as data."""
    return disarmed_csv(rows).encode()


def json_of(rows: pl.DataFrame, edition: Edition) -> bytes:
    """The rows and where they are from."""
    said = {"edition": edition.pk, "run_id": edition.run_id, "published_at": edition.published_at, "rows": rows.to_dicts()}
    return json.dumps(said, ensure_ascii=False, default=str).encode()


def data_package(edition: Edition, rows: pl.DataFrame) -> dict[str, Any]:
    """What the columns mean, as a data package (Frictionless)."""
    promises = {one.name: one for one in describe(AreaLoads)}
    fields = []
    for name in rows.columns:
        promise = promises.get(name)
        kind = _TYPES.get(promise.dtype[:3], "string") if promise else "string"
        words = promise.meaning if promise else _STATE if name == "state" else "Name of the area."
        fields.append({"name": name, "type": kind, "description": words, "unit": promise.unit if promise else "-"})
    resource = {
        "name": FILE, "path": f"{FILE}.csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "schema": {"fields": fields, "primaryKey": ["area_id", "period", "analyte"], "missingValues": [""]},
    }  # fmt: skip
    return {
        "profile": "tabular-data-package", "name": f"headworks-edition-{edition.pk}",
        "title": "Loads of drug residues in sewage, by area and period", "version": str(edition.pk),
        "created": edition.published_at.isoformat() if edition.published_at else "", "run_id": edition.run_id,
        "resources": [resource],
    }  # fmt: skip


def zip_of(figures: EditionFigures, edition: Edition) -> bytes:
    """The table and what its columns mean, in one file."""
    rows = edition_rows(figures)
    package = json.dumps(data_package(edition, rows), ensure_ascii=False, indent=2).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in ((f"{FILE}.csv", csv_of(rows)), ("datapackage.json", package)):
            file.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
