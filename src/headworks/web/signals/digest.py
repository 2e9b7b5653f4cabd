"""The mail about signals for one account, with its rights: what is new, what is late, as text and as HTML.

It is made anew for each account, by the same cut as the pages. An account has no address here: whoever keeps the server has a
file of them beside it. The trap: a mail cannot be taken back, so one for an account that may not sign in is never made.
"""

from __future__ import annotations

import datetime as dt
from email.utils import formatdate
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from headworks.core.errors import UsageError
from headworks.web.access.reader import reader_of
from headworks.web.accounts.models import Account
from headworks.web.signals.entries import Entry, entries
from headworks.web.signals.models import Signal

# More than these nobody reads in a mail; the rest is counted and stands on the page.
MOST = 50
_COLUMNS = 2


class Digest(NamedTuple):
    """A mail without an address."""

    username: str
    subject: str
    text: str
    html: str
    n_new: int
    n_late: int


def digest_of(account: Account, since: dt.datetime, now: dt.datetime, address: str = "") -> Digest | None:
    """The mail for an account; None when it has nothing to read, or no right to.

    Parameters
    ----------
    account
        Whose rights and language.
    since, now
        What was raised between them is new; what is open and due before ``now`` is late.
    address
        Where the server is, such as ``https://drugs.example.org``; without, nothing is linked.
    """
    reader = reader_of(account, purpose="digest", language=account.language)
    if not reader.has("view"):
        return None
    rows = Signal.objects.visible_to(reader)
    new = rows.filter(raised_at__gt=since, raised_at__lte=now)
    late = rows.exclude(state="closed").filter(due_at__lt=now).exclude(pk__in=new.values("pk"))
    n_new, n_late = new.count(), late.count()
    if not n_new and not n_late:
        return None
    with translation.override(account.language):
        parts = [(_("New"), entries(reader, new[:MOST])), (_("Late"), entries(reader, late[: max(0, MOST - n_new)]))]
        return _written(account, parts, n_new, n_late, {"since": since, "now": now, "address": address.rstrip("/")})


def _written(account: Account, parts: list[tuple[str, list[Entry]]], n_new: int, n_late: int, said: dict[str, Any]) -> Digest:
    subject = ngettext("%(n)s new signal", "%(n)s new signals", n_new) % {"n": n_new}
    if n_late:
        subject += ", " + ngettext("%(n)s late", "%(n)s late", n_late) % {"n": n_late}
    n_left = n_new + n_late - sum(len(found) for _words, found in parts)
    said |= {"subject": subject, "parts": [(words, found) for words, found in parts if found], "n_left": n_left}
    text = render_to_string("signals/digest.txt", said).strip() + "\n"
    return Digest(account.username, subject, text, render_to_string("signals/digest.html", said), n_new, n_late)


def mail_of(digest: Digest, to: str, sender: str) -> EmailMultiAlternatives:
    """The mail with text and HTML.

    Parameters
    ----------
    digest
        What it says.
    to, sender
        Addresses.
    """
    message = EmailMultiAlternatives(f"Headworks: {digest.subject}", digest.text, sender, [to])
    message.attach_alternative(digest.html, "text/html")
    message.extra_headers["Date"] = formatdate(localtime=False)
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    return message


def configured_sender() -> str:
    """The address that mails come from; mails are sent by nobody before ``[server]`` names it.

    Raises
    ------
    UsageError
        ``HW-U313`` when it does not.
    """
    sender = str(getattr(settings.SERVER, "mail_from", "") or "")
    if not sender:
        raise UsageError(
            "Mail is not set up.", where="headworks.toml, [server]", found="no mail_from",
            remedy="Set mail_host and mail_from, or write files: --write FOLDER", code="HW-U313",
        )  # fmt: skip
    return sender


def read_addresses(path: Path) -> dict[str, str]:
    """Addresses by sign-in name: a line for each account, name and address with a space between; ``#`` begins a remark.

    Raises
    ------
    UsageError
        ``HW-U314`` when the file cannot be read, or a line is not of this form.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            "The file of addresses cannot be read.", where=str(path), found=type(problem).__name__,
            remedy="Name a readable file", code="HW-U314",
        ) from problem  # fmt: skip
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != _COLUMNS or words[1].count("@") != 1:
            # The line is not repeated: it would end in a log.
            raise UsageError(
                "A line of the file of addresses is not one.", where=f"{path}, line {number}", found=f"{len(words)} words",
                remedy="Write: sign-in-name address", code="HW-U314",
            )  # fmt: skip
        found[words[0]] = words[1]
    return found
