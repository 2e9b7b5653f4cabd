"""No table, form, command or answer of the server has a place for somebody's name, number, address or face."""

import re

import pytest
from django.apps import apps

WORDS = {
    "address", "age", "alias", "birth", "birthday", "born", "citizen", "contact", "dob", "email", "ethnicity", "face", "family",
    "fingerprint", "firstname", "gender", "given", "household", "hukou", "id_card", "idcard", "identity", "lastname", "mail",
    "mobile", "nationality", "nickname", "offender", "parcel", "passport", "patient", "payment", "person", "phone", "photo_of",
    "plate", "portrait", "qq", "resident", "sex", "ssn", "street", "suspect", "surname", "tel", "telephone", "travel", "user_name",
    "wechat", "whatsapp",
    "姓名", "电话", "手机", "身份证", "住址", "氏名",
}  # fmt: skip
# A name of a person would be one of these; a name of an area, a site or a token is not.
PHRASES = (
    "first_name",
    "last_name",
    "full_name",
    "real_name",
    "id_number",
    "identity_number",
    "home_address",
    "date_of_birth",
)
# Each with the reason why it is none.
MEANT = {
    "username": "the sign-in name, of which the form says that it is an office's",
    "content_type": "Django's own",
}


def offends(name):
    words = set(re.split(r"[_\W]+", name.lower()))
    return name not in MEANT and bool(words & WORDS or any(phrase in name.lower() for phrase in PHRASES))


def fields():
    return [
        (model.__name__, field.name) for model in apps.get_models() for field in model._meta.get_fields() if field.concrete
    ]


def test_the_words_find_what_they_should():
    assert offends("phone")
    assert offends("contact_mail")
    assert offends("FIRST_NAME")
    assert not offends("area_path")
    assert not offends("name_zh")


def test_no_table_of_the_server_has_such_a_column():
    assert len(fields()) > 100
    assert [one for one in fields() if offends(one[1])] == []


def test_no_form_has_such_a_field():
    from django import forms

    def all_forms(cls):
        for one in cls.__subclasses__():
            yield one
            yield from all_forms(one)

    import headworks.web.urls  # noqa: F401  loads every form

    names = [
        (cls.__module__, name)
        for cls in all_forms(forms.BaseForm)
        for name in getattr(cls, "base_fields", {})
        if cls.__module__.startswith("headworks")
    ]
    assert len(names) > 20
    assert [one for one in names if offends(one[1])] == []


def test_no_schema_of_the_api_has_such_a_property(client):
    from django.urls import NoReverseMatch, reverse

    found = None
    for name in ("api:openapi-json", "api-1.0.0:openapi-json", "api-v1:openapi-json"):
        try:
            found = reverse(name)
        except NoReverseMatch:
            continue
    if found is None:
        pytest.skip("the API has no document yet")
    said = client.get(found).json()
    properties = [
        (name, key) for name, schema in said["components"]["schemas"].items() for key in schema.get("properties", {})
    ]
    parameters = [
        (path, one["name"])
        for path, ways in said["paths"].items()
        for way in ways.values()
        for one in way.get("parameters", [])
    ]
    assert [one for one in properties + parameters if offends(one[1])] == []


def test_no_table_of_facts_or_results_has_such_a_column():
    from headworks.tables import SHELF

    names = [(table, column) for table, shelf in SHELF.items() for column in shelf.schema.column_names()]
    allowed = {"design_population"}
    assert [one for one in names if offends(one[1]) and one[1] not in allowed] == []
