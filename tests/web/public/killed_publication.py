"""Proposes, approves and withdraws editions until it is killed. Not a test: run by test_killed.py as a process of its own."""

import sys
from itertools import count
from pathlib import Path


def main(path):
    """Walk the desk of publications as two people, over and over."""
    from headworks.web.configuration import use_workspace

    use_workspace(Path(path))
    import django

    django.setup()
    from django.test import Client

    from headworks.web.accounts.models import Account
    from headworks.web.public.models import Edition

    def signed_in(name):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(Account.objects.get(username=name))
        return client

    def asked(client, address, **words):
        answer = client.post(f"/publication/{address}/", words)
        assert answer.status_code == 302, answer.content.decode()[-2000:]

    editor, second = signed_in("editor"), signed_in("second")
    # The first page loads all others; the kills are for what comes after.
    assert editor.get("/publication/").status_code == second.get("/publication/").status_code == 200
    print("ready", flush=True)
    for turn in count():
        newest = Edition.objects.order_by("-pk").first()
        state = "withdrawn" if newest is None else newest.state
        if state == "withdrawn":
            asked(editor, "propose", words=f"Edition {turn}.")
        elif state == "proposed":
            asked(second, f"{newest.pk}/approve")
        else:
            asked(editor, f"{newest.pk}/withdraw", because="A flow was wrong.")


if __name__ == "__main__":
    main(sys.argv[1])
