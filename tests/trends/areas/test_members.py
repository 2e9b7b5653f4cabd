import datetime as dt

import numpy as np
import polars as pl
import pytest
from tests.trends.areas.builders import day, days, known_spread, network, roll_up

from headworks.trends.areas.cells import site_cells
from headworks.trends.areas.members import active_entries, batch_variance, grid_of, sum_members
from headworks.trends.areas.roll_up import area_loads_of
from headworks.trends.day_arrays import day_arrays
from headworks.trends.day_spread import DaySpread

TREE = [
    ("P", None, 1, 1e6), ("C", "P", 2, 1e6), ("K1", "C", 3, 4e5), ("K2", "C", 3, 6e5), ("T1", "K1", 4, 2e5), ("T2", "K1", 4, 2e5),
    ("T3", "K2", 4, 3e5), ("T4", "K2", 4, 3e5), ("D", "C", 4, 1e4),
]  # fmt: skip


def random_province(rng):
    """Plants of towns, one across two counties, one above another; register by town, so that every resident is in a town."""
    towns = ["T1", "T2", "T3", "T4", "D"]
    sites, drains = [], []
    for i in range(8):
        mine = rng.choice(towns, size=rng.integers(1, 3), replace=False)
        people = rng.uniform(1e3, 5e4, mine.size)
        sites.append((f"s{i}", str(mine[0]), float(people.sum()), f"s{rng.integers(i)}" if i and rng.random() < 0.4 else None))
        drains += [(f"s{i}", str(town), float(part)) for town, part in zip(mine, people, strict=True)]
    rows = []
    for i, (name, _, people, _) in enumerate(sites):
        for _ in range(rng.integers(1, 6)):
            on = dt.date(2025, 1, 1) + dt.timedelta(days=int(rng.integers(120)))
            value = None if rng.random() < 0.3 else float(rng.lognormal(2, 1))
            batch = rng.choice(["b1", "b2", "b3", ""]) or None
            rows.append(
                day(name, value, on, people=people, limit=None if value else 3.0, batch_id=batch, u_site=0.05 + 0.02 * i)
            )
    unique = {(row["site_id"], row["day"]): row for row in rows}
    return network(TREE, sites, drains), list(unique.values())


def is_nested(net):
    return net.blocked.size > 0


