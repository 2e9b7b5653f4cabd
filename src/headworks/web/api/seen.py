"""Which sites a reader sees through the API, and at which tier.

The policy says which sites serve an area of the reader; the disclosure says which of them the reader's tier is shown. Both
must hold. The tier is that of the right by which the site is seen: for figures a right to view, for samples one to see
samples.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from headworks.jobs.site_evidence import withheld_sites
from headworks.web.access.models import AreaNode, RegisterState, SiteNode
from headworks.web.access.policy import NotVisible, require_site, visible_sites
from headworks.web.access.reader import Reader
from headworks.web.access.roles import TIERS
from headworks.web.opened import the_workspace


class SeenSite(NamedTuple):
    """A site and the tier at which it is seen."""

    site: SiteNode
    tier: str


def last_import() -> int:
    """Number of the import that the register was copied after."""
    found = RegisterState.objects.values_list("last_import_seq", flat=True).first()
    return -1 if found is None else int(found)


def tiers_of_sites(reader: Reader, scope: str) -> dict[str, str]:
    """Every site a reader sees, with the highest tier at which; in the order of their names."""
    held: dict[str, str] = {}
    for tier in reversed(TIERS):
        rights = tuple(right for right in reader.rights if right.tier == tier)
        if rights:
            seen = visible_sites(dataclasses.replace(reader, rights=rights), scope).values_list("pk", flat=True)
            hidden = withheld_sites(the_workspace(), tier, last_import())
            for site_id in seen:
                if site_id not in held and site_id not in hidden:
                    held[site_id] = tier
    return dict(sorted(held.items()))


def require_seen_site(reader: Reader, site_id: str, scope: str) -> SeenSite:
    """The site, for a reader who has the scope and whose tier is shown it.

    Raises
    ------
    NotVisible
        When there is none, or not for this reader.
    """
    site = require_site(reader, site_id, scope)
    for tier in reversed(TIERS):
        rights = tuple(right for right in reader.rights if right.tier == tier)
        narrowed = dataclasses.replace(reader, rights=rights)
        if visible_sites(narrowed, scope).filter(pk=site_id).exists():
            if site_id not in withheld_sites(the_workspace(), tier, last_import()):
                return SeenSite(site, tier)
            break
    raise NotVisible(f"site {site_id}: withheld")


def covers_all(reader: Reader, scope: str) -> bool:
    """Whether a reader has a scope on every area there is: a file may speak of any of them."""
    tops = AreaNode.objects.filter(parent=None).values_list("path", flat=True)
    return reader.has(scope, "") or (bool(tops) and all(reader.has(scope, path) for path in tops))
