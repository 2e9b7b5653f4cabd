from __future__ import annotations

import polars as pl

from headworks.workflows import with_places

AREAS = pl.DataFrame(
    {
        "area_id": ["P", "P/a", "P/a", "P/a/x", "round", "about"],
        "valid_from": [1, 1, 2, 1, 1, 1],
        "parent_id": [None, "P", "P", "P/a", "about", "round"],
        "name_en": ["Province", "Old town", "Town", None, None, None],
        "name_zh": [None, None, None, "街道", None, None],
    }
)


def sites(*areas: str | None) -> pl.DataFrame:
    names = [f"s{number}" for number in range(len(areas))]
    return pl.DataFrame({"site_id": names, "area_id": areas}, schema={"site_id": pl.String, "area_id": pl.String})


def test_the_country_is_the_top_area_and_the_city_the_site_s_own_by_its_latest_name() -> None:
    placed = with_places(sites("P/a", "P/a/x", "P", "unknown", None), AREAS)
    assert placed.select("country", "city").rows() == [
        ("P", "Town"), ("P", "街道"), ("P", "Province"), (None, None), (None, None),
    ]  # fmt: skip


def test_areas_that_lie_in_each_other_end_somewhere() -> None:
    assert with_places(sites("round"), AREAS)["country"][0] in {"round", "about"}
