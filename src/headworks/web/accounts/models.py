"""An account: a name to sign in with, a label of its office, and how it proves itself. No name, address or telephone.

What proves an account is kept as digests only: passwords by Argon2, what is drawn at random (session keys, tokens, codes) by
SHA-256, since nobody can try 128 random bits.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_PATH = 400
_DIGEST = 64


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; there is no way to make one that may do anything, that takes a grant."""

    def create_account(self, username: str, password: str | None = None, **more: Any) -> Account:
        """An account; without a password it can sign in by the operator's identity provider only."""
        account = self.model(username=self.model.normalize_username(username), **more)
        account.set_password(password)
        account.full_clean(exclude=["password"])
        account.save()
        return account

    create_user = create_account


class Account(AbstractBaseUser):
    """Somebody who works with the server; ``area_path`` is where it is administered, empty for everywhere."""

    username = models.CharField(
        _("sign-in name"), max_length=64, unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]{1,63}$", _("Small letters, digits, dot, dash and underscore."))],
    )  # fmt: skip
    label = models.CharField(_("office"), max_length=120, blank=True, help_text=_("Such as: county officer, Haizhu."))
    language = models.CharField(_("language"), max_length=10, default="en")
    area_path = models.CharField(max_length=_PATH, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(default=False)
    totp_secret = models.CharField(max_length=64, blank=True)
    totp_confirmed_at = models.DateTimeField(null=True, blank=True)
    totp_last_step = models.BigIntegerField(default=0)
    external_subject = models.CharField(max_length=255, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    password_changed_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()

    def set_password(self, raw_password: str | None) -> None:
        """As Django does, and remember when."""
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()

    @property
    def shown(self) -> str:
        """Office and sign-in name."""
        return f"{self.label} ({self.username})" if self.label else self.username


class AccountSession(AbstractBaseSession):
    """A session; ``session_key`` is the digest of what the browser holds."""

    session_key = models.CharField(max_length=_DIGEST, primary_key=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="sessions")
    begun_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    browser = models.CharField(max_length=60, blank=True)
    network = models.CharField(max_length=60, blank=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Django asks for it when it decodes a session."""
        from headworks.web.accounts.sessions import SessionStore

        return SessionStore


class ApiToken(models.Model):
    """A key for a program; it may carry less than its owner has, never more."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    secret_hash = models.CharField(max_length=_DIGEST, unique=True)
    scopes = models.JSONField(default=list)
    only_path = models.CharField(max_length=_PATH, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} of account {self.account_id}"


class OneTimeCode(models.Model):
    """A code that sets a password once: of an account, or (without one) of the first administrator."""

    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=_DIGEST, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"code of account {self.account_id}"


class RecoveryCode(models.Model):
    """Signs in once in place of the second factor."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=_DIGEST)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """No code twice."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "code_hash"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code of account {self.account_id}"


class SignInThrottle(models.Model):
    """How often signing in failed by one account, one network, or both; ``key`` is a digest of which."""

    key = models.CharField(max_length=_DIGEST, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.failures} failures"
