"""The pages of this part: home, entering by a link, and what an enterprise can get."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from policies.quantities import date_text, money_text, read_date
from service.access import Access, Identity, Role, Tickets, caller, declare, remember
from service.errors import Invalid, Unauthenticated
from service.usecases.enterprises import listed
from service.usecases.matching import EnterpriseMatches, MatchView, match_enterprise
from service.usecases.services import Services

DEMO_ENTERPRISES = 24
# The groups of 我的匹配 in order: title, a word on what it means, and which matches belong there.
Group = tuple[str, str, str, Callable[[MatchView], bool]]


def _outcome(*names: str) -> Callable[[MatchView], bool]:
    return lambda view: view.match.assessment.outcome.value in names and not view.match.assessment.can_apply


GROUPS: tuple[Group, ...] = (
    ("open", "可申报", "现在就可以申报（含待部门认定）", lambda view: view.match.assessment.can_apply),
    ("ask", "待补充", "补充信息后就能判断", _outcome("needs_information")),
    ("near", "差一点", "只差一项，而且可以努力达到", _outcome("near_miss")),
    ("later", "符合，未开放或已截止", "条件符合，但现在不在申报时间内", _outcome("eligible", "to_confirm")),
    ("no", "不符合", "有条件不符合", _outcome("not_eligible")),
)


def build_pages(services: Services, tickets: Tickets, link_hours: int, *, demo: bool) -> Blueprint:
    pages = Blueprint("pages", __name__)
    pages.add_app_template_filter(money_text, "money")
    pages.add_app_template_filter(date_text, "day")

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
        found = match_enterprise(services, identity.enterprise, _day(request.args.get("on")))
        return render_template("matches.html", found=found, groups=_grouped(found), who=identity)

    @pages.post("/leave")
    @declare(Access.PUBLIC)
    def leave() -> Response:
        session.clear()
        return redirect(url_for("pages.home"))

    return pages


def _demo_links(services: Services, tickets: Tickets) -> list[tuple[str, str]]:
    """Login links of sample enterprises only; shown in demo mode only."""
    page = listed(services, limit=DEMO_ENTERPRISES)
    return [
        (summary.name or summary.code, tickets.issue_login(Identity(Role.ENTERPRISE, summary.code)))
        for summary in page.enterprises
        if summary.is_sample
    ]


def _grouped(found: EnterpriseMatches) -> list[tuple[str, str, str, list[MatchView]]]:
    return [(key, title, hint, [view for view in found.views if belongs(view)]) for key, title, hint, belongs in GROUPS]


def _day(raw: str | None) -> date | None:
    if not raw:
        return None
    try:
        return read_date(raw)
    except ValueError as error:
        raise Invalid(f"日期写成了“{raw[:20]}”，{error}。") from None
