"""How much of a consumption is the factor that was chosen?"""

from pathlib import Path

import polars as pl

from headworks import Workspace, read_set, read_table
from headworks.loads import period_consumption

means = read_table(Workspace.open(Path("demo-workspace")), "period_means")
one_site = means.filter(pl.col("site_id") == "AT001", pl.col("period") == "2022")

for set_id in ("headworks-2026.1", "zuccato-2008"):
    used = period_consumption(one_site, read_set(set_id).factors, set_id).filter(pl.col("drug") == "cocaine")
    row = used.row(0, named=True)
    print(
        f"{set_id}: {row['consumption_mg_per_1000_per_day']:.0f} mg/d per 1,000 people"
        f" [{row['lower']:.0f}, {row['upper']:.0f}], {row['doses_per_1000_per_day']:.1f} doses"
    )
