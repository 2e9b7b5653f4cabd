"""What the figures of a workspace hang on beside its facts: settings, parameter set, reference data, code.

A run writes it into its manifest, and it can be built again from there; so a run is reproduced with what it used, whatever
the settings say now.
"""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

import headworks
from headworks.core.errors import UsageError
from headworks.loads.derive_consumption import RESIDUE_RULES, Residues
from headworks.reference import read_set, uncertainty_defaults, week_conventions
from headworks.reference.sampling_rules import sampling_rules
from headworks.reference.smoking import smoking
from headworks.store import Manifest, Workspace
from headworks.workflows import Method
from headworks.workflows.method import IN_SEWER_LOSS, InSewerLoss

_CONVENTION = ("convention", "weekday_days", "weekend_days", "first_year", "last_year", "zero_is")
# Floors whose code and data a figure hangs on; how it is asked for and drawn does not matter.
_ROOMS_OF_FIGURES = ("core", "tables", "places", "reference", "loads", "trends", "workflows")
_PARTS = ("polars", "numpy", "scipy")
Rule = TypeVar("Rule", bound=str)


def method_of(workspace: Workspace) -> Method:
    """Parameter set, uncertainties and conventions as the workspace's settings say.

    Raises
    ------
    UsageError
        ``HW-U007`` for an unknown rule of residues, ``HW-U011`` for an incomplete week convention.
    """
    settings = workspace.settings
    defaults = dict(uncertainty_defaults().select("parameter", "rsd").rows())
    return Method(
        parameters=read_set(settings.parameter_set, parameter_dirs(workspace)),
        uncertainty={**defaults, **settings.uncertainty},
        conventions=_conventions(settings.week_conventions),
        residues=_residue_rule(settings.residues, str(workspace.path / "headworks.toml")),
        in_sewer_loss=_in_sewer_rule(settings.in_sewer_loss, str(workspace.path / "headworks.toml")),
        smoking=smoking(_own_file(workspace, "smoking.csv")),
        sampling_rules=sampling_rules(own_file=_own_file(workspace, "sampling_rules.csv")),
    )


def method_of_run(workspace: Workspace, run: Manifest) -> Method:
    """The method that a run used, from its manifest; the parameter set is read anew."""
    said = run.method
    return Method(
        parameters=read_set(run.parameter_set, parameter_dirs(workspace)),
        uncertainty=dict(said["uncertainty"]),
        conventions=pl.DataFrame(said["conventions"], schema=_conventions({}).schema),
        residues=_residue_rule(said["residues"], run.run_id),
        in_sewer_loss=_in_sewer_rule(said["in_sewer_loss"], run.run_id),
        smoking=smoking(_own_file(workspace, "smoking.csv")),
        sampling_rules=sampling_rules(own_file=_own_file(workspace, "sampling_rules.csv")),
    )


def method_record(method: Method) -> dict[str, Any]:
    """The method as a manifest keeps it, beside the parameter set's name and digest."""
    return {
        "residues": method.residues,
        "in_sewer_loss": method.in_sewer_loss,
        "smoking": _digest(method.smoking),
        "sampling_rules": _digest(method.sampling_rules),
        "uncertainty": dict(sorted(method.uncertainty.items())),
        "conventions": method.conventions.to_dicts(),
    }


def is_method_of(run: Manifest, method: Method) -> bool:
    """Whether a run used this method, this code and these libraries."""
    return (
        run.method == method_record(method)
        and run.parameter_set_digest == method.parameters.digest
        and run.code_digest == code_digest()
        and run.environment == environment()
    )


@cache
def code_digest() -> str:
    """Hash of the code and the reference data that figures hang on."""
    home = Path(headworks.__file__).parent
    files = [
        path for room in _ROOMS_OF_FIGURES for path in (home / room).rglob("*") if path.suffix in {".py", ".csv", ".toml"}
    ]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def environment() -> dict[str, str]:
    """Versions of what computes: Python and the libraries that do arithmetic."""
    return {"python": platform.python_version(), "machine": platform.machine(), **{part: version(part) for part in _PARTS}}


def parameter_dirs(workspace: Workspace) -> tuple[Path, ...]:
    """Folders with parameter sets of the workspace's own."""
    return tuple(workspace.path / folder for folder in workspace.settings.parameter_dirs)


def _own_file(workspace: Workspace, name: str) -> Path | None:
    """A reference table of the workspace's own, beside its settings."""
    path = workspace.path / name
    return path if path.is_file() else None


def _digest(table: pl.DataFrame) -> str:
    return hashlib.sha256(table.write_csv().encode()).hexdigest()[:16]


def _in_sewer_rule(said: str, where: str) -> InSewerLoss:
    return _one_of(IN_SEWER_LOSS, said, where, "There is no such way to treat loss in the sewer.")


def _residue_rule(said: str, where: str) -> Residues:
    return _one_of(RESIDUE_RULES, said, where, "There is no such rule of residues.")


def _one_of(rules: tuple[Rule, ...], said: str, where: str, refusal: str) -> Rule:
    """The rule of that name."""
    for rule in rules:
        if rule == said:
            return rule
    raise UsageError(refusal, where=where, found=said, remedy="Use " + " or ".join(rules), code="HW-U007")


def _conventions(own: dict[str, dict[str, object]]) -> pl.DataFrame:
    joined = pl.col("weekday_days", "weekend_days").cast(pl.List(pl.String)).list.join(";")
    shipped = week_conventions().with_columns(joined).select(_CONVENTION)
    rows = [
        {"zero_is": "zero", "first_year": None, "last_year": None, **said, "convention": name} for name, said in own.items()
    ]
    if not rows:
        return shipped
    try:
        for row in rows:
            _require_days(row)
        return pl.concat([pl.DataFrame(rows, schema=shipped.schema), shipped])
    except (pl.exceptions.PolarsError, TypeError, ValueError) as problem:
        raise UsageError(
            "A week convention is incomplete.",
            where="headworks.toml, [week_conventions]",
            found=str(problem),
            remedy='Give weekday_days = "2;3;4" and weekend_days = "1;5;6;7"',
            code="HW-U011",
        ) from problem


def _require_days(row: dict[str, object]) -> None:
    unknown = sorted(set(row) - set(_CONVENTION))
    if unknown:
        raise ValueError(f"{row['convention']}: unknown {', '.join(unknown)}")
    for part in ("weekday_days", "weekend_days"):
        days = str(row.get(part, "")).replace(" ", "").split(";")
        if not all(day in {"1", "2", "3", "4", "5", "6", "7"} for day in days):
            raise ValueError(f"{row['convention']}: {part} = {row.get(part)!r}")
