"""schemathesis against the running application: no 5xx, and every answer is what the document says."""

import datetime as dt

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.web.conftest import area_at

from headworks.web.access.models import SiteNode
from headworks.web.accounts.tokens import TOKEN_SCOPES, make_token
from headworks.web.signals.intake import raise_signal

pytestmark = pytest.mark.slow
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def _token(owner):
    return make_token(owner, "test", TOKEN_SCOPES, timezone.now() + dt.timedelta(days=1))[1]


def test_no_answer_is_an_error_or_other_than_the_document_says(province, account, monkeypatch):
    monkeypatch.setattr("headworks.web.api.rates.PER_MINUTE", 10**6)
    token = _token(account("steward"))
    raise_signal("one", kind="change", source="cusum", area_id=area_at(2).area_id)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    seen = {"area_id": area_at(2).area_id, "site_id": SiteNode.objects.first().pk, "signal_id": 1, "item_id": 1}
    count = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case):
            nonlocal count
            count += 1
            if count % 2:
                case.path_parameters = {name: seen.get(name, value) for name, value in (case.path_parameters or {}).items()}
            case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

        ask()
    assert count > 300
