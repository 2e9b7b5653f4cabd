"""Codes of six digits from a device (RFC 6238), each good once, and recovery codes for when the device is lost."""

from __future__ import annotations

from typing import Final

import pyotp
import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from headworks.web.access.reader import Reader
from headworks.web.accounts.models import Account, RecoveryCode
from headworks.web.accounts.proofs.drawn import digest_of_code, draw_code

_STEP_SECONDS: Final = 30
_DIGITS: Final = 6
_RECOVERY_CODES: Final = 10
# Whoever holds one of these needs a second factor where it is required.
REQUIRED_ROLES: Final = ("administrator", "steward", "reviewer", "director")


def is_required(reader: Reader) -> bool:
    """Whether this reader must have a second factor."""
    return settings.SERVER.totp_is_required and any(role in REQUIRED_ROLES for role in reader.roles)


def new_secret() -> str:
    """A secret that a device and the server will share."""
    return pyotp.random_base32()


def picture_of(account: Account, secret: str) -> str:
    """The QR code for a device, as an address of its content."""
    said = pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name="Headworks")
    return str(segno.make(said, micro=False).svg_data_uri(scale=5, border=4, dark="#000", light="#fff"))


def step_of(secret: str, code: str) -> int | None:
    """The time step that a code belongs to: this one or its neighbours; None when to none."""
    typed = "".join(code.split())
    if len(typed) != _DIGITS or not typed.isascii() or not typed.isdigit():
        return None
    now = int(timezone.now().timestamp()) // _STEP_SECONDS
    device = pyotp.TOTP(secret)
    return next(
        (step for step in (now, now - 1, now + 1) if pyotp.utils.strings_equal(device.generate_otp(step), typed)), None
    )


def enrol(account: Account, secret: str, code: str) -> list[str] | None:
    """Take a device into use, when its code is right; the recovery codes, shown this once."""
    step = step_of(secret, code)
    if step is None:
        return None
    drawn = [draw_code(4, 4) for _ in range(_RECOVERY_CODES)]
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(
            totp_secret=secret, totp_confirmed_at=timezone.now(), totp_last_step=step
        )  # fmt: skip
        RecoveryCode.objects.filter(account=account).delete()
        RecoveryCode.objects.bulk_create([RecoveryCode(account=account, code_hash=digest_of_code(code)) for code in drawn])
    account.refresh_from_db()
    return drawn


def passes(account: Account, typed: str) -> str:
    """How a code proves the account: ``totp``, ``recovery code``, or not at all (empty). No code passes twice."""
    step = step_of(account.totp_secret, typed) if account.totp_secret else None
    if step is not None:
        # One statement, so of two who send the same code one passes.
        fresh = Account.objects.filter(pk=account.pk, totp_last_step__lt=step).update(totp_last_step=step)
        return "totp" if fresh else ""
    rows = RecoveryCode.objects.filter(account=account, code_hash=digest_of_code(typed), used_at=None)
    return "recovery code" if rows.update(used_at=timezone.now()) else ""


def take_off(account: Account) -> None:
    """No second factor any more."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(totp_secret="", totp_confirmed_at=None)
        RecoveryCode.objects.filter(account=account).delete()
    account.refresh_from_db()
