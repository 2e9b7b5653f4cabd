r"""The load of *all* residents of every area: what was measured, and a model where nobody sampled; children add up to parents.

The smallest areas of the register are the leaves; residents of an area who live in none of its children make a leaf of their
own. A leaf's residents are covered or not. The covered ones sent down what was measured (A3); of the others a regression over
all measured leaves speaks (Fay and Herriot, R5 to R8), with ``x_i`` a constant and the logarithm of the residents:

    T_i = C_i + U_i r_i,     r_i = exp(m_i + v_i / 2) measured in part, k exp(x_i b) not at all           (A8)

``C`` mg/d of the covered, ``U`` the residents not covered, ``m_i`` and ``v_i`` the log load of this leaf by (R6) and its
error, ``k`` the load of all measured leaves over what ``exp(x b)`` makes of their people (the smearing estimate of Duan 1983,
weighted by people): what places differ by is skewed, and the mean of a log-normal would lean on that all too much. Areas add
their leaves, so figures add up at every level. Of the variance of a sum

    Var T_a = C_a^2 R_a + sum_i (U_i r_i)^2 (exp w_i - 1) + (sum_i U_i r_i sqrt(q_i))^2                    (A9)

``R_a`` is the relative variance of the area's own measured figure (A2), where batches were added before they were squared;
``w_i`` what leaves differ by, which averages out; ``q_i`` the error of the regression, which all leaves share.

The trap: these are not independent figures of several levels, to be weighed against one another: they rest on the same
samples. Where a level has a figure of its own, :func:`headworks.trends.levels.reconcile` does that.
"""

from __future__ import annotations

import contextlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtri

from headworks.core.errors import DataRefused
from headworks.core.schema import polars_schema
from headworks.tables.levels import AreaEstimates
from headworks.trends.levels import FayHerriot, FayHerriotMethod, fay_herriot

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
_PER_1000 = 1e3
# A share of residents too small to make a leaf: registers of several years do not add up exactly.
_LEAST_REST = 0.005
# Fewer measured leaves than these make no regression on size, and fewer still no model.
_LEAST_FOR_SIZE, _LEAST_FOR_MODEL = 10, 4
_MEASURED = 0.9
_LEVEL = 0.95
KINDS = ("quarter", "half_year", "year")


class Tree(NamedTuple):
    """Areas and, after them, what is left of those whose children do not hold all residents.

    ``parent`` (-1 at the top) and ``people`` of every node, ``is_leaf``, ``n_areas`` and, from the deepest level up, the nodes
    of each level.
    """

    areas: pl.DataFrame
    parent: Index
    people: Array
    is_leaf: npt.NDArray[np.bool_]
    n_areas: int
    upwards: list[Index]

    def summed(self, of_leaves: Array) -> Array:
        """Sum over the leaves of every node."""
        total = np.where(self.is_leaf, of_leaves, 0.0)
        for nodes in self.upwards:
            inner = nodes[self.parent[nodes] >= 0]
            np.add.at(total, self.parent[inner], total[inner])
        return total


def estimate_tree(areas: pl.DataFrame) -> Tree:
    """The tree of a register.

    Parameters
    ----------
    areas
        ``area_id, parent_id, level, population``, a row per area; one without residents is left out.
    """
    known = areas.filter(pl.col("population") > 0).sort("level", "area_id")
    place = {code: number for number, code in enumerate(known["area_id"])}
    parent = np.array([place.get(code, -1) for code in known["parent_id"]], dtype=np.int64)
    people = known["population"].cast(pl.Float64).to_numpy()
    held = np.bincount(parent[parent >= 0], people[parent >= 0], parent.size)
    has_children = np.bincount(parent[parent >= 0], minlength=parent.size) > 0
    rest = np.flatnonzero(has_children & (people - held > _LEAST_REST * people))
    level = known["level"].cast(pl.Int64).to_numpy()
    depth = np.concatenate([level, level[rest] + 1])
    nodes = np.arange(depth.size)
    return Tree(
        known, np.concatenate([parent, rest]), np.concatenate([people, (people - held)[rest]]),
        np.concatenate([~has_children, np.ones(rest.size, dtype=bool)]), parent.size,
        [nodes[depth == one] for one in sorted(set(depth.tolist()), reverse=True)],
    )  # fmt: skip


