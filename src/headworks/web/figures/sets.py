"""A prepared set, open: where each unit's rows stand in its files. No policy here; only ``scoped`` reads it."""

from __future__ import annotations

import io
import json
from functools import cached_property, lru_cache
from pathlib import Path

import polars as pl

from headworks.jobs.serving import FOLDER, MAP, TREND_MAP, current_run
from headworks.web.opened import the_workspace

__all__ = ["FigureSet", "current_run", "open_set"]


class FigureSet:
    """Figures of one run for one tier."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run_id = folder.parent.name
        self.tier = folder.name

    @cached_property
    def _index(self) -> dict[str, dict[str, list[int]]]:
        found: dict[str, dict[str, list[int]]] = json.loads((self.folder / "index.json").read_text(encoding="utf-8"))
        return found

    def rows(self, table: str, unit: str) -> pl.DataFrame:
        """Rows of an area, a site or a map; none where the set says nothing of it."""
        return _rows(self.folder / f"{table}.rows", *self._index.get(table, {}).get(unit, (0, 0)))

    def map_rows(self, period: str, analyte: str, level: int) -> pl.DataFrame:
        """All areas of a level in a period."""
        return self.rows(MAP, f"{period}|{analyte}|{level}")

    def trend_rows(self, year: str, analyte: str, level: int) -> pl.DataFrame:
        """Weeks of a year of all areas of a level: their level with its band, and the quarter's ratio."""
        return self.rows(TREND_MAP, f"{year}|{analyte}|{level}")

    @cached_property
    def map_keys(self) -> pl.DataFrame:
        """``period, analyte, level`` of which there are figures."""
        keys = [key.split("|") for key in self._index[MAP]]
        return pl.DataFrame(keys, schema=dict.fromkeys(("period", "analyte", "level"), pl.String), orient="row").with_columns(
            pl.col("level").cast(pl.Int8)
        )


@lru_cache(maxsize=512)
def _rows(path: Path, start: int, length: int) -> pl.DataFrame:
    if not length:
        return _empty(path)
    with path.open("rb") as file:
        file.seek(start)
        return pl.read_ipc(io.BytesIO(file.read(length)))


@lru_cache(maxsize=64)
def _empty(path: Path) -> pl.DataFrame:
    """No rows, with the columns of the table."""
    index = json.loads((path.parent / "index.json").read_text(encoding="utf-8")).get(path.stem)
    if not index:
        return pl.DataFrame(schema=dict.fromkeys(("period", "drug", "analyte", "state"), pl.String))
    return _rows(path, *next(iter(index.values()))).clear()


@lru_cache(maxsize=16)
def _open(folder: Path) -> FigureSet:
    return FigureSet(folder)


def open_set(tier: str, run_id: str | None = None) -> FigureSet | None:
    """The set of a tier, of the run that is shown or of another; None where none was prepared."""
    workspace = the_workspace()
    run = run_id or current_run(workspace)
    if run is None or "/" in run or run.startswith("."):
        return None
    folder = workspace.path / FOLDER / run / tier
    return _open(folder) if (folder / "index.json").is_file() else None
