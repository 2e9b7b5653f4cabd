"""Run beside the server: what each journey finds there, so that none waits for another. Says where, as JSON.

``python -m tests.web.journeys.seed WORKSPACE COUNTY LANGUAGE …``
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

from headworks.web.service.start import open_server


def _seed(county_id: str, languages: list[str]) -> dict[str, dict[str, list[str]]]:
    from django.utils import timezone
    from tests.web.operations import desk
    from tests.web.operations.desk import measured, planned, taken

    from headworks.web.access.models import AreaNode, SiteNode
    from headworks.web.operations.models import SampleRecord, SamplingPlan
    from headworks.web.signals.intake import raise_signal

    # Who acts has a name of an account, which is no word of any language.
    as_named = desk.who
    desk.who = lambda role, path="", username=None: as_named(role, path, f"{username or role}-0")
    county = AreaNode.objects.get(pk=county_id)
    inside = SiteNode.objects.filter(owner_path__startswith=county.path).order_by("site_id")
    others = SiteNode.objects.exclude(owner_path="").exclude(owner_path__startswith=county.path).order_by("site_id")
    sites = [*inside, *others]
    today = timezone.localdate()
    found: dict[str, dict[str, list[str]]] = {}
    for n, language in enumerate(languages):
        plan = SamplingPlan.objects.create(
            name=f"Plan {language}", area_path=county.path, first_day=today, last_day=today, made_by="steward-0", rule={},
        )  # fmt: skip
        number = iter(range(10 * n + 1, 10 * n + 10))
        todo = [planned(site, today, next(number), plan=plan) for site in sites[:2]]
        planned(sites[0], today - dt.timedelta(days=3), next(number), plan=plan)
        on_the_way = [taken(planned(site, today, next(number)), to="in_transit") for site in sites[2:4]]
        there = [taken(planned(site, today, next(number)), to="received") for site in sites[4:6]]
        for_export = [taken(planned(sites[6], today, next(number)), to="received")]
        measured(there, name=f"R-{language}", value=640.0 + n)
        raise_signal(
            f"rise-{language}", kind="exceedance", source="ears", area_id=county.area_id, drug="ketamine", observed=41.2,
            expected=12.5, period="2025-W13",
        )  # fmt: skip
        found[language] = {
            "to_do": [one.sample_id for one in todo], "on_the_way": [one.sample_id for one in on_the_way],
            "measured": [one.sample_id for one in there], "for_export": [one.sample_id for one in for_export],
        }  # fmt: skip
    assert SampleRecord.objects.unscoped("a test counts what it made").exists()
    return found


def _give_passwords() -> None:
    """All but the samplers have set theirs before; hashed once, as that is slow on purpose."""
    from django.contrib.auth.hashers import make_password
    from tests.web.journeys.first_start import PASSWORD

    from headworks.web.accounts.models import Account

    others = Account.objects.exclude(username__startswith="sampler").exclude(username="first")
    others.update(password=make_password(PASSWORD))


def main() -> None:
    """Make them in one transaction beside the running server."""
    workspace, county_id, *languages = sys.argv[1:]
    open_server(Path(workspace))
    from django.db import transaction

    with transaction.atomic():
        _give_passwords()
        print(json.dumps(_seed(county_id, languages)))
