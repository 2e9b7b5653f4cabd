"""What every signed-in page's frame shows: which part one is in, the reader's area and role, languages."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Part(NamedTuple):
    """An entry of the bar: words, route, and the scopes of which a reader needs one."""

    words: Any
    route: str
    scopes: tuple[str, ...]


PARTS = (
    Part(_("Situation"), "situation", ("view",)),
    Part(_("Signals"), "signals", ("view",)),
    Part(_("Lists"), "lists", ("view",)),
    Part(_("Reports"), "reports", ("view",)),
    Part(_("Samples"), "operations", ("capture", "view_samples")),
    Part(_("Planner"), "planner", ("view", "capture")),
    Part(_("Release"), "release", ("release", "approve")),
    Part(_("Publication"), "publication", ("publish", "approve")),
    Part(_("Work"), "work", ("import", "publish")),
    Part(_("Accounts"), "accounts", ("administer",)),
    Part(_("Audit"), "audit", ("audit",)),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame; empty for the public."""
    reader = getattr(request, "reader", None)
    if reader is None or not reader.is_signed_in:
        return {"reader": reader}
    match = getattr(request, "resolver_match", None)
    here = getattr(match, "namespace", "") or getattr(match, "url_name", "") or ""
    shown = [
        {"words": part.words, "href": reverse(part.route), "is_here": here.split("-")[0] == part.route.split("-")[0]}
        for part in PARTS
        if reader.has_any(part.scopes)
    ]
    return {"reader": reader, "parts": shown, "may_search": reader.has_any(("view", "view_samples"))}
