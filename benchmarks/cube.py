"""Five levels by residue and week of 100,000,000 results in 40 files, against Polars (streaming) and DuckDB.

    python -m benchmarks.cube [--rows 100000000] [--engines ours polars polars_by_file duckdb] [--duckdb-python PATH]

Each engine runs in a process of its own, so that its peak memory is its own, and is timed without start-up and imports. All
give sums of load and population and numbers of results of every site, town, county, city and of the province. Polars and
DuckDB keep all five tables; we keep those of the four upper levels and let go of a residue's sites once they are added up, as
does ``polars_by_file``. Files are laid out as facts are: a folder a residue, sorted by site and day.
``polars_by_file`` is Polars told what we know, that a file is a residue; it has no target.

DuckDB is no dependency of the project: name a Python that has it, or it is left out. The files are made in a temporary folder
(below 1 GiB) and deleted.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

_ROWS, _ANALYTES, _SITES, _WEEKS = 100_000_000, 40, 1_908, 522
_LEAST_RATIO, _MOST_GIB = 4.0, 1.0
_LEVELS = ("site", "town", "county", "city", "province")
_SAME = 1e-12


def parents() -> list[np.ndarray]:
    """Towns of four sites, counties of four towns, cities of six counties."""
    towns = np.arange(_SITES) // 4
    counties = np.arange(towns.max() + 1) // 4
    cities = np.arange(counties.max() + 1) // 6
    return [towns, counties, cities, np.zeros(cities.max() + 1, dtype=np.int64)]


def write_facts(folder: Path, n_rows: int, seed: int = 5) -> float:
    """A file a residue; the size in GiB."""
    import polars as pl

    people = np.random.default_rng(seed).lognormal(10, 1, _SITES).astype(np.float32)
    for analyte in range(_ANALYTES):
        rng = np.random.default_rng([seed, analyte])
        n = n_rows // _ANALYTES
        place = np.sort(rng.integers(0, _SITES * _WEEKS * 7, n))
        site = (place // (_WEEKS * 7)).astype(np.uint32)
        frame = pl.DataFrame(
            {
                "site": site,
                "day": (place % (_WEEKS * 7)).astype(np.uint16),
                "load": (people[site] * rng.lognormal(0, 0.6, n)).astype(np.float32),
                # People who were there that day.
                "population": (people[site] * rng.normal(1, 0.05, n)).astype(np.float32),
            }
        )
        (folder / f"analyte={analyte:02d}").mkdir()
        frame.write_parquet(folder / f"analyte={analyte:02d}" / "part.parquet", compression="zstd", row_group_size=500_000)
    os.sync()  # not while the first engine reads
    return sum(path.stat().st_size for path in folder.glob("*/part.parquet")) / 2**30


def ours(folder: Path) -> Callable[[], list[list[float]]]:
    import polars as pl

    from headworks.trends.cube import roll_up, site_cube

    week, tree, kept = np.arange(_WEEKS * 7) // 7, parents(), list[Any]()

    def one(path: Path) -> list[list[float]]:
        frame = pl.read_parquet(path, columns=["site", "day", "load", "population"], hive_partitioning=False)
        columns = [frame[name].to_numpy() for name in ("site", "day", "load", "population")]
        levels = roll_up(site_cube(*columns, week, _SITES, _WEEKS), tree)
        kept.append(levels[1:])
        return [[float(level.load.sum()), float(level.population.sum()), float((level.n > 0).sum())] for level in levels]

    def job() -> list[list[float]]:
        kept.clear()
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(one, sorted(folder.glob("*/part.parquet"))))
        return np.sum(found, axis=0).tolist()  # type: ignore[no-any-return]

    # Compiled, or loaded, before the clock starts, for the kinds of columns that the files hold.
    nothing = [np.zeros(1, dtype=dtype) for dtype in (np.uint32, np.uint16, np.float32, np.float32)]
    roll_up(site_cube(*nothing, week, _SITES, _WEEKS), tree)
    return job


def _rolled_up_by_polars(sites: Any) -> list[Any]:
    import polars as pl

    tables = [sites]
    for name, below, parent in zip(_LEVELS[1:], _LEVELS[:-1], parents(), strict=True):
        places = pl.DataFrame({below: np.arange(parent.size), name: parent}).with_columns(pl.all().cast(pl.UInt32))
        summed = [pl.col(column).sum() for column in ("load", "population", "n")]
        tables.append(tables[-1].join(places, on=below).group_by("analyte", name, "week").agg(summed))
    return tables


def _sums_of_sites(scan: Any) -> Any:
    import polars as pl

    sums = [pl.col(name).cast(pl.Float64).sum() for name in ("load", "population")]
    return scan.group_by("analyte", "site", week=pl.col("day") // 7).agg(*sums, n=pl.len())


def polars(folder: Path) -> Callable[[], list[list[float]]]:
    import polars as pl

    def job() -> list[list[float]]:
        sites = _sums_of_sites(pl.scan_parquet(folder / "*/part.parquet", hive_partitioning=True)).collect(engine="streaming")
        tables = _rolled_up_by_polars(sites)
        return [[table["load"].sum(), table["population"].sum(), float(table.height)] for table in tables]

    return job


def polars_by_file(folder: Path) -> Callable[[], list[list[float]]]:
    import polars as pl

    def job() -> list[list[float]]:
        totals = np.zeros((5, 3))
        for analyte, path in enumerate(sorted(folder.glob("*/part.parquet"))):
            scan = pl.scan_parquet(path, hive_partitioning=False).with_columns(analyte=pl.lit(analyte, dtype=pl.UInt8))
            tables = _rolled_up_by_polars(_sums_of_sites(scan).collect(engine="streaming"))
            totals += [[table["load"].sum(), table["population"].sum(), float(table.height)] for table in tables]
        return totals.tolist()  # type: ignore[no-any-return]

    return job


def duckdb(folder: Path) -> Callable[[], list[list[float]]]:
    import duckdb as engine

    def job() -> list[list[float]]:
        base = engine.connect()
        base.execute("SET threads = 2")
        files = f"read_parquet('{folder}/*/part.parquet', hive_partitioning = true)"
        sums = "sum(load::DOUBLE) AS load, sum(population::DOUBLE) AS population, count(*) AS n"
        base.execute(f"CREATE TABLE site AS SELECT analyte, site, day // 7 AS week, {sums} FROM {files} GROUP BY ALL")  # noqa: S608
        for name, below, parent in zip(_LEVELS[1:], _LEVELS[:-1], parents(), strict=True):
            base.execute(f"CREATE TABLE {name}_of ({below} INTEGER, {name} INTEGER)")
            base.executemany(f"INSERT INTO {name}_of VALUES (?, ?)", [[i, int(p)] for i, p in enumerate(parent)])  # noqa: S608
            base.execute(
                f"CREATE TABLE {name} AS SELECT analyte, {name}, week, sum(load) AS load, sum(population) AS population, "  # noqa: S608
                f"sum(n) AS n FROM {below} JOIN {name}_of USING ({below}) GROUP BY ALL"
            )
        query = "SELECT sum(load), sum(population), count(*)::DOUBLE FROM "
        return [list(base.execute(query + name).fetchone()) for name in _LEVELS]

    return job


ENGINES = {"ours": ours, "polars": polars, "polars_by_file": polars_by_file, "duckdb": duckdb}


def _run_here(engine: str, folder: Path, turns: int) -> dict[str, Any]:
    """Time an engine in this process; the best of some turns, and the peak of memory."""
    job = ENGINES[engine](folder)
    best: dict[str, Any] = {}
    for _ in range(turns):
        wall, processor = time.perf_counter(), time.process_time()
        sums = job()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        best = {
            "wall_s": min(wall, best.get("wall_s", wall)),
            "cpu_s": min(processor, best.get("cpu_s", processor)),
            "sums": sums,
        }
    scale = 2**30 if sys.platform == "darwin" else 2**20
    return {"engine": engine, **best, "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale}


def _run_beside(engine: str, folder: Path, python: str, turns: int) -> dict[str, Any] | None:
    command = [python, "-m", "benchmarks.cube", "--inside", engine, str(folder), str(turns)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        print(f"{engine} left out: {(ended.stderr.strip().splitlines() or ['it said nothing'])[-1]}")
        return None
    answer: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return answer


def measure(
    n_rows: int = _ROWS, engines: tuple[str, ...] = tuple(ENGINES), duckdb_python: str = sys.executable, turns: int = 1
) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as name:
        size = write_facts(Path(name), n_rows)
        print(f"{n_rows:,} rows in {_ANALYTES} files, {size:.2f} GiB")
        found = {}
        for engine in engines:
            answer = _run_beside(engine, Path(name), duckdb_python if engine == "duckdb" else sys.executable, turns)
            if answer is not None:
                found[engine] = answer
                print(f"{engine:15} {answer['wall_s']:8.2f} s {answer['cpu_s']:8.2f} CPU-s {answer['peak_gib']:6.2f} GiB")
    mine = found["ours"]
    rows: list[dict[str, Any]] = []
    for engine in [one for one in engines if one != "ours" and one in found]:
        peer = found[engine]
        assert np.allclose(mine["sums"], peer["sums"], rtol=_SAME, atol=0), (mine["sums"], peer["sums"])
        target = None if engine == "polars_by_file" else _LEAST_RATIO
        for label, key in (("wall clock", "wall_s"), ("processor time", "cpu_s")):
            ratio = peer[key] / mine[key]
            rows.append(
                {"name": f"cube of {n_rows:,} rows, {engine}, {label}", "ours": n_rows / mine[key], "peer": n_rows / peer[key],
                 "ratio": ratio, "target": target, "met": target is None or ratio >= target, "unit": "rows/s"}
            )  # fmt: skip
    rows.append(
        {"name": f"cube of {n_rows:,} rows, peak memory", "ours": mine["peak_gib"], "peer": None, "ratio": None,
         "target": _MOST_GIB, "met": mine["peak_gib"] <= _MOST_GIB, "unit": "GiB"}
    )  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Five levels by residue and week, beside Polars and DuckDB.")
    parser.add_argument("--rows", type=int, default=_ROWS)
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--duckdb-python", default=sys.executable)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--inside", nargs=3, metavar=("ENGINE", "FOLDER", "TURNS"), help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.inside:
        engine, folder, turns = said.inside
        print(json.dumps(_run_here(engine, Path(folder), int(turns))))
        return
    for row in measure(said.rows, tuple(said.engines), said.duckdb_python, said.turns):
        print(row)


if __name__ == "__main__":
    main()
