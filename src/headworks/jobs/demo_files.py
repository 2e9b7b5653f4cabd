"""The real data that travels with the package: European cities 2011 to 2022, of EUDA and SCORE."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

ACKNOWLEDGEMENT = (
    "Data: European Union Drugs Agency (EUDA) and the SCORE network, Wastewater analysis and drugs, source-data edition 2025; "
    "reused with acknowledgement. Neither has checked or endorsed this report."
)
_NAMES = ("daily_2011_2022.csv", "sites.csv")


def demo_paths() -> list[Path]:
    """The shipped files, loads first."""
    folder = files("headworks") / "demo_data"
    return [Path(str(folder / name)) for name in _NAMES]


@cache
def demo_digests() -> frozenset[str]:
    """SHA-256 of the shipped files, by which a workspace that holds them is known."""
    return frozenset(hashlib.sha256(path.read_bytes()).hexdigest() for path in demo_paths())
