"""Recomputed years go into the result tables: part by part, with what is kept of the run before, and a digest of each part."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Self

import polars as pl

from headworks.core.periods import Period
from headworks.core.schema import sort_by_key, split_by
from headworks.store import Manifest, Workspace, read_result_of, replace_result, result_digest
from headworks.store.results import digest_of_parts, digest_of_pieces, piece_digests
from headworks.tables import PART, RESULTS, SHELF
from headworks.workflows import Scope
from headworks.workflows.parts import empty_result, part_of_label, part_of_week
from headworks.workflows.year import Recomputed

# Tables that keep the days, the weeks, the periods of a year.
BY_DAY = ("loads", "consumption")
BY_WEEK = ("weekly_means", "inconsistent_means")
# Tables whose rows rest on the days before them, and tables of whole quarters of a site.
JUDGED = ("residue_ratios", "disposal_events")
BY_QUARTER = ("population_estimates", "nonconformities")
# Tables whose quarters are told as a whole, the last one with the days of the year after.
OF_TRENDS = ("trends", "outlying_days")
# Tables that come in pieces, and the column of their key that tells the pieces apart: sorted and digested piece by piece.
IN_PIECES = {"trends": "analyte"}
# Tables of what a year taught, which comes with the year after.
OF_YEAR_BEFORE = ("trend_settings", "weekday_offsets")
# Rows held back before they are written: fewer, larger commits for small workspaces.
_ENOUGH_ROWS = 500_000


@dataclass
class _Pieces:
    """What is known of a part that comes in pieces: how many rows, the digest of each piece."""

    rows: int = 0
    digests: dict[str, str] = field(default_factory=dict)


class Parts:
    """Rows and digest of each part of each table, as a manifest keeps them."""

    def __init__(self, said: dict[str, dict[str, dict[str, Any]]] | None = None) -> None:
        self.said = said or {name: {} for name in RESULTS}
        self._pieces: dict[tuple[str, str], _Pieces] = {}

    def take(self, name: str, part: str, rows: pl.DataFrame) -> None:
        """Note the rows of a part, sorted by key; a part without rows is forgotten."""
        if rows.is_empty():
            self.said[name].pop(part, None)
            return
        plain = rows.drop(PART)
        self.said[name][part] = {"rows": rows.height, "sha256": result_digest(plain, name, is_sorted=True)}

    def take_piece(self, name: str, part: str, rows: pl.DataFrame) -> None:
        """Note some rows of a part of a table that comes in pieces, sorted by key."""
        piece = self._pieces.setdefault((name, part), _Pieces())
        piece.rows += rows.height
        piece.digests |= piece_digests(rows.drop(PART), IN_PIECES[name])

    def put_together(self, name: str, part: str) -> None:
        """Note the part that its pieces make; without one it is forgotten."""
        pieces = self._pieces.pop((name, part), None)
        if pieces is None:
            self.said[name].pop(part, None)
            return
        digest = digest_of_pieces(pieces.digests)
        self.said[name][part] = {"rows": pieces.rows, "sha256": digest, "by": IN_PIECES[name]}

    def take_all(self, name: str, frame: pl.DataFrame, *, more: bool = False) -> None:
        """Note every part of recomputed rows; of a table in pieces, ``more`` may follow."""
        for part, rows in split_parts(name, frame).items():
            take = self.take_piece if name in IN_PIECES else self.take
            take(name, part, sort_by_key(rows, SHELF[name].schema))
        if not more:
            for known, part in list(self._pieces):
                if known == name:
                    self.put_together(name, part)

    def results(self, versions: dict[str, int]) -> dict[str, dict[str, object]]:
        """Results as a manifest says them."""
        return {
            name: {
                "version": version,
                "rows": sum(part["rows"] for part in self.said[name].values()),
                "sha256": digest_of_parts(self.said[name]),
                "columns": SHELF[name].schema.column_names(),
                "parts": self.said[name],
            }
            for name, version in versions.items()
        }


class ResultWriter:
    """Writes years as they come; ``finish`` writes the rest and says what there is.

    Parameters
    ----------
    base
        The run whose tables are on disk as it left them; None when nothing there can be relied on. A part that comes out as it
        was is not written again.
    """

    def __init__(self, workspace: Workspace, scope: Scope, base: Manifest | None) -> None:
        self._workspace, self._scope, self._base = workspace, scope, base
        # A run of a version that did not know a table yet left nothing of it.
        left = base.results if base else {}
        self._before = {name: dict(left[name]["parts"]) if name in left else {} for name in RESULTS}
        self._held: dict[str, dict[str, pl.DataFrame]] = {name: {} for name in RESULTS}
        self._n_held = 0
        self._pieces: dict[str, dict[str, list[pl.DataFrame]]] = defaultdict(dict)
        kept = {name: {} if scope.is_all else dict(parts) for name, parts in self._before.items()}
        self.parts = Parts(kept)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="headworks-writer")
        # Of few new facts, tables in pieces come all the while, and others go past them.
        self._of_pieces = self._worker if scope.is_all else ThreadPoolExecutor(1, thread_name_prefix="headworks-pieces")
        self._pending: deque[Future[None]] = deque()
        # Of few new facts all tables are small, and whoever computes the next need not wait.
        self._most_pending = 1 if scope.is_all else len(RESULTS)
        self._turn = Lock()
        self.versions = {name: int(left[name]["version"]) if name in left else -1 for name in RESULTS}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # What is left after something went wrong is not written.
        for wait in (False, True):
            for worker in (self._worker, self._of_pieces):
                worker.shutdown(wait=wait, cancel_futures=True)

    def take(self, said: Recomputed, name: str, frame: pl.DataFrame, /, *, more: bool = False) -> None:
        """Hand the recomputed rows of a table and year over to be written, while the next table is computed.

        When everything is computed, at most one table is being written, so that memory holds no more than two; or three, when
        two threads compute. With ``more``, further rows of the table follow.
        """
        with self._turn:
            self._wait(self._most_pending - 1)
            worker = self._of_pieces if name in IN_PIECES else self._worker
            self._pending.append(worker.submit(self._take, said, name, frame, more))

    def _wait(self, most: int) -> None:
        """Let tables be finished until that many are left; what went wrong with one is raised here."""
        while self._pending and (len(self._pending) > most or self._pending[0].done()):
            self._pending.popleft().result()

    def _take(self, said: Recomputed, name: str, frame: pl.DataFrame, more: bool) -> None:
        """Hold the rows of every part that changed, and write when there are many."""
        wanted = parts_replaced(name, said, self._scope, list(self.parts.said[name]))
        if name in IN_PIECES:
            self._take_pieces(name, frame, wanted, more)
            return
        for part, rows in self._whole_parts(name, frame, wanted, said):
            self.parts.take(name, part, rows)
            self._hold(name, part, rows)
        self._write_early(name)

    def _take_pieces(self, name: str, frame: pl.DataFrame, wanted: list[str], more: bool) -> None:
        """Hold the rows of a table in pieces until all are there."""
        for part, rows in split_parts(name, sort_by_key(frame, SHELF[name].schema, within=PART)).items():
            self.parts.take_piece(name, part, rows)
            self._pieces[name].setdefault(part, []).append(rows)
        if more:
            return
        pieces = self._pieces.pop(name, {})
        for part in sorted({*wanted, *pieces}):
            self.parts.put_together(name, part)
            self._hold(name, part, pl.concat([empty_result(name, with_part=True), *pieces.get(part, [])]))
        self._write_early(name)

    def _write_early(self, name: str) -> None:
        """Of few new facts, write each table as soon as it is there, while others are computed."""
        if not self._scope.is_all:
            self._write([name])

    def _hold(self, name: str, part: str, rows: pl.DataFrame) -> None:
        """Hold the rows of a part that changed."""
        if self.parts.said[name].get(part) == self._before[name].get(part):
            return
        self._held[name][part] = rows
        self._n_held += rows.height
        if self._scope.is_all and self._n_held > _ENOUGH_ROWS:
            self._write(RESULTS)

    def finish(self) -> dict[str, dict[str, object]]:
        """Results as a manifest says them, all written."""
        self._wait(0)
        for name, before in self._before.items():
            for part in before.keys() - self.parts.said[name].keys() - self._held[name].keys():
                self._held[name][part] = empty_result(name)
        self._write(RESULTS)
        for name in RESULTS:
            if self.versions[name] < 0:
                self.versions[name] = replace_result(self._workspace, name, {}, is_whole=True)
        return self.parts.results(self.versions)

    def _whole_parts(
        self, name: str, frame: pl.DataFrame, wanted: list[str], said: Recomputed
    ) -> Iterator[tuple[str, pl.DataFrame]]:
        """Every part that is replaced, one after the other, with the rows of it that are kept."""
        schema = empty_result(name, with_part=True).schema
        parts = sorted({*wanted, *frame[PART].unique().to_list()})
        kept = self._kept(name, parts, said)
        for part in parts:
            rows = frame.filter(pl.col(PART) == part).select(schema.names()).cast(schema)
            whole = pl.concat([rows, kept[part]]) if part in kept else rows
            yield part, sort_by_key(whole, SHELF[name].schema)

    def _kept(self, name: str, parts: list[str], said: Recomputed) -> dict[str, pl.DataFrame]:
        if self._base is None or self._scope.is_all:
            return {}
        known = [part for part in parts if part in self._before[name]]
        if not known:
            return {}
        is_kept = rows_kept(name, said, self._scope)
        # A quarter and what is longer has a part of its own: recomputed, nothing of it stays.
        known = [part for part in known if _is_month(part) or part not in (said.scope.labels or ())]
        if is_kept is None or not known:
            return {}
        kept = {}
        for part in known:
            columns = SHELF[name].schema.column_names()
            rows = read_result_of(self._workspace, self._base, name, [part], is_kept, columns)
            kept[part] = rows.with_columns(pl.lit(part).alias(PART))
        return kept

    def _write(self, names: Iterable[str]) -> None:
        """Write what is held of some tables; two workers never write the same."""
        for name in names:
            if held := self._held[name]:
                self.versions[name] = replace_result(self._workspace, name, held, is_whole=self.versions[name] < 0)
                held.clear()
        self._n_held = 0


def split_parts(name: str, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of each part, in the columns and types of the table."""
    schema = empty_result(name, with_part=True).schema
    return split_by(frame.select(schema.names()).cast(schema), PART)


