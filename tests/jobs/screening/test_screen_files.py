"""``lab screen``: a DDA run with known truth, its archive, and the archive asked again."""

import datetime as dt
import json

import polars as pl
import pytest
from tests.intake.spectra.mzml_builder import dda, mzml, scan
from tests.lab.screening.builders import COMPOUNDS

from headworks.cli import lab_screening_commands  # noqa: F401  it registers itself
from headworks.cli.app import run_app
from headworks.core.errors import DataRefused, UsageError, WorkspaceError
from headworks.core.schema import require_promise
from headworks.jobs.screening import ScreeningOrder, list_archive, read_hits, rescreen_archive, review_hit, screen_files
from headworks.jobs.screening.hits import first_appearances
from headworks.lab.screening.isotope_pattern import isotope_pattern
from headworks.tables.screening import ScreeningHits

MZ = {"C10H15N": 150.12773, "C8H10N4O2": 195.08765}
SUSPECTS = """name,formula,fragments
methamphetamine,C10H15N,65.0386; 91.0542; 119.0855
mephedrone,C11H15NO,160.1121; 145.0886
"""


def compound(name, minutes):
    formula, _, mz, intensity = COMPOUNDS[name]
    return {
        "precursor": MZ[formula],
        "mz": mz,
        "intensity": intensity,
        "minutes": minutes,
        "isotopes": isotope_pattern(formula),
    }


def msp():
    """The three compounds as a library."""
    blocks = []
    for name, (formula, key, mz, intensity) in COMPOUNDS.items():
        peaks = "\n".join(f"{m} {i}" for m, i in zip(mz, intensity, strict=True))
        blocks.append(
            f"Name: {name}\nInChIKey: {key}\nFormula: {formula}\nPrecursor_type: [M+H]+\nLicense: CC0\nNum Peaks: {len(mz)}\n{peaks}\n"
        )
    return "\n".join(blocks)


@pytest.fixture
def runs(tmp_path):
    """Two runs: methamphetamine and caffeine in March, caffeine in February."""
    made = {
        "march": (["methamphetamine", "caffeine"], "2026-03-02T08:00:00Z"),
        "february": (["caffeine"], "2026-02-01T08:00:00Z"),
    }
    paths = []
    for name, (compounds, started) in made.items():
        path = tmp_path / f"{name}.mzML"
        path.write_bytes(dda([compound(c, 1.0 + k) for k, c in enumerate(compounds)], noise=50, started=started))
        paths.append(path)
    (tmp_path / "lib.msp").write_text(msp())
    (tmp_path / "list.csv").write_text(SUSPECTS)
    return paths


def by_sample(hits):
    return hits.select("sample_id", "substance", "level").rows()


def test_a_library_finds_what_was_put_in_and_nothing_else(workspace, runs, tmp_path):
    done = screen_files(workspace, runs, ScreeningOrder([tmp_path / "lib.msp"]))
    assert by_sample(done.hits) == [
        ("february", "caffeine", "2a"),
        ("march", "caffeine", "2a"),
        ("march", "methamphetamine", "3a"),
    ]
    require_promise(ScreeningHits, done.hits, where="hits")
    assert done.hits["isotope_score"].min() > 0.99
    # The earliest run of caffeine is February's.
    assert done.hits.filter(substance="caffeine")["first_seen"].unique().to_list() == [dt.date(2026, 2, 1)]


def test_the_archive_is_asked_again_for_a_new_suspect(workspace, runs, tmp_path):
    screen_files(workspace, runs, ScreeningOrder([tmp_path / "lib.msp"]))
    (tmp_path / "new.csv").write_text("name,mz,fragments\nnew thing,150.1277,65.0386; 91.0542; 119.0855\n")
    done = rescreen_archive(workspace, ScreeningOrder(suspects=tmp_path / "new.csv"))
    assert (done.n_runs, done.n_new, done.n_suspects) == (2, 0, 1)
    assert done.hits.select("sample_id", "substance", "level", "first_seen", "review").rows() == [
        ("march", "new thing", "3b", dt.date(2026, 3, 2), "open")
    ]
    assert read_hits(workspace).height == 4
    # The suspect stays: the next run is screened for it without being told.
    again = screen_files(workspace, runs[:1], ScreeningOrder())
    assert (again.n_new, again.hits["substance"].to_list()) == (0, ["new thing"])


def test_the_same_again_changes_nothing(workspace, runs, tmp_path):
    order = ScreeningOrder([tmp_path / "lib.msp"], tmp_path / "list.csv")
    first = screen_files(workspace, runs, order)
    archive = {run.path: run.path.read_bytes() for run in list_archive(workspace)}
    assert screen_files(workspace, runs, order).hits.equals(first.hits)
    assert {run.path: run.path.read_bytes() for run in list_archive(workspace)} == archive


