"""A verdict replays under the tables it was made with, whatever has become of the program's own since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexes.matcher import Matcher
from policies.eligibility import Outcome
from policies.reference import build_reference, reference_texts
from service.errors import NotFound
from service.settings import Settings
from service.storage.failures import UnreadableContent
from service.usecases import matching
from service.usecases.enterprises import listed
from service.usecases.matching import EnterpriseMatches, MatchView, match_enterprise, replay
from service.usecases.services import CatalogueCache, Services
from tests.services import SAMPLES, settings_for


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """All of this module runs on SQLite and on PostgreSQL."""
    return settings_for(tmp_path, database_url=database_url)


def after_change(services: Services, *changes: tuple[str, str, str]) -> Services:
    """The next version of the program over the same database: (table, what stood there, what stands there now)."""
    texts = dict(reference_texts())
    for table, before, now in changes:
        assert before in texts[table], f"{table} has no {before}"
        texts[table] = texts[table].replace(before, now)
    changed = build_reference(texts)
    return replace(services, reference=changed, matcher=Matcher(changed, None), cache=CatalogueCache())


def renamed_and_redrawn(services: Services) -> Services:
    """A fact and a county are called otherwise, and what counts as micro, small or medium is drawn anew."""
    return after_change(
        services,
        ("facts.yaml", "label: 营业收入\n", "label: 全年营收\n"),
        ("regions.csv", "371602,滨城区", "371602,滨河新区"),
        ("enterprise_size.yaml", "small: 20, medium: 300", "small: 5000, medium: 6000"),
        ("enterprise_size.yaml", "small: 3000000, medium: 20000000", "small: 3000000, medium: 900000000"),
    )


def codes(services: Services) -> list[str]:
    return [summary.code for summary in listed(services, limit=SAMPLES).enterprises]


def words(matches: EnterpriseMatches) -> str:
    return "\n".join(line for view in matches.views for line in sentences(view))


def sentences(view: MatchView) -> Iterator[str]:
    yield view.explanation.headline
    yield from (str(line) for line in view.explanation.lines)


def outcomes(matches: EnterpriseMatches) -> dict[tuple[str, str], Outcome]:
    return {(view.match.policy.id, view.match.item.id): view.match.assessment.outcome for view in matches.views}


def test_every_match_replays_after_the_tables_have_changed(stocked: Services) -> None:
    before = {code: match_enterprise(stocked, code) for code in codes(stocked)}
    later = renamed_and_redrawn(stocked)

    for then in before.values():
        for view in then.views:
            again = replay(later, view.id)
            assert again.holds, again.differences
            assert not again.same_tables
            assert again.view.id == view.id
            assert again.view.explanation == view.explanation
            assert again.view.amount == view.amount


def test_a_new_list_speaks_by_the_new_tables_and_has_ids_of_its_own(stocked: Services) -> None:
    before = [match_enterprise(stocked, code) for code in codes(stocked)]
    later = renamed_and_redrawn(stocked)

    after = [match_enterprise(later, code) for code in codes(later)]

    old, new = "\n".join(map(words, before)), "\n".join(map(words, after))
    assert "营业收入" in old and "全年营收" not in old
    assert "全年营收" in new
    assert "滨城区" in old and "滨河新区" not in old
    assert "滨河新区" in new
    assert any(outcomes(then) != outcomes(now) for then, now in zip(before, after, strict=True))
    assert {view.id for then in before for view in then.views}.isdisjoint(
        view.id for now in after for view in now.views
    )


def test_lists_from_before_and_after_replay_by_either_program(stocked: Services) -> None:
    code = codes(stocked)[0]
    later = renamed_and_redrawn(stocked)
    then, now = match_enterprise(stocked, code), match_enterprise(later, code)

    for program in (stocked, later):
        for view in (*then.views, *now.views):
            again = replay(program, view.id)
            assert again.holds, again.differences
            assert again.view.explanation == view.explanation


def test_a_match_replays_although_its_profile_cannot_be_read_any_more(stocked: Services) -> None:
    code = codes(stocked)[0]
    then = match_enterprise(stocked, code)
    later = after_change(stocked, ("facts.yaml", "key: registered_capital\n", "key: capital_on_the_register\n"))

    with pytest.raises(UnreadableContent):
        match_enterprise(later, code)

    assert all(replay(later, view.id).holds for view in then.views)


def test_tables_of_then_are_built_once(stocked: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    then = match_enterprise(stocked, codes(stocked)[0])
    later = renamed_and_redrawn(stocked)
    built = []
    monkeypatch.setattr(matching, "build_reference", lambda texts: built.append(texts) or build_reference(texts))

    for view in then.views[:3]:
        replay(later, view.id)

    assert len(built) == 1


def test_a_match_whose_tables_are_not_kept_says_so(stocked: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    view = match_enterprise(stocked, codes(stocked)[0]).views[0]
    real = matching.match
    monkeypatch.setattr(matching, "match", lambda session, number: replace(real(session, number), fingerprint="gone"))

    with pytest.raises(NotFound, match=r"没有保存判定时用的词表和代码表（gone）.*无法按当时的口径复核"):
        replay(stocked, view.id)
