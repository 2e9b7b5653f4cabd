"""``lab search``: the CSV it writes, and the search held to spectra of other instruments."""

import csv
from pathlib import Path

import numpy as np
import pytest
from studies.spectral_search import DESIGNS, LIBRARY, SEED, outcome, pairs, rates

from headworks.cli import lab_screening_commands  # noqa: F401  it registers itself
from headworks.cli.app import run_app
from headworks.core.errors import DataRefused, UsageError
from headworks.jobs.screening import search_files
from headworks.lab.screening import THRESHOLD

LIB = """Name: caffeine
InChIKey: RYYVLZVUVIJVGH-UHFFFAOYSA-N
Formula: C8H10N4O2
PrecursorMZ: 195.0877
Precursor_type: [M+H]+
Num Peaks: 4
69.0447 10
83.0604 12
110.0713 30
138.0662 100
"""
QUERIES = """Name: q1
PrecursorMZ: 195.0877
Num Peaks: 4
69.0447 12
83.0604 12
110.0713 25
138.0662 100

Name: q2
PrecursorMZ: 300.0
Num Peaks: 1
138.0662 100

Name: q3
PrecursorMZ: 195.0878
Num Peaks: 2
55.5 10
83.0604 100
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    lib, queries = tmp_path / "lib.msp", tmp_path / "q.msp"
    lib.write_text(LIB)
    queries.write_text(QUERIES)
    return lib, queries, tmp_path / "hits.csv"


def test_the_command_writes_candidates_and_why_there_is_no_hit(files, capsys):
    lib, queries, out = files
    assert run_app(["lab", "search", "--library", str(lib), "--queries", str(queries), "--out", str(out)]) == 0
    text = out.read_text()
    assert text.startswith("query,rank,compound,inchikey,score,level,reason\n")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["query"], row["rank"], row["compound"], row["level"]) for row in rows] == [
        ("q1", "1", "caffeine", "2a"), ("q2", "0", "", ""), ("q3", "1", "caffeine", ""), ("q3", "0", "", ""),
    ]  # fmt: skip
    assert rows[0]["inchikey"] == "RYYVLZVUVIJVGH-UHFFFAOYSA-N"
    assert rows[1]["reason"].startswith("no precursor within 10 ppm: nearest caffeine at -3497")
    assert rows[3]["reason"].startswith("below threshold: best 0.")
    assert "1 of 3 queries have a hit among 1 compounds" in capsys.readouterr().err


def test_a_lower_threshold_makes_a_hit_of_it(files):
    lib, queries, _ = files
    found = search_files([lib], queries, threshold=0.01).hits
    assert found.filter(query="q3").select("rank", "level").rows() == [(1, "3a")]


def test_two_files_of_one_library_are_one_library(files):
    lib, queries, _ = files
    assert search_files([lib, lib], queries).hits.equals(search_files([lib], queries).hits)


def test_files_and_thresholds_that_cannot_be_used_are_refused(files, tmp_path):
    lib, queries, _ = files
    with pytest.raises(UsageError, match="library cannot be read"):
        search_files([tmp_path / "none.msp"], queries)
    with pytest.raises(UsageError, match="threshold from 0 to 1"):
        search_files([lib], queries, threshold=2.0)
    (tmp_path / "empty.msp").write_text("")
    with pytest.raises(DataRefused, match="no spectra in the file"):
        search_files([tmp_path / "empty.msp"], queries)
    assert run_app(["lab", "search", "--library", str(lib), "--queries", str(queries), "--out", str(lib / "x.csv")]) == 2


@pytest.mark.shared
def test_spectra_of_other_instruments_and_energies_find_their_compound():
    """Reduced form of studies/spectral_search.py: 8 splits of two designs, about 1,500 and 1,600 queries of known compounds."""
    if not LIBRARY.exists():
        pytest.skip("no massbank-drugs in the shared data folder beside the repository (owner: lab)")
    data = pairs()
    for name, least in (
        ("whole instruments of contributors", (0.93, 0.97, 0.80)),
        ("energies of each target", (0.97, 0.98, 0.93)),
    ):
        found = [outcome(data, DESIGNS[name](data, np.random.default_rng([SEED, k])), "score") for k in range(8)]
        one, five, recall, wrong, _ = rates(found, THRESHOLD)
        assert (one >= least[0], five >= least[1], recall >= least[2], wrong <= 0.015) == (True,) * 4
