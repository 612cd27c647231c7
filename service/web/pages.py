"""The pages of this part: home, entering by a link, and what an enterprise can get."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from policies.gaps import is_far
from policies.quantities import date_text, money_text
from service.access import Access, Identity, Role, Tickets, caller, declare, remember
from service.errors import Unauthenticated
from service.usecases.days import read_judged_day
from service.usecases.enterprises import shown_samples
from service.usecases.matching import EnterpriseMatches, match_enterprise
from service.usecases.services import Services
from service.web.links import host_of, is_linked

DEMO_ENTERPRISES = 12
SHOWN_CARDS = 12  # of a group; the page stays below 100 KB for a phone
# What each group of 我的匹配 means, in a word.
HINTS = {
    "can_apply": "现在就可以申报（含待部门认定）",
    "needs_information": "补充信息后就能判断",
    "near_miss": "只差一项，可以努力达到",
    "not_open": "条件符合或待部门认定，但现在不在申报时间内",
    "not_eligible": "有条件不符合",
}
# How a policy text is attested.
SOURCES = {"official": "政府网站", "press": "媒体或转载", "sample": "示例，没有出处"}


def build_pages(services: Services, tickets: Tickets, link_hours: int, *, demo: bool) -> Blueprint:
    pages = Blueprint("pages", __name__)
    pages.add_app_template_filter(money_text, "money")
    pages.add_app_template_filter(date_text, "day")
    pages.add_app_template_filter(host_of, "host")
    pages.add_app_template_test(is_linked, "linked_page")

    @pages.get("/")
    @declare(Access.PUBLIC)
    def home() -> str:
        samples = _demo_links(services, tickets) if demo else []
        return render_template("home.html", samples=samples, who=caller())

    @pages.get("/enter")
    @declare(Access.PUBLIC)
    def enter() -> Response:
        """Log in by a signed link. The link then leaves the address bar: the page redirects."""
        identity = tickets.read_login(request.args.get("ticket", ""), link_hours)
        remember(identity)
        return redirect(url_for("pages.my_matches") if identity.enterprise else url_for("pages.home"))

    @pages.get("/matches")
    @declare(Access.OWN_ENTERPRISE)
    def my_matches() -> str:
        """我的匹配: the caller's own enterprise; which one is never taken from the address."""
        identity = caller()
        if identity is None or identity.enterprise is None:
            raise Unauthenticated("请用企业的登录链接进入。")
        on = request.args.get("on")
        found = match_enterprise(services, identity.enterprise, read_judged_day(on) if on else None)
        return render_template(
            "matches.html", found=found, hints=HINTS, sources=SOURCES, aside=_aside(found), who=identity
        )

    @pages.post("/leave")
    @declare(Access.PUBLIC)
    def leave() -> Response:
        session.clear()
        return redirect(url_for("pages.home"))

    return pages


def _demo_links(services: Services, tickets: Tickets) -> list[tuple[str, str]]:
    """Login links of sample enterprises only; shown in demo mode only."""
    return [
        (profile.name or "", tickets.issue_login(Identity(Role.ENTERPRISE, profile.code)))
        for profile in shown_samples(services, DEMO_ENTERPRISES)
    ]


def _aside(found: EnterpriseMatches) -> frozenset[str]:
    """What is folded into a list: what is over, near misses that a number says are far, and what stands far down."""
    folded: set[str] = set()
    for _, _, views in found.groups:
        shown = 0
        for view in views:
            assessment = view.match.assessment
            if shown == SHOWN_CARDS or is_far(assessment, found.subject):
                folded.add(view.id)
            else:
                shown += 1
    return frozenset(folded)
