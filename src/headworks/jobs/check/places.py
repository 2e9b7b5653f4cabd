"""What to know about the network: old codes, odd trees, catchments that do not add up, sites that moved."""

from __future__ import annotations

import datetime as dt

from headworks.core.errors import HeadworksError
from headworks.jobs.check.findings import Finding
from headworks.jobs.clock import now
from headworks.places.network_findings import Network, network_findings
from headworks.store import Workspace, read_facts, read_imports


def check_places(workspace: Workspace, *, as_of: dt.date | None = None) -> list[Finding]:
    """Findings about areas, sites and catchments as of the newest import.

    Parameters
    ----------
    as_of
        The day whose codes and catchments count; today when None.
    """
    imports = read_imports(workspace)
    try:
        network = Network(
            areas=read_facts(workspace, "areas", imports=imports),
            sites=read_facts(workspace, "sites", imports=imports),
            site_areas=read_facts(workspace, "site_areas", imports=imports),
            code_changes=read_facts(workspace, "code_changes", imports=imports),
            history=read_facts(workspace, "sites", imports=imports, history=True),
        )
        found = network_findings(network, as_of or now().date())
    except HeadworksError as problem:
        return [Finding("error", problem.code, str(problem), problem.remedy)]
    return [Finding(*one) for one in found]
