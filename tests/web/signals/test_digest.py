"""The mail: for one account, with its rights, in its language; as a file, or sent only where mail is set up."""

import datetime as dt
import email
import types
from email import policy

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone
from tests.web.conftest import area_at
from tests.web.signals.found import row

from headworks.core.errors import UsageError
from headworks.web.audit.models import AuditRow
from headworks.web.signals.digest import digest_of, read_addresses
from headworks.web.signals.models import Signal
from headworks.web.signals.taking import take_row

WEEK = dt.timedelta(days=7)


@pytest.fixture
def two(province):
    mine, other = area_at(3, 0), area_at(3, 1)
    take_row(row(mine.pk, "mine"))
    take_row(row(other.pk, "other"))
    return mine, other


def of(account, **more):
    now = timezone.now()
    return digest_of(account, now - WEEK, now, **more)


def test_it_says_what_the_account_sees_and_nothing_of_the_neighbours(two, account):
    mine, other = two
    made = of(account("officer", mine.path), address="https://drugs.example.org/")
    assert (made.subject, made.n_new, made.n_late) == ("1 new signal", 1, 0)
    own = Signal.objects.unscoped("a test").get(key="mine")
    for text in (made.text, made.html):
        assert mine.name_en in text
        assert other.name_en not in text
        assert f"https://drugs.example.org/signals/{own.pk}/" in text
        assert "4.00 times what was expected: 40.0, where 10.0 was expected." in text


def test_no_figure_stands_in_it_below_the_tier(two, account):
    made = of(account("officer", two[0].path, tier="public"))
    for text in (made.text, made.html):
        assert "stays withheld" in text
        assert "40.0" not in text
        assert "50 %" not in text
        assert "site S" not in text


def test_what_is_late_is_in_it_though_it_is_old_and_what_is_closed_is_not(two, account):
    rows = Signal.objects.unscoped("a test")
    long_ago = timezone.now() - dt.timedelta(days=30)
    rows.update(raised_at=long_ago, due_at=long_ago)
    assert of(account("officer")).subject == "0 new signals, 2 late"
    rows.filter(key="mine").update(state="closed", due_at=None)
    assert of(account("officer")).n_late == 1


def test_who_may_not_read_or_has_nothing_to_read_gets_none(two, account):
    assert of(account("sampler")) is None
    assert of(account("officer", is_active=False)) is None
    assert of(account("officer", area_at(3, 5).path)) is None


def test_it_speaks_the_language_of_the_account(two, account):
    made = of(account("officer", two[0].path, language="zh-hans"))
    assert '<html lang="zh-hans">' in made.html
    assert two[0].name_zh in made.text
    assert "new signal" not in made.text


def test_names_are_escaped_in_html_and_plain_in_text(two, account):
    two[0].name_en = "A & <b>B</b>"
    two[0].save()
    made = of(account("officer", two[0].path))
    assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in made.html
    assert "A & <b>B</b>" in made.text


def test_many_are_counted_and_the_first_are_written(two, account, monkeypatch):
    monkeypatch.setattr("headworks.web.signals.digest.MOST", 1)
    made = of(account("officer"))
    assert (made.n_new, made.text.count("\n- ")) == (2, 1)
    assert "1 more signal is in the inbox." in made.text


def test_files_are_mails_with_text_and_html(two, account, tmp_path):
    account("officer", two[0].path, username="office-a")
    account("sampler", username="office-b")
    call_command("signal_digest", "--write", str(tmp_path / "out"), verbosity=0)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["office-a.eml"]
    message = email.message_from_bytes((tmp_path / "out" / "office-a.eml").read_bytes(), policy=policy.default)
    assert (message["Subject"], message["To"]) == ("Headworks: 1 new signal", "office-a@headworks.invalid")
    assert two[0].name_en in message.get_body(("plain",)).get_content()
    assert message.get_body(("html",)).get_content().lstrip().startswith("<!doctype html>")
    assert AuditRow.objects.filter(action="digest_written", object_id="office-a").count() == 1
    assert mail.outbox == []


def test_nothing_is_sent_before_mail_is_set_up(two, account, tmp_path):
    account("officer", username="office-a")
    addresses = tmp_path / "addresses"
    addresses.write_text("office-a a@example.org\n")
    with pytest.raises(CommandError, match="Mail is not set up"):
        call_command("signal_digest", "--send", str(addresses))
    assert mail.outbox == []


def test_where_mail_is_set_up_each_account_gets_its_own(two, account, tmp_path, settings, capsys):
    settings.SERVER = types.SimpleNamespace(mail_from="signals@example.org")
    account("officer", two[0].path, username="office-a")
    account("officer", two[1].path, username="office-b")
    account("officer", username="office-c")
    addresses = tmp_path / "addresses"
    addresses.write_text("# offices\noffice-a a@example.org\n\noffice-b b@example.org  # beside\n")
    call_command("signal_digest", "--send", str(addresses))
    assert [(one.to, one.from_email) for one in mail.outbox] == [
        (["a@example.org"], "signals@example.org"), (["b@example.org"], "signals@example.org"),
    ]  # fmt: skip
    assert two[1].name_en not in mail.outbox[0].body
    assert "office-c: no address" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["office-a", "office-a a at example.org", "office-a nobody"])
def test_a_line_that_is_no_address_is_refused_and_not_repeated(tmp_path, text):
    path = tmp_path / "addresses"
    path.write_text(text)
    with pytest.raises(UsageError, match="line 1") as refused:
        read_addresses(path)
    assert refused.value.code == "HW-U314"
    assert "nobody" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_addresses(tmp_path / "none")
