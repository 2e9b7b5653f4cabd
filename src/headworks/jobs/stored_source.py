"""Where a run over a workspace finds its facts: read year by year, never all results of the laboratory at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from headworks.core.schema import polars_schema
from headworks.loads import kept_out_days
from headworks.store import Manifest, Workspace, read_facts, read_result_of
from headworks.store.facts import read_unknown
from headworks.tables import FACTS, SHELF
from headworks.workflows.situation import with_sampling_day
from headworks.workflows.year_days import LOOKED_BACK_ON
from headworks.workflows.year_trends import LEARNT, LearntBefore

# Reading is mostly waiting: for the disk, and for the few rows of each table to be put in order.
_TABLES_AT_ONCE = 2
_KEY = ["sample_id", "analyte", "replicate"]


class StoredSource:
    """The facts of a workspace as of some imports, and the results of the run before."""

    def __init__(self, workspace: Workspace, imports: pl.DataFrame, last: Manifest | None) -> None:
        self._workspace, self._imports, self._last = workspace, imports, last
        names = [name for name in FACTS if name != "measurements"]
        with ThreadPoolExecutor(_TABLES_AT_ONCE, thread_name_prefix="headworks-facts") as pool:
            frames = pool.map(lambda name: read_facts(workspace, name, imports=imports), names)
            facts = dict(zip(names, frames, strict=True))
        self.facts = facts | {"samples": with_sampling_day(facts["samples"])}

    def measurements_of(self, samples: pl.DataFrame) -> pl.DataFrame:
        """Results of some samples."""
        among = samples.select("sample_id") if samples.height < self.facts["samples"].height else None
        found = read_facts(self._workspace, "measurements", imports=self._imports, among=among)
        return found if among is not None else found.join(samples.select("sample_id"), on="sample_id", how="semi")

    def without_a_sample(self) -> pl.DataFrame:
        """Results whose sample is not known."""
        known = self.facts["samples"].select("sample_id")
        return read_unknown(self._workspace, "measurements", _KEY, self._imports, known)

    def loads_before(self, first: str, last: str) -> pl.DataFrame:
        """Loads of the run before, of the days from one month to another."""
        return self._before("loads", first, last, LOOKED_BACK_ON)

    def kept_out_before(self, first: str, last: str) -> pl.DataFrame:
        """Loads that the run before kept out of means: ``site_id, day, analyte``."""
        return kept_out_days(
            self._before("disposal_events", first, last, list(polars_schema(SHELF["disposal_events"].schema)))
        )

    def learnt_before(self, year: int) -> LearntBefore:
        """What the run before learnt from the days of a year."""
        return LearntBefore(*(self._before(name, str(year), str(year), SHELF[name].schema.column_names()) for name in LEARNT))

    def _before(self, table: str, first: str, last: str, columns: list[str]) -> pl.DataFrame:
        if self._last is None:
            return pl.DataFrame(schema=polars_schema(SHELF[table].schema)).select(columns)
        parts = [part for part in self._last.results[table]["parts"] if first <= part <= last]
        return read_result_of(self._workspace, self._last, table, parts, columns=columns)
