"""The Flask application: blueprints, one error mapping, headers and limits; nothing else."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request
from flask_openapi import Info
from werkzeug.middleware.proxy_fix import ProxyFix

from service import problem_details
from service.access import Guard, Tickets
from service.api.matches import build_api
from service.api.operations import build_operations
from service.api.validation import say_what_is_wrong
from service.logs import configure
from service.openapi_document import DescribedApp, document
from service.settings import Settings
from service.usecases.services import Services
from service.version import VERSION
from service.web.pages import build_pages
from service.wiring import is_ready, secret_key

# Everything from ourselves; no inline script, no third party (docs/decisions.md).
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Swagger UI, served from its own package for people who read the API, sets styles and starts from an inline script.
DOCS_POLICY = CONTENT_SECURITY_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "script-src 'self'", "script-src 'self' 'unsafe-inline'"
)
OPENAPI_VERSION = "3.1.0"


def create_app(settings: Settings, services: Services) -> DescribedApp:
    """The application over ready-made services. Opens no connection."""
    configure(settings.log_level, as_json=settings.log_json)
    app = DescribedApp(
        "service",
        info=Info(title="惠企 Huiqi", version=VERSION, description="政策匹配接口：企业能享受什么、为什么、还差什么。"),
        security_schemes={"bearer": {"type": "http", "scheme": "bearer"}},
        doc_prefix="/docs",
        doc_url="/openapi.json",
        validation_error_callback=say_what_is_wrong,
        template_folder="web/templates",
        static_folder="web/static",
    )
    app.openapi_version = OPENAPI_VERSION
    secret = secret_key(settings)
    app.config.update(
        SECRET_KEY=secret,
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        SESSION_COOKIE_NAME="huiqi",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    # Templates are indented for their readers; the pages need not carry the blanks.
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    tickets = Tickets(secret)
    app.extensions["huiqi_guard"] = Guard(tickets, settings.link_hours)
    problem_details.install(app)
    app.register_api(build_api(services))
    app.register_blueprint(build_operations(lambda: _in_public(is_ready(services)), lambda: document(app)))
    app.register_blueprint(build_pages(services, tickets, settings.link_hours, demo=settings.demo))
    app.after_request(_add_headers)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _in_public(checks: dict[str, str]) -> dict[str, str]:
    """Readiness without addresses and paths: anybody may ask for it."""
    words = {"ok", "empty", "disabled", "unreachable", "unknown"}
    return {name: found if found in words else "unavailable" for name, found in checks.items()}


def _add_headers(response: Response) -> Response:
    docs = request.path.startswith("/docs")
    response.headers.setdefault("Content-Security-Policy", DOCS_POLICY if docs else CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
