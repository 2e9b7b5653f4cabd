"""Accounts from the command line and from a table: all or none."""

import csv

import pytest

from headworks.core.errors import DataRefused, UsageError
from headworks.web.access.reader import reader_of
from headworks.web.accounts.by_command import (
    AccountLine,
    account_rows,
    add_account,
    disable_account,
    grant_role,
    import_accounts,
)
from headworks.web.accounts.models import Account
from headworks.web.accounts.proofs.codes import use_code
from headworks.web.audit.models import AuditRow


@pytest.fixture
def table(tmp_path):
    def write(*rows, header="username,label,role,area,tier,until"):
        path = tmp_path / "people.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def test_a_table_makes_accounts_with_grants_and_a_guarded_file_of_codes(province, table, tmp_path):
    file = table(
        "gz-1,county office,officer,440103000000,steward,2099-12-31",
        "gz-1,,sampler,440103000000,,",
        "boss-1,,administrator,*,,",
    )
    codes = tmp_path / "codes.csv"
    assert import_accounts(file, codes) == (2, 3)
    assert codes.stat().st_mode & 0o077 == 0
    said = dict(list(csv.reader(codes.read_text().splitlines()))[1:])
    made = Account.objects.get(username="gz-1")
    assert use_code(said["gz-1"], made)
    assert set(reader_of(made).roles) == {"officer", "sampler"}
    assert AuditRow.objects.filter(action="grant_given", actor="(command line)").count() == 3


def test_one_row_at_fault_and_none_is_taken_and_all_faults_are_said(province, table, tmp_path):
    file = table(
        "gz-1,,officer,440103000000,,",
        "BAD NAME,,officer,*,,",
        "gz-2,,king,*,,",
        "gz-3,,officer,nowhere,,",
        "gz-4,,officer,*,,soon",
    )
    with pytest.raises(DataRefused) as refused:
        import_accounts(file, tmp_path / "codes.csv")
    assert all(f"row {n}:" in refused.value.found for n in (3, 4, 5, 6))
    assert not Account.objects.exists()
    assert not (tmp_path / "codes.csv").exists()


def test_columns_about_anybody_are_refused(province, table, tmp_path):
    with pytest.raises(DataRefused, match="other columns") as refused:
        import_accounts(table("x,y", header="username,phone"), tmp_path / "codes.csv")
    assert refused.value.code == "HW-U115"


def test_an_old_file_of_codes_is_not_written_over_and_then_no_account_is_made(province, table, tmp_path):
    (tmp_path / "codes.csv").write_text("old")
    with pytest.raises(UsageError):
        import_accounts(table("gz-1,,officer,*,,"), tmp_path / "codes.csv")
    assert not Account.objects.exists()
    assert (tmp_path / "codes.csv").read_text() == "old"


def test_add_list_grant_and_disable(province):
    add_account(AccountLine("gz-1", "county office", "officer", "440103000000", "steward"))
    assert grant_role("gz-1", "sampler", "*", "public", "2099-01-01").startswith(
        "sampler on everything as public until 2099-01-01"
    )
    (row,) = account_rows()
    assert len(row["grants"]) == 2
    disable_account("gz-1")
    assert not account_rows()[0]["is_active"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (AccountLine("No Such Name"), "HW-U112"),
        (AccountLine("ok-1", role="king"), "HW-U114"),
        (AccountLine("ok-1", role="officer", tier="secret"), "HW-U114"),
        (AccountLine("ok-1", role="officer", area="4401"), "HW-U114"),
        (AccountLine("ok-1", language="xx"), "HW-U112"),
    ],
)
def test_what_cannot_be_made_is_said_with_its_code(province, said, code):
    with pytest.raises(UsageError) as refused:
        add_account(said)
    assert refused.value.code == code
    assert not Account.objects.exists()


def test_a_name_that_is_taken_and_one_that_is_not_there(province):
    add_account(AccountLine("gz-1"))
    with pytest.raises(UsageError, match="cannot be called so"):
        add_account(AccountLine("gz-1"))
    with pytest.raises(UsageError, match="no such account"):
        disable_account("gz-2")
