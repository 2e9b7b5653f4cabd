"""Where was the cocaine load highest in 2022, and how sure is the order?"""

from pathlib import Path

import polars as pl

from headworks import Workspace, read_table

workspace = Workspace.open(Path("demo-workspace"))
means = read_table(workspace, "period_means").filter(
    pl.col("drug") == "cocaine", pl.col("period") == "2022", pl.col("mean").is_not_null()
)
sites = read_table(workspace, "sites").select("site_id", "name")

highest = means.join(sites, on="site_id").sort("mean", descending=True).head(5)
for row in highest.iter_rows(named=True):
    print(f"{row['site_id']}  {row['mean']:6.0f}  [{row['lower_total']:.0f}, {row['upper_total']:.0f}]  {row['n_days']} days")
first = highest.row(0, named=True)
n_first = means.filter(pl.col("upper_total") >= first["lower_total"]).height
print(f"{n_first} of {means.height} sites have an interval that reaches into that of the first.")
