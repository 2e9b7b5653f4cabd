from __future__ import annotations

from dataclasses import replace

import pytest

from headworks.core.errors import UsageError
from headworks.jobs.method import code_digest, environment, method_of, method_of_run, method_record
from headworks.jobs.run import run
from headworks.store import Settings, Workspace


def with_settings(workspace: Workspace, **settings: object) -> Workspace:
    return replace(workspace, settings=Settings(**settings))  # type: ignore[arg-type]


def test_the_method_of_a_run_is_built_again_from_its_manifest(two_plants: Workspace) -> None:
    own = {"ours": {"weekday_days": "1;2", "weekend_days": "6;7", "first_year": 2024}}
    odd = with_settings(two_plants, uncertainty={"flow": 0.1 + 0.2}, residues="molar_sum", week_conventions=own)
    manifest = run(odd).manifest
    again = method_of_run(two_plants, manifest)
    assert method_record(again) == method_record(method_of(odd))
    assert again.conventions.schema == method_of(odd).conventions.schema


@pytest.mark.parametrize(
    "convention",
    [
        {},
        {"weekday_days": "1;2"},
        {"weekday_days": "1;8", "weekend_days": "6;7"},
        {"weekday_days": "1", "weekend_days": ""},
        {"weekday_days": [1], "weekend_days": "6"},
        {"weekday_days": "1", "weekend_days": "6", "first_yaer": 2024},
        {"weekday_days": "1", "weekend_days": "6", "first_year": "soon"},
    ],
)
def test_an_incomplete_week_convention_is_refused(convention: dict, workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="week convention is incomplete"):
        method_of(with_settings(workspace, week_conventions={"ours": convention}))


def test_an_unknown_rule_of_residues_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no such rule of residues"):
        method_of(with_settings(workspace, residues="all"))


def test_what_computes_is_known_by_its_bytes_and_versions() -> None:
    assert len(code_digest()) == 16
    assert {"python", "polars", "numpy", "scipy", "machine"} == set(environment())
