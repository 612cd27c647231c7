"""GET /api/v1/enterprises/{code}/matches: what an enterprise can get, and why."""

from __future__ import annotations

import orjson
from flask import Response
from flask_openapi import APIBlueprint, Tag

from service.access import Access, declare
from service.api.schemas import EnterprisePath, MatchesOut, MatchQuery, ProblemOut
from service.usecases.codes import checked_code
from service.usecases.days import judged_day
from service.usecases.match_data import matches_data
from service.usecases.matching import match_enterprise
from service.usecases.services import Services


def build_api(services: Services) -> APIBlueprint:
    """The routes under /api/v1."""
    api = APIBlueprint(
        "api",
        __name__,
        url_prefix="/api/v1",
        abp_tags=[Tag(name="匹配", description="企业能享受的政策事项")],
        abp_security=[{"bearer": []}],
        abp_responses=dict.fromkeys(("401", "404", "503"), ProblemOut),
    )

    @api.get(
        "/enterprises/<code>/matches",
        summary="企业的匹配结果",
        description="每个政策事项的结论、窗口、预计金额和逐条理由。企业只能看自己的；别人的与不存在的一样答复 404。",
        responses={"200": MatchesOut},
    )
    @declare(Access.OWN_ENTERPRISE)
    def enterprise_matches(path: EnterprisePath, query: MatchQuery) -> Response:
        found = match_enterprise(services, checked_code(path.code), query.on and judged_day(query.on))
        return Response(orjson.dumps(matches_data(found)), mimetype="application/json")

    return api
