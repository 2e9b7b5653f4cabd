"""The one who asks: an account with the grants that hold now, or the public, who has none.

A reader is made anew for every request, so a grant that was taken away ends with the next click.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from headworks.web.access.models import Grant
from headworks.web.access.roles import EVERYWHERE, ROLES, TIERS


@dataclass(frozen=True)
class Right:
    """A role on a subtree, at a tier."""

    role: str
    area_path: str
    tier: str

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the role may do."""
        return ROLES[self.role]


@dataclass(frozen=True)
class Reader:
    """Who asks, and what they were granted."""

    account_id: int | None = None
    username: str = ""
    rights: tuple[Right, ...] = ()
    purpose: str = ""
    language: str = "en"
    # Of an API token, which may carry less than its owner has.
    only_scopes: frozenset[str] | None = field(default=None)
    only_path: str = EVERYWHERE

    @property
    def is_signed_in(self) -> bool:
        """Whether it is anybody known."""
        return self.account_id is not None

    def roots(self, scope: str) -> tuple[str, ...]:
        """Paths of the subtrees on which the reader has a scope; ``("",)`` is everything, ``()`` nothing."""
        if self.only_scopes is not None and scope not in self.only_scopes:
            return ()
        paths = {self._narrowed(right.area_path) for right in self.rights if scope in right.scopes} - {None}
        return tuple(sorted(path for path in paths if path is not None and not _is_inside_another(path, paths)))

    def _narrowed(self, path: str) -> str | None:
        """The part of a subtree that a token may speak of; None when none."""
        if self.only_path.startswith(path):
            return self.only_path
        return path if path.startswith(self.only_path) else None

    def has(self, scope: str, path: str | None = None) -> bool:
        """Whether the reader has a scope somewhere, or on the area of a path."""
        roots = self.roots(scope)
        return bool(roots) if path is None else any(path.startswith(root) for root in roots)

    def has_any(self, scopes: Iterable[str]) -> bool:
        """Whether the reader has one of some scopes anywhere."""
        return any(self.has(scope) for scope in scopes)

    def tier_at(self, path: str) -> str:
        """The highest tier at which the reader sees figures of an area; the public's where nothing was granted."""
        held = [
            right.tier
            for right in self.rights
            if "view" in right.scopes and (root := self._narrowed(right.area_path)) is not None and path.startswith(root)
        ]
        if self.only_scopes is not None and "view" not in self.only_scopes:
            held = []
        return max(held, key=TIERS.index, default="public")

    @property
    def highest_tier(self) -> str:
        """The highest tier anywhere."""
        return max((right.tier for right in self.rights if "view" in right.scopes), key=TIERS.index, default="public")

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles held, in the order of the table."""
        held = {right.role for right in self.rights}
        return tuple(role for role in ROLES if role in held)


PUBLIC = Reader()


def _is_inside_another(path: str, paths: set[str | None]) -> bool:
    return any(other is not None and other != path and path.startswith(other) for other in paths)


def reader_of(account: Any, purpose: str = "", language: str = "en") -> Reader:
    """The reader that an account is now; the public for one that may not sign in."""
    if account is None or not account.is_authenticated or not account.is_active:
        return PUBLIC
    held = Grant.objects.filter(Grant.in_force(timezone.now()), account_id=account.pk).order_by("pk")
    rights = tuple(Right(grant.role, grant.area_path, grant.tier) for grant in held)
    return Reader(account.pk, account.username, rights, purpose, language)
