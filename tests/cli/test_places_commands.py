from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl

from headworks.jobs.areas import read_boundaries
from headworks.places.boundaries import boundaries_geojson, schematic_boundaries
from headworks.places.divisions import divisions
from headworks.store import Workspace


def test_an_area_is_found_with_its_path(headworks) -> None:
    shown = headworks("areas", "find", "dong guan shi", "--json")
    assert [(row["area_id"], row["path"]) for row in json.loads(shown.out)] == [("441900000000", "Guangdong / Dongguan")]
    table = pl.read_csv(io.StringIO(headworks("areas", "find", "dong guan shi", "--zh").out), infer_schema=False)
    assert table["path"].to_list() == ["广东省 / 东莞市"]


def test_a_name_nobody_has_gives_near_ones_and_says_so(headworks) -> None:
    shown = headworks("areas", "find", "gunagzhou")
    assert shown.code == 0
    assert "No area is called gunagzhou" in shown.err
    assert "Guangzhou" in shown.out


def test_a_tree_is_indented_by_its_steps(headworks) -> None:
    lines = headworks("areas", "tree", "Dongguan", "--depth", "1").out.splitlines()
    assert lines[0] == "441900000000 Dongguan 东莞市"
    assert lines[1].startswith("  441900003000 Dongcheng Subdistrict")
    assert headworks("areas", "tree", "440000000000", "--depth", "0", "--zh").out == "440000000000 广东省 Guangdong\n"
    assert [row["step"] for row in json.loads(headworks("areas", "tree", "4401", "--depth", "0", "--json").out)] == [0]
    assert headworks("areas", "tree", "太平镇").code == 2


def test_shipped_divisions_are_written_imported_and_drawn_upon(headworks, tmp_path: Path) -> None:
    file, home = tmp_path / "areas.csv", tmp_path / "ws"
    assert headworks("areas", "divisions", "--province", "44", "-o", file).code == 0
    assert headworks("init", home).code == 0
    assert headworks("import", home, file, "--as", "headworks").code == 0
    assert headworks("areas", "find", "Liwan District", "--workspace", home).out.count("440103000000") == 1
    drawn = tmp_path / "counties.geojson"
    drawn.write_text(boundaries_geojson(schematic_boundaries("44"), divisions("44")), encoding="utf-8")
    shown = json.loads(headworks("areas", "boundaries", home, drawn, "--json").out)
    assert (shown["areas"], shown["key"], shown["findings"]) == (124, "area_id", [])
    assert headworks("areas", "boundaries", home, drawn, "--key", "name_zh").code == 2
    assert "124 areas by area_id" in headworks("areas", "boundaries", home, drawn, "--from", "gcj02").out
    assert len(read_boundaries(Workspace.open(home))) == 124


def test_what_is_not_shipped_and_what_is_no_map_is_refused(headworks, tmp_path: Path) -> None:
    assert headworks("areas", "divisions", "--province", "11", "-o", tmp_path / "areas.csv").code == 2
    home = tmp_path / "ws"
    headworks("init", home)
    assert headworks("areas", "boundaries", home, tmp_path / "none.geojson").code == 3
