"""Grants, and the register of areas and sites as the workspace has it, kept here so that every query can be cut to it.

A path is the chain of codes from the top with a slash after each (``44/4401/440106/``): an area lies in another when its path
begins with the other's. The register is a copy made by :mod:`headworks.web.access.register`; the workspace stays the truth.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from headworks.web.access.roles import ROLE_WORDS, ROLES, TIER_WORDS

_PATH = 400


def path_below(above: str, area_id: str) -> str:
    """Path of an area below another's; a slash in a code is written so that it is none of the path.

    Examples
    --------
    >>> path_below("AT/", "AT/Graz")
    'AT/AT%2FGraz/'
    """
    return above + area_id.replace("%", "%25").replace("/", "%2F") + "/"


def codes_of(path: str) -> list[str]:
    """Codes of a path from the top down, the area's own last.

    Examples
    --------
    >>> codes_of("AT/AT%2FGraz/")
    ['AT', 'AT/Graz']
    """
    return [part.replace("%2F", "/").replace("%25", "%") for part in path.split("/") if part]


class AreaNode(models.Model):
    """An area of the newest day the codes know."""

    area_id = models.CharField(max_length=64, primary_key=True)
    path = models.CharField(max_length=_PATH, unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children", db_constraint=False)
    level = models.SmallIntegerField()
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    name_pinyin = models.CharField(max_length=200, blank=True)
    population = models.FloatField(null=True)

    class Meta:
        """Prefix searches go by the path."""

        indexes: ClassVar = [models.Index(fields=["level"])]

    def __str__(self) -> str:
        return self.area_id

    def name_in(self, language: str) -> str:
        """The name in the reader's language; Chinese for readers of Chinese and Japanese where there is one."""
        first = (
            (self.name_zh, self.name_en) if language[:2] in ("zh", "ja") else (self.name_en, self.name_pinyin, self.name_zh)
        )
        return next(filter(None, (*first, self.name_zh, self.area_id)))


class SiteNode(models.Model):
    """A site; ``owner`` is the area that owns it, the only one that may capture there."""

    site_id = models.CharField(max_length=128, primary_key=True)
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=32)
    owner_path = models.CharField(max_length=_PATH, blank=True, db_index=True)
    upstream_of = models.CharField(max_length=128, blank=True)
    population = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    def __str__(self) -> str:
        return self.site_id


class SiteArea(models.Model):
    """An area some of whose residents drain to a site: whoever sees the area sees that the site serves it."""

    site = models.ForeignKey(SiteNode, on_delete=models.CASCADE, related_name="places")
    area_path = models.CharField(max_length=_PATH, db_index=True)

    class Meta:
        """A site and an area meet once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "area_path"], name="site_area_once")]

    def __str__(self) -> str:
        return f"{self.site_id} in {self.area_path}"


class RegisterState(models.Model):
    """Which imports the register was copied from."""

    last_import_seq = models.BigIntegerField(default=-1)
    copied_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"as of import {self.last_import_seq}"


class Grant(models.Model):
    """A role on an area and all that lies in it, at a tier, for a time; an empty path is everything.

    One that an administrator asked for themselves waits for another's approval. ``area_lost_at`` says since when the register
    has no such area any more: such a grant opens nothing until somebody gives it anew.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role, ROLE_WORDS[role]) for role in ROLES])
    area_path = models.CharField(max_length=_PATH, blank=True)
    tier = models.CharField(max_length=10, choices=list(TIER_WORDS.items()), default="public")
    valid_from = models.DateTimeField(default=timezone.now)
    valid_to = models.DateTimeField(null=True, blank=True)
    granted_by = models.CharField(max_length=64, blank=True)
    awaits_approval = models.BooleanField(default=False)
    approved_by = models.CharField(max_length=64, blank=True)
    area_lost_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Asked at every request, by account."""

        indexes: ClassVar = [models.Index(fields=["account", "revoked_at"])]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.role} on {self.area_path or 'everything'} as {self.tier}"

    @staticmethod
    def in_force(at: Any) -> Q:
        """Those that hold at a moment."""
        ends = Q(valid_to__isnull=True) | Q(valid_to__gt=at)
        return Q(revoked_at__isnull=True, awaits_approval=False, area_lost_at__isnull=True, valid_from__lte=at) & ends
