"""Linear programming gets at nothing that was withheld."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.disclosure.builders import random_province, shown

from headworks.core.disclosure import audit_by_lp, audit_table, protect, suppress_table, tier_rule
from headworks.core.disclosure.audit_cells import audit_cells
from headworks.core.errors import DataRefused

# methods/governance 2.5: rows A to D, four columns; margins published.
GOLDEN = [[20, 50, 10, 22], [8, 19, 22, 30], [17, 32, 12, 3], [9, 31, 4, 18]]


def test_the_golden_table_is_protected_by_c3_and_d4_at_a_cost_of_30():
    answer = suppress_table(GOLDEN, 5)
    assert np.argwhere(answer.primary).tolist() == [[2, 3], [3, 2]]
    assert np.argwhere(answer.secondary).tolist() == [[2, 2], [3, 3]]
    assert answer.cost == 30
    # C3 + C4 = 15, C4 + D4 = 21, C3 + D3 = 16: C4 in [0, 15], D3 = 1 + C4 in [1, 16].
    assert answer.audit.select("value", "lower", "upper").rows() == [(3.0, 0.0, 15.0), (4.0, 1.0, 16.0)]


@pytest.mark.parametrize("extra", [(2, 2), (3, 3), (2, 0), (0, 0)])
def test_one_more_cell_is_not_enough(extra):
    hidden = suppress_table(GOLDEN, 5).primary.copy()
    hidden[extra] = True
    audit = audit_table(GOLDEN, hidden, 5)
    assert not audit["is_protected"].all()


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 5)])
def test_no_cheaper_set_of_cells_protects_a_small_table(shape):
    rng = np.random.default_rng(3)
    table = rng.integers(5, 40, size=shape)
    table[1, 1] = 2
    answer = suppress_table(table, 5)
    open_cells = [cell for cell in np.ndindex(*shape) if cell != (1, 1)]
    cheapest = np.inf
    for mask in range(2 ** len(open_cells)):
        chosen = [cell for place, cell in enumerate(open_cells) if mask >> place & 1]
        cost = sum(table[cell] for cell in chosen)
        # Three corners of a rectangle at least; dearer sets need no audit.
        if len(chosen) < 3 or cost >= min(cheapest, answer.cost + 1):
            continue
        hidden = np.zeros(shape, dtype=bool)
        for cell in [*chosen, (1, 1)]:
            hidden[cell] = True
        if min(hidden.sum(axis=0)[1], hidden.sum(axis=1)[1]) < 2:
            continue
        if audit_table(table, hidden, 5).filter((pl.col("row") == 1) & (pl.col("column") == 1))["is_protected"].item():
            cheapest = cost
    assert answer.cost == cheapest


def test_a_large_table_is_protected_by_the_greedy_way():
    rng = np.random.default_rng(5)
    table = rng.integers(0, 60, size=(25, 30))
    answer = suppress_table(table, 5)
    assert answer.audit["is_protected"].all()
    assert answer.audit.height == answer.primary.sum() > 20


def test_a_table_that_cannot_be_protected_is_refused_and_so_is_no_table():
    with pytest.raises(DataRefused, match="No suppression protects") as refused:
        suppress_table([[3, 50]], 5)
    assert refused.value.code == "HW-D493"
    for table in ([1, 2], [[-1, 2]], [[np.nan, 2]]):
        with pytest.raises(DataRefused, match="rows and columns"):
            suppress_table(table, 5)


def test_a_table_without_small_counts_loses_nothing():
    answer = suppress_table([[0, 50], [60, 7]], 5)
    assert (answer.cost, answer.suppressed.any(), answer.audit.height) == (0.0, False, 0)


def test_figures_that_contradict_one_another_are_refused():
    with pytest.raises(DataRefused, match="contradict") as refused:
        audit_by_lp([[1, 0], [1, 0]], [1, 2], [[0, 1]], [1], 1)
    assert refused.value.code == "HW-D492"


def test_what_nothing_bounds_has_no_upper_end():
    assert audit_by_lp([[1, 0]], [1], [[0, 1]], [1], 1).rows() == [(0, 1.0, 0.0, None, True)]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_no_withheld_figure_of_a_random_province_is_known_to_a_tenth(seed):
    rule = tier_rule("partner")
    of = random_province(seed, n_sites=8, scale=5_000.0, kinds=("half_year", "year"))
    protected = protect(*of, rule)
    alone = protected.filter(pl.col("why").is_in(["primary_population", "dominance", "institution"])).select(
        "unit_kind", "unit_id", "period"
    )
    seen = shown(protected)
    if seen.is_empty() or alone.is_empty():
        return
    cells = audit_cells(pl.concat([seen, alone]), of.members, of.sites)
    is_seen = np.array([tuple(name.split(" ")) in set(seen.rows()) for name in cells.names])
    # Loads in proportion to people, with a fourfold scatter.
    loads = cells.people * np.random.default_rng(seed).lognormal(0, 0.7, cells.people.size)
    matrix = cells.matrix.astype(float)
    rows = matrix[~is_seen]
    audit = audit_by_lp(matrix[is_seen], matrix[is_seen] @ loads, rows, rows @ loads, 0.1 * (rows @ loads))
    # A figure known exactly can only be one that is safe to know in its own right.
    assert audit["is_protected"].all()
