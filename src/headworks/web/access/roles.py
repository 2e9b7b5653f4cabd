"""What each role may do. A grant gives a role on an area subtree; the scopes follow from the role.

The assessor cannot edit measurements, and the administrator sees no data: whoever needs both gets two grants, and the audit
log says so. What needs two people (release, publication) is asked of the object, not of the role.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SCOPES: Final = {
    "view": _("see figures of the area"),
    "view_samples": _("see samples and their custody"),
    "capture": _("record samples and custody"),
    "measure": _("enter and correct measurements"),
    "release": _("propose a release"),
    "approve": _("approve what somebody else proposed"),
    "decide": _("decide on signals"),
    "assess": _("propose rule sets and assessments, raise appeals"),
    "publish": _("propose a publication"),
    "import": _("import files and run"),
    "administer": _("keep accounts and grants"),
    "audit": _("read the audit log"),
}
ROLES: Final[dict[str, tuple[str, ...]]] = {
    "sampler": ("capture",),
    "analyst": ("view_samples", "measure", "release"),
    "reviewer": ("view_samples", "approve"),
    "officer": ("view", "view_samples", "decide"),
    "epidemiologist": ("view", "view_samples", "decide", "assess", "publish"),
    "assessor": ("view", "assess"),
    "director": ("view", "decide", "assess", "approve"),
    "steward": ("view", "view_samples", "capture", "import", "publish"),
    "administrator": ("administer",),
    "auditor": ("audit",),
}
ROLE_WORDS: Final = {
    "sampler": _("sampler"),
    "analyst": _("analyst"),
    "reviewer": _("reviewer"),
    "officer": _("officer"),
    "epidemiologist": _("epidemiologist"),
    "assessor": _("assessor"),
    "director": _("director"),
    "steward": _("steward"),
    "administrator": _("administrator"),
    "auditor": _("auditor"),
}
# From least to most: a reader at one tier sees what the tiers before it see.
TIERS: Final = ("public", "partner", "analyst", "steward")
TIER_WORDS: Final = {
    "public": _("public"),
    "partner": _("partner"),
    "analyst": pgettext_lazy("tier", "analyst"),
    "steward": _("steward"),
}
# Whoever asks at these tiers says once a session what for.
PURPOSE_TIERS: Final = ("analyst", "steward")
EVERYWHERE: Final = ""