def test_a_review_stays_until_the_evidence_is_better(workspace, runs, tmp_path):
    screen_files(workspace, runs[:1], ScreeningOrder(suspects=tmp_path / "list.csv"))
    review_hit(workspace, "march", "methamphetamine", "rejected")
    rescreen_archive(workspace, ScreeningOrder())
    assert read_hits(workspace)["review"].to_list() == ["rejected"]
    assert read_hits(workspace)["first_seen"].to_list() == [None]
    rescreen_archive(workspace, ScreeningOrder([tmp_path / "lib.msp"]))
    found = read_hits(workspace).filter(substance="methamphetamine")
    assert found.select("level", "review").rows() == [("3a", "open")]
    assert first_appearances(read_hits(workspace), dt.date(2026, 3, 1))["substance"].to_list() == [
        "caffeine",
        "methamphetamine",
    ]
    with pytest.raises(UsageError, match="nothing to be reviewed"):
        review_hit(workspace, "march", "heroin", "confirmed")


def test_a_run_belongs_to_one_sample_and_a_known_sample_has_its_own_day(two_plants, runs, tmp_path):
    order = ScreeningOrder([tmp_path / "lib.msp"])
    done = screen_files(two_plants, runs[:1], order, ["A1"])
    assert set(done.hits["sampled_on"].to_list()) == {dt.date(2024, 3, 5)}
    with pytest.raises(DataRefused, match="archived as another sample") as problem:
        screen_files(two_plants, runs[:1], order, ["B1"])
    assert problem.value.code == "HW-D671"


def test_what_cannot_be_screened_is_refused(workspace, runs, tmp_path):
    with pytest.raises(UsageError, match="nothing to look for"):
        screen_files(workspace, runs, ScreeningOrder())
    with pytest.raises(UsageError, match="No run is archived"):
        rescreen_archive(workspace, ScreeningOrder(suspects=tmp_path / "list.csv"))
    with pytest.raises(UsageError, match="Each file is one sample's"):
        screen_files(workspace, runs, ScreeningOrder([tmp_path / "lib.msp"]), ["one"])
    (tmp_path / "empty.mzML").write_bytes(mzml())
    with pytest.raises(DataRefused, match="no spectra to be screened"):
        screen_files(workspace, [tmp_path / "empty.mzML"], ScreeningOrder([tmp_path / "lib.msp"]))


def test_only_the_samples_that_are_meant_are_asked_again(workspace, runs, tmp_path):
    screen_files(workspace, runs, ScreeningOrder([tmp_path / "lib.msp"]))
    order = ScreeningOrder(suspects=tmp_path / "list.csv")
    assert rescreen_archive(workspace, order, samples={"march"}).runs == [
        run.run for run in list_archive(workspace) if run.sample_id == "march"
    ]
    # A laboratory without a run keeps its suspects all the same.
    assert rescreen_archive(workspace, order, samples=set()).n_runs == 0


def test_a_hit_keeps_the_heights_of_its_record_and_hits_of_before_lack_them(workspace, runs, tmp_path):
    done = screen_files(workspace, runs[:1], ScreeningOrder([tmp_path / "lib.msp"]))
    assert done.hits.filter(substance="methamphetamine")["library_share"].item().to_list() == pytest.approx([0.05, 1.0, 0.4])
    path = workspace.path / "screening" / "hits.parquet"
    pl.read_parquet(path).drop("library_mz", "library_share").write_parquet(path)
    assert read_hits(workspace)["library_mz"].to_list() == [None, None]
    require_promise(ScreeningHits, read_hits(workspace), where="hits")


def test_a_damaged_archive_is_said_and_what_a_crash_left_is_not_read(workspace, runs, tmp_path):
    screen_files(workspace, runs[:1], ScreeningOrder([tmp_path / "lib.msp"]))
    [run] = list_archive(workspace)
    (run.path.parent / f".{run.path.name}.tmp.parquet").write_bytes(b"half")
    assert len(list_archive(workspace)) == 1
    run.path.write_bytes(run.path.read_bytes()[:100])
    with pytest.raises(WorkspaceError, match="archived run is damaged"):
        list_archive(workspace)


def test_a_run_of_ms1_alone_is_archived_and_screened_by_mass(workspace, tmp_path):
    (tmp_path / "a.mzML").write_bytes(mzml(*[scan([150.12773], [1e5], 1 + k / 10) for k in range(4)]))
    (tmp_path / "list.csv").write_text(SUSPECTS)
    done = screen_files(workspace, [tmp_path / "a.mzML"], ScreeningOrder(suspects=tmp_path / "list.csv"))
    assert done.hits.select("substance", "adduct", "n_fragments").rows() == [("methamphetamine", "[M+H]+", 0)]


def test_the_command_screens_and_asks_again(workspace, runs, tmp_path, capsys):
    assert (
        run_app(["lab", "screen", str(workspace.path), *map(str, runs), "--library", str(tmp_path / "lib.msp"), "--json"]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert told["sentence"].startswith("2 runs screened (2 new in the archive) for 0 suspects: 3 hits of 2 compounds")
    assert run_app(["lab", "screen", str(workspace.path), "--suspects", str(tmp_path / "list.csv"), "--all"]) == 0
    assert "2 runs screened (0 new in the archive) for 2 suspects" in capsys.readouterr().out
    assert run_app(["lab", "screen", str(workspace.path), str(runs[0]), "--all"]) == 2
    assert isinstance(read_hits(workspace), pl.DataFrame)
