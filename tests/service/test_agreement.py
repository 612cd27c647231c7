"""Page, API, command line and interpreter tell the same of every enterprise; a verdict replays after all has changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexes.matcher import Group
from policies.assessment_data import findings_data
from policies.derived import Subject
from policies.eligibility import assess
from policies.files import read_catalogue
from policies.profile import Known
from policies.reference import load_reference
from policies.vocabulary import FactRef
from policies.worth import worth_of
from service.access import Identity, Role, Tickets
from service.cli import main
from service.settings import Settings
from service.storage.enterprises import current_profile, save_profile
from service.storage.policies import save_policy
from service.usecases.enterprises import listed
from service.usecases.matching import match_enterprise, replay
from service.usecases.services import Services
from tests.builders import SHIPPED
from tests.services import SAMPLES, bearer, settings_for

DAY = date(2026, 11, 21)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """All of this module runs on SQLite and on PostgreSQL."""
    return settings_for(tmp_path, database_url=database_url)


def codes(services: Services) -> list[str]:
    return [summary.code for summary in listed(services, limit=SAMPLES).enterprises]


def run_cli(settings: Settings, *arguments: str) -> object:
    environment = {"HUIQI_DATA_DIR": str(settings.data_dir), "HUIQI_DATABASE_URL": settings.database}
    result = CliRunner().invoke(main, [*arguments, "--json"], env=environment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_page_api_and_command_line_agree_with_the_interpreter(
    stocked: Services, settings: Settings, client: FlaskClient, tickets: Tickets
) -> None:
    reference = load_reference()
    policies = [report.policy for report in read_catalogue(reference, SHIPPED) if report.policy]

    for code in codes(stocked)[::4]:
        with stocked.database.reading() as session:
            subject = Subject(current_profile(session, reference, code).profile, DAY, reference)
        by_interpreter = {
            (policy.id, item.id): (
                (found := assess(policy, item, subject)).outcome.value,
                found.window.state.value,
                found.can_apply,
                findings_data(found),
                int(worth_of(policy, item, subject).at_stake),
            )
            for policy in policies
            for item in policy.items
        }

        by_api = client.get(f"/api/v1/enterprises/{code}/matches", headers=bearer(tickets, code)).get_json()
        by_command = run_cli(settings, "match", "--enterprise", code, "--on", DAY.isoformat())

        assert by_command == by_api
        assert {
            (row["policy"]["id"], row["item"]["id"]): (
                row["outcome"],
                row["window"]["state"],
                row["can_apply"],
                row["findings"],
                row["estimate"]["high"] if row["estimate"]["high"] is not None else row["estimate"]["low"],
            )
            for row in by_api["matches"]
        } == by_interpreter

        client.get(f"/enter?ticket={tickets.issue_login(Identity(Role.ENTERPRISE, code))}")
        page = all_pages(client)
        for row in by_api["matches"]:
            assert f'id="{row["id"]}"' in page
            assert row["headline"] in page
        places = [page.index(f'id="{row["id"]}"') for row in by_api["matches"]]
        assert places == sorted(places), "the pages show another order than the API"
        first = client.get("/matches").get_data(as_text=True)
        shown = re.findall(r'<article class="match \w+" id="(\w+)"', first)
        assert shown == [row["id"] for row in by_api["matches"] if row["id"] in shown]
        client.post("/leave")


def all_pages(client: FlaskClient) -> str:
    """Every group in order, page by page, as somebody reads it who follows the links."""
    text = ""
    for group in Group:
        address: str | None = f"/matches/{group.value}"
        while address is not None:
            page = unescape(client.get(address).get_data(as_text=True))
            text += page
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = following.group(1) if following else None
    return text


def test_a_stored_verdict_replays_after_policy_and_profile_have_changed(stocked: Services) -> None:
    code = codes(stocked)[0]
    before = match_enterprise(stocked, code)
    with stocked.database.writing() as session:
        profile, _ = current_profile(session, stocked.reference, code)
        changed = profile.with_known(FactRef("revenue", 2025), Known(Decimal(1)))
        save_profile(session, replace(changed, name="换了名字的企业（示例）"), stocked.clock.now())
        for each in stocked.catalogue().policies:
            items = tuple(replace(item, title=f"新{item.title}") for item in each.policy.items)
            save_policy(session, replace(each.policy, items=items), stocked.clock.now())
    stocked.cache.forget()

    after = match_enterprise(stocked, code)
    replays = [replay(stocked, view.id) for view in before.views]

    assert {view.id for view in before.views}.isdisjoint(view.id for view in after.views)
    for view, again in zip(before.views, replays, strict=True):
        assert again.holds, again.differences
        assert again.view.explanation == view.explanation
        assert again.view.amount == view.amount


def test_a_list_seen_twice_is_recorded_once(stocked: Services) -> None:
    code = codes(stocked)[0]

    first, second = match_enterprise(stocked, code), match_enterprise(stocked, code)

    assert [view.id for view in first.views] == [view.id for view in second.views]


def test_a_day_of_the_past_is_judged_by_that_day(stocked: Services) -> None:
    code = codes(stocked)[0]

    then = match_enterprise(stocked, code, date(2025, 6, 1))

    assert then.day == date(2025, 6, 1)
    assert {view.id for view in then.views}.isdisjoint(view.id for view in match_enterprise(stocked, code).views)


def test_an_altered_record_is_noticed_by_replay(
    stocked: Services, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = codes(stocked)[0]
    view = match_enterprise(stocked, code).views[0]
    from service.usecases import matching

    real = matching.match
    monkeypatch.setattr(matching, "match", lambda session, number: replace(real(session, number), outcome="altered"))

    again = replay(stocked, view.id)

    assert not again.holds
    assert "altered" in again.differences[0]


def test_assess_needs_no_database_and_agrees(stocked: Services, settings: Settings, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        """
format: 1
id: sample-award
title: 研发奖励（示例）
issuers: [示例部门]
region: "371600"
themes: [科技创新]
source: {kind: sample}
items:
  - id: award
    title: 研发奖励
    summary: 研发费用 500 万元以上的奖励 10 万元
    applicants: [enterprise]
    conditions: {all: [{fact: region, within: "371600"}, {fact: rd_expense, at_least: 500万}]}
    benefit: {form: award, kind: fixed, amount: 10万, text: 奖励 10 万元}
""",
        encoding="utf-8",
    )
    profile = tmp_path / "profile.yaml"
    profile.write_text(
        'facts: {entity_type: enterprise, region: "371602", rd_expense: {2025: 462万}}', encoding="utf-8"
    )

    found = run_cli(settings, "assess", "--policy", str(policy), "--profile", str(profile), "--on", "2026-11-21")

    assert isinstance(found, dict)
    assert found["items"][0]["outcome"] == "near_miss"
    assert found["items"][0]["estimate"]["high"] == 100000
