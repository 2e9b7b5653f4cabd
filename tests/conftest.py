"""Workspaces and files small enough to be read in a test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.docs.examples import EXAMPLES, printed
from tests.once import made_once

from headworks.jobs.import_files import ImportOrder, ImportOutcome, import_file
from headworks.jobs.run import run
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
TABLES = {"areas": AREAS, "sites": SITES, "samples": SAMPLES, "measurements": MEASUREMENTS}
WEEKS = """year,country,city,drug,monday,tuesday,wednesday,thursday,friday,saturday,sunday,daily mean
2021,ES,Reus,cocaine,100,110,120,130,140,150,160,130
2021,FI,Espoo,MDMA,5,0,6,7,8,9,10,9.99
"""


def _import(workspace: Workspace, path: Path, text: str, form: str, **order: object) -> ImportOutcome:
    path.write_text(text, encoding="utf-8")
    return import_file(workspace, path, ImportOrder(form, **order))  # type: ignore[arg-type]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "ws", name="Two plants", timezone="UTC")


@pytest.fixture
def give(tmp_path: Path) -> Give:
    """Import a text as a file: ``give(workspace, "sites", text)``; the name of the file says which table it is."""

    def give(workspace: Workspace, name: str, text: str, form: str = "headworks", **order: object) -> ImportOutcome:
        return _import(workspace, tmp_path / f"{name}.csv", text, form, **order)

    return give


@pytest.fixture
def tables() -> dict[str, str]:
    """Two plants in two towns, four samples in two years, three residues, one of them below its limit once."""
    return dict(TABLES)


@pytest.fixture(scope="session")
def two_plants_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with ``tables``, to be copied."""
    folder = tmp_path_factory.mktemp("two-plants")
    workspace = Workspace.create(folder / "ws", name="Two plants", timezone="UTC")
    for name, text in TABLES.items():
        _import(workspace, folder / f"{name}.csv", text, "headworks")
    return workspace.path


@pytest.fixture
def two_plants(two_plants_made: Path, tmp_path: Path) -> Workspace:
    """A workspace with ``tables``."""
    return Workspace.open(shutil.copytree(two_plants_made, tmp_path / "ws"))


@pytest.fixture(scope="session")
def computed_plants_made(two_plants_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a run, to be copied."""
    folder = shutil.copytree(two_plants_made, tmp_path_factory.mktemp("computed-plants") / "ws")
    run(Workspace.open(folder))
    return folder


@pytest.fixture
def computed_plants(computed_plants_made: Path, tmp_path: Path) -> Workspace:
    """A workspace with ``tables``, and what was computed from them."""
    return Workspace.open(shutil.copytree(computed_plants_made, tmp_path / "ws"))


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest) -> Path:
    """A folder with the workspace of the documentation's demo, made from nothing, and what that said. Not to be changed."""

    def make(folder: Path) -> None:
        (folder / "said.txt").write_text(printed(EXAMPLES / "demo.sh", folder), encoding="utf-8")

    return made_once(request, "demo-of-all", make)


@pytest.fixture
def weeks() -> str:
    """A table of the SCORE kind: an import that touches four tables of facts, and two that are empty."""
    return WEEKS
