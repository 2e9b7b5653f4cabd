"""For random trees, grants and objects, what the policy lets a reader see is what a slow and obvious look at each row gives."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from headworks.web.access.models import AreaNode, Grant, SiteArea, SiteNode
from headworks.web.access.policy import visible_areas, visible_sites
from headworks.web.access.reader import Reader, reader_of
from headworks.web.access.roles import ROLES, SCOPES, TIERS
from headworks.web.accounts.models import Account
from headworks.web.work.models import WorkItem

pytestmark = pytest.mark.django_db


@contextmanager
def _rolled_back():
    """Each example in a database as it was before."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@st.composite
def networks(draw):
    """Parents (an earlier area, or none), sites with an owner and further areas, grants with times."""
    n = draw(st.integers(2, 9))
    # Codes that begin with one another, as towns' do with their county's: a prefix of a code is no ancestor.
    codes = draw(st.permutations(["4", "44", "440", "de", "DE", "4-4", "44_", "4%", "é"]))[:n]
    parents = [None, *(draw(st.none() | st.integers(0, i - 1)) for i in range(1, n))]
    sites = draw(st.lists(st.tuples(st.integers(0, n - 1), st.sets(st.integers(0, n - 1), max_size=3)), max_size=6))
    at = st.sampled_from([None, -1, 1])  # hours from now
    grants = draw(
        st.lists(
            st.tuples(
                st.sampled_from(list(ROLES)), st.none() | st.integers(0, n - 1), st.sampled_from(TIERS), at, at, st.booleans()
            ),
            max_size=4,
        )
    )
    return codes, parents, sites, grants


def _ancestors(parents, i):
    while i is not None:
        yield i
        i = parents[i]


def _make(codes, parents, sites):
    paths = []
    for code, parent in zip(codes, parents, strict=True):
        paths.append((paths[parent] if parent is not None else "") + f"{code}/")
    level = [len(list(_ancestors(parents, i))) for i in range(len(codes))]
    for code, path, parent, at in zip(codes, paths, parents, level, strict=True):
        AreaNode.objects.create(area_id=code, path=path, parent_id=None if parent is None else codes[parent], level=at)
    for number, (owner, served) in enumerate(sites):
        site = SiteNode.objects.create(site_id=f"S{number}", kind="manhole", owner_path=paths[owner])
        for area in served:
            SiteArea.objects.create(site=site, area_path=paths[area])
        WorkItem.objects.create(kind="import", area_path=paths[owner], said={"site": number})
    return paths


def _holds(grant, now_in_force=True):
    _, _, _, begins, ends, is_revoked = grant
    return not is_revoked and (begins is None or begins < 0) and (ends is None or ends > 0)


@settings(max_examples=80)
@given(networks())
def test_the_visible_set_is_the_brute_force_set(made):
    codes, parents, sites, grants = made
    with _rolled_back():
        paths = _make(codes, parents, sites)
        account = Account.objects.create_account("somebody", None)
        now = timezone.now()
        for role, root, tier, begins, ends, is_revoked in grants:
            Grant.objects.create(
                account=account, role=role, area_path="" if root is None else paths[root], tier=tier,
                valid_from=now + dt.timedelta(hours=begins or -2), valid_to=None if ends is None else now + dt.timedelta(hours=ends),
                revoked_at=now if is_revoked else None,
            )  # fmt: skip
        reader = reader_of(account)
        held = [grant for grant in grants if _holds(grant)]
        for scope in SCOPES:
            roots = [root for role, root, *_ in held if scope in ROLES[role]]
            seen = {i for i in range(len(codes)) if any(root is None or root in _ancestors(parents, i) for root in roots)}
            assert set(visible_areas(reader, scope).values_list("pk", flat=True)) == {codes[i] for i in seen}
            owned = {f"S{n}" for n, (owner, _) in enumerate(sites) if owner in seen}
            served = {f"S{n}" for n, (_, areas) in enumerate(sites) if areas & seen}
            expected = owned | served if scope in ("view", "view_samples") else owned
            assert set(visible_sites(reader, scope).values_list("pk", flat=True)) == expected
            work = {item.said["site"] for item in WorkItem.objects.visible_to(reader, scope)}
            assert {f"S{n}" for n in work} == owned
        for i, path in enumerate(paths):
            tiers = [
                tier
                for role, root, tier, *_ in held
                if "view" in ROLES[role] and (root is None or root in _ancestors(parents, i))
            ]
            assert reader.tier_at(path) == max(tiers, key=TIERS.index, default="public")


@settings(max_examples=40)
@given(networks(), st.sets(st.sampled_from(list(SCOPES))), st.integers(0, 8))
def test_a_token_opens_no_more_than_its_owner_and_no_more_than_itself(made, scopes, narrowed):
    codes, parents, sites, grants = made
    with _rolled_back():
        paths = _make(codes, parents, sites)
        account = Account.objects.create_account("somebody", None)
        for role, root, tier, *_ in grants:
            Grant.objects.create(
                account=account, role=role, area_path="" if root is None else paths[root], tier=tier,
                valid_from=timezone.now() - dt.timedelta(hours=1),
            )  # fmt: skip
        owner = reader_of(account)
        only = paths[narrowed % len(paths)]
        token = Reader(owner.account_id, owner.username, owner.rights, only_scopes=frozenset(scopes), only_path=only)
        for scope in SCOPES:
            mine = set(visible_areas(token, scope).values_list("path", flat=True))
            whole = set(visible_areas(owner, scope).values_list("path", flat=True))
            assert mine == ({path for path in whole if path.startswith(only)} if scope in scopes else set())


def test_a_query_for_nobody_is_refused():
    with pytest.raises(TypeError, match="use visible_to"):
        WorkItem.objects.all()
    with pytest.raises(TypeError, match="use visible_to"):
        WorkItem.objects.filter(kind="import")
    with pytest.raises(ValueError, match="say why"):
        WorkItem.objects.unscoped("")
