"""What operators and load balancers call: is it alive, can it serve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Response

from service.access import Access, declare
from service.version import VERSION


def build_operations(readiness: Callable[[], dict[str, str]], describe: Callable[[], dict[str, Any]]) -> Blueprint:
    operations = Blueprint("operations", __name__)

    @operations.get("/openapi.json")
    @declare(Access.PUBLIC)
    def openapi() -> Response:
        return Response(orjson.dumps(describe()), mimetype="application/json")

    @operations.get("/livez")
    @declare(Access.PUBLIC)
    def livez() -> Response:
        return Response(orjson.dumps({"status": "ok", "version": VERSION}), mimetype="application/json")

    @operations.get("/readyz")
    @declare(Access.PUBLIC)
    def readyz() -> Response:
        """200 while requests can be served. Redis is never needed; its absence is said, not punished."""
        checks = readiness()
        can_serve = checks.get("database") == "ok"
        body = orjson.dumps({"status": "ok" if can_serve else "unavailable", "checks": checks})
        return Response(body, 200 if can_serve else 503, mimetype="application/json")

    return operations
