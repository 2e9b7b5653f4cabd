"""The page of all routes, written by the server from the document of routes: nothing is loaded from elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from headworks.web.api.door import api


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """Every route with its parameters and the columns of its rows."""
    document = api.get_openapi_schema()
    schemas = document["components"]["schemas"]
    routes = [
        _route(path, method, operation, schemas)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    tags: dict[str, list[dict[str, Any]]] = {}
    for route in routes:
        tags.setdefault(route["tag"], []).append(route)
    return render(request, "public/api.html", {"tags": tags, "title": document["info"]["title"]})


def _route(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    good: dict[str, Any] = next((answer for status, answer in operation["responses"].items() if int(status) < 300), {})
    return {
        "id": operation["operationId"], "path": path, "method": method.upper(), "tag": operation["tags"][0],
        "summary": operation["summary"], "words": operation.get("description", ""),
        "parameters": operation.get("parameters", []), "columns": _columns(good, schemas),
        "kinds": sorted(good.get("content", {})), "statuses": sorted(str(status) for status in operation["responses"]),
    }  # fmt: skip


def _columns(answer: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Columns of the rows, or of the one object, that an answer holds."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    found = _resolved(schema, schemas)
    rows = found.get("properties", {}).get("rows", {}).get("items")
    if rows is not None:
        found = _resolved(rows.get("anyOf", [rows])[0], schemas)
    return [{"name": name, **said} for name, said in found.get("properties", {}).items()]


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return schemas.get(name, schema)