def parts_replaced(name: str, said: Recomputed, scope: Scope, known: list[str]) -> list[str]:
    """Parts of a table that a year's result replaces, whether rows are left in them or not."""
    if scope.days is None:
        return []
    if name in OF_TRENDS:
        return list(said.quarters.labels)
    if name in OF_YEAR_BEFORE:
        return [str(said.year - 1)]
    if name in BY_DAY:
        return sorted({day.strftime("%Y-%m") for day in scope.days if day.year == said.year})
    if name in JUDGED:
        since = said.judged_since.strftime("%Y-%m")
        return [part for part in known if part.startswith(f"{said.year}-") and part >= since]
    if said.scope.labels is None or said.scope.weeks is None:
        return [part for part in known if part.startswith(str(said.year))]
    if name == "nonconformities":
        return sorted(month for label in said.scope.labels for month in _months(label))
    if name in BY_WEEK:
        return sorted({part_of_week(*week) for week in said.scope.weeks})
    return sorted({part_of_label(label) for label in said.scope.labels})


def rows_kept(name: str, said: Recomputed, scope: Scope) -> pl.Expr | None:
    """Which rows of the run before stay in a part that is replaced; None when none do."""
    if name in BY_DAY:
        days: list[dt.date] = sorted(scope.days or ())
        return ~pl.col("day").is_in(days)
    if name in JUDGED:
        return pl.col("day") < said.judged_since
    if (
        name == "nonconformities"
        or name in OF_TRENDS + OF_YEAR_BEFORE
        or said.scope.labels is None
        or said.scope.weeks is None
    ):
        return None
    if name in BY_WEEK:
        codes = [year * 100 + week for year, week in sorted(said.scope.weeks)]
        return ~(pl.col("year").cast(pl.Int32) * 100 + pl.col("week").cast(pl.Int32)).is_in(codes)
    return ~pl.col("quarter" if name in BY_QUARTER else "period").is_in(sorted(said.scope.labels))


def _is_month(part: str) -> bool:
    return part[5:].isdigit()


def _months(label: str) -> list[str]:
    """The months of a quarter; none of another period."""
    period = Period.parse(label)
    if period.kind != "quarter":
        return []
    return [f"{period.first.year}-{period.first.month + step:02d}" for step in range(3)]
