"""What of a workspace a tier may see, and that it gives nothing away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from tests.copies import copied_workspace

from headworks.core.disclosure import brute_force_differences
from headworks.core.errors import UsageError
from headworks.jobs.disclosed import disclose, disclosed_table
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.export import record_export
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.publications import read_publications
from headworks.jobs.read_table import READABLE, read_table
from headworks.jobs.run import run
from headworks.store import Workspace

# Province P: county C with town T (plant p1, in whose sewers village V's site v lies) and town U (plants p2, p3); county D with
# town W (p4); p5 drains half of U and half of W; h is a hospital in T.
AREAS = """area_id,parent_id,level,name_en,valid_from,population
P,,1,P,2020-01-01,200000
C,P,3,C,2020-01-01,120000
D,P,3,D,2020-01-01,80000
T,C,4,T,2020-01-01,50000
U,C,4,U,2020-01-01,60000
W,D,4,W,2020-01-01,70000
V,T,5,V,2020-01-01,900
"""
SITES = """site_id,area_id,name,kind,population_served,upstream_of,consent,latitude,longitude
p1,T,P1,plant_influent,30000,,,23.1,113.1
v,V,V,manhole,900,p1,,23.2,113.2
p2,U,P2,plant_influent,26000,,ref-1,23.3,113.3
p3,U,P3,plant_influent,7000,,,23.4,113.4
p4,W,P4,plant_influent,40000,,,23.5,113.5
p5,,P5,plant_influent,8000,,,23.6,113.6
h,T,H,hospital,3000,,protocol-7,23.7,113.7
m,W,M,manhole,6000,,,23.8,113.8
"""
SITE_AREAS = """site_id,area_id,population
p5,U,4000
p5,W,4000
"""
# p3 is sampled in the first quarter only, v never in the fourth.
SAMPLED = {
    "p1": "1234", "v": "123", "p2": "1234", "p3": "1", "p4": "1234", "p5": "1234", "h": "12", "m": "1234",
}  # fmt: skip


def samples_of(sampled: dict[str, str]) -> tuple[str, str]:
    samples = ["sample_id,site_id,collected_from,flow_m3_per_day"]
    results = ["sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l"]
    for site, quarters in sampled.items():
        for quarter in quarters:
            name = f"{site}-{quarter}"
            samples.append(f"{name},{site},2025-{3 * int(quarter) - 1:02d}-05T08:00Z,{1000 + 37 * len(samples)}")
            results += [f"{name},{analyte},{50 + 7 * len(results)},1,5" for analyte in ("benzoylecgonine", "ketamine")]
    return "\n".join(samples) + "\n", "\n".join(results) + "\n"


def members_of(disclosure: Disclosure, analyte: str) -> pl.DataFrame:
    behind, sampled = disclosure.decisions.behind, disclosure.sampled.at(disclosure.decisions.behind.names.periods)
    return behind.table(behind.counting(sampled, sampled.analytes.index(analyte)))


@pytest.fixture(scope="module")
def small_province_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small-province")
    samples, results = samples_of(SAMPLED)
    tables = {"areas": AREAS, "sites": SITES, "site_areas": SITE_AREAS, "samples": samples, "measurements": results}
    return _computed(folder, tables).path


def _computed(folder: Path, tables: dict[str, str]) -> Workspace:
    workspace = Workspace.create(folder / "ws", name="A small province", timezone="UTC")
    for name, text in tables.items():
        file = folder / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        assert import_file(workspace, file, ImportOrder("headworks")).rows_refused == 0
    run(workspace)
    return workspace


@pytest.fixture
def small_province(small_province_made: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(copied_workspace(small_province_made, tmp_path / "ws"))


def ids(workspace: Workspace, table: str, tier: str, column: str) -> set[str]:
    return set(disclosed_table(workspace, table, read_table(workspace, table), tier).frame[column].to_list())


def test_the_public_sees_named_sites_partners_those_above_their_floor_and_the_steward_all(small_province: Workspace) -> None:
    assert ids(small_province, "sites", "public", "site_id") == {"p2"}
    assert ids(small_province, "sites", "partner", "site_id") == {"p1", "p2", "p3", "p4", "p5", "m"}
    assert ids(small_province, "sites", "analyst", "site_id") == {"p1", "p2", "p3", "p4", "p5", "m", "h"}
    assert len(ids(small_province, "sites", "steward", "site_id")) == 8


def test_a_manhole_is_not_placed_on_the_map_of_partners(small_province: Workspace) -> None:
    frame = read_table(small_province, "sites")
    seen = disclosed_table(small_province, "sites", frame, "partner")
    assert seen.n_blanked == 1
    assert dict(seen.frame.select("site_id", "latitude").rows())["m"] is None
    assert dict(seen.frame.select("site_id", "latitude").rows())["p4"] == 23.5
    assert disclosed_table(small_province, "sites", frame, "analyst").n_blanked == 0


def test_samples_are_for_analysts_and_areas_for_all(small_province: Workspace) -> None:
    for table in ("samples", "measurements", "loads"):
        frame = read_table(small_province, table)
        for tier in ("public", "partner"):
            seen = disclosed_table(small_province, table, frame, tier)
            assert (seen.frame.height, seen.withheld) == (0, {"detail": frame.height})
        assert 0 < disclosed_table(small_province, table, frame, "analyst").frame.height < frame.height
    assert ids(small_province, "areas", "public", "area_id") == {"P", "C", "D", "T", "U", "V", "W"}


def test_every_table_has_a_rule_and_an_unknown_one_is_withheld(small_province: Workspace) -> None:
    for tier in ("public", "partner", "analyst", "steward"):
        disclosure = Disclosure(small_province, tier)
        for name in READABLE:
            frame = read_table(small_province, name)
            seen = disclose(disclosure, name, frame)
            assert seen.frame.schema == frame.schema
            assert seen.frame.height + seen.n_withheld == frame.height
    with pytest.raises(UsageError, match="No rule says") as refused:
        disclosed_table(small_province, "news", pl.DataFrame({"x": [1]}), "public")
    assert refused.value.code == "HW-U051"


def test_before_the_first_run_facts_can_be_shown(workspace: Workspace, give) -> None:
    give(workspace, "areas", AREAS)
    give(workspace, "sites", SITES)
    assert ids(workspace, "sites", "public", "site_id") == {"p2"}


def test_a_plant_holds_the_village_above_it_and_a_shared_one_has_a_piece_in_each_area(small_province: Workspace) -> None:
    disclosure = Disclosure(small_province, "partner")
    assert [panel.analytes for panel in disclosure.decisions.panels] == [["benzoylecgonine", "ketamine"]]
    members = members_of(disclosure, "ketamine").filter(pl.col("period") == "2025-Q1")

    def of(unit: str) -> dict[str, float]:
        return dict(members.filter(pl.col("unit_id") == unit).select("atom", "people").rows())

    # The register does not say that any of p1's 30,000 live in V, so v's 900 are not taken from them.
    assert of("p1") == {"p1|T": 30_000.0, "v|V": 900.0}
    assert of("V") == {"v|V": 900.0}
    assert of("D") == {"p4|W": 40_000.0, "p5|W": 4_000.0, "m|W": 6_000.0}
    assert of("p5") == {"p5|U": 4_000.0, "p5|W": 4_000.0}
    assert set(members.filter(pl.col("unit_id") == "p5")["piece"]) == {"U", "W"}


@pytest.mark.parametrize("tier", ["public", "partner", "analyst"])
def test_no_pair_or_triple_of_what_a_tier_sees_discloses(tier: str, small_province: Workspace) -> None:
    disclosure = Disclosure(small_province, tier)
    members = members_of(disclosure, "ketamine")
    seen = disclosure.figures.filter(
        ~pl.col("is_suppressed") & (pl.col("analyte") == "ketamine") & pl.col("period").str.contains("Q|H|^....$")
    )
    assert seen.height > (0 if tier == "public" else 20)
    assert brute_force_differences(seen, members, disclosure.sites, disclosure.rule).rows() == []
    if tier == "analyst":  # nobody but the village lies below their floor
        return
    # Naively, all above the floor.
    people = members.group_by("unit_kind", "unit_id", "period").agg(pl.col("people").sum())
    naive = people.filter((pl.col("people") >= disclosure.rule.floor) & pl.col("period").str.contains("Q"))
    assert brute_force_differences(naive, members, disclosure.sites, disclosure.rule, together=2).height > 0


def test_figures_of_areas_follow_their_decisions_in_every_table(small_province: Workspace) -> None:
    disclosure = Disclosure(small_province, "partner")
    shown = set(
        disclosure.units.filter((pl.col("unit_kind") == "area") & pl.col("why").is_null()).select("unit_id", "period").rows()
    )
    for table in ("area_loads", "area_consumption"):
        frame = read_table(small_province, table)
        assert frame.height > 0
        seen = disclose(disclosure, table, frame).frame
        assert set(seen.select("area_id", "period").rows()) <= shown
        assert "V" not in seen["area_id"].to_list()
        assert "P" in seen["area_id"].to_list()


@pytest.fixture(scope="module")
def disposing_province_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    samples, results = samples_of(SAMPLED)
    lines = [line for line in results.splitlines() if ",ketamine," not in line and not line.startswith("m-2,")]
    cocaine = [f"{site}-{quarter},cocaine,8,1,5" for site, quarters in SAMPLED.items() for quarter in quarters]
    lines += [*(line.replace(",8,", ",400,") if line.startswith("m-2,") else line for line in cocaine)]
    lines.append("m-2,benzoylecgonine,<LOQ,1,5")
    measurements = "\n".join(lines) + "\n"
    tables = {"areas": AREAS, "sites": SITES, "site_areas": SITE_AREAS, "samples": samples, "measurements": measurements}
    return _computed(tmp_path_factory.mktemp("disposing-province"), tables).path


@pytest.fixture
def disposing_province(disposing_province_made: Path, tmp_path: Path) -> Workspace:
    """As ``small_province``, of cocaine; what site m has in the second quarter was never consumed and is kept out of sums."""
    return Workspace.open(copied_workspace(disposing_province_made, tmp_path / "ws"))


@pytest.mark.parametrize("tier", ["partner", "analyst"])
def test_a_day_that_is_kept_out_of_sums_hides_no_area_and_gives_nothing_away(tier: str, disposing_province: Workspace) -> None:
    assert read_table(disposing_province, "disposal_events").filter("is_kept_out")["site_id"].to_list() == ["m"]
    disclosure = Disclosure(disposing_province, tier)
    assert "unmatched" not in disclosure.figures["why"].to_list()
    areas = disclosure.units.filter((pl.col("unit_kind") == "area") & (pl.col("period") == "2025-Q2"))
    assert {"P", "W"} <= set(areas.filter(pl.col("why").is_null())["unit_id"])
    for analyte in ("cocaine", "benzoylecgonine"):
        seen = disclosure.figures.filter(~pl.col("is_suppressed") & (pl.col("analyte") == analyte))
        seen = seen.filter(pl.col("period").str.contains("Q|H|^....$"))
        members = members_of(disclosure, analyte)
        assert brute_force_differences(seen, members, disclosure.sites, disclosure.rule).is_empty()


def test_changes_of_other_sites_than_all_come_without_their_loads(small_province: Workspace, give) -> None:
    fewer = {site: quarters for site, quarters in SAMPLED.items() if site != "m"}
    samples, results = samples_of(fewer)
    give(small_province, "samples-2024", samples.replace("2025-", "2024-").replace("-1,", "-1x,").replace("-2,", "-2x,").replace("-3,", "-3x,").replace("-4,", "-4x,"))  # fmt: skip
    give(small_province, "measurements-2024", results.replace("-1,", "-1x,").replace("-2,", "-2x,").replace("-3,", "-3x,").replace("-4,", "-4x,"))  # fmt: skip
    run(small_province)
    frame = read_table(small_province, "area_changes")
    seen = disclosed_table(small_province, "area_changes", frame, "partner")
    province = seen.frame.filter((pl.col("area_id") == "P") & (pl.col("period") == "2025"))
    assert province["ratio"].null_count() == 0 < province.height
    assert province["load"].null_count() == province.height
    assert seen.n_blanked > 0
    assert "without their loads" in seen.said()


def test_a_late_site_is_not_the_difference_of_two_editions(small_province: Workspace, give, tmp_path: Path) -> None:
    first = Disclosure(small_province, "partner")
    seen = disclose(first, "area_loads", read_table(small_province, "area_loads"))
    assert record_export(first, seen, "area_loads", tmp_path / "x.csv")
    assert ("D", "2025") in set(seen.frame.select("area_id", "period").rows())
    # A small late site in W; D of the second edition less D of the first would be its load.
    give(small_province, "sites-late", "site_id,area_id,name,kind,population_served\nlate,W,Late,plant_influent,700\n")
    give(small_province, "samples-late", "sample_id,site_id,collected_from,flow_m3_per_day\nL1,late,2025-02-05T08:00Z,90\n")
    give(small_province, "measurements-late", "sample_id,analyte,concentration_ng_per_l,lod_ng_per_l,loq_ng_per_l\n"
         "L1,benzoylecgonine,77,1,5\nL1,ketamine,78,1,5\n")  # fmt: skip
    run(small_province)
    second = Disclosure(small_province, "partner")
    reasons = dict(
        second.units.filter((pl.col("unit_id") == "D") & (pl.col("unit_kind") == "area")).select("period", "why").rows()
    )
    assert reasons["2025"] == "secondary"
    fresh = Disclosure(small_province, "analyst")
    why = fresh.units.filter((pl.col("unit_id") == "D") & (pl.col("period") == "2025") & (pl.col("unit_kind") == "area"))[
        "why"
    ]
    # Analysts read what partners read.
    assert why.to_list() == ["secondary"]
    assert [line["what"] for line in read_publications(small_province)] == ["area_loads"]


def test_settings_of_the_workspace_count(small_province: Workspace) -> None:
    path = small_province.path / "headworks.toml"
    path.write_text(path.read_text() + "\n[publication_floors]\npublic = 30000\n[publication_sites]\npublic = 1\n")
    opened = Workspace.open(small_province.path)
    assert ids(opened, "sites", "public", "site_id") == {"p1", "p4"}
    assert Disclosure(opened, "public").rule.min_sites == 1


def test_a_programme_that_publishes_its_sites_names_them(workspace: Workspace, give, weeks: str) -> None:
    give(workspace, "weeks", weeks, "score")
    give(workspace, "populations", "site_id,valid_from,population,population_method\n" + "".join(
        f"{site},2020-01-01,{people},census\n" for site, people in zip(sorted(read_table(workspace, "sites")["site_id"]), (100_000, 15_000), strict=True)
    ))  # fmt: skip
    run(workspace)
    frame = read_table(workspace, "weekly_means")
    seen = disclosed_table(workspace, "weekly_means", frame, "public")
    assert 0 < seen.frame.height < frame.height
    assert seen.withheld == {"primary_population": frame.height - seen.frame.height}
    assert dt.date(2020, 1, 1) == read_table(workspace, "populations")["valid_from"].min()


def test_an_edition_keeps_one_row_for_all_residues_that_it_was_shown_of(disposing_province: Workspace) -> None:
    decisions = Disclosure(disposing_province, "partner").decisions
    kept = decisions.edition()
    assert {"benzoylecgonine;cocaine"} < set(kept["analytes"])  # all but the day that one of them lacks
    by_residue = kept.with_columns(pl.col("analytes").str.split(";")).explode("analytes")
    for panel in decisions.panels:
        for analyte in panel.analytes:
            rows = by_residue.filter(pl.col("analytes") == analyte).drop("analytes")
            assert rows.sort(pl.all()).equals(decisions.behind.table(panel.shown).sort(pl.all()))


def test_editions_that_were_kept_residue_by_residue_decide_the_same(small_province: Workspace) -> None:
    kept = Disclosure(small_province, "partner").decisions.edition().filter(pl.col("unit_id") != "W")
    told = []
    for rows in (kept, pl.concat([kept.with_columns(analytes=pl.lit(one)) for one in ("benzoylecgonine", "ketamine")])):
        path = small_province.path / "publications" / "20200101T000000Z-0-partner.parquet"
        path.parent.mkdir(exist_ok=True)
        rows.filter(pl.col("atom") != "p5|U").write_parquet(path)
        told.append(Disclosure(small_province, "partner").units)
    assert told[0].equals(told[1])
    assert "secondary" in told[0]["why"].to_list()
