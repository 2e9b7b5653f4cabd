from __future__ import annotations

import polars as pl
import pytest

from headworks.core.errors import UsageError
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.explain import explain_figure, how_computed
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.report import wanted_period, write_report
from headworks.jobs.run import run
from headworks.jobs.simulate import SimulateOrder, simulate
from headworks.planning import SimulationPlan
from headworks.store import Workspace, read_facts, read_result, require_run

PROVINCE = "440000000000"


@pytest.fixture(scope="module")
def province(tmp_path_factory) -> Workspace:
    """Sixty simulated sites, eight weeks, two residues."""
    folder = tmp_path_factory.mktemp("province")
    written = simulate(folder, SimulationPlan(province="44", n_sites=60, n_weeks=8, n_analytes=2), SimulateOrder())
    workspace = Workspace.open(folder)
    for path in written.files:
        import_file(workspace, path, ImportOrder("headworks"))
    run(workspace)
    return workspace


@pytest.fixture(scope="module")
def figures(province: Workspace) -> pl.DataFrame:
    return read_result(province, "area_loads").filter(pl.col("period") == "2025-Q1")


def some_areas(figures: pl.DataFrame) -> list[tuple[str, str]]:
    """The province, and of each level below an area with the most sites and one with nested ones."""
    most = figures.sort("n_sites", "area_id", descending=[True, False]).unique("level", keep="first")
    nested = figures.sort("n_nested", "area_id", descending=[True, False]).unique("level", keep="first")
    return sorted({*most.select("area_id", "analyte").rows(), *nested.select("area_id", "analyte").rows()})


def test_members_sum_to_the_figure(province, figures):
    for area, analyte in some_areas(figures):
        made = how_computed(province, area, "2025-Q1", analyte, "steward")
        said = made.figure
        assert made.members["people"].sum() == pytest.approx(said["population"], rel=1e-12)
        assert made.members["least_mg_per_day"].sum() == pytest.approx(said["least_mg_per_day"], rel=1e-12, abs=1e-12)
        assert made.members["most_mg_per_day"].sum() == pytest.approx(said["most_mg_per_day"], rel=1e-12)
        assert made.members["n_days"].sum() == said["n_days"]
        assert (made.members.height, made.nested.height) == (said["n_sites"], said["n_nested"])


def test_a_week_and_a_year_are_explained_too(province):
    weeks = read_result(province, "area_loads").filter(
        (pl.col("level") == 1) & (pl.col("period_kind").cast(pl.String) == "week")
    )
    for row in weeks.head(3).to_dicts():
        made = how_computed(province, row["area_id"], row["period"], row["analyte"], "steward")
        assert made.members["people"].sum() == pytest.approx(row["population"], rel=1e-12)


def test_the_samples_give_the_members_load(province, figures):
    analyte = figures["analyte"][0]
    made = how_computed(province, PROVINCE, "2025-Q1", analyte, "analyst")
    rows = made.samples.filter((pl.col("detection") == "quantified") & pl.col("load_mg_per_day").is_not_null())
    assert rows.height > 0
    # ng/L x m3/d is micrograms a day.
    load = rows["concentration_ng_per_l"] * rows["flow_m3_per_day"] / 1000
    assert load.to_list() == pytest.approx(rows["load_mg_per_day"].to_list(), rel=1e-9)
    assert rows["batch_id"].null_count() == 0


def test_the_samples_of_any_member_can_be_asked_for(province, figures):
    analyte = figures["analyte"][0]
    first = how_computed(province, PROVINCE, "2025-Q1", analyte, "analyst")
    other = first.members["site_id"][1]
    second = how_computed(province, PROVINCE, "2025-Q1", analyte, "analyst", site=other)
    assert other in second.sampled_site
    assert second.samples["sample_id"].to_list() != first.samples["sample_id"].to_list()


def test_one_member_alone_is_never_left_out(province, figures):
    for area, analyte in some_areas(figures):
        made = how_computed(province, area, "2025-Q1", analyte, "analyst")
        assert made.n_members - made.members.height != 1 or made.is_withheld


def test_the_public_sees_the_formula_and_no_site(province):
    explained = explain_figure(province, area=PROVINCE, period="2025-Q1", drug="methamphetamine")
    names = read_facts(province, "sites").select("site_id", "name").drop_nulls()
    assert explained.computed.n_members > 1
    assert explained.computed.members.is_empty()
    assert explained.computed.samples.is_empty()
    assert [one for column in names.columns for one in names[column] if one in explained.text] == []
    assert "people = " in explained.text


def test_a_withheld_figure_is_withheld_with_all_it_was_computed_from(province, figures):
    disclosure = Disclosure(province, "public")
    hidden = disclosure.units.filter(
        (pl.col("unit_kind") == "area") & (pl.col("period") == "2025-Q1") & pl.col("why").is_not_null()
    )
    area, analyte = hidden["unit_id"].sort()[0], figures["analyte"][0]
    made = how_computed(province, area, "2025-Q1", analyte)
    assert (made.is_withheld, dict(made.figure), made.n_members, made.members.height) == (True, {}, 0, 0)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"area": "Atlantis"}, "no such area"),
        ({"drug": "cocane"}, "no such drug|no drug of that name"),
        ({"tier": "friends"}, "no such tier"),
        ({"tier": "analyst", "site": "nowhere"}, "no member of the figure"),
        ({"language": "tlh"}, "no report in this language"),
    ],
)
def test_what_cannot_be_explained_is_refused(province, asked, message):
    wanted = {"area": PROVINCE, "period": "2025-Q1", "drug": "methamphetamine", **asked}
    with pytest.raises(Exception, match=f"(?i){message}"):
        explain_figure(province, **wanted)


def test_a_period_without_figures_says_that_there_is_none(province):
    explained = explain_figure(province, area=PROVINCE, period="2019", drug="methamphetamine", tier="steward")
    assert "There is no figure" in explained.text


def test_the_public_report_names_no_site_and_holds_every_level(province):
    html = write_report(province, language="en")
    sites = read_facts(province, "sites")["site_id"].to_list()
    assert [site for site in sites if site in html] == []
    assert "Schematic, not boundaries" in html
    assert "How computed:" in html
    assert len(html.encode()) < 5_000_000


def test_a_report_of_an_area_is_of_that_area(province):
    areas = read_facts(province, "areas")
    city = read_result(province, "area_loads").filter(pl.col("level") == 2).sort("n_sites", descending=True)["area_id"][0]
    html = write_report(province, area=city, language="zh", tier="analyst", period="2025-Q1")
    name = areas.filter(pl.col("area_id") == city)["name_zh"][0]
    assert f"<h1>{name}, 2025-Q1</h1>" in html


def test_a_report_notes_what_left_for_whom(province):
    write_report(province, tier="partner")
    log = (province.path / "publications" / "log.jsonl").read_text(encoding="utf-8")
    assert '"what": "report"' in log
    assert '"tier": "partner"' in log


def test_the_newest_year_must_be_more_than_a_beginning(province):
    assert wanted_period(province, require_run(province), None).label == "2025"


def test_a_period_without_any_figure_is_refused(province):
    with pytest.raises(UsageError, match="No site has a figure for this period"):
        wanted_period(province, require_run(province), "2019-Q1")
