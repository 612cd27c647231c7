"""Who may call what: identities, signed tickets, and the declaration every route carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import current_app, g, request, session
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from service.errors import Forbidden, NotFound, Unauthenticated

P = ParamSpec("P")
R = TypeVar("R")


class Access(StrEnum):
    """What a route asks of its caller."""

    PUBLIC = "public"
    OWN_ENTERPRISE = "own_enterprise"  # an enterprise, for its own data; staff, for any
    STAFF = "staff"


class Role(StrEnum):
    ENTERPRISE = "enterprise"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is calling; `enterprise` is the credit code an enterprise user acts for."""

    role: Role
    enterprise: str | None = None

    def may_see(self, enterprise: str) -> bool:
        return self.role is Role.STAFF or self.enterprise == enterprise


class Tickets:
    """Signed, dated tickets: links to log in with, and bearer tokens for the API. Nothing secret is inside."""

    def __init__(self, secret: str) -> None:
        self._login = URLSafeTimedSerializer(secret, salt="huiqi-login")
        self._token = URLSafeTimedSerializer(secret, salt="huiqi-token")

    def issue_login(self, identity: Identity) -> str:
        return str(self._login.dumps(_pack(identity)))

    def issue_token(self, identity: Identity) -> str:
        return str(self._token.dumps(_pack(identity)))

    def read_login(self, ticket: str, hours: int) -> Identity:
        return _read(self._login, ticket, hours)

    def read_token(self, ticket: str, hours: int) -> Identity:
        return _read(self._token, ticket, hours)


def _pack(identity: Identity) -> dict[str, str | None]:
    return {"role": identity.role.value, "enterprise": identity.enterprise}


def _read(serializer: URLSafeTimedSerializer, ticket: str, hours: int) -> Identity:
    try:
        data = serializer.loads(ticket[:2_000], max_age=hours * 3600)
        return Identity(Role(data["role"]), data["enterprise"])
    except SignatureExpired:
        raise Unauthenticated("登录凭证已过期，请重新获取登录链接。") from None
    except (BadSignature, KeyError, ValueError, TypeError):
        raise Unauthenticated("登录凭证无效，请重新获取登录链接。") from None


def remember(identity: Identity) -> None:
    """Log the browser in (Flask's signed session cookie)."""
    session.clear()
    session["identity"] = _pack(identity)
    session.permanent = True


def caller() -> Identity | None:
    """Who is calling: a bearer token, else the browser's session, else nobody. A bad token is an error, not nobody."""
    if "caller" not in g:
        g.caller = _find_caller()
    found: Identity | None = g.caller
    return found


def _find_caller() -> Identity | None:
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        # Another scheme is meant for somebody before us (a proxy's Basic, say) and says nothing of who is calling.
        if scheme.lower() == "bearer":
            guard: Guard = current_app.extensions["huiqi_guard"]
            return guard.tickets.read_token(token.strip(), guard.token_hours)
    kept = session.get("identity")
    if isinstance(kept, dict):
        return Identity(Role(kept["role"]), kept["enterprise"])
    return None


@dataclass(frozen=True, slots=True)
class Guard:
    """What the checks need, put into the app once."""

    tickets: Tickets
    token_hours: int


def declare(access: Access) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare who may call a route, and check it before the view runs. A test asks this of every route."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            _check(access)
            return view(*args, **kwargs)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return decorate


def _check(access: Access) -> None:
    if access is Access.PUBLIC:
        return
    identity = caller()
    if identity is None:
        raise Unauthenticated("请先登录。")
    code = (request.view_args or {}).get("code")
    if access is Access.STAFF and identity.role is not Role.STAFF:
        raise Forbidden("只有工作人员可以使用这项功能。")
    # The same answer for another's enterprise and for none: whether a company exists is not told.
    if access is Access.OWN_ENTERPRISE and code is not None and not identity.may_see(str(code)):
        raise NotFound("没有找到这家企业，或您无权查看。")


def declared_access(view: Any) -> Access | None:
    """What a view function declared; None when it declared nothing."""
    found: Access | None = getattr(view, "access", None)
    return found
