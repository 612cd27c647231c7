"""Who may see what: strangers, other enterprises, forged and old tickets."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from service.access import Identity, Role, Tickets
from service.usecases.enterprises import listed
from service.usecases.services import Services
from tests.services import bearer


@pytest.fixture
def two(stocked: Services) -> tuple[str, str]:
    first, second = listed(stocked, limit=2).enterprises
    return first.code, second.code


def path(code: str) -> str:
    return f"/api/v1/enterprises/{code}/matches"


def test_an_enterprise_sees_its_own_matches(client: FlaskClient, tickets: Tickets, two: tuple[str, str]) -> None:
    answer = client.get(path(two[0]), headers=bearer(tickets, two[0]))

    assert answer.status_code == 200
    assert answer.get_json()["enterprise"]["code"] == two[0]


def test_anothers_enterprise_and_one_that_does_not_exist_get_the_same_answer(
    client: FlaskClient, tickets: Tickets, two: tuple[str, str]
) -> None:
    headers = bearer(tickets, two[0])

    others = client.get(path(two[1]), headers=headers)
    nobodys = client.get(path("914403001922038216"), headers=headers)

    assert others.status_code == nobodys.status_code == 404
    assert others.get_json()["detail"] == nobodys.get_json()["detail"]
    assert others.get_json()["code"] == nobodys.get_json()["code"]


def test_staff_see_any_enterprise(client: FlaskClient, tickets: Tickets, two: tuple[str, str]) -> None:
    assert client.get(path(two[1]), headers=bearer(tickets, None)).status_code == 200


def test_a_stranger_is_asked_to_log_in(client: FlaskClient, two: tuple[str, str]) -> None:
    answer = client.get(path(two[0]))

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.get_json()["detail"] == "请先登录。"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ey" * 3000, "\x00", "令牌"])
def test_a_forged_token_is_refused(client: FlaskClient, two: tuple[str, str], token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1").replace("\x00", "%00")}

    assert client.get(path(two[0]), headers=headers).status_code == 401


def test_a_token_signed_with_another_key_is_refused(client: FlaskClient, two: tuple[str, str]) -> None:
    forged = Tickets("another key of more than thirty-two characters").issue_token(Identity(Role.STAFF))

    assert client.get(path(two[0]), headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_a_login_link_is_no_api_token(client: FlaskClient, tickets: Tickets, two: tuple[str, str]) -> None:
    ticket = tickets.issue_login(Identity(Role.ENTERPRISE, two[0]))

    assert client.get(path(two[0]), headers={"Authorization": f"Bearer {ticket}"}).status_code == 401


def test_an_expired_ticket_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tickets: Tickets) -> None:
    monkeypatch.setattr(URLSafeTimedSerializer.default_signer, "get_timestamp", lambda self: 1_000_000)
    old = tickets.issue_login(Identity(Role.STAFF))
    monkeypatch.undo()

    answer = client.get(f"/enter?ticket={old}")

    assert answer.status_code == 401
    assert "过期" in answer.get_data(as_text=True)


def test_entering_by_a_link_removes_the_ticket_from_the_address(
    client: FlaskClient, tickets: Tickets, two: tuple[str, str]
) -> None:
    answer = client.get(f"/enter?ticket={tickets.issue_login(Identity(Role.ENTERPRISE, two[0]))}")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/matches"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_leaving_forgets_who_it_was(client: FlaskClient, tickets: Tickets, two: tuple[str, str]) -> None:
    client.get(f"/enter?ticket={tickets.issue_login(Identity(Role.ENTERPRISE, two[0]))}")

    client.post("/leave")

    assert client.get("/matches").status_code == 401


def test_every_answer_forbids_foreign_content(client: FlaskClient) -> None:
    for where in ("/", "/livez", "/nowhere"):
        headers = client.get(where).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Request-Id"]
