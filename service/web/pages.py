"""The pages of this part: home, entering by a link, and what an enterprise can get."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from policies.gaps import is_far
from policies.quantities import date_text, money_text
from service.access import Access, Identity, Role, Tickets, caller, declare, remember
from service.errors import NotFound, Unauthenticated
from service.usecases.days import read_judged_day
from service.usecases.enterprises import shown_samples
from service.usecases.matching import EnterpriseMatches, MatchView, match_enterprise
from service.usecases.services import Services
from service.web.links import host_of, is_linked

DEMO_ENTERPRISES = 12
# How many of a group the first page shows in full; the rest is a page of its own, so that it stays below 100 KB.
SHOWN_CARDS = {"can_apply": 10, "needs_information": 6, "near_miss": 6, "not_open": 12, "not_eligible": 0}
ROWS = 60  # of a page that lists a whole group
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
        identity, found = _own_matches(services)
        return render_template(
            "matches.html",
            found=found,
            hints=HINTS,
            sources=SOURCES,
            shown=_shown(found),
            on=_asked_day(),
            who=identity,
        )

    @pages.get("/matches/<group>")
    @declare(Access.OWN_ENTERPRISE)
    def my_group(group: str) -> str:
        """Everything of one group, a line each, page by page."""
        identity, found = _own_matches(services)
        groups = {key: (label, views) for key, label, views in found.groups}
        if group not in groups:
            raise NotFound("没有这一组匹配结果。")
        label, views = groups[group]
        last = max(1, -(-len(views) // ROWS))
        number = _page_number(last)
        rows = views[(number - 1) * ROWS : number * ROWS]
        place = {"group": group, "label": label, "count": len(views), "page": number, "last": last, "on": _asked_day()}
        return render_template("group.html", found=found, rows=rows, hint=HINTS[group], place=place, who=identity)

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


def _own_matches(services: Services) -> tuple[Identity, EnterpriseMatches]:
    """The caller and the matches of its own enterprise, on the day asked for."""
    identity = caller()
    if identity is None or identity.enterprise is None:
        raise Unauthenticated("请用企业的登录链接进入。")
    on = _asked_day()
    return identity, match_enterprise(services, identity.enterprise, read_judged_day(on) if on else None)


def _asked_day() -> str | None:
    return request.args.get("on") or None


def _page_number(last: int) -> int:
    """The page asked for, 1 where it is not a number of a page that exists."""
    asked = request.args.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 and 1 <= int(asked) <= last else 1


def _shown(found: EnterpriseMatches) -> dict[str, list[MatchView]]:
    """What the first page shows of each group: not what is over or far off, and not what stands far down."""
    return {
        key: [view for view in views if not is_far(view.match.assessment, found.subject)][: SHOWN_CARDS[key]]
        for key, _, views in found.groups
    }
