"""``signal_digest``: mails about signals, each with the rights of its account; as files, or sent where mail is set up."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from headworks.core.errors import HeadworksError
from headworks.web.accounts.models import Account
from headworks.web.audit.chain import record
from headworks.web.signals.digest import Digest, configured_sender, digest_of, mail_of, read_addresses

_BY = "(command line)"
# No address of a person is known without a file of them; a written mail is for whoever passes it on.
_NOBODY = "{}@headworks.invalid"


class Command(BaseCommand):
    """Write or send them."""

    help = "Mails about new and late signals, each cut to the rights of its account: --write FOLDER, or --send ADDRESSES."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be said."""
        parser.add_argument("--account", action="append", default=[], help="Sign-in name; all that may sign in without.")
        parser.add_argument("--days", type=float, default=7.0, help="What was raised in so many days is new.")
        parser.add_argument("--address", default="", help="Where the server is, such as https://drugs.example.org, for links.")
        way = parser.add_mutually_exclusive_group(required=True)
        way.add_argument("--write", type=Path, metavar="FOLDER", help="One .eml file an account.")
        way.add_argument("--send", type=Path, metavar="ADDRESSES", help="A file: sign-in name and address in each line.")

    def handle(self, *args: Any, **said: Any) -> None:
        """Do it."""
        try:
            sender = configured_sender() if said["send"] else _NOBODY.format("headworks")
            addresses = read_addresses(said["send"]) if said["send"] else {}
            self._each(_digests(said), sender, addresses, said)
        except HeadworksError as problem:
            raise CommandError(str(problem)) from problem

    def _each(self, digests: list[Digest], sender: str, addresses: dict[str, str], said: dict[str, Any]) -> None:
        way = "written" if said["write"] else "sent"
        connection = get_connection() if said["send"] else None
        done = 0
        for one in digests:
            to = addresses.get(one.username) if said["send"] else _NOBODY.format(one.username)
            if to is None:
                self.stderr.write(f"{one.username}: no address")
                continue
            message = mail_of(one, to, sender)
            if said["write"]:
                said["write"].mkdir(parents=True, exist_ok=True)
                (said["write"] / f"{one.username}.eml").write_bytes(message.message().as_bytes(linesep="\r\n"))
            else:
                message.connection = connection
                message.send()
            counts = {"new": one.n_new, "late": one.n_late}
            record(f"digest_{way}", actor=_BY, object_kind="signals", object_id=one.username, detail=counts)
            done += 1
        self.stdout.write(f"{done} {way}")


def _digests(said: dict[str, Any]) -> list[Digest]:
    now = timezone.now()
    since = now - dt.timedelta(days=said["days"])
    accounts = Account.objects.filter(is_active=True).order_by("username")
    if said["account"]:
        accounts = accounts.filter(username__in=said["account"])
    found = (digest_of(account, since, now, said["address"]) for account in accounts)
    return [one for one in found if one is not None]
