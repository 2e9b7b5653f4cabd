"""Features of a run."""

import numpy as np
import polars as pl
import pytest

from headworks.lab.screening import derive_features


def run(*scans, polarity="positive"):
    """Scans as (minutes, [(mz, intensity), ...])."""
    return pl.DataFrame({
        "ms_level": [1] * len(scans), "polarity": [polarity] * len(scans), "retention_time_min": [t for t, _ in scans],
        "mz": [[m for m, _ in peaks] for _, peaks in scans], "intensity": [[float(h) for _, h in peaks] for _, peaks in scans],
    }, schema_overrides={"mz": pl.List(pl.Float64), "intensity": pl.List(pl.Float64)})  # fmt: skip


def test_an_ion_is_one_feature_with_weighted_mass_time_of_its_top_and_area():
    found = derive_features(run((1.0, [(150.000, 10)]), (1.1, [(150.001, 30)]), (1.2, [(150.000, 20)])))
    # (150 x 30 + 150.001 x 30) / 60; 0.1 (10 + 30) / 2 + 0.1 (30 + 20) / 2 = 4.5 counts x min.
    assert found["mz"].item() == pytest.approx(150.0005)
    assert found.select("retention_time_min", "height", "n_scans").row(0) == (1.1, 30.0, 3)
    assert found["area"].item() == pytest.approx(4.5)


def test_masses_apart_times_apart_and_polarities_are_features_of_their_own():
    minutes = np.arange(12) / 10
    scans = [(t, [(150.0, 10), (150.01, 5)] if k < 4 or k > 8 else []) for k, t in enumerate(minutes)]
    found = derive_features(pl.concat([run(*scans), run(*scans[:3], polarity="negative")]))
    assert found.group_by("polarity").len().sort("polarity").rows() == [("negative", 2), ("positive", 4)]


def test_what_is_in_two_scans_only_is_noise_and_two_missed_scans_are_bridged():
    flicker = run((0.1, [(99.0, 5)]), (0.2, [(99.0, 5)]), (0.3, []), (0.4, []))
    assert derive_features(flicker).is_empty()
    gap = run((0.1, [(99.0, 5)]), (0.2, []), (0.3, []), (0.4, [(99.0, 5)]), (0.5, [(99.0, 5)]))
    assert derive_features(gap)["n_scans"].to_list() == [3]


def test_a_run_of_ms2_alone_has_no_features():
    assert derive_features(run((1.0, [(99.0, 5)])).with_columns(ms_level=pl.lit(2))).is_empty()
