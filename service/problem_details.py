"""One error mapping for API and pages: RFC 9457 problems, or a plain Chinese page for a browser."""

from __future__ import annotations

import secrets
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from service.errors import Conflict, Forbidden, HuiqiError, Invalid, NotFound, Unauthenticated, Unavailable

_STATUS: dict[type[HuiqiError], int] = {
    Invalid: 422,
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    Unauthenticated: 401,
    Unavailable: 503,
}
_TITLES = {
    400: "请求格式不对",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种请求方法",
    409: "内容已有变化",
    413: "提交的内容太大",
    415: "不支持这种内容类型",
    422: "填写的内容有误",
    429: "请求太频繁",
    500: "系统出错了",
    503: "服务暂时不可用",
}
_DETAILS = {
    400: "请检查提交的内容是否完整、格式是否正确。",
    404: "您访问的页面或资源不存在，请检查网址。",
    405: "请对照接口文档使用正确的请求方法。",
    413: "请减小提交的内容后重试。",
    415: "请以 application/json 提交。",
    503: "服务正在维护或暂时繁忙，请稍后再试。您的信息没有丢失。",
    500: "我们已记录这个问题。请稍后再试，或把下面的请求编号告诉我们。",
}
log = structlog.get_logger("huiqi")


def status_of(error: HuiqiError) -> int:
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def problem(status: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The body of an RFC 9457 problem."""
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": _TITLES.get(status, "请求没有成功"),
        "status": status,
        "detail": detail,
        "instance": request.path,
        "code": code,
        "request_id": g.get("request_id", ""),
    }
    return {**body, "errors": errors} if errors else body


def wants_json() -> bool:
    """The API and everything that does not ask for a page gets JSON."""
    if request.path.startswith("/api/"):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def respond(body: dict[str, Any]) -> Response:
    """The problem as JSON, or as a page."""
    status = int(body["status"])
    if wants_json():
        response = Response(orjson.dumps(body), status, mimetype="application/problem+json")
    else:
        response = Response(render_template("problem.html", problem=body), status, mimetype="text/html")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def install(app: Flask) -> None:
    """Give every request a number and map every error."""

    @app.before_request
    def number_request() -> None:
        g.request_id = secrets.token_hex(8)

    @app.after_request
    def show_number(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response

    @app.errorhandler(HuiqiError)
    def on_known(error: HuiqiError) -> Response:
        status = status_of(error)
        if status >= 500:
            # What is wrong with the machinery is for operators, who find it in the log and in huiqi doctor.
            log.warning("unavailable", found=error.message, path=request.path, request_id=g.get("request_id"))
            return respond(problem(status, error.code, _DETAILS[503]))
        errors = [
            {"pointer": "/" + each.where.replace(".", "/"), "detail": f"{each.found}；{each.expected}"}
            for each in error.problems
        ]
        return respond(problem(status, error.code, error.message, errors))

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:
            return Response(error.get_response().get_data(), status, dict(error.get_headers()))
        code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(status, f"http_{status}")
        response = respond(problem(status, code, _DETAILS.get(status, _TITLES.get(status, "请求没有成功。"))))
        if status == 405 and (allowed := dict(error.get_headers()).get("Allow")):
            response.headers["Allow"] = allowed
        return response

    @app.errorhandler(Exception)
    def on_defect(error: Exception) -> Response:
        # The stack trace goes to the log, never to the caller; no values of the request are logged.
        log.error("defect", path=request.path, request_id=g.get("request_id"), exc_info=error)
        return respond(problem(500, "internal", _DETAILS[500]))
