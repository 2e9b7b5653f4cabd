"""What stands beside a site's figures, read by predicate and cut to the tier; and where areas are drawn."""

from headworks.jobs.area_cells import _cells, area_cells, cells_version
from headworks.jobs.site_detail import sample_detail, site_detail, site_of_sample
from headworks.jobs.site_evidence import shown_sites
from headworks.store import read_facts


def test_a_steward_sees_samples_and_populations_of_the_one_site(province_made):
    site = read_facts(province_made, "samples")["site_id"][0]
    found = site_detail(province_made, site, "steward", 1, has_samples=True)
    assert set(found.samples["site_id"]) == {site}
    assert set(found.populations["site_id"]) == {site}
    assert found.samples["day"].is_sorted(descending=True)
    assert set(found.nonconformities["sample_id"]) <= set(found.samples["sample_id"])


def test_without_a_grant_of_samples_none_is_read(province_made):
    site = read_facts(province_made, "samples")["site_id"][0]
    found = site_detail(province_made, site, "steward", 1, has_samples=False)
    assert found.samples.is_empty()
    assert found.nonconformities.is_empty()
    assert found.populations.height


def test_the_public_sees_no_site_and_no_sample(province_made):
    sample = read_facts(province_made, "samples")["sample_id"][0]
    assert sample_detail(province_made, sample, "public", 1) is None
    assert not shown_sites(province_made, "public", 1)
    assert len(shown_sites(province_made, "steward", 1)) == 60


def test_a_sample_comes_with_results_loads_and_rules(province_made):
    sample = read_facts(province_made, "samples")["sample_id"][0]
    found = sample_detail(province_made, sample, "steward", 1)
    assert set(found.measurements["sample_id"]) == {sample}
    assert set(found.loads["day"]) == {found.sample["day"][0]}
    assert site_of_sample(province_made, sample, 1) == found.sample["site_id"][0]
    assert site_of_sample(province_made, "no such sample", 1) is None


def test_cells_are_made_once_kept_in_the_serving_folder_and_change_with_the_register(province_made, monkeypatch):
    cells = area_cells(province_made, 1)
    assert len(cells.polygons) > 1_700
    assert not cells.places
    file = province_made.path / "serving" / f"cells-{cells_version(province_made, 1)}.json"
    assert file.is_file()
    monkeypatch.setattr("headworks.jobs.area_cells._made", None)
    _cells.cache_clear()
    again = area_cells(province_made, 1)
    assert set(again.polygons) == set(cells.polygons)
    assert cells_version(province_made, 1) != cells_version(province_made, 2)


def test_a_damaged_file_of_cells_is_made_anew(province_made):
    file = province_made.path / "serving" / f"cells-{cells_version(province_made, 3)}.json"
    file.write_text("{", encoding="utf-8")
    assert len(area_cells(province_made, 3).polygons) > 1_700
    assert file.stat().st_size > 1_000