def area_estimates_of(area_loads: pl.DataFrame, tree: Tree) -> pl.DataFrame:
    """Estimates of all residents from what was measured.

    Parameters
    ----------
    area_loads
        Table ``area_loads``; weeks and months are passed over, for most places are not sampled in them.
    tree
        From :func:`estimate_tree`.

    Returns
    -------
    pl.DataFrame
        Keeps the promise of ``area_estimates``. A period and residue of fewer than four measured leaves has rows of measured
        areas alone.
    """
    place = pl.DataFrame({"area_id": tree.areas["area_id"], "_node": np.arange(tree.n_areas)})
    rows = area_loads.filter(pl.col("period_kind").cast(pl.String).is_in(KINDS)).join(place, on="area_id", how="inner")
    frames: list[pl.DataFrame] = [AreaEstimates.create_empty()]
    for _, mine in sorted(rows.partition_by("period", "analyte", as_dict=True).items()):
        frames.append(_estimates(mine, tree))
    return pl.concat(frames)


def _estimates(rows: pl.DataFrame, tree: Tree) -> pl.DataFrame:
    load, people, relative = _measured(rows, tree)
    uncovered = np.where(tree.is_leaf, np.maximum(tree.people - people, 0.0), 0.0)
    log_load, of_place, shared = _modelled(load, people, relative, tree)
    rate = np.exp(log_load)
    has_model = bool(np.isfinite(rate[tree.is_leaf]).all())
    filled = uncovered * np.nan_to_num(rate)
    covered = tree.summed(load)
    total = covered + tree.summed(filled)
    variance = covered**2 * relative + tree.summed(filled**2 * np.expm1(np.nan_to_num(of_place)))
    variance += tree.summed(filled * np.sqrt(np.nan_to_num(shared))) ** 2
    coverage = np.minimum(tree.summed(people) / tree.people, 1.0)
    nodes = np.arange(tree.n_areas)
    nodes = nodes[(total[nodes] > 0) & (has_model | (coverage[nodes] >= _MEASURED))]
    sigma2 = np.log1p(variance[nodes] / total[nodes] ** 2)
    per_1000, half = _PER_1000 * total[nodes] / tree.people[nodes], float(ndtri((1 + _LEVEL) / 2)) * np.sqrt(sigma2)
    basis = np.where(coverage >= _MEASURED, "measured", np.where(coverage > 0, "partly_measured", "modelled"))
    with np.errstate(divide="ignore", invalid="ignore"):
        measured = _PER_1000 * covered / tree.summed(people)
        modelled = np.where(uncovered > 0, _PER_1000 * rate, np.nan)
    frame = tree.areas[nodes].select("area_id", "level", "parent_id", "population").with_columns(
        period=pl.lit(rows["period"][0]), analyte=pl.lit(rows["analyte"][0]), drug=pl.lit(rows["drug"][0]),
        load_mg_per_day=pl.Series(total[nodes]), load_mg_per_1000_per_day=pl.Series(per_1000),
        lower=pl.Series(per_1000 * np.exp(-sigma2 / 2 - half)), upper=pl.Series(per_1000 * np.exp(-sigma2 / 2 + half)),
        basis=pl.Series(basis[nodes]), coverage=pl.Series(coverage[nodes]),
        measured_mg_per_1000_per_day=pl.Series(measured[nodes], nan_to_null=True),
        modelled_mg_per_1000_per_day=pl.Series(modelled[nodes], nan_to_null=True),
    )  # fmt: skip
    return frame.select(AreaEstimates.column_names()).cast(pl.Schema(polars_schema(AreaEstimates)))


