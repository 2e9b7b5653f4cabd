"""Workspaces and files small enough to be read in a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from headworks.jobs.import_files import ImportOrder, ImportOutcome, import_file
from headworks.store import Workspace

Give = Callable[..., ImportOutcome]

SITES = """site_id,area_id,name,population_served
A,P/a,Plant A,10000
B,P/b,Plant B,50000
"""
AREAS = """area_id,parent_id,level,name_en,valid_from
P,,1,Province,2020-01-01
P/a,P,2,Town a,2020-01-01
P/b,P,2,Town b,2020-01-01
"""
SAMPLES = """sample_id,site_id,collected_from,flow_m3_per_day
A1,A,2024-03-05T08:00Z,2000
A2,A,2024-03-09T08:00Z,2500
B1,B,2024-03-05T08:00Z,9000
B2,B,2025-03-04T08:00Z,9500
"""
MEASUREMENTS = """sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l
A1,benzoylecgonine,250,1,5
A2,benzoylecgonine,310.5,1,5
B1,benzoylecgonine,120,1,5
B2,benzoylecgonine,140,1,5
A1,methamphetamine,<LOQ,1,5
B1,methamphetamine,33,1,5
B1,ketamine,12.5,1,5
"""
WEEKS = """year,country,city,drug,monday,tuesday,wednesday,thursday,friday,saturday,sunday,daily mean
2021,ES,Reus,cocaine,100,110,120,130,140,150,160,130
2021,FI,Espoo,MDMA,5,0,6,7,8,9,10,9.99
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "ws", name="Two plants", timezone="UTC")


@pytest.fixture
def give(tmp_path: Path) -> Give:
    """Import a text as a file: ``give(workspace, "sites", text)``; the name of the file says which table it is."""

    def give(workspace: Workspace, name: str, text: str, form: str = "headworks", **order: object) -> ImportOutcome:
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        return import_file(workspace, path, ImportOrder(form, **order))  # type: ignore[arg-type]

    return give


@pytest.fixture
def tables() -> dict[str, str]:
    """Two plants in two towns, four samples in two years, three residues, one of them below its limit once."""
    return {"areas": AREAS, "sites": SITES, "samples": SAMPLES, "measurements": MEASUREMENTS}


@pytest.fixture
def two_plants(workspace: Workspace, give: Give, tables: dict[str, str]) -> Workspace:
    """A workspace with ``tables``."""
    for name, text in tables.items():
        give(workspace, name, text)
    return workspace


@pytest.fixture
def weeks() -> str:
    """A table of the SCORE kind: an import that touches four tables of facts, and two that are empty."""
    return WEEKS
