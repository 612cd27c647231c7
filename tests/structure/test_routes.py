"""Every route says who may call it, and holds to it."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from service.access import Access, declared_access

# The library's own pages of API documentation and Flask's static files carry no data and are for everybody.
PUBLIC_BY_NATURE = ("static", "openapi.", "swagger.")


def test_every_route_declares_who_may_call_it(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(PUBLIC_BY_NATURE) and declared_access(app.view_functions[rule.endpoint]) is None
    ]

    assert silent == []


def test_a_stranger_gets_nothing_that_is_not_public(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        access = declared_access(app.view_functions[rule.endpoint])
        if access in (None, Access.PUBLIC):
            continue
        path = rule.rule.replace("<code>", "914403001922038216")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert client.open(path, method=method).status_code == 401, f"{method} {path}"
