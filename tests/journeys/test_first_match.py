"""A company opens its link on a phone and at a desk, with and without JavaScript, in real Chromium."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from service.access import Identity, Role, Tickets
from service.usecases.enterprises import listed
from service.usecases.services import Services

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("HUIQI_TEST_CHROMIUM") or shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium was not found and CI must not skip it")
        pytest.skip("NOT TESTED IN A BROWSER: install chromium or name one in HUIQI_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_company_reads_what_it_can_get_and_why(
    browser: Browser, address: str, stocked: Services, tickets: Tickets, width: int, script: bool
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script, locale="zh-CN")
    page = context.new_page()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    code = listed(stocked, limit=1).enterprises[0].code

    page.goto(f"{address}/enter?ticket={tickets.issue_login(Identity(Role.ENTERPRISE, code))}")

    assert page.url == f"{address}/matches"
    assert page.locator("h1").inner_text() == "贵企业的匹配结果"
    group = page.locator("#needs_information details").first
    group.locator("summary").click()
    assert group.locator(".lines > li").first.is_visible()
    body = page.locator("body").bounding_box()
    main = page.locator("main").bounding_box()
    assert body is not None
    assert main is not None
    assert main["width"] <= width, "the page is wider than the screen"
    for link in page.locator(".tabs a").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    assert failed == []
    context.close()


def test_everything_can_be_reached_by_keyboard(
    browser: Browser, address: str, stocked: Services, tickets: Tickets
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    code = listed(stocked, limit=1).enterprises[0].code
    page.goto(f"{address}/enter?ticket={tickets.issue_login(Identity(Role.ENTERPRISE, code))}")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))

    assert {"A", "BUTTON", "SUMMARY"} <= reached
    context.close()
