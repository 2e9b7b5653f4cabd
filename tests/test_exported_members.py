"""The public surface is what it says, and loading it stays quick."""

import subprocess
import sys

import pytest

import headworks

PUBLIC = [
    "SimulationPlan", "combine_populations", "disposed_share", "illicit_heroin", "population_from_cotinine",
    "population_from_marker", "simulate_province", "surviving_fraction",
    "HeadworksError", "ImportOrder", "Period", "SHELF", "Workspace", "__version__", "changes", "check_workspace", "combine",
    "compare_sets", "consumption", "correction_factor", "demo", "doses", "import_file", "interval", "list_sets", "load_per_1000",
    "mass_load", "mean_interval", "period_means", "read_set", "read_table", "run", "show_factor", "week_means",
    "weekly_uncertainty", "write_report", "censored_groups", "censored_summary", "censored_trend", "fay_herriot", "reconcile",
    "seasonal_trend", "fit_calibration", "quantify", "detect", "scan_poisson", "warn_counts", "exceedance_probability",
    "funnel_limits",
]  # fmt: skip


def test_the_public_names_are_these_and_all_of_them_load():
    assert sorted(headworks.__all__) == sorted(PUBLIC)
    for name in headworks.__all__:
        assert getattr(headworks, name) is not None
    assert set(PUBLIC) <= set(dir(headworks))


def test_importing_the_package_loads_no_heavy_library():
    code = "import sys, headworks; print([m for m in ('polars', 'altair', 'deltalake', 'scipy') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = headworks.no_such_name


@pytest.mark.skipif(sys.platform != "linux", reason="counts the threads of a process as Linux lists them")
def test_loading_a_run_starts_no_threads_of_the_table_library():
    # A process that is forked while they run may wait for ever: no table is made while modules are loaded.
    count = "print(len(os.listdir('/proc/self/task')))"
    libraries = "import os, numba, polars, scipy.special, deltalake, dataframely"
    code = f"{libraries}; {count}; import headworks.jobs.run, headworks.jobs.import_files; {count}"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, answer.stdout.split())
    assert after <= before + 1
