"""An account: a name to sign in with, a label of its office, and how it proves itself. No name, address or telephone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
    """Somebody who works with the server."""

    username = models.CharField(
        _("sign-in name"), max_length=64, unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]{1,63}$", _("Small letters, digits, dot, dash and underscore."))],
    )  # fmt: skip
    label = models.CharField(_("office"), max_length=120, blank=True, help_text=_("Such as: county officer, Haizhu."))
    language = models.CharField(_("language"), max_length=10, default="en")
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
