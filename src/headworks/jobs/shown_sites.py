"""Which sites a tier of readers may see one by one, and where they stand: as the table of sites is disclosed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.store import Workspace

_COLUMNS = ["site_id", "name", "kind", "latitude", "longitude", "population_served", "design_population", "domestic_share",
            "residence_h", "upstream_of", "area_id"]  # fmt: skip


def shown_sites(workspace: Workspace, tier: str, newest_import: int) -> Mapping[str, Mapping[str, Any]]:
    """Rows of ``sites`` by id, without those, and without the places of those, that the tier hides; ``people`` beside them.

    Parameters
    ----------
    tier
        Who asks.
    newest_import
        Number of the last import; what is known is kept until it changes.
    """
    # Which institutions consented and what a programme publishes come by imports too; floors are settings.
    rules = repr(sorted(vars(workspace.settings).items(), key=str))
    return _shown(workspace.path, tier, newest_import, rules)


@lru_cache(maxsize=8)
def _shown(path: Path, tier: str, newest_import: int, rules: str) -> Mapping[str, Mapping[str, Any]]:
    disclosure = Disclosure(Workspace.open(path), tier)
    rows = disclose(disclosure, "sites", disclosure.facts("sites")).frame
    people = dict(disclosure.sites.select("site_id", "people").rows())
    return {row["site_id"]: {**row, "kind": str(row["kind"]), "people": people.get(row["site_id"])}
            for row in rows.select(_COLUMNS).iter_rows(named=True)}  # fmt: skip