@pytest.mark.parametrize("seed", range(6))
def test_children_sum_to_the_parent_exactly_on_the_covered_part(seed):
    # Nothing nested, so that a member of a child is one of the parent.
    rng = np.random.default_rng(seed)
    sites = [(f"s{i}", town, float(rng.uniform(1e3, 5e4)), None) for i, town in enumerate(["T1", "T1", "T2", "T3", "T4", "D"])]
    rows = [
        day(
            name, None if rng.random() < 0.2 else float(rng.lognormal(2, 1)), dt.date(2025, 1, 1 + i), people=people, limit=3.0
        )
        for name, _, people, _ in sites
        for i in range(4)
    ]
    table = roll_up(network(TREE, sites), *rows)
    parents = pl.DataFrame({"area_id": [one[0] for one in TREE], "parent_id": [one[1] for one in TREE]})
    sums = ["least_mg_per_day", "most_mg_per_day", "population"]
    children = table.join(parents, on="area_id").filter(pl.col("parent_id").is_not_null())
    summed = children.group_by("parent_id", "period").agg(pl.col(*sums).sum())
    both = table.join(summed, left_on=["area_id", "period"], right_on=["parent_id", "period"], suffix="_of_children")
    assert both.height > 10
    for name in sums:
        assert both[name].to_numpy() == pytest.approx(both[f"{name}_of_children"].to_numpy(), rel=1e-12)
    middle = (pl.col("least_mg_per_day") + pl.col("most_mg_per_day")) / 2
    told = both.filter(pl.col("load_mg_per_day").is_not_null()).with_columns(_middle=middle)
    assert told["load_mg_per_day"].to_numpy() == pytest.approx(told["_middle"].to_numpy(), rel=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_every_sum_is_that_of_an_obvious_loop(seed):
    net, rows = random_province(np.random.default_rng(100 + seed))
    arrays = days(*rows)
    cells, periods = site_cells(arrays, known_spread(arrays), net, ["x"], {"month": None, "year": None})
    grid = grid_of(cells, 0, net.n_units, len(periods))
    active, nested = active_entries(net, grid.is_present)
    sums = sum_members(net, grid, active, nested)
    for area in range(net.areas.height):
        for period in range(len(periods)):
            entries = [e for e in np.flatnonzero(net.area == area) if active[e, period]]
            cell_of = {e: grid.cell[net.unit[e], period] for e in entries}
            share = net.share
            expected = {
                "n_sites": len(entries),
                "n_nested": sum(nested[e, period] for e in np.flatnonzero(net.area == area)),
                "middle": sum(cells.middle[cell_of[e]] * share[e] for e in entries),
                "people": sum(cells.people[cell_of[e]] * share[e] for e in entries),
                "variance": sum(cells.variance[cell_of[e]] * share[e] ** 2 for e in entries),
                "site": sum((cells.people[cell_of[e]] * share[e]) ** 2 * cells.u2_site[cell_of[e]] for e in entries),
                "batch": obvious_batch_variance(cells, {cell_of[e]: share[e] for e in entries}),
            }
            for name, value in expected.items():
                assert getattr(sums, name)[area, period] == pytest.approx(value, rel=1e-9), name


def obvious_batch_variance(cells, share_of_cell):
    """Add what a batch holds over all members, then square."""
    total = 0.0
    for batch in np.unique(cells.day_batch):
        held = 0.0
        for row, cell in enumerate(cells.day_cell):
            if cells.day_batch[row] == batch and cell in share_of_cell:
                held += cells.day_amount[row] * share_of_cell[cell]
        total += held**2 * cells.day_u2[0]
    return total


def test_some_of_the_random_provinces_are_nested_and_some_sites_are_left_out():
    nets = [random_province(np.random.default_rng(100 + seed))[0] for seed in range(8)]
    assert sum(map(is_nested, nets)) >= 4


def test_no_batch_at_all_leaves_no_variance():
    net, rows = random_province(np.random.default_rng(3))
    arrays = days(*[row | {"u_batch": 0.0} for row in rows])
    cells, periods = site_cells(arrays, known_spread(arrays), net, ["x"], {"year": None})
    grid = grid_of(cells, 0, net.n_units, len(periods))
    assert batch_variance(net, grid, active_entries(net, grid.is_present)[0]) == pytest.approx(0.0)


N_TOWNS, N_SITES, N_DAYS = 1_500, 3, 6


@pytest.fixture(scope="module")
def replicates():
    """Towns of three sites, six days of a year each; days, one batch a day for the whole town, and registers in error of mean one."""
    rng = np.random.default_rng(11)

    def unit_mean(sigma, *shape):
        return rng.lognormal(-(sigma**2) / 2, sigma, shape)

    u_batch, u_site, log_sd = 0.15, 0.25, 0.5
    true = np.array([4.0, 10.0, 25.0])
    people = np.array([30_000.0, 20_000.0, 5_000.0])
    town, site, on = np.meshgrid(np.arange(N_TOWNS), np.arange(N_SITES), np.arange(N_DAYS), indexing="ij")
    batches = unit_mean(np.sqrt(np.log1p(u_batch**2)), N_TOWNS, 1, N_DAYS)
    registers = unit_mean(np.sqrt(np.log1p(u_site**2)), N_TOWNS, N_SITES, 1) * people[None, :, None]
    load = true[None, :, None] * people[None, :, None] / 1e3 * unit_mean(log_sd, N_TOWNS, N_SITES, N_DAYS) * batches
    said = (registers + np.zeros(load.shape)).ravel()
    names = [f"{t:04d}-{s}" for t, s in zip(town.ravel(), site.ravel(), strict=True)]
    table = pl.DataFrame({"site_id": names, "value": load.ravel() / said * 1e3, "population": said, "_on": on.ravel()})
    first = day("x") | {"u_day": 0.0, "u_batch": u_batch, "u_site": u_site}
    fixed = {name: value for name, value in first.items() if name not in {"site_id", "value", "population", "day", "batch_id"}}
    table = table.with_columns(
        pl.lit(value).alias(name) if value is not None else pl.lit(None, dtype=pl.Float64).alias(name)
        for name, value in fixed.items()
    ).with_columns(
        day=pl.date(2025, 1, 15) + pl.duration(days=pl.col("_on") * 60),
        batch_id=pl.col("site_id").str.head(4) + "-" + pl.col("_on").cast(pl.String),
    )
    tree = [(f"{t:04d}", None, 4, None) for t in range(N_TOWNS)]
    sites = [(f"{t:04d}-{s}", f"{t:04d}", float(people[s]), None) for t in range(N_TOWNS) for s in range(N_SITES)]
    arrays = day_arrays(table)
    spread = DaySpread(*(np.full(arrays.ordinal.size, value) for value in (log_sd, 1e9, np.nan)))
    found = area_loads_of(arrays, spread, network(tree, sites), frozenset({"2025"}))
    return found, float((true * people).sum() / people.sum()), float((true * people).sum() / 1e3)


def test_the_stated_variance_of_a_sum_is_that_of_repeated_sampling(replicates):
    found, _, true_load = replicates
    load = found["load_mg_per_day"].to_numpy()
    assert load.mean() == pytest.approx(true_load, rel=0.02)
    u_day, u_batch = (found[name].to_numpy() for name in ("u_day", "u_batch"))
    r_day = 1 - np.exp(-np.log1p(u_day**2))
    stated = np.mean(load**2 * r_day + load**2 * u_batch**2)
    assert stated == pytest.approx(load.var(ddof=1), rel=0.1)


def test_the_stated_variance_of_the_people_is_that_of_repeated_registers(replicates):
    found, _, _ = replicates
    people = found["population"].to_numpy()
    assert np.mean((people * found["u_site"].to_numpy()) ** 2) == pytest.approx(people.var(ddof=1), rel=0.1)


def test_bounds_of_a_sum_hold_the_truth_95_times_in_100(replicates):
    found, true, _ = replicates
    held = ((found["lower"] <= true) & (true <= found["upper"])).mean()
    # Three Monte Carlo standard errors of 1,500 towns.
    assert held == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / N_TOWNS))


def test_of_a_batch_whose_days_are_unequally_sure_the_errors_are_added_before_they_are_squared():
    net = network(TREE, [("s0", "T1", 1e4, None), ("s1", "T1", 2e4, None)])
    arrays = days(
        day("s0", 10.0, people=1e4, batch_id="b", u_batch=0.1), day("s1", 20.0, people=2e4, batch_id="b", u_batch=0.3)
    )
    cells, periods = site_cells(arrays, known_spread(arrays), net, ["x"], {"year": None})
    grid = grid_of(cells, 0, net.n_units, len(periods))
    found = batch_variance(net, grid, active_entries(net, grid.is_present)[0])
    # 10 mg/d per 1,000 of 10,000 people is 100 mg/d, and 400 mg/d: (0.1 x 100 + 0.3 x 400)^2 = 130^2.
    town = net.areas["area_id"].to_list().index("T1")
    assert found[town].tolist() == pytest.approx([16_900.0])
