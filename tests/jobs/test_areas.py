"""Look-up, subtree, shipped divisions as files, boundaries in the workspace."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from headworks.core.errors import DataRefused, UsageError
from headworks.core.schema import require_promise
from headworks.jobs.areas import area_subtree, find_area, load_boundaries, read_boundaries, write_divisions
from headworks.places.boundaries import boundaries_geojson, schematic_boundaries
from headworks.places.divisions import divisions
from headworks.places.gcj02 import gcj02_shift
from headworks.store import Workspace
from headworks.tables import CodeChanges


@pytest.fixture
def guangdong(workspace: Workspace, give) -> Workspace:
    give(workspace, "areas", divisions("44").write_csv())
    return workspace


def cells_as_file(path: Path, *, moved: bool = False) -> Path:
    content = json.loads(boundaries_geojson(schematic_boundaries("44"), divisions("44")))
    if moved:
        for feature in content["features"]:
            geometry = feature["geometry"]
            polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
            for polygon in polygons:
                polygon[:] = [np.column_stack(gcj02_shift(*np.array(ring).T)).tolist() for ring in polygon]
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_shipped_areas_are_found_without_a_workspace_and_ones_own_with_one(two_plants: Workspace) -> None:
    assert find_area("东莞")["area_id"][0] == "441900000000"
    assert find_area("town a", two_plants.path)["area_id"].to_list() == ["P/a"]


def test_a_code_of_an_older_list_finds_what_it_became() -> None:
    assert find_area("440421").select("area_id", "match").rows() == [("440403000000", "old code")]


def test_a_subtree_goes_down_as_many_steps_as_asked_for_and_skips_levels_that_are_not_there() -> None:
    city = area_subtree("Dongguan", 1)
    assert city.filter(step=0)["area_id"].to_list() == ["441900000000"]
    assert set(city.filter(step=1)["level"]) == {4}
    assert area_subtree("4401", 0)["area_id"].to_list() == ["440100000000"]
    assert area_subtree("44", 2)["level"].max() == 4  # Dongguan's streets are two steps below the province


def test_a_name_of_several_areas_or_of_none_is_refused_with_the_codes_near() -> None:
    with pytest.raises(UsageError, match="names several areas") as refused:
        area_subtree("太平镇", 1)
    assert refused.value.code == "HW-U045"
    assert "Guangdong / " in refused.value.remedy
    with pytest.raises(UsageError, match=r"No area is called gunagzhou.*440100000000 Guangdong / Guangzhou"):
        area_subtree("gunagzhou", 1)


def test_the_shipped_divisions_are_written_and_imported_whole(workspace: Workspace, tmp_path: Path, give) -> None:
    written = write_divisions(["44"], tmp_path / "areas.csv", changes=tmp_path / "changes.csv")
    assert [rows for _, rows in written] == [1_901, pl.read_csv(tmp_path / "changes.csv").height]
    outcome = give(workspace, "areas", (tmp_path / "areas.csv").read_text(encoding="utf-8"))
    assert outcome is not None
    found = area_subtree("441900000000", 0, workspace.path)
    assert found.select("name_zh", "name_en", "kind").row(0) == ("东莞市", "Dongguan", "prefecture_city")
    changes = pl.read_csv(
        tmp_path / "changes.csv", schema_overrides={"old_id": pl.String, "new_id": pl.String}, try_parse_dates=True
    )
    require_promise(CodeChanges, changes, where="test")


def test_an_ending_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ending is not known"):
        write_divisions(["44"], tmp_path / "areas.doc")


def test_boundaries_are_kept_and_read_again(guangdong: Workspace, tmp_path: Path) -> None:
    loaded = load_boundaries(guangdong, cells_as_file(tmp_path / "mine.geojson"))
    assert (loaded.n_areas, loaded.key, loaded.findings) == (124, "area_id", [])
    assert loaded.path == guangdong.path / "boundaries" / "mine.geojson"
    assert set(read_boundaries(guangdong)) == set(schematic_boundaries("44"))


def test_a_map_of_a_chinese_web_service_is_found_out_and_converted(guangdong: Workspace, tmp_path: Path) -> None:
    load_boundaries(guangdong, cells_as_file(tmp_path / "mine.geojson"))
    shifted = cells_as_file(tmp_path / "shifted.geojson", moved=True)
    found = load_boundaries(guangdong, shifted).findings
    assert [(one.severity, one.code) for one in found] == [("warning", "HW-C425")]
    assert "1.00 ± 0.02 times its shift" in found[0].message
    assert "--from gcj02" in found[0].remedy
    (guangdong.path / "boundaries" / "shifted.geojson").unlink()
    assert load_boundaries(guangdong, shifted, crs="gcj02").findings == []
    kept = np.vstack(read_boundaries(guangdong)["440103000000"].polygons[0])
    before = np.vstack(schematic_boundaries("44")["440103000000"].polygons[0])
    assert np.allclose(np.sort(kept, axis=0), np.sort(before, axis=0), atol=2e-7)


def test_few_sites_that_scatter_cannot_tell_and_that_is_said(guangdong: Workspace, tmp_path: Path, give) -> None:
    give(guangdong, "sites", "site_id,area_id,longitude,latitude\nA,440103000000,113.30,23.05\nB,440104000000,113.20,23.30\n")
    found = load_boundaries(guangdong, cells_as_file(tmp_path / "mine.geojson")).findings
    assert [(one.severity, one.code) for one in found] == [("info", "HW-C426")]


def test_a_register_of_sites_in_gcj02_is_told_from_boundaries_that_are(guangdong: Workspace, tmp_path: Path, give) -> None:
    from headworks.places.boundaries import middle_of

    middles = {code: gcj02_shift(*middle_of(one)) for code, one in schematic_boundaries("44").items()}
    rows = [f"S{n},{code},{x},{y}" for n, (code, (x, y)) in enumerate(middles.items())]
    give(guangdong, "sites", "site_id,area_id,longitude,latitude\n" + "\n".join(rows) + "\n")
    found = load_boundaries(guangdong, cells_as_file(tmp_path / "mine.geojson")).findings
    assert "those seem to be in GCJ-02" in found[0].message


def test_a_file_that_cannot_be_read_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="cannot be read") as refused:
        load_boundaries(workspace, tmp_path / "none.geojson")
    assert refused.value.code == "HW-D406"
    assert read_boundaries(workspace) == {}
