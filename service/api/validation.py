"""Wrong requests in plain Chinese: pydantic's findings become RFC 9457 errors with pointers."""

from __future__ import annotations

from typing import Any

from flask import Response
from pydantic import ValidationError

from service.problem_details import problem, respond

_MESSAGES = {
    "missing": "必填",
    "extra_forbidden": "没有这个参数",
    "date_from_datetime_parsing": "应为日期，如 2026-11-21",
    "date_parsing": "应为日期，如 2026-11-21",
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "json_invalid": "不是有效的 JSON",
}


def message_of(kind: str, context: dict[str, Any]) -> str:
    template = _MESSAGES.get(kind, "日期超出范围或格式不对" if kind.startswith("date") else "格式不对")
    try:
        return template.format(**context)
    except KeyError:
        return template


def say_what_is_wrong(error: ValidationError) -> Response:
    """The response to a request that does not fit its schema: 400 for broken JSON, else 422."""
    details = error.errors(include_url=False, include_input=False)
    errors = [
        {
            "pointer": "/" + "/".join(str(step) for step in detail["loc"]),
            "detail": message_of(detail["type"], detail.get("ctx", {})),
        }
        for detail in details
    ]
    broken = any(detail["type"] == "json_invalid" for detail in details)
    named = "；".join(f"{row['pointer'].strip('/') or '正文'}：{row['detail']}" for row in errors)
    return respond(problem(400 if broken else 422, "invalid", f"请求有误。{named}。", errors))
