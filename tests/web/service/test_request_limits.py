"""What a request may bring, judged before its body is read."""

import dataclasses
import io

import pytest
from django.test import Client, RequestFactory

from headworks.web.service.request_limits import limit_bodies

GB = 1 << 30


class Unread(io.BytesIO):
    """A body that must not be read."""

    def read(self, *_):
        raise AssertionError("the body was read")


def ask(length, path="/settings/", **more):
    said = {"CONTENT_LENGTH": str(length), "wsgi.input": Unread(), **more}
    request = RequestFactory().generic("POST", path, **said)
    return limit_bodies(lambda request: pytest.fail("it was let through"))(request)


def passes(length, **more):
    request = RequestFactory().generic("POST", "/settings/", CONTENT_LENGTH=str(length), **more)
    return limit_bodies(lambda request: "through")(request) == "through"


def test_two_gigabytes_are_refused_before_a_byte_is_read():
    answer = ask(2 * GB, HTTP_COOKIE="headworks-session=x")
    assert answer.status_code == 413
    assert "HW-U118" in answer.content.decode()
    assert "2,048.0 MB" in answer.content.decode()


def test_under_the_api_the_refusal_is_a_problem_document():
    answer = ask(2 * GB, "/api/v1/imports", HTTP_AUTHORIZATION="Bearer x")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_body_of_unsaid_length_is_refused():
    answer = ask(0, HTTP_TRANSFER_ENCODING="chunked", HTTP_COOKIE="headworks-session=x")
    assert answer.status_code == 411


@pytest.mark.parametrize("length", ["-1", "x", "1e9", "٣", "0x10"])
def test_a_length_that_is_none_is_refused(length):
    assert ask(length).status_code == 400


def test_strangers_bring_little_and_those_who_signed_in_what_the_settings_say(settings):
    settings.SERVER = dataclasses.replace(settings.SERVER, max_upload_mb=3)
    assert passes(60_000)
    assert ask(70_000).status_code == 413
    assert passes(3 * 1024 * 1024, HTTP_COOKIE="headworks-session=x")
    assert ask(3 * 1024 * 1024 + 1, HTTP_COOKIE="headworks-session=x").status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)])
def test_a_change_comes_from_a_page_of_ours(site, status):
    assert Client(headers={"Sec-Fetch-Site": site}).post("/sign-in/", {}).status_code == status
    assert Client(headers={"Sec-Fetch-Site": site}).get("/sign-in/").status_code == 200
