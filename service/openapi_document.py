"""The OpenAPI document: what the library gathers, with errors described as the problems they are."""

from __future__ import annotations

from typing import Any

from flask_openapi import OpenAPI

from service.api.schemas import ProblemOut

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}


class DescribedApp(OpenAPI):
    """An application whose OpenAPI document, wherever it is shown, tells of problems as problems."""

    def generate_spec_json(self) -> None:
        super().generate_spec_json()  # type: ignore[no-untyped-call]
        _describe_problems(self.spec_json)


def document(app: DescribedApp) -> dict[str, Any]:
    """The document of the application."""
    app.generate_spec_json()
    spec: dict[str, Any] = app.spec_json
    return spec


def _describe_problems(spec: dict[str, Any]) -> None:
    """Every 4xx and 5xx is an RFC 9457 problem; the library's own error models go."""
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
