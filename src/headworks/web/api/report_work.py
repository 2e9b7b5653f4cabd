"""Reports as work: made with the rights of who asked for them, kept for them alone, shown while the rights hold."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from headworks.core.errors import UsageError
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.recipient_report import recipient_report
from headworks.store import write_atomically
from headworks.web.access.models import AreaNode, codes_of
from headworks.web.access.policy import NotVisible, require_area
from headworks.web.access.reader import Reader, reader_of
from headworks.web.access.roles import TIERS
from headworks.web.accounts.models import Account
from headworks.web.opened import the_workspace
from headworks.web.work.kinds import Tell, register_kind
from headworks.web.work.models import WorkItem
from headworks.web.work.queue import ask


def ask_report(reader: Reader, area: AreaNode, period: str, language: str) -> WorkItem:
    """Put a report in the queue, at the tier the reader has on the area now."""
    said = {
        "area_id": area.pk, "period": period, "language": language, "tier": reader.tier_at(area.path),
        "account_id": reader.account_id,
    }  # fmt: skip
    return ask("report", said, by=reader.username, area_path=area.path)


def report_html(reader: Reader, item: WorkItem) -> str:
    """A finished report, for a reader who still has the rights it was made with.

    Raises
    ------
    NotVisible
        When it is not finished, or the area or the tier was taken away.
    """
    area = require_area(reader, item.said["area_id"])
    if TIERS.index(reader.tier_at(area.path)) < TIERS.index(item.said["tier"]):
        raise NotVisible(f"report {item.pk}: tier")
    path = the_workspace().path / "server" / "reports" / Path(str(item.outcome.get("html", "-"))).name
    if item.state != "done" or not path.is_file():
        raise NotVisible(f"report {item.pk}: not there")
    return path.read_text(encoding="utf-8")


def report_work(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Make a report with the rights that its reader has now, and no more than they had when they asked."""
    tell("looking up what may be shown")
    reader = reader_of(Account.objects.filter(pk=said["account_id"]).first())
    try:
        area = require_area(reader, said["area_id"])
    except NotVisible as problem:
        raise UsageError("The report cannot be made with the rights that are left.", code="HW-U168") from problem
    tier = min(reader.tier_at(area.path), said["tier"], key=TIERS.index)
    above = [code for code in codes_of(area.path)[:-1] if _sees(reader, code, tier)]
    tell(f"report of {area.pk} for {tier} readers")
    html = recipient_report(
        the_workspace(), area.pk, tier, period=said["period"] or None, language=said["language"], above=above
    )
    asked = f"{area.path}|{said['account_id']}|{said['period']}|{said['language']}|{tier}"
    name = f"{hashlib.sha256(asked.encode()).hexdigest()[:32]}.html"
    path = the_workspace().path / "server" / "reports" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(path, html)
    return {"html": name, "tier": tier, "area_id": area.pk}


def _sees(reader: Reader, code: str, tier: str) -> bool:
    area = AreaNode.objects.filter(pk=code).first()
    return area is not None and reader.has("view", area.path) and TIERS.index(reader.tier_at(area.path)) >= TIERS.index(tier)


def check_import_work(said: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Say what an import would do, and change nothing."""
    path = Path(said["path"])
    outcome = import_file(the_workspace(), path, ImportOrder(said["format"], dry_run=True), tell)
    return {**outcome.as_dict(), "file": said["name"]}


def register() -> None:
    """Make these kinds known."""
    register_kind("report", report_work)
    register_kind("import_check", check_import_work)
