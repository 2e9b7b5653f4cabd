"""A city with three counties and two drugs: one county rises, one is withheld, one was not sampled."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl

from headworks.core.periods import Period
from headworks.reports.cycle import CycleContent, CycleRequest, CycleTables, Edition, cycle_report
from headworks.reports.cycle.inputs import CHANGES, COURSES, FIGURES, LATE, LISTS, NAMES, PARTS, QUALITY, SIGNALS, TREE

PERIODS = {
    "weekly": "2026-W46", "monthly": "2026-11", "quarterly": "2026-Q4", "half-yearly": "2026-H2", "annual": "2026",
}  # fmt: skip
# What a withheld figure would be; it must stand nowhere.
SECRET = 777.125


def frame(schema: dict[str, Any], rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def city(name: str = "Haizhu City", **replaced: Any) -> CycleTables:
    places = [("C", None, 2, name, "海珠市"), ("C1", "C", 3, "Upper", "上县"), ("C2", "C", 3, "Hidden", "隐县"),
              ("C3", "C", 3, "Silent", "静县")]  # fmt: skip
    tree = [dict(zip(TREE, (*place, 1000.0), strict=True)) for place in places]
    own = {"drug": "cocaine", "analyte": "benzoylecgonine", "n_sites": 4, "n_days": 20, "share_censored": 0.0}
    figures = [
        {**own, "area_id": "C", "state": "value", "load_mg_per_1000_per_day": 42.0, "lower": 33.0, "upper": 54.0, "coverage": 0.81},
        {**own, "area_id": "C1", "state": "value", "load_mg_per_1000_per_day": 1234.5, "lower": 90.0, "upper": 1600.0, "coverage": 0.4},
        {"drug": "cocaine", "analyte": "benzoylecgonine", "area_id": "C2", "state": "suppressed"},
        {**own, "area_id": "C", "drug": "ketamine", "analyte": "ketamine", "state": "below_limit", "upper": 2.5, "coverage": 0.8},
    ]  # fmt: skip
    changes = [("C", 1.0, 0.8, 1.25, 0.5), ("C1", 2.0, 1.5, 2.7, 0.99)]
    compared = [
        {"area_id": area, "drug": "cocaine", "analyte": "benzoylecgonine", "against": "quarter", "ratio": ratio,
         "ratio_lower": low, "ratio_upper": high, "p_rose": p, "n_matched": 3}
        for area, ratio, low, high, p in changes
    ]  # fmt: skip
    weeks = [
        {"drug": "cocaine", "analyte": "benzoylecgonine", "week": f"2026-W{week}", "level": level, "lower": low, "upper": high}
        for week, level, low, high in (
            *((week, 40.0, 30.0, 50.0) for week in range(37, 44)),
            (44, None, None, None),
            (45, 42.0, 33.0, 54.0),
            (46, 41.0, 32.0, 52.0),
        )
    ]
    made: dict[str, Any] = {
        "tree": frame(TREE, tree), "figures": frame(FIGURES, figures), "changes": frame(CHANGES, compared),
        "courses": frame(COURSES, weeks), "parts": frame(PARTS, [{"part": "2026-W45", "coverage": 0.8, "n_sites": 4, "n_days": 8}]),
        "late": frame(LATE, [{"area_id": "C", "n_before": 6, "n_now": 4}]),
        "quality": frame(QUALITY, [{"rule": "cooled", "verdict": "broken", "n": 2, "n_samples": 10, "specification": "s"}]),
        "names": frame(NAMES, [{"id": "cocaine", "name_en": "Cocaine", "name_zh": "可卡因"}, {"id": "ketamine", "name_en": "Ketamine", "name_zh": "氯胺酮"}]),
        "n_waiting": 3, "n_events": 1,
    }  # fmt: skip
    return CycleTables(**{**made, **replaced})


def with_lists(tables: CycleTables) -> CycleTables:
    lists = [{"area_id": "C1", "period": "2026-Q4", "rule_set": "r", "list_name": "watch", "outcome": "entered",
              "previous": "off", "since": "2026-Q4", "probability": 0.93, "criterion": "load", "change_factor": 0.8}]  # fmt: skip
    signals = [{"unit_id": "C1", "drug": "cocaine", "analyte": "benzoylecgonine", "period": "2026-W46", "kind": "exceedance",
                "q_value": 0.05, "expected": 60.0, "expected_lower": 45.0, "expected_upper": 80.0, "observed": 120.0,
                "since": "2026-W45", "n_days": 8, "explanation": '{"hangs_on_one": true, "switch_off": 1.25}'}]  # fmt: skip
    return replace(tables, lists=frame(LISTS, lists), signals=frame(SIGNALS, signals), has_lists=True, has_signals=True)


FACTS = {
    "run_id": "r-1", "code_version": "0.1", "parameter_set": "p-1", "imports": ["a.csv"], "made_on": dt.date(2026, 11, 20).isoformat(),
}  # fmt: skip


def order(kind: str = "weekly", *, number: int = 1, previous: int = 0) -> CycleRequest:
    edition = Edition(number, "draft", "0123456789abcdef-1", "ab" * 32, "f-1" if previous else "", previous)
    return CycleRequest(kind, "C", Period.parse(PERIODS[kind]), "analyst", 1000, edition, FACTS)


def report(kind: str = "weekly", tables: CycleTables | None = None, **said: Any) -> CycleContent:
    return cycle_report(tables if tables is not None else with_lists(city()), order(kind, **said))
