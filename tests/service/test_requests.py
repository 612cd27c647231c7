"""What is asked wrongly is answered clearly, in Chinese, without a 500."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexes.matcher import Group
from service.access import Identity, Role, Tickets
from service.errors import Unavailable
from service.usecases.enterprises import listed
from service.usecases.services import Services
from tests.services import bearer

# Abbreviations that owners and accountants use as words.
SPOKEN = {"AEO", "CMA", "CMMI", "CNAS", "DCMM", "ETC", "HWC", "IPO", "LPR", "PCT"}


@pytest.fixture
def code(stocked: Services) -> str:
    return listed(stocked, limit=1).enterprises[0].code


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "20261121000000", "'; drop table", "2026-02-30"])
def test_a_wrong_day_is_named_with_its_pointer(client: FlaskClient, tickets: Tickets, code: str, day: str) -> None:
    answer = client.get(f"/api/v1/enterprises/{code}/matches", query_string={"on": day}, headers=bearer(tickets, code))

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert body["errors"][0]["pointer"] == "/on"
    assert "日期" in body["errors"][0]["detail"]
    assert body["request_id"]


def test_an_unknown_parameter_is_named(client: FlaskClient, tickets: Tickets, code: str) -> None:
    answer = client.get(f"/api/v1/enterprises/{code}/matches?onn=2026-11-21", headers=bearer(tickets, code))

    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [{"pointer": "/onn", "detail": "没有这个参数"}]


def test_a_wrong_day_on_the_page_is_said_in_plain_chinese(client: FlaskClient, tickets: Tickets, code: str) -> None:
    client.get(f"/enter?ticket={tickets.issue_login(Identity(Role.ENTERPRISE, code))}")

    answer = client.get("/matches?on=<script>", headers={"Accept": "text/html"})

    assert answer.status_code == 422
    assert "&lt;script&gt;" in answer.get_data(as_text=True)
    assert "<script>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("where", ["/nowhere", "/static/../../pyproject.toml", "/static/%2e%2e/app.py", "/matches/1/2"])
def test_what_is_not_there_is_a_plain_page(client: FlaskClient, where: str) -> None:
    answer = client.get(where, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "没有找到" in answer.get_data(as_text=True)


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/livez")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/leave", data={"x": "0" * 3_000_000})

    assert answer.status_code in (302, 413)


def test_a_defect_shows_a_number_and_nothing_of_the_inside(app: Flask, client: FlaskClient) -> None:
    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("secret detail")

    answer = client.get("/broken")

    assert answer.status_code == 500
    assert "secret detail" not in answer.get_data(as_text=True)
    assert answer.headers["X-Request-Id"] in answer.get_data(as_text=True)


def test_a_database_that_is_away_is_a_503_that_says_what_to_do_and_names_no_path(
    app: Flask, client: FlaskClient
) -> None:
    @app.get("/away")
    def away() -> str:
        raise Unavailable("数据库 /data/huiqi.db 正被占用。")

    answer = client.get("/away", headers={"Accept": "application/json"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.get_json()["detail"] == "服务正在维护或暂时繁忙，请稍后再试。您的信息没有丢失。"


def test_readiness_tells_what_it_stands_on(client: FlaskClient) -> None:
    body = client.get("/readyz").get_json()

    assert body == {"status": "ok", "checks": {"redis": "disabled", "database": "ok", "catalogue": "ok"}}


def test_pages_are_small_enough_for_a_phone(client: FlaskClient, stocked: Services, tickets: Tickets) -> None:
    for summary in listed(stocked, limit=12).enterprises[::2]:
        client.get(f"/enter?ticket={tickets.issue_login(Identity(Role.ENTERPRISE, summary.code))}")
        for address in ("/matches", *(f"/matches/{group.value}" for group in Group)):
            assert len(client.get(address).data) <= 100_000, address


def test_the_page_shows_no_english_to_people(client: FlaskClient, stocked: Services, tickets: Tickets) -> None:
    import re

    for summary in listed(stocked, limit=12).enterprises[::2]:
        client.get(f"/enter?ticket={tickets.issue_login(Identity(Role.ENTERPRISE, summary.code))}")
        page = client.get("/matches").get_data(as_text=True)
        text = re.sub(r"<code>.*?</code>", " ", re.sub(r"(?s)<head>.*?</head>", " ", page))
        text = re.sub(
            r"(?:https?://)?[\w-]+(?:\.[\w-]+)+\S*", " ", re.sub(r"(?s)<[^>]+>", " ", text)
        )  # addresses are no English
        words = set(re.findall(r"[A-Za-z_]{3,}", text))
        assert words <= SPOKEN, words


@pytest.mark.parametrize("address", ["/matches/everything", "/matches/..%2f", "/matches/can_apply%00"])
def test_a_group_that_does_not_exist_is_not_found(
    client: FlaskClient, stocked: Services, tickets: Tickets, address: str
) -> None:
    code = listed(stocked, limit=1).enterprises[0].code
    client.get(f"/enter?ticket={tickets.issue_login(Identity(Role.ENTERPRISE, code))}")

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "999999", "二", "1e3", "", "9" * 50])
def test_a_page_that_does_not_exist_shows_the_first(
    client: FlaskClient, stocked: Services, tickets: Tickets, page: str
) -> None:
    code = listed(stocked, limit=1).enterprises[0].code
    client.get(f"/enter?ticket={tickets.issue_login(Identity(Role.ENTERPRISE, code))}")

    answer = client.get("/matches/not_eligible", query_string={"page": page})

    assert answer.status_code == 200 and "第 1 页" in answer.get_data(as_text=True)
