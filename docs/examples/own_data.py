"""Loads and consumption of our own concentrations; one row worked by hand."""

from pathlib import Path

from headworks import Workspace, consumption, correction_factor, doses, load_per_1000, mass_load, read_table


def said(number: float | None) -> str:
    """Four significant digits, or a dash."""
    return "-" if number is None else f"{number:.4g}"


workspace = Workspace.open(Path("own-workspace"))
print("loads, mg/d per 1,000 people")
for row in read_table(workspace, "loads").iter_rows(named=True):
    value, low, high = (said(row[name]) for name in ("load_mg_per_1000_per_day", "lower", "upper"))
    print(f"  {row['day']} {row['analyte']:16} {row['detection']:12} {value:>6} [{low}, {high}]")

print("consumption, mg/d per 1,000 people, and doses")
for row in read_table(workspace, "consumption").iter_rows(named=True):
    value, low, high = (said(row[name]) for name in ("consumption_mg_per_1000_per_day", "lower", "upper"))
    print(f"  {row['day']} {row['drug']:16} {value:>6} [{low}, {high}]  {said(row['doses_per_1000_per_day'])}")

print("by hand")
load = mass_load(450.0, 120_000.0)
per_1000 = load_per_1000(load, 380_000.0)
print(f"  450 ng/L x 120,000 m3/d x 1e-3 = {load:,.0f} mg/d")
print(f"  / 380,000 people x 1,000 = {per_1000:.3f} mg/d per 1,000 people")
for factor in (3.59, correction_factor(303.36, 289.33, 0.292)):
    used = consumption(per_1000, factor)
    print(f"  x {factor:.4f} = {used:.3f} mg/d per 1,000 people; / 100 mg = {doses(used, 100.0):.4f} doses")
