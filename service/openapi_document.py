"""The OpenAPI document: what the library gathers, with errors described as the problems they are."""

from __future__ import annotations

from typing import Any

from flask_openapi import OpenAPI

from service.api.schemas import ProblemOut

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}


def document(app: OpenAPI) -> dict[str, Any]:
    """The document of the application: every 4xx and 5xx is an RFC 9457 problem."""
    app.generate_spec_json()  # type: ignore[no-untyped-call]
    spec: dict[str, Any] = app.spec_json
    schema = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = spec["components"]["schemas"]
    schemas.update(schema.pop("$defs", {}))
    schemas["ProblemOut"] = schema
    for unused in ("ValidationErrorModel", "UnprocessableEntity"):
        schemas.pop(unused, None)
    for path in spec["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if str(status)[0] in "45":
                    response["content"] = _PROBLEM
    return spec
