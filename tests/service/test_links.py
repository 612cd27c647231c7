"""A link is offered only to sites we know; every source is named."""

from __future__ import annotations

import pytest

from service.web.links import host_of, is_linked


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("http://www.boxing.gov.cn/art/1.html", True),
        ("https://gov.cn/x", True),
        ("https://github.com/LawRefBook/Laws", True),
        ("http://epaper.bzrb.net/bzrb/20181214/html/page_04.htm", True),
        ("http://www.jingjiribao.cn:80/static/detail.jsp?id=1", False),
        ("https://evilgov.cn/x", False),
        ("https://gov.cn.example.org/x", False),
        ("https://example.org/?u=www.gov.cn", False),
        ("https://www.gov.cn@example.org/x", False),
        ("https://[broken", False),
        ("https://evil.example\\@www.gov.cn/", False),
        ("https://evil.example\\.gov.cn/x", False),
        ("https://evil.example;.gov.cn/", False),
        ("", False),
    ],
)
def test_only_known_hosts_and_government_sites_are_linked(url: str, linked: bool) -> None:
    assert is_linked(url) is linked


def test_a_host_is_named_without_its_port() -> None:
    assert host_of("http://WWW.Example.ORG:80/a") == "www.example.org"
