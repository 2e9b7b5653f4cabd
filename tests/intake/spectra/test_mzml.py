"""mzML: made files, real files, hostile files."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from tests.intake.spectra.mzml_builder import mzml, scan

from headworks.core.errors import DataRefused
from headworks.intake.spectra import read_mzml

REAL = Path(__file__).parents[4] / "shared" / "data" / "mzml"
SCANS = (scan([60.0, 91.0], [5.0, 7.0], 1.0), scan([50.0], [3.0], 1.01, precursor=91.0, polarity="negative", seconds=True))


def test_levels_times_precursors_and_polarities_are_read():
    run = read_mzml(mzml(*SCANS), "a.mzML")
    assert run.spectra.select("spectrum_id", "ms_level", "precursor_mz", "polarity").rows() == [
        ("scan=1", 1, None, "positive"), ("scan=2", 2, 91.0, "negative"),
    ]  # fmt: skip
    assert run.spectra["retention_time_min"].to_list() == pytest.approx([1.0, 1.01])
    assert run.spectra["mz"].to_list() == [[60.0, 91.0], [50.0]]
    assert (run.n_points, run.started_at.isoformat()) == (3, "2026-03-02T08:00:00+00:00")


def test_a_gzipped_file_is_the_same_run():
    packed = read_mzml(gzip.compress(mzml(*SCANS)), "a.mzML.gz")
    assert packed.spectra.equals(read_mzml(mzml(*SCANS), "a.mzML").spectra)


def test_a_profile_is_centroided_and_unsorted_peaks_are_sorted():
    x = np.linspace(99.9, 100.1, 41)
    run = read_mzml(
        mzml(scan(x, 1e4 * np.exp(-0.5 * ((x - 100.003) / 0.02) ** 2), 1.0, profile=True), scan([70.0, 60.0], [1, 2], 2.0)),
        "a",
    )
    [peak] = run.spectra["mz"].to_list()[0]
    assert peak == pytest.approx(100.003, abs=1e-6)
    assert run.spectra["mz"].to_list()[1] == [60.0, 70.0]


def test_peaks_that_are_none_are_left_out_and_said():
    run = read_mzml(mzml(scan([60.0, np.nan, 80.0, 90.0], [1.0, 1.0, -1.0, np.inf], 1.0)), "a")
    assert run.spectra["mz"].to_list() == [[60.0]]
    assert run.faults.select("row", "code", "problem").rows() == [(1, "HW-D664", "3 peaks cannot be used and were left out.")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('defaultArrayLength="2"', 'defaultArrayLength="1"'),
        ('defaultArrayLength="2"', 'defaultArrayLength="99999999999"'),
        ("MS:1000574", "MS:1002312"),
        ("MS:1000523", "MS:1009999"),
        ("<binary>", "<binary>AAAA"),
    ],
)
def test_a_spectrum_whose_arrays_lie_is_left_out_and_the_others_stay(old, new):
    data = mzml(*SCANS).decode().replace(old, new, 1).encode()
    run = read_mzml(data, "a.mzML")
    assert run.spectra["spectrum_id"].to_list() == ["scan=2"]
    assert run.faults["code"].to_list() == ["HW-D668"]


@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_a_truncated_file_is_refused_whole(share):
    data = mzml(*SCANS)
    with pytest.raises(DataRefused, match="ends early or is broken") as problem:
        read_mzml(data[: int(share * len(data))], "a.mzML")
    assert problem.value.code == "HW-D667"


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE mzML [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{k} "{(f"&a{k - 1};" if k else "&a;") * 10}">' for k in range(9))
    + ']><mzML xmlns="http://psi.hupo.org/ms/mzml">&a8;</mzML>'
)
THIEF = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><mzML xmlns="http://psi.hupo.org/ms/mzml">&f;</mzML>'


@pytest.mark.parametrize("text", [BOMB, THIEF, "", "no xml at all", "<html></html>", BOMB.replace("mzML", "x")])
def test_entities_and_what_is_no_mzml_are_refused_before_anything_is_parsed(text):
    with pytest.raises(DataRefused) as problem:
        read_mzml(text.encode(), "a.mzML")
    assert problem.value.code == "HW-D666"


def test_a_damaged_gzip_is_refused():
    with pytest.raises(DataRefused, match="broken"):
        read_mzml(gzip.compress(mzml(*SCANS))[:60], "a.mzML.gz")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "n_spectra", "n_points", "levels", "chromatograms"),
    [
        ("small", 48, 305_213, {1, 2}, 1), ("orbitrap_ms2_11scans", 11, 11_979, {1}, 1), ("srm_chromatograms", 0, 0, set(), 3),
    ],
)  # fmt: skip
def test_real_files_hold_what_their_readme_says(name, n_spectra, n_points, levels, chromatograms):
    path = REAL / f"{name}.mzML"
    if not path.exists():
        pytest.skip("no mzml in the shared data folder beside the repository (owner: lab)")
    run = read_mzml(path.read_bytes(), path.name)
    assert (run.spectra.height, run.n_points, run.faults.height) == (n_spectra, n_points, 0)
    assert set(run.spectra["ms_level"].to_list()) == levels
    assert run.chromatograms.height == chromatograms
    if name == "srm_chromatograms":
        assert run.chromatograms["time_min"].list.len().to_list() == [175, 176, 176]
        assert run.chromatograms["precursor_mz"].to_list() == pytest.approx([808.4924, 810.9094, 814.7744])
