"""For all tests, doctests included: no deadlines on shared machines, the same examples in every run, loud skips in CI."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("headworks", deadline=None, derandomize=True, max_examples=60)
settings.register_profile("thorough", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "headworks"))

# Tests begin hundreds of processes; where machines are told to keep no bytecode, each would compile a thousand modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Markers whose tests may be skipped on a machine that lacks something, but never where a submission is judged.
_NEVER_SKIPPED_IN_CI = {"browser", "shared", "postgres"}

_SLOWEST_FIRST = Path(__file__).parent / "tests" / "slowest_first.txt"


@pytest.fixture(autouse=True)
def _in_no_language_of_the_test_before():
    """Django leaves a thread in the language of its last page; a test that asks for no language begins in the default."""
    if translation := sys.modules.get("django.utils.translation"):
        translation.deactivate()


def pytest_collection_modifyitems(items):
    """Long files begin first; the order within a file, and that of all others, stays."""
    named = [line for line in _SLOWEST_FIRST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    place = {str(_SLOWEST_FIRST.parents[1] / name): number for number, name in enumerate(named)}
    items.sort(key=lambda item: place.get(str(item.path), len(place)))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    marks = {mark.name for mark in item.iter_markers()} & _NEVER_SKIPPED_IN_CI
    if os.environ.get("CI") == "true" and report.skipped and marks and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} was skipped in CI, where {', '.join(sorted(marks))} tests must run: {report.longrepr}"
        )
