"""What a tier may see of a run, decided once and kept: reports ask for it a hundred times, and it can take minutes.

    publications/decisions/<run>-<tier>-<key>.parquet

The key is of everything the decision hangs on besides the run: the tier's rule, and every edition of other runs that readers
of the tier were shown. When one of these changes, the key does, and it is decided anew. The trap: a decision that is read
must have been kept as an edition too, or a later one would not know what was shown; so it is kept before the file is.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import asdict, dataclass
from functools import cached_property

import polars as pl

from headworks.core.disclosure import DEFAULT_FLOORS
from headworks.jobs.disclosure import Disclosure
from headworks.store import Workspace, read_result_of, write_atomically
from headworks.tables import AreaLoads

_FOLDER = "publications"
# Changes when the rules of disclosure themselves do, so that no decision of older code is read.
_FORM = 2


@dataclass(frozen=True)
class KeptDisclosure(Disclosure):
    """A disclosure that reads its decisions where they were made before.

    Attributes
    ----------
    parts
        Parts of ``area_loads`` that are asked for; a report speaks of one period and the one a year before.
    """

    parts: tuple[str, ...] = ()

    @cached_property
    def _read(self) -> dict[str, pl.DataFrame]:
        return {}

    def facts(self, table: str) -> pl.DataFrame:
        """A fact table as of the disclosure's moment, read once: a report asks for the same few many times."""
        if table not in self._read:
            self._read[table] = super().facts(table)
        return self._read[table]

    @cached_property
    def area_loads(self) -> pl.DataFrame:
        """Figures of areas in the parts that are asked for; all while nothing was decided."""
        if self.run is None:
            return AreaLoads.create_empty()
        return read_result_of(self.workspace, self.run, "area_loads", list(self.parts) or None)

    @cached_property
    def units(self) -> pl.DataFrame:
        """``unit_kind, unit_id, period, why`` as :class:`Disclosure` decides it; kept for the next report of the run."""
        path = self.workspace.path / _FOLDER / "decisions" / f"{self._name()}.parquet"
        if path.is_file():
            return pl.read_parquet(path)
        whole = Disclosure(self.workspace, self.tier, self.as_of)
        found = whole.units
        try:
            whole.keep()
            path.parent.mkdir(parents=True, exist_ok=True)
            buffer = io.BytesIO()
            found.write_parquet(buffer)
            write_atomically(path, buffer.getvalue())
        except OSError:
            # A workspace that cannot be written to is read all the same, and decides each time.
            return found
        return found

    def _name(self) -> str:
        run_id = self.run.run_id if self.run else ""
        said = (_FORM, asdict(self.rule), _editions_of_others(self.workspace, run_id, self.tier))
        return f"{run_id}-{self.tier}-{hashlib.sha256(repr(said).encode()).hexdigest()[:16]}"


def _editions_of_others(workspace: Workspace, run_id: str, tier: str) -> list[tuple[str, int, int]]:
    """Name, size and moment of every file that says who was behind what was shown of other runs."""
    tiers = list(DEFAULT_FLOORS)
    seen = tiers[: tiers.index(tier) + 1] if tier in tiers else tiers
    found = []
    for path in sorted((workspace.path / _FOLDER).glob("*.parquet")):
        edition, _, of_tier = path.stem.rpartition("-")
        if edition != run_id and of_tier in seen:
            stat = path.stat()
            found.append((path.name, stat.st_size, stat.st_mtime_ns))
    return found