def _measured(rows: pl.DataFrame, tree: Tree) -> tuple[Array, Array, Array]:
    """Load and people covered of every leaf, and the relative variance of every node's measured load."""
    node = rows["_node"].to_numpy()
    middle = pl.coalesce("load_mg_per_day", (pl.col("least_mg_per_day") + pl.col("most_mg_per_day")) / 2, "least_mg_per_day")
    u2 = sum((pl.col(name).fill_null(0.0) ** 2 for name in ("u_day", "u_batch", "u_site")), pl.lit(0.0))
    # Between two bounds a load lies evenly; where it was never found, anywhere below its limit.
    width = (pl.col("most_mg_per_day") - pl.col("least_mg_per_day")) / (pl.col("most_mg_per_day") + pl.col("least_mg_per_day"))
    u2 = u2 + pl.when(pl.col("load_mg_per_day").is_null()).then(width.fill_nan(0.0).fill_null(1.0) ** 2 / 3).otherwise(0.0)
    found = rows.select(load=middle, people=pl.col("population"), relative=u2)
    load, people, relative = (np.zeros(tree.parent.size) for _ in range(3))
    load[node], people[node], relative[node] = (found[name].to_numpy() for name in ("load", "people", "relative"))
    # What an area has beyond its children belongs to its rest.
    inner = np.arange(tree.n_areas)
    inner = inner[tree.parent[inner] >= 0]
    rest = np.arange(tree.n_areas, tree.parent.size)
    above = tree.parent[rest]
    for of in (load, people):
        held = np.bincount(tree.parent[inner], of[inner], tree.parent.size)
        of[rest] = np.maximum(of[above] - held[above], 0.0)
    relative[rest] = relative[above]
    return load, people, relative


def _modelled(load: Array, people: Array, relative: Array, tree: Tree) -> tuple[Array, Array, Array]:
    """Log of the expected load per person of every leaf's uncovered residents, its own variance, and the one all share."""
    nothing = np.full(load.size, np.nan)
    leaves = np.flatnonzero(tree.is_leaf)
    is_known = (load[leaves] > 0) & (people[leaves] > 0) & (relative[leaves] > 0)
    if is_known.sum() < _LEAST_FOR_MODEL:
        return nothing, nothing, nothing
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = np.where(is_known, np.log(load[leaves] / people[leaves]), np.nan)
    size = np.log(tree.people[leaves])
    size = size - size[is_known].mean()
    by_size = is_known.sum() >= _LEAST_FOR_SIZE and np.ptp(size[is_known]) > 0
    x = np.column_stack([np.ones(leaves.size), size]) if by_size else np.ones((leaves.size, 1))
    found = _fitted(direct, np.where(is_known, np.log1p(relative[leaves]), np.inf), x)
    if found is None:
        return nothing, nothing, nothing
    lever = np.einsum("ij,jk,ik->i", x, found.beta_covariance, x)
    by_model = x @ found.beta
    k = load[leaves][is_known].sum() / (people[leaves] * np.exp(by_model))[is_known].sum()
    level, own, shared = nothing.copy(), nothing.copy(), nothing.copy()
    level[leaves] = np.where(found.is_modelled, by_model + np.log(k), found.eblup + found.mse / 2)
    shared[leaves] = np.where(found.is_modelled, lever, 0.0)
    own[leaves] = np.maximum(found.mse - shared[leaves], 0.0)
    return level, own, shared


def _fitted(direct: Array, variance: Array, x: Array) -> FayHerriot | None:
    """The model by restricted likelihood; by moments where that does not settle; None where neither does."""
    methods: tuple[FayHerriotMethod, ...] = ("reml", "moment")
    for method in methods:
        with contextlib.suppress(DataRefused):
            return fay_herriot(direct, variance, x, method)
    return None
