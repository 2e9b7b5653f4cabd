"""Is an increase by the published rule an increase?"""

from pathlib import Path

import polars as pl

from headworks import Workspace, read_table

workspace = Workspace.open(Path("demo-workspace"))
changes = read_table(workspace, "changes").filter(pl.col("drug") == "cocaine", pl.col("period") == "2022")
called = changes.filter(pl.col("change_class").cast(pl.String) == "increase")

print(f"{called.height} of {changes.height} sites rose by more than 10 %, so the published rule calls them an increase.")
print(f"{called.filter(pl.col('p_rose') > 0.95).height} of these rose with a probability above 0.95.")
print(f"{called.filter(pl.col('p_rose') < 0.8).height} of these have a probability below 0.8.")
