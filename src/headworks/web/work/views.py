"""What the server is doing, has done and will do; and an end to it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from headworks.web.access.decorators import signed_in
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible
from headworks.web.audit.middleware import about, record_change
from headworks.web.work.models import WorkItem
from headworks.web.work.queue import cancel, visible_work

_PAGE = 50
_KIND_WORDS = {
    "import": gettext_lazy("import of a file"), "run": gettext_lazy("run"), "serve_figures": gettext_lazy("figures for pages"),
    "verify_audit": gettext_lazy("look at the audit log"), "release": gettext_lazy("release of results"),
    "retract": gettext_lazy("retraction of results"), "publication": gettext_lazy("publication"),
    "report": gettext_lazy("report"), "cycle_report": gettext_lazy("report of the cycle"),
    "evaluate_export": gettext_lazy("evaluation of an instrument's export"),
    "assess_lists": gettext_lazy("assessment of lists"), "try_rules": gettext_lazy("trial of a rule set"),
    "warn": gettext_lazy("look for signals"), "take_signals": gettext_lazy("signals onto the desk"),
    "release_results": gettext_lazy("release of results"), "screen_samples": gettext_lazy("screening of samples"),
}  # fmt: skip


def kind_words(kind: str) -> str:
    """What a kind of work is called; its own name where nobody gave it another."""
    return str(_KIND_WORDS.get(kind, kind.replace("_", " ")))


@signed_in()
def work(request: HttpRequest) -> HttpResponse:
    """Newest first. While something waits or runs the page comes anew every few seconds, without any script."""
    reader = request.reader  # type: ignore[attr-defined]
    items = list(visible_work(reader)[:_PAGE])
    context = {
        "rows": [{"item": item, "words": kind_words(item.kind), "facts": _facts(item)} for item in items],
        "areas": {area.path: area for area in AreaNode.objects.filter(path__in={item.area_path for item in items})},
        "is_busy": any(item.state in ("waiting", "running") for item in items),
    }  # fmt: skip
    about(request, "work")
    return render(request, "work/index.html", context)


@signed_in()
def work_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item, with all of its outcome."""
    item = _require(request, pk)
    about(request, "work", str(item.pk), item.area_path)
    context = {
        "item": item, "words": kind_words(item.kind), "facts": _facts(item), "is_busy": item.state in ("waiting", "running"),
        "outcome": json.dumps(item.outcome, ensure_ascii=False, indent=2) if item.outcome else "",
    }  # fmt: skip
    return render(request, "work/item.html", context)


def _require(request: HttpRequest, pk: int) -> WorkItem:
    found: WorkItem | None = visible_work(request.reader).filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise NotVisible(f"work {pk}")
    return found


def _facts(item: WorkItem) -> list[tuple[str, Any]]:
    """What of the outcome fits in a line."""
    said = item.outcome or {}
    names = ("what", "where", "found", "remedy", "code") if "code" in said else tuple(said)
    return [(name, said[name]) for name in names if isinstance(said.get(name), (str, int, float)) and said[name] != ""]


@signed_in()
@require_POST
def cancel_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an end: at once for what waits, between two steps for what runs."""
    item = _require(request, pk)
    with transaction.atomic():
        cancel(item)
        record_change(request, "work_cancel", object_kind="work", object_id=str(item.pk), area_path=item.area_path)
    messages.success(request, _("An end was asked for."))
    return redirect("work")
